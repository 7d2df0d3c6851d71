"""Views in question of the market whose doors are asked: one that waits for each side."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from marketplace.authenticity import service as authenticity
from marketplace.authenticity.models import Assessment
from marketplace.deliverables import queries
from marketplace.deliverables.rules import DeliverableState
from tests.conftest import NOON
from tests.factories.authenticity import DAY, hold
from tests.factories.deliverables import make_deliverable
from tests.web.access.world import World


def question(session: Session, world: World) -> None:
    """Each named after what it waits for."""
    acme, alice, bea = world.ids["acme"], world.people["owner"], world.people["creator"]

    def asked(name: str, video_id: str) -> Assessment:
        made = make_deliverable(
            session,
            brand=acme,
            by=alice,
            creator=bea,
            state=DeliverableState.LIVE,
            video_id=video_id,
            campaign_name=name,
        )
        post = queries.standing_post(session, deliverable_id=made.id)
        assert post is not None
        begun = NOON - 3 * DAY
        post.published_at = begun - DAY
        return hold(session, post, until=NOON + 30 * DAY, start=begun)

    held, appealed = (
        asked("Views held", "7345678901234567851"),
        asked("Views objected to", "7345678901234567852"),
    )
    authenticity.appeal(
        session,
        assessment_id=appealed.id,
        words="A show linked to it.",
        actor=bea,
        now=NOON + timedelta(minutes=1),
    )
    world.ids |= {"views_held": held.id, "views_appealed": appealed.id}
