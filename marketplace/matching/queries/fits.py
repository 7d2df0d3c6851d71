"""The fit of single creators, computed now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Brief
from marketplace.creators import queries as creators
from marketplace.kernel.errors import NotFound
from marketplace.matching import columns
from marketplace.matching.columns import Market
from marketplace.matching.models import BriefMedians
from marketplace.matching.queries.wishes import wanted_for, wishes_of
from marketplace.matching.rules.explaining import explain_all
from marketplace.matching.rules.fit import Factors
from marketplace.matching.rules.fit import fit_of as fit_in
from marketplace.matching.rules.left_out import LeftOut
from marketplace.matching.rules.parts import Explained
from marketplace.matching.rules.raising import Raise, raises
from marketplace.matching.rules.wanted import Wanted
from marketplace.store.rows import given_in

NO_MEDIANS: Final[Mapping[int, Factors | None]] = {}


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a creator fits a brief.

    left_out: the rule that keeps the creator from being ranked at all; the parts are there anyway.
    usual: the fit of the middle candidate; None where there is none.
    """

    explained: Explained
    usual: int | None
    left_out: LeftOut | None = None
    raises: Sequence[Raise] = ()
    """What the creator could do about it."""

    @property
    def against_usual(self) -> float:
        """How many times the middle candidate's fit: comparable between briefs and currencies."""
        return self.explained.fit / max(1, self.usual or 0)


def fit_of(session: Session, *, campaign_id: UUID, creator_id: UUID, now: datetime) -> Fit:
    """The fit of one creator to a campaign's present brief.

    Raises NotFound when there is no such creator or no brief.
    """
    wanted = wanted_for(session, campaign_id)
    return _fits(session, [wanted], [creator_id], now=now)[0][creator_id]


def fit_to(session: Session, brief: Brief, *, creator_id: UUID, now: datetime) -> Fit:
    """The fit of one creator to a brief with its campaign; raises NotFound."""
    kept = medians_of(session, [brief.id])
    medians = {0: kept[brief.id]} if brief.id in kept else NO_MEDIANS
    wishes = list(wishes_of(session, [brief]).values())
    return _fits(session, wishes, [creator_id], medians=medians, now=now)[0][creator_id]


def medians_of(session: Session, brief_ids: Collection[UUID]) -> Mapping[UUID, Factors | None]:
    """Brief -> its middle candidate, None where it has none; missing where nobody worked it out."""
    rows = session.execute(_MEDIANS, {"brief_ids": list(brief_ids)})
    return {brief_id: Factors(*factors) if factors else None for brief_id, factors in rows}


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
    session: Session,
    wishes: Sequence[Wanted],
    creator_ids: Sequence[UUID],
    *,
    medians: Mapping[int, Factors | None] = NO_MEDIANS,
    now: datetime,
) -> list[dict[UUID, Fit]]:
    """For each wish the fits of these creators; from PostgreSQL for those not in columns yet.

    medians: the place of a wish -> its middle candidate, where that is known.
    """

    def look(market: Market) -> list[dict[UUID, Fit]]:
        here, rows = market, market.rows_of(creator_ids).tolist()
        if -1 in rows:
            facts = creators.facts_of(session, creator_ids, now=now)
            here = columns.market_like(market, facts, now=now)
            rows = here.rows_of(creator_ids).tolist()
        if -1 in rows:
            raise NotFound("creator")
        return [
            _look(
                here,
                wanted,
                creator_ids,
                rows,
                medians[place] if place in medians else columns.middle(market, wanted),
            )
            for place, wanted in enumerate(wishes)
        ]

    return columns.ask(session, look, now=now)


def _look(
    here: Market,
    wanted: Wanted,
    creator_ids: Sequence[UUID],
    rows: Sequence[int],
    medians: Factors | None,
) -> dict[UUID, Fit]:
    target = columns.target_of(wanted, here)
    all_seen = columns.seen_at(here, target, rows)
    found = {}
    for creator_id, row, seen, explained in zip(
        creator_ids, rows, all_seen, explain_all(wanted, all_seen, medians), strict=True
    ):
        found[creator_id] = Fit(
            explained=explained,
            usual=None if medians is None else fit_in(medians),
            left_out=columns.left_out_at(here, target, wanted.rules, seen, row),
            raises=raises(
                seen.factors,
                explained,
                most_minor=wanted.rules.price_most_minor,
                price_is_estimated=seen.price_is_estimated,
                source=seen.source,
                asks_length=bool(wanted.lengths),
            ),
        )
    return found


_MEDIANS: Final = select(BriefMedians.brief_id, BriefMedians.factors).where(
    given_in(BriefMedians.brief_id, "brief_ids")
)
