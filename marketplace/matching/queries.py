"""Matches of a campaign, and the open briefs that fit a creator."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.models import Brief
from marketplace.creators import queries as creators
from marketplace.creators.models import Channel, Creator
from marketplace.creators.queries import CompactCreator
from marketplace.kernel.errors import NotFound
from marketplace.matching.models import Match, MatchRun, Shortlisting
from marketplace.matching.rules.fit import (
    Candidate,
    LeftOut,
    Part,
    PartName,
    Wanted,
    fit_of_parts,
    left_out,
    parts_of,
)
from marketplace.store.paging import PAGE_SIZE, Page


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a creator fits a brief.

    left_out: the rule that keeps the creator from being ranked at all; the parts are there anyway.
    """

    fit_bps: int
    parts: Sequence[Part]
    left_out: LeftOut | None = None


@dataclass(frozen=True, slots=True)
class MatchFilters:
    """What narrows the matches; None means any."""

    country: str | None = None
    min_followers: int | None = None
    shortlisted: bool = False


@dataclass(frozen=True, slots=True)
class MatchLine:
    """One match on the page. place: from 1, in the whole run."""

    place: int
    creator_id: UUID
    display_name: str
    country: str | None
    topics: Sequence[str]
    has_joined: bool
    handle: str | None
    follower_count: int | None
    median_views: int | None
    fit_bps: int
    parts: Sequence[Part]
    is_shortlisted: bool


@dataclass(frozen=True, slots=True)
class OpenBrief:
    """A brief that takes creators, and how well one creator fits it.

    brief: with its campaign and brand.
    """

    brief: Brief
    fit: Fit


def latest_run(session: Session, campaign_id: UUID) -> MatchRun | None:
    """The newest computation of a campaign's matches; None before the first."""
    return session.scalar(_LATEST_RUN, {"campaign_id": campaign_id})


def best_matches(
    session: Session,
    *,
    campaign_id: UUID,
    filters: MatchFilters = MatchFilters(),
    page: int = 1,
    size: int = PAGE_SIZE,
) -> Page[MatchLine]:
    """One page of a campaign's newest matches, the best fit first; empty before the first run."""
    return matches_of(
        session, latest_run(session, campaign_id), filters=filters, page=page, size=size
    )


