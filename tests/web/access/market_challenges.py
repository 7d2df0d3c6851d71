"""Challenges of the market whose doors are asked: drafted, open, joined, and with a post."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.challenges.models import Challenge
from marketplace.challenges.queries import entry_of
from tests.factories.challenges import draft_challenge, enter, join, make_challenge
from tests.web.access.world import World


def challenge(session: Session, world: World) -> None:
    """Each named after what the creator has to do with it."""
    acme, alice, bea = world.ids["acme"], world.people["owner"], world.people["creator"]

    def opened(name: str) -> Challenge:
        return make_challenge(session, brand=acme, by=alice, name=name, charge_id=f"ch_{name}")

    drafted = draft_challenge(session, brand=acme, by=alice, name="Not yet")
    entered, joined, new = (opened(each) for each in ("entered", "joined", "new"))
    enter(session, entered, bea, video_id="7345678901234567841")
    join(session, joined, bea)
    entry = entry_of(session, challenge_id=entered.id, creator_id=bea.creator_id)
    assert entry is not None
    world.ids |= {
        "challenge_draft": drafted.campaign_id,
        "challenge_entered": entered.campaign_id,
        "challenge_joined": joined.campaign_id,
        "challenge_new": new.campaign_id,
        "challenge_entry": entry.id,
    }
