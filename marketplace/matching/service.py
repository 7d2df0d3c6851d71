"""Rank the whole market for a campaign, and set creators aside."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.creators import queries as creators
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.matching import queries
from marketplace.matching.messages import MatchesReady
from marketplace.matching.models import Match, MatchRun, Shortlisting
from marketplace.matching.rules.fit import (
    LeftOut,
    fit_from,
    left_out,
    parts_of,
    values_of,
    weights_for,
)
from marketplace.store.outbox import post

MATCHES_KEPT: Final = 200
"""How many of the best are written down; nobody pages further."""


def run_matching(session: Session, *, campaign_id: UUID, now: datetime) -> MatchRun:
    """Rank the whole market for a campaign's present brief, in one pass.

    The new run takes the place of the older ones; running twice gives the same matches. Equal fits
    stand in the order of the creators' ids. Raises NotFound.
    """
    brief = queries.brief_to_match(session, campaign_id)
    campaign = session.get_one(Campaign, campaign_id)
    wanted = queries.wanted_in(brief, currency=campaign.currency)
    weights = weights_for(wanted)
    market = creators.compact_creators(session)
    removed: Counter[LeftOut] = Counter()
    ranked: list[tuple[int, UUID, int]] = []
    for place, candidate in enumerate(market):
        if (rule := left_out(candidate)) is not None:
            removed[rule] += 1
            continue
        fit = fit_from(values_of(wanted, candidate, weights=weights), weights)
        ranked.append((-fit, candidate.creator_id, place))
    ranked.sort()
    before = queries.latest_run(session, campaign_id)
    is_new_brief = before is None or before.brief_id != brief.id
    session.execute(delete(MatchRun).where(MatchRun.campaign_id == campaign_id))
    run = MatchRun(
        id=new_id(),
        campaign_id=campaign_id,
        brief_id=brief.id,
        ran_at=now,
        creator_count=len(market),
        left_out={rule.value: count for rule, count in sorted(removed.items())},
    )
    session.add(run)
    session.flush()  # the matches are inserted in bulk and point at the run
    best = [
        {
            "id": new_id(),
            "run_id": run.id,
            "creator_id": creator_id,
            "fit_bps": -fit,
            "parts": [asdict(part) for part in parts_of(wanted, market[place])],
        }
        for fit, creator_id, place in ranked[:MATCHES_KEPT]
    ]
    if best:
        session.execute(insert(Match), best)
    if is_new_brief and campaign.state is CampaignState.PUBLISHED:
        post(session, MatchesReady(campaign_id=campaign_id))
    return run


def refresh(session: Session, *, campaign_id: UUID, actor: Actor, now: datetime) -> MatchRun:
    """Rank again because a person asks; raises NotFound, NotPermitted."""
    _may_choose(session, campaign_id, actor)
    return run_matching(session, campaign_id=campaign_id, now=now)


def shortlist(
    session: Session, *, campaign_id: UUID, creator_id: UUID, actor: Actor, now: datetime
) -> None:
    """Set a creator aside for a campaign; a second time changes nothing.

    Raises NotFound, NotPermitted.
    """
    _may_choose(session, campaign_id, actor)
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
    _may_choose(session, campaign_id, actor)
    session.execute(
        delete(Shortlisting).where(
            Shortlisting.campaign_id == campaign_id, Shortlisting.creator_id == creator_id
        )
    )


def _may_choose(session: Session, campaign_id: UUID, actor: Actor) -> None:
    campaign = campaigns.campaign_seen_by(session, actor, campaign_id)
    if not actor.may_edit(campaign.brand_id):
        raise NotPermitted("choose creators for this campaign")
