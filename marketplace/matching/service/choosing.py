"""What a brand asks of everybody, and whom it sets aside."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from marketplace.campaigns import queries as campaigns
from marketplace.creators import queries as creators
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidInput, NotPermitted
from marketplace.matching.messages import RulesKept
from marketplace.matching.models import MatchRules, Shortlisting
from marketplace.matching.rules.wanted import HardRules, Wanted, problems
from marketplace.matching.service.moving import note_move
from marketplace.store.outbox import post


def keep_rules(
    session: Session, *, campaign_id: UUID, rules: HardRules, actor: Actor, now: datetime
) -> None:
    """Ask this of every creator of a campaign from now on, instead of what was asked before.

    The most that is paid stays the brief's. Raises NotFound, NotPermitted, InvalidInput with the
    rules that contradict each other.
    """
    may_choose(session, campaign_id, actor)
    if wrong := problems(Wanted(currency="", rules=rules)):
        raise InvalidInput(wrong)
    values = {
        "lives_in": sorted(rules.lives_in),
        "languages": sorted(rules.languages),
        "blocked_topics": sorted(rules.blocked_topics),
        "avoided": sorted(rules.avoided),
        "followers_least": rules.followers_least,
        "followers_most": rules.followers_most,
        "kept_by": actor.user_id,
        "kept_at": now,
    }
    session.execute(
        upsert(MatchRules)
        .values(campaign_id=campaign_id, **values)
        .on_conflict_do_update(index_elements=[MatchRules.campaign_id], set_=values)
    )
    post(session, RulesKept(campaign_id=campaign_id))
    note_move(session)


def shortlist(
    session: Session, *, campaign_id: UUID, creator_id: UUID, actor: Actor, now: datetime
) -> None:
    """Set a creator aside for a campaign; a second time changes nothing.

    Raises NotFound, NotPermitted.
    """
    may_choose(session, campaign_id, actor)
    creator = creators.creator_by_id(session, creator_id)
    session.execute(
        upsert(Shortlisting)
        .values(
            campaign_id=campaign_id, creator_id=creator.id, added_by=actor.user_id, added_at=now
        )
        .on_conflict_do_nothing()
    )


def take_off_shortlist(
    session: Session, *, campaign_id: UUID, creator_id: UUID, actor: Actor
) -> None:
    """Take a creator off the shortlist; a second time changes nothing.

    Raises NotFound, NotPermitted.
    """
    may_choose(session, campaign_id, actor)
    session.execute(
        delete(Shortlisting).where(
            Shortlisting.campaign_id == campaign_id, Shortlisting.creator_id == creator_id
        )
    )


def may_choose(session: Session, campaign_id: UUID, actor: Actor) -> None:
    """Refuse whoever may not choose creators for a campaign; raises NotFound, NotPermitted."""
    campaign = campaigns.campaign_seen_by(session, actor, campaign_id)
    if not actor.may_edit(campaign.brand_id):
        raise NotPermitted("choose creators for this campaign")
