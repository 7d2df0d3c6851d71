"""The fit of single creators, computed now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.models import Brief
from marketplace.creators import queries as creators
from marketplace.kernel.errors import NotFound
from marketplace.matching import columns
from marketplace.matching.columns import Market
from marketplace.matching.queries.wishes import wanted_for, wanted_in
from marketplace.matching.rules.fit import fit_of as fit_in
from marketplace.matching.rules.left_out import LeftOut
from marketplace.matching.rules.parts import Explained, explain
from marketplace.matching.rules.wanted import Wanted


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a creator fits a brief.

    left_out: the rule that keeps the creator from being ranked at all; the parts are there anyway.
    usual: the fit of the middle candidate; None where there is none.
    """

    explained: Explained
    usual: int | None
    left_out: LeftOut | None = None

    @property
    def against_usual(self) -> float:
        """How many times the middle candidate's fit: comparable between briefs and currencies."""
        return self.explained.fit / max(1, self.usual or 0)


@dataclass(frozen=True, slots=True)
class OpenBrief:
    """A brief that takes creators, and how well one creator fits it.

    brief: with its campaign and brand.
    """

    brief: Brief
    fit: Fit


def open_briefs_for(session: Session, *, creator_id: UUID, now: datetime) -> list[OpenBrief]:
    """Every brief that takes creators, the best fit for this creator first, computed now.

    Raises NotFound for a creator who does not exist.
    """
    briefs = campaigns.open_campaigns(session, now=now)
    wishes = [wanted_in(brief) for brief in briefs]
    fits = _fits(session, wishes, [creator_id], now=now)
    found = [
        OpenBrief(brief, of_wish[creator_id]) for brief, of_wish in zip(briefs, fits, strict=True)
    ]
    return sorted(found, key=lambda each: -each.fit.against_usual)


def fit_of(session: Session, *, campaign_id: UUID, creator_id: UUID, now: datetime) -> Fit:
    """The fit of one creator to a campaign's present brief.

    Raises NotFound when there is no such creator or no brief.
    """
    wanted = wanted_for(session, campaign_id)
    return _fits(session, [wanted], [creator_id], now=now)[0][creator_id]


def fit_to(session: Session, brief: Brief, *, creator_id: UUID, now: datetime) -> Fit:
    """The fit of one creator to a brief with its campaign; raises NotFound."""
    return _fits(session, [wanted_in(brief)], [creator_id], now=now)[0][creator_id]


def fits_of(
    session: Session, *, campaign_id: UUID, creator_ids: Collection[UUID], now: datetime
) -> Mapping[UUID, Fit]:
    """Creator id -> their fit to a campaign's present brief, for a whole list at once.

    Raises NotFound when there is no brief, and for a creator who does not exist.
    """
    if not creator_ids:
        return {}
    return _fits(session, [wanted_for(session, campaign_id)], list(creator_ids), now=now)[0]


def _fits(
    session: Session, wishes: Sequence[Wanted], creator_ids: Sequence[UUID], *, now: datetime
) -> list[dict[UUID, Fit]]:
    """For each wish the fits of these creators; from PostgreSQL for those not in columns yet."""

    def look(market: Market) -> list[dict[UUID, Fit]]:
        here, rows = market, market.rows_of(creator_ids).tolist()
        if -1 in rows:
            facts = creators.facts_of(session, creator_ids, now=now)
            here = columns.market_like(market, facts, now=now)
            rows = here.rows_of(creator_ids).tolist()
        if -1 in rows:
            raise NotFound("creator")
        return [_look(market, here, wanted, creator_ids, rows) for wanted in wishes]

    return columns.ask(session, look, now=now)


def _look(
    market: Market,
    here: Market,
    wanted: Wanted,
    creator_ids: Sequence[UUID],
    rows: Sequence[int],
) -> dict[UUID, Fit]:
    medians = columns.middle(market, wanted)
    target = columns.target_of(wanted, here)
    found = {}
    for creator_id, row, seen in zip(
        creator_ids, rows, columns.seen_at(here, target, rows), strict=True
    ):
        found[creator_id] = Fit(
            explained=explain(wanted, seen, medians),
            usual=None if medians is None else fit_in(medians),
            left_out=columns.left_out_at(here, target, wanted.rules, seen, row),
        )
    return found