def matches_of(
    session: Session,
    run: MatchRun | None,
    *,
    filters: MatchFilters = MatchFilters(),
    page: int = 1,
    size: int = PAGE_SIZE,
) -> Page[MatchLine]:
    """One page of what a run found, the best fit first; empty where there is no run."""
    if run is None:
        return Page(rows=[], number=1, total=0, size=size)
    ranked = (
        select(
            Match.creator_id,
            Match.fit_bps,
            Match.parts,
            func.row_number()
            .over(order_by=(Match.fit_bps.desc(), Match.creator_id))
            .label("place"),
        )
        .where(Match.run_id == run.id)
        .subquery()
    )
    statement = (
        select(
            ranked.c.place,
            Creator.id,
            Creator.display_name,
            Creator.country,
            Creator.topics,
            Creator.user_id,
            Channel.handle,
            Channel.follower_count,
            Channel.median_views,
            ranked.c.fit_bps,
            ranked.c.parts,
            Shortlisting.creator_id,
            func.count().over().label("total"),
        )
        .join(Creator, Creator.id == ranked.c.creator_id)
        .outerjoin(Channel, and_(Channel.creator_id == Creator.id, Channel.is_main))
        .outerjoin(
            Shortlisting,
            and_(
                Shortlisting.creator_id == Creator.id, Shortlisting.campaign_id == run.campaign_id
            ),
        )
        .order_by(ranked.c.place)
    )
    if filters.country:
        statement = statement.where(Creator.country == filters.country)
    if filters.min_followers is not None:
        statement = statement.where(Channel.follower_count >= filters.min_followers)
    if filters.shortlisted:
        statement = statement.where(Shortlisting.creator_id.is_not(None))
    number = max(1, page)
    rows = session.execute(statement.limit(size).offset((number - 1) * size)).all()
    if not rows and number > 1:  # beyond the last page: show that one
        total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
        number = max(1, -(-total // size))
        rows = session.execute(statement.limit(size).offset((number - 1) * size)).all()
    total = rows[0].total if rows else 0
    return Page(rows=[_line(row) for row in rows], number=number, total=total, size=size)


def _line(row: Any) -> MatchLine:
    return MatchLine(
        place=row[0],
        creator_id=row[1],
        display_name=row[2],
        country=row[3],
        topics=row[4],
        has_joined=row[5] is not None,
        handle=row[6],
        follower_count=row[7],
        median_views=row[8],
        fit_bps=row[9],
        parts=[part_in(each) for each in row[10]],
        is_shortlisted=row[11] is not None,
    )


def part_in(kept: dict[str, Any]) -> Part:
    """The part of a fit, as it was kept."""
    return Part(PartName(kept["name"]), kept["value_bps"], kept["weight_bps"], kept["evidence"])


def open_briefs_for(session: Session, *, creator_id: UUID, now: datetime) -> list[OpenBrief]:
    """Every brief that takes creators, the best fit for this creator first, computed now.

    Raises NotFound for a creator who does not exist.
    """
    candidate = _one(session, creator_id)
    found = [
        OpenBrief(brief, _fit(wanted_in(brief, currency=brief.campaign.currency), candidate))
        for brief in campaigns.open_campaigns(session, now=now)
    ]
    return sorted(found, key=lambda each: -each.fit.fit_bps)


def fit_of(session: Session, *, campaign_id: UUID, creator_id: UUID) -> Fit:
    """The fit of one creator to a campaign's present brief, computed now.

    Raises NotFound when there is no such creator or no brief.
    """
    return fit_to(session, brief_to_match(session, campaign_id), creator_id=creator_id)


def fit_to(session: Session, brief: Brief, *, creator_id: UUID) -> Fit:
    """The fit of one creator to a brief with its campaign, computed now.

    Raises NotFound when there is no such creator.
    """
    return _fit(wanted_in(brief, currency=brief.campaign.currency), _one(session, creator_id))


def fits_of(
    session: Session, *, campaign_id: UUID, creator_ids: Collection[UUID]
) -> Mapping[UUID, Fit]:
    """Creator id -> their fit to a campaign's present brief, for a whole list in two questions.

    Raises NotFound when there is no brief.
    """
    if not creator_ids:
        return {}
    brief = brief_to_match(session, campaign_id)
    wanted = wanted_in(brief, currency=brief.campaign.currency)
    return {
        each.creator_id: _fit(wanted, each)
        for each in creators.compact_creators_of(session, creator_ids)
    }


def shortlisted(session: Session, campaign_id: UUID) -> frozenset[UUID]:
    """The creators a brand has set aside for a campaign."""
    return frozenset(
        session.scalars(
            select(Shortlisting.creator_id).where(Shortlisting.campaign_id == campaign_id)
        )
    )


def brief_to_match(session: Session, campaign_id: UUID) -> Brief:
    """The version that counts now, or the one being written before the first is published.

    With its campaign. Raises NotFound.
    """
    brief = campaigns.published_brief(session, campaign_id) or campaigns.draft_brief(
        session, campaign_id
    )
    if brief is None:
        raise NotFound("brief")
    return brief


def wanted_in(brief: Brief, *, currency: str) -> Wanted:
    """What a version of a brief asks of a creator, as the rules know it."""
    formats: dict[str, int] = {}
    for each in brief.deliverables:
        formats[each["format"]] = formats.get(each["format"], 0) + each["count"]
    return Wanted(
        currency=currency,
        age=brief.target_age,
        gender=brief.target_gender,
        country=brief.target_country,
        interests=tuple(brief.target_interests),
        formats=formats,
        fee_high_minor=brief.fee_high_minor,
    )


def _one(session: Session, creator_id: UUID) -> CompactCreator:
    found = creators.compact_creators(session, creator_id=creator_id)
    if not found:
        raise NotFound("creator")
    return found[0]


def _fit(wanted: Wanted, candidate: Candidate) -> Fit:
    parts = parts_of(wanted, candidate)
    return Fit(fit_of_parts(parts), parts, left_out(candidate))


_LATEST_RUN: Final = (
    select(MatchRun)
    .where(MatchRun.campaign_id == bindparam("campaign_id"))
    .order_by(MatchRun.ran_at.desc(), MatchRun.id.desc())
    .limit(1)
)
