"""The feed of a creator: open briefs by chance, pay and liking, the best first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID

import numpy as np
from sqlalchemy import Date, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY, JSON, aggregate_order_by
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.models import Brief
from marketplace.campaigns.rules import today_somewhere
from marketplace.creators import queries as creators
from marketplace.creators.models import CreatorRecord, Exclusivity
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import BPS_WHOLE, Money
from marketplace.matching import columns
from marketplace.matching.columns import Book, Market, OpenWish
from marketplace.matching.columns.briefs import topic_bits
from marketplace.matching.models import BriefMedians, ChanceVersion, FeedChoice
from marketplace.matching.queries.chances import present_chances
from marketplace.matching.queries.fits import medians_of
from marketplace.matching.queries.wishes import wanted_in
from marketplace.matching.rules import feed
from marketplace.matching.rules.chances import Model, Step, start
from marketplace.matching.rules.feed import FeedChoiceKind, FeedParts
from marketplace.matching.rules.fit import Factors, fit_of
from marketplace.store.paging import PAGE_SIZE, Page

LESS: Final = FeedChoiceKind.LESS_TOPIC
LISTED: Final = 200
"""So many of the best are listed; nobody pages further."""


Choices: TypeAlias = Mapping[FeedChoiceKind, Sequence[str]]


@dataclass(frozen=True, slots=True)
class FeedLine:
    """An open brief in a creator's feed.

    fit: what the brand would get. usual: of the middle candidate; None where there is none. fee:
    the middle of the range the brief names; None where it names none. per_hour: what that comes to
    for an hour. minutes: what the work is taken to need.
    """

    brief: Brief
    fit: int
    usual: int | None
    parts: FeedParts
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


@dataclass(frozen=True, slots=True)
class _Open:
    """The open briefs as columns, their middle candidates, and the chance of an offer."""

    book: Book
    medians: Mapping[UUID, Factors | None]
    model: Model


@dataclass(slots=True)
class _Kept:
    """What this process keeps of open briefs, and of what it was made."""

    key: tuple[object, ...] = ()
    open: _Open | None = None


class _Promise(NamedTuple):
    """Days that belong to one brand in a category; the days as ISO has them."""

    category: str
    starts_on: str
    until_on: str
    brand_id: str

    def bars(self, place: campaigns.Place) -> bool:
        """Whether a campaign falls into them and is another brand's."""
        return (
            place.category == self.category
            and str(place.brand_id) != self.brand_id
            and place.starts_on.isoformat() <= self.until_on
            and place.ends_on.isoformat() >= self.starts_on
        )


@dataclass(frozen=True, slots=True)
class _Wishes:
    """Which of the open briefs a creator may and wants to see. giving: campaigns to hide."""

    chosen: Choices
    among: Collection[UUID] | None
    giving: frozenset[UUID]
    promises: Sequence[_Promise]

    @property
    def any(self) -> bool:
        """Whether anything is to be left out at all."""
        hidden = any(self.chosen[kind] for kind in feed.HIDING)
        return hidden or self.among is not None or bool(self.promises)

    def may_see(self, place: campaigns.Place) -> bool:
        """Whether the brief of this place stays."""
        chosen = self.chosen
        return (
            str(place.brand_id) not in chosen[FeedChoiceKind.HIDE_BRAND]
            and str(place.campaign_id) not in chosen[FeedChoiceKind.HIDE_CAMPAIGN]
            and place.category not in chosen[FeedChoiceKind.HIDE_CATEGORY]
            and place.campaign_id not in self.giving
            and (self.among is None or place.campaign_id in self.among)
            and not any(promise.bars(place) for promise in self.promises)
        )


_kept = _Kept()
_lock = Lock()


def _nobody(_causes: Sequence[str]) -> Collection[UUID]:
    return ()


