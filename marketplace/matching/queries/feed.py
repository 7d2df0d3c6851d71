"""The feed of a creator: open briefs by chance, pay, liking and cause, the best first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import numpy as np
from sqlalchemy.orm import Session

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.models import Brief
from marketplace.creators import queries as creators
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Money
from marketplace.matching import columns
from marketplace.matching.columns import Market
from marketplace.matching.queries.feed_wishes import (
    Choices,
    GivingTo,
    begin,
    not_hidden,
    wishes_in,
)
from marketplace.matching.queries.open_briefs import middle_fee, open_briefs
from marketplace.matching.queries.wishes import wanted_in
from marketplace.matching.rules import feed
from marketplace.matching.rules.feed import FeedChoiceKind, FeedParts
from marketplace.matching.rules.fit import Factors, PartName, fits_of
from marketplace.store.paging import PAGE_SIZE, Page

TOPIC: Final = Factors._fields.index(PartName.TOPIC)
LISTED: Final = 200
"""So many of the best are listed; nobody pages further."""


@dataclass(frozen=True, slots=True)
class FeedLine:
    """An open brief in a creator's feed.

    fit: what the brand would get, as it sees it itself. usual: of the middle candidate; None where
    there is none. fee: the middle of the range the brief names; None where it names none. per_hour:
    what that comes to for an hour. minutes: what the work is taken to need.
    """

    brief: Brief
    fit: int
    usual: int | None
    parts: FeedParts[int]
    fee: Money | None
    per_hour: Money | None
    minutes: int

    @property
    def against_usual(self) -> float:
        """How many times the middle candidate's fit; 1 where there is none to compare with."""
        return self.fit / self.usual if self.usual else 1.0


@dataclass(frozen=True, slots=True)
class Feed:
    """A page of a feed, and what the creator chose not to see.

    offered, declined: what the creator's applications led to so far, which the chances count with.
    """

    page: Page[FeedLine]
    chosen: Choices
    offered: int
    declined: int


def _nobody(_causes: Sequence[str]) -> Collection[UUID]:
    return ()


def feed_for(
    session: Session,
    *,
    creator_id: UUID,
    among: Collection[UUID] | None = None,
    giving_to: GivingTo = _nobody,
    page: int = 1,
    size: int = PAGE_SIZE,
    now: datetime,
) -> Feed:
    """One page of the open briefs for a creator, the best of LISTED first, computed now.

    among: only these campaigns. giving_to: asked where the creator hides any kind of cause or wants
    more of any. Whoever has promised the time to another brand is not shown what they could not
    take. Raises NotFound for a creator who does not exist.
    """
    begun = begin(session, creator_id, now=now)
    wishes = wishes_in(begun, among=among, giving_to=giving_to)
    more = begun.chosen[FeedChoiceKind.MORE_CAUSE]
    cared = frozenset(giving_to(more)) if more else frozenset()

    def look(market: Market) -> Feed:
        book, model = open_briefs(session, market, begun.open_ids, begun.moved)
        here, row = _row(session, market, creator_id, now=now)
        factors = columns.factors_facing(book, here, row)
        fits = fits_of(factors)
        parts = feed.parts_of(
            model,
            fits=fits,
            usual=book.usual,
            record=feed.record_of(begun.offered, begun.declined),
            fees=book.fees,
            prices=factors[-1],
            topics=book.topics,
            near=factors[TOPIC],
            makes=int(here.arrays["topics"][row]),
            less=columns.topic_bits(begun.chosen[FeedChoiceKind.LESS_TOPIC]),
            cared=np.array([one in cared for one in book.campaign_ids], bool)
            if cared
            else np.zeros(book.size, bool),
        )
        most = book.size if wishes.any else LISTED
        order = feed.best_first(parts, fits, most=most).tolist()
        places = {book.brief_ids[at]: at for at in order}
        shown = not_hidden(session, list(places), wishes, most=LISTED)
        number = min(max(1, page), max(1, -(-len(shown) // size)))
        ids = shown[(number - 1) * size : number * size]
        briefs = campaigns.briefs_by_id(session, ids)
        lines = [
            _line(
                briefs[one],
                fit=int(fits[places[one]]),
                usual=int(book.usual[places[one]]),
                parts=feed.parts_at(parts, places[one]),
            )
            for one in ids
            if one in briefs
        ]
        page_of = Page(rows=lines, number=number, total=len(shown), size=size)
        return Feed(page_of, begun.chosen, begun.offered, begun.declined)

    return columns.ask(session, look, now=now)


def _line(brief: Brief, *, fit: int, usual: int, parts: FeedParts[int]) -> FeedLine:
    """One place of the feed."""
    pieces, fee = wanted_in(brief).pieces, middle_fee(brief)
    per_hour = None
    if fee is not None:
        per_hour = Money(feed.per_hour_minor(fee.minor, pieces), fee.currency)
    return FeedLine(
        brief=brief,
        fit=fit,
        usual=usual or None,
        parts=parts,
        fee=fee,
        per_hour=per_hour,
        minutes=feed.minutes_of(pieces),
    )


def _row(
    session: Session, market: Market, creator_id: UUID, *, now: datetime
) -> tuple[Market, int]:
    """Where the creator's row is; read from PostgreSQL for one who is not in the columns yet."""
    [row] = market.rows_of([creator_id]).tolist()
    if row >= 0:
        return market, row
    here = columns.market_like(market, creators.facts_of(session, [creator_id], now=now), now=now)
    [row] = here.rows_of([creator_id]).tolist()
    if row < 0:
        raise NotFound("creator")
    return here, row
