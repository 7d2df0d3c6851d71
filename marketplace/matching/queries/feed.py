"""The feed of a creator: open briefs by chance, pay, liking and cause, the best first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Final, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.models import Brief
from marketplace.creators import queries as creators
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Money
from marketplace.matching import columns
from marketplace.matching.columns import Book, Market
from marketplace.matching.columns.counting import Whole
from marketplace.matching.queries.feed_wishes import (
    Begin,
    Choices,
    GivingTo,
    Wishes,
    begin,
    not_hidden,
    wishes_in,
)
from marketplace.matching.queries.open_briefs import middle_fee, open_briefs
from marketplace.matching.queries.wishes import wanted_in
from marketplace.matching.rules import feed
from marketplace.matching.rules.feed import FeedChoiceKind, FeedParts
from marketplace.matching.rules.left_out import LeftOut
from marketplace.store.paging import PAGE_SIZE, Page

LISTED: Final = 200
"""So many of the best are listed; nobody pages further."""


@dataclass(frozen=True, slots=True)
class FeedLine:
    """An open brief in a creator's feed.

    fit: what the brand would get, as it sees it itself. reaches: whether that is anybody of its
    target: less than half a view is. against_usual: how many times the middle candidate's; None
    where there is none. has_fee: whether the creator has named a fee for such work. fee: the middle
    of the range the brief names; None where it names none. per_hour: what that comes to for an
    hour. minutes: what the work is taken to need.
    """

    brief: Brief
    fit: int
    reaches: bool
    against_usual: float | None
    has_fee: bool
    parts: FeedParts[int]
    fee: Money | None
    per_hour: Money | None
    minutes: int


@dataclass(frozen=True, slots=True)
class Feed:
    """A page of a feed, and what the creator chose not to see.

    set_aside: how many open briefs each rule keeps out of it, in the order of the rules. applied:
    the open briefs that have the creator's application, by name. offered, declined: what the
    creator's applications led to so far, which the chances count with.
    """

    page: Page[FeedLine]
    set_aside: Mapping[LeftOut, int]
    applied: Sequence[Brief]
    chosen: Choices
    offered: int
    declined: int


@dataclass(frozen=True, slots=True)
class SetAside:
    """A page of the open briefs that are not for a creator now.

    reasons: brief -> the first rule that leaves the creator out. counts: of all pages, by rule.
    """

    page: Page[FeedLine]
    reasons: Mapping[UUID, LeftOut]
    counts: Mapping[LeftOut, int]


class _Facing(NamedTuple):
    """One creator before all open briefs.

    reasons: as ``barred_facing`` gives them. seen: what the creator has not hidden. places: of the
    briefs that are put in order, whose fits, rounded and not, and parts are here. is_asked: of each
    different work of the book, whether the creator has named a fee for it.
    """

    book: Book
    reasons: NDArray[np.uint8]
    seen: NDArray[np.bool_]
    places: NDArray[np.intp]
    fits: Whole
    nearly: NDArray[np.float64]
    is_asked: NDArray[np.bool_]
    parts: FeedParts[Whole]


class Tied(NamedTuple):
    """Campaigns that a creator has to do with already.

    invited: no rule keeps these out. applied: these are told apart, and are not put in order.
    """

    invited: Collection[UUID] = ()
    applied: Collection[UUID] = ()


NOT_TIED: Final = Tied()


def _nobody(_causes: Sequence[str]) -> Collection[UUID]:
    return ()


def feed_for(
    session: Session,
    *,
    creator_id: UUID,
    among: Collection[UUID] | None = None,
    giving_to: GivingTo = _nobody,
    tied: Tied = NOT_TIED,
    page: int = 1,
    size: int = PAGE_SIZE,
    now: datetime,
) -> Feed:
    """One page of the open briefs for a creator, the best of LISTED first, computed now.

    among: only these campaigns. giving_to: asked where the creator hides any kind of cause or wants
    more of any. Raises NotFound for a creator who does not exist.
    """
    begun = begin(session, creator_id, now=now)
    wishes = wishes_in(begun, among=among, giving_to=giving_to)
    more = begun.chosen[FeedChoiceKind.MORE_CAUSE]
    cared = frozenset(giving_to(more)) if more else frozenset()

    def look(market: Market) -> Feed:
        found = _face(
            session, market, begun, wishes, cared, tied, creator_id, barred=False, now=now
        )
        order = feed.best_first(found.parts, found.fits, most=LISTED)
        return Feed(
            page=_page(session, found, order, number=page, size=size),
            set_aside=_counted(found),
            applied=_applied(session, found.book, tied.applied),
            chosen=begun.chosen,
            offered=begun.offered,
            declined=begun.declined,
        )

    return columns.ask(session, look, now=now)


def set_aside_for(
    session: Session,
    *,
    creator_id: UUID,
    among: Collection[UUID] | None = None,
    giving_to: GivingTo = _nobody,
    tied: Tied = NOT_TIED,
    page: int = 1,
    size: int = PAGE_SIZE,
    now: datetime,
) -> SetAside:
    """One page of the open briefs whose rules leave a creator out, rule by rule, the best first.

    among, giving_to, tied: as of a feed; what the creator hides is not there either. Raises
    NotFound for a creator who does not exist.
    """
    begun = begin(session, creator_id, now=now)
    wishes = wishes_in(begun, among=among, giving_to=giving_to)

    def look(market: Market) -> SetAside:
        found = _face(
            session, market, begun, wishes, frozenset(), tied, creator_id, barred=True, now=now
        )
        order = feed.best_first(found.parts, found.fits, most=found.book.size)
        order = order[np.argsort(found.reasons[found.places[order]], kind="stable")]
        shown = _page(session, found, order, number=page, size=size)
        places = {found.book.brief_ids[at]: at for at in found.places.tolist()}
        reasons = {
            each.brief.id: columns.RULES[int(found.reasons[places[each.brief.id]])]
            for each in shown.rows
        }
        return SetAside(shown, reasons, _counted(found))

    return columns.ask(session, look, now=now)


def _face(
    session: Session,
    market: Market,
    begun: Begin,
    wishes: Wishes,
    cared: Collection[UUID],
    tied: Tied,
    creator_id: UUID,
    *,
    barred: bool,
    now: datetime,
) -> _Facing:
    """Look at every open brief for one creator. cared: campaigns that give to what they like.

    barred: those are put in order that a rule bars, else the others.
    """
    book, model = open_briefs(session, market, begun.open_ids, begun.moves)
    here, row = _row(session, market, creator_id, now=now)
    facing = columns.face(book, here, row)
    reasons = columns.barred_facing(facing, here, row, begun.promises)
    reasons[_are_of(book, tied.invited)] = columns.PASSES
    seen = not_hidden(session, book.brief_ids, wishes) & ~_are_of(book, tied.applied)
    places = np.flatnonzero(seen & ((reasons != columns.PASSES) == barred))
    weighed = facing.weighed(places)
    parts = feed.parts_of(
        model,
        fits=weighed.nearly,
        usual=book.usual.take(places),
        record=feed.record_of(begun.offered, begun.declined),
        fees=book.fees.take(places),
        prices=weighed.prices,
        topics=book.topics.take(places),
        near=weighed.near,
        makes=int(here.arrays["topics"][row]),
        less=columns.topic_bits(begun.chosen[FeedChoiceKind.LESS_TOPIC]),
        cared=_are_of(book, cared).take(places),
    )
    return _Facing(
        book, reasons, seen, places, weighed.fits, weighed.nearly, facing.is_asked, parts
    )


def _are_of(book: Book, campaign_ids: Collection[UUID]) -> NDArray[np.bool_]:
    """Which briefs are of some campaigns."""
    found = np.zeros(book.size, bool)
    found[[book.places[one] for one in campaign_ids if one in book.places]] = True
    return found


def _applied(session: Session, book: Book, campaign_ids: Collection[UUID]) -> Sequence[Brief]:
    """The open briefs of some campaigns, by name."""
    places = [book.places[one] for one in campaign_ids if one in book.places]
    found = campaigns.briefs_by_id(session, [book.brief_ids[place] for place in places])
    return sorted(found.values(), key=lambda brief: brief.campaign.name)


def _counted(found: _Facing) -> Mapping[LeftOut, int]:
    """How many briefs each rule bars that the creator has not hidden."""
    counts = np.bincount(found.reasons[found.seen], minlength=columns.PASSES).tolist()
    return {rule: count for rule, count in zip(columns.RULES, counts, strict=False) if count}


def _page(
    session: Session, found: _Facing, order: NDArray[np.intp], *, number: int, size: int
) -> Page[FeedLine]:
    """One page of the briefs that were put in order."""
    number = min(max(1, number), max(1, -(-len(order) // size)))
    here = order[(number - 1) * size : number * size]
    places = found.places[here].tolist()
    briefs = campaigns.briefs_by_id(session, [found.book.brief_ids[place] for place in places])
    lines = [
        _line(
            briefs[found.book.brief_ids[place]],
            fit=int(found.fits[at]),
            nearly=float(found.nearly[at]),
            usual=float(found.book.usual[place]),
            has_fee=bool(found.is_asked[found.book.work.which[place]]),
            parts=feed.parts_at(found.parts, at),
        )
        for at, place in zip(here.tolist(), places, strict=True)
        if found.book.brief_ids[place] in briefs
    ]
    return Page(rows=lines, number=number, total=len(order), size=size)


def _line(
    brief: Brief,
    *,
    fit: int,
    nearly: float,
    usual: float,
    has_fee: bool,
    parts: FeedParts[int],
) -> FeedLine:
    """One place of the feed. nearly, usual: the fit and the middle candidate's, unrounded."""
    pieces, fee = wanted_in(brief).pieces, middle_fee(brief)
    per_hour = None
    if fee is not None:
        per_hour = Money(feed.per_hour_minor(fee.minor, pieces), fee.currency)
    return FeedLine(
        brief=brief,
        fit=fit,
        reaches=nearly > 0,
        against_usual=None if usual == feed.NO_MIDDLE else nearly / usual if usual else inf,
        has_fee=has_fee,
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
