"""The fit of single creators, computed now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.campaigns.models import Brief
from marketplace.creators import queries as creators
from marketplace.kernel.errors import NotFound
from marketplace.matching import columns
from marketplace.matching.columns import Market
from marketplace.matching.queries.wishes import Wish, wanted_for, wishes_of
from marketplace.matching.rules.explaining import explain_all
from marketplace.matching.rules.fit import Factors
from marketplace.matching.rules.fit import fit_of as fit_in
from marketplace.matching.rules.left_out import LeftOut
from marketplace.matching.rules.parts import Explained
from marketplace.matching.rules.raising import Raise, raises
from marketplace.matching.rules.wanted import Wanted
from marketplace.matching.rules.worth import fit_minor


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


def fit_of(session: Session, *, campaign_id: UUID, creator_id: UUID, now: datetime) -> Fit:
    """The fit of one creator to a campaign's present brief.

    Raises NotFound when there is no such creator or no brief.
    """
    wish = Wish(wanted_for(session, campaign_id))
    return _fits(session, wish, [creator_id], now=now)[creator_id]


def fit_to(session: Session, brief: Brief, *, creator_id: UUID, now: datetime) -> Fit:
    """The fit of one creator to a brief with its campaign; raises NotFound."""
    wish = wishes_of(session, [brief])[brief.id]
    return _fits(session, wish, [creator_id], now=now)[creator_id]


def fits_of(
    session: Session, *, campaign_id: UUID, creator_ids: Collection[UUID], now: datetime
) -> Mapping[UUID, Fit]:
    """Creator id -> their fit to a campaign's present brief, for a whole list at once.

    Raises NotFound when there is no brief, and for a creator who does not exist.
    """
    if not creator_ids:
        return {}
    wish = Wish(wanted_for(session, campaign_id))
    return _fits(session, wish, list(creator_ids), now=now)


def _fits(
    session: Session, wish: Wish, creator_ids: Sequence[UUID], *, now: datetime
) -> dict[UUID, Fit]:
    """The fits of these creators; from PostgreSQL for those not in columns yet."""

    def look(market: Market) -> dict[UUID, Fit]:
        here, rows = market, market.rows_of(creator_ids).tolist()
        if -1 in rows:
            facts = creators.facts_of(session, creator_ids, now=now)
            here = columns.market_like(market, facts, now=now)
            rows = here.rows_of(creator_ids).tolist()
        if -1 in rows:
            raise NotFound("creator")
        return _look(here, wish.wanted, creator_ids, rows, wish.middle_in(market))

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
            usual=None if medians is None else fit_in(medians, per=fit_minor(wanted.currency)),
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