def feed_for(
    session: Session,
    *,
    creator_id: UUID,
    among: Collection[UUID] | None = None,
    giving_to: Callable[[Sequence[str]], Collection[UUID]] = _nobody,
    page: int = 1,
    size: int = PAGE_SIZE,
    now: datetime,
) -> Feed:
    """One page of the open briefs for a creator, the best of LISTED first, computed now.

    among: only these campaigns. giving_to: the campaigns that give to some kinds of causes, asked
    where the creator hides any or wants more of any. Whoever has promised the time to another brand
    is not shown what they could not take. Raises NotFound for a creator who does not exist.
    """
    given = {"creator_id": creator_id, "today": today_somewhere(now)}
    *moved, open_ids, said, answered, promised = session.execute(_BEGIN, given).one()
    chosen = _chosen_in(said)
    offered, declined = answered or (0, 0)
    record = feed.record_of(offered, declined)
    wishes = _Wishes(
        chosen=chosen,
        among=among,
        giving=frozenset(giving_to(chosen[FeedChoiceKind.HIDE_CAUSE]))
        if chosen[FeedChoiceKind.HIDE_CAUSE]
        else frozenset(),
        promises=[_Promise(*each) for each in promised or ()],
    )
    less = topic_bits(chosen[FeedChoiceKind.LESS_TOPIC])
    more = chosen[FeedChoiceKind.MORE_CAUSE]
    cared = frozenset(giving_to(more)) if more else frozenset()

    def look(market: Market) -> Feed:
        found = _open_briefs(session, market, tuple(open_ids), moved)
        book = found.book
        here, row = _row(session, market, creator_id, now=now)
        side = columns.side_at(here, row)
        prices = columns.usual_prices(book, side)
        scores = feed.chances(
            found.model, feed.standing(columns.against_usual(book, side, prices)), record=record
        )
        scores *= feed.pays(book.fees, prices)
        scores *= feed.likings(book.topics, makes=side.topics, less=less)
        if cared:
            is_cared_for = np.array([one in cared for one in book.campaign_ids], bool)
            scores *= np.where(is_cared_for, np.float32(feed.CARED / BPS_WHOLE), np.float32(1))
        order = np.argsort(-scores, kind="stable").tolist()
        shown = _not_hidden(session, [book.brief_ids[at] for at in order], wishes)
        number = min(max(1, page), max(1, -(-len(shown) // size)))
        ids = shown[(number - 1) * size : number * size]
        briefs = campaigns.briefs_by_id(session, ids)
        lines = [
            _line(
                market,
                here,
                row,
                briefs[one],
                found,
                record=record,
                makes=side.topics,
                less=less,
                is_cared_for=briefs[one].campaign_id in cared,
            )
            for one in ids
            if one in briefs
        ]
        page_of = Page(rows=lines, number=number, total=len(shown), size=size)
        return Feed(page=page_of, chosen=chosen, offered=offered, declined=declined)

    return columns.ask(session, look, now=now)


def _line(
    market: Market,
    here: Market,
    row: int,
    brief: Brief,
    found: _Open,
    *,
    record: float,
    makes: int,
    less: int,
    is_cared_for: bool,
) -> FeedLine:
    """One place of the feed. here, row: where the creator stands, the market or a part of it."""
    wanted = wanted_in(brief)
    [factors] = columns.factors_at(here, columns.target_of(wanted, here), [row])
    middle = (
        found.medians[brief.id] if brief.id in found.medians else columns.middle(market, wanted)
    )
    fit, usual, fee = fit_of(factors), None if middle is None else fit_of(middle), middle_fee(brief)
    return FeedLine(
        brief=brief,
        fit=fit,
        usual=usual,
        parts=feed.parts_of(
            found.model,
            against_usual=fit / usual if usual else 1.0,
            record=record,
            fee_minor=fee.minor if fee else None,
            usual_minor=factors.price,
            topics=topic_bits(wanted.words),
            makes=makes,
            less=less,
            is_cared_for=is_cared_for,
        ),
        fee=fee,
        per_hour=None
        if fee is None
        else Money(feed.per_hour_minor(fee.minor, wanted.pieces), fee.currency),
        minutes=feed.minutes_of(wanted.pieces),
    )


def _chosen_in(said: Sequence[Sequence[str]] | None) -> Choices:
    """What a creator does not want to see, by kind, in the order in which it was said."""
    found: dict[FeedChoiceKind, list[str]] = {kind: [] for kind in FeedChoiceKind}
    for kind, value in said or ():
        found[FeedChoiceKind(kind)].append(value)
    return found


def middle_fee(brief: Brief) -> Money | None:
    """The middle of the range a brief names, with its campaign; None where it names none."""
    if brief.fee_low_minor is None or brief.fee_high_minor is None:
        return None
    return Money((brief.fee_low_minor + brief.fee_high_minor) // 2, brief.campaign.currency)


def _open_briefs(
    session: Session, market: Market, ids: tuple[UUID, ...], moved: Sequence[datetime | None]
) -> _Open:
    """The open briefs: read anew when one opens or closes, or the market or a chance has moved."""
    key = (ids, *moved, market.context.countries, market.context.vocabulary.terms)
    with _lock:
        if key == _kept.key and _kept.open is not None:
            return _kept.open
    briefs = campaigns.briefs_by_id(session, ids)
    medians = medians_of(session, ids)
    wishes = []
    for one in ids:
        middle, fee = medians.get(one), middle_fee(briefs[one])
        wishes.append(
            OpenWish(
                brief_id=one,
                campaign_id=briefs[one].campaign_id,
                wanted=wanted_in(briefs[one]),
                fee_minor=fee.minor if fee else None,
                usual=0 if middle is None else fit_of(middle),
            )
        )
    found = _Open(
        book=columns.book_of(wishes, market),
        medians=medians,
        model=present_chances(session).get(Step.OFFER, start(Step.OFFER)),
    )
    with _lock:
        _kept.key, _kept.open = key, found
    return found


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


def _not_hidden(session: Session, order: Sequence[UUID], wishes: _Wishes) -> list[UUID]:
    """The best LISTED of the order that the creator may and wants to see."""
    if not wishes.any:
        return list(order[:LISTED])
    places = campaigns.places_of(session, order)
    return [one for one in order if one in places and wishes.may_see(places[one])][:LISTED]


_BEGIN: Final = select(
    select(func.max(BriefMedians.worked_out_at)).scalar_subquery(),
    select(func.max(ChanceVersion.learned_at)).scalar_subquery(),
    func.array(campaigns.OPEN_BRIEF_IDS.scalar_subquery(), type_=ARRAY(Uuid())),
    select(
        func.json_agg(
            aggregate_order_by(
                func.json_build_array(FeedChoice.kind, FeedChoice.value),
                FeedChoice.chosen_at,
                FeedChoice.value,
            ),
            type_=JSON(),
        )
    )
    .where(FeedChoice.creator_id == bindparam("creator_id"))
    .scalar_subquery(),
    select(
        func.json_build_array(
            CreatorRecord.offered_count, CreatorRecord.declined_count, type_=JSON()
        )
    )
    .where(CreatorRecord.creator_id == bindparam("creator_id"))
    .scalar_subquery(),
    select(
        func.json_agg(
            func.json_build_array(
                Exclusivity.category,
                Exclusivity.starts_on,
                Exclusivity.until_on,
                Exclusivity.brand_id,
            ),
            type_=JSON(),
        )
    )
    .where(
        Exclusivity.creator_id == bindparam("creator_id"),
        Exclusivity.ended_at.is_(None),
        Exclusivity.until_on >= bindparam("today", type_=Date),
    )
    .scalar_subquery(),
)
"""What every feed begins with, in one question: when the middle candidates and the chances were
worked out last, which briefs are open, what the creator does not want to see, what their
applications led to before, and what they have promised to other brands."""
