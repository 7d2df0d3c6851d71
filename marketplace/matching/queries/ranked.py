"""The matches of a wish: the whole market ranked, and one page of the best."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from marketplace.creators.models import Channel, Creator
from marketplace.kernel.words import keys_of
from marketplace.matching import columns
from marketplace.matching.columns import Market, Ranking
from marketplace.matching.models import Shortlisting
from marketplace.matching.queries.sharing import Shared, by_fit, in_fair_order
from marketplace.matching.rules.explaining import explain_all
from marketplace.matching.rules.fit import fits_of, order_of, share_there, views_there
from marketplace.matching.rules.left_out import LeftOut
from marketplace.matching.rules.parts import Explained
from marketplace.matching.rules.topic_words import spelled_out
from marketplace.matching.rules.wanted import Wanted
from marketplace.matching.rules.worth import fit_minor
from marketplace.store.paging import PAGE_SIZE, Page
from marketplace.store.rows import given_in, plain_rows

WORDS_SHOWN: Final = 100
WORDS_OFFERED: Final = 2_000
"""So many of the most used are offered to whoever types one: some 30 kilobytes."""


@dataclass(frozen=True, slots=True)
class MatchLine:
    """One match on the page.

    place: from 1, in the list; None for one left out. by_fit: the place that the fit alone would
    give. lists: of other campaigns in which they were this week. is_fresh: whether the place is
    one of those for the hardly seen. best_fit: of whoever would have the place by fit alone.
    """

    place: int | None
    creator_id: UUID
    display_name: str
    country: str | None
    topics: Sequence[str]
    has_joined: bool
    handle: str | None
    follower_count: int | None
    fit: Explained
    is_shortlisted: bool
    left_out: LeftOut | None = None
    by_fit: int | None = None
    lists: int = 0
    is_fresh: bool = False
    best_fit: int = 0


@dataclass(frozen=True, slots=True)
class Matches:
    """What the market has for a wish.

    looked_at: creators, of ``of`` there are; fewer only while PostgreSQL stands in for the columns.
    candidates: whom no rule removes. left_out: rule -> how many it removes. cheapest_minor: what
    the cheapest asks when all ask too much. is_fair: whether attention is shared in the order.
    """

    page: Page[MatchLine]
    looked_at: int
    of: int
    candidates: int
    left_out: Mapping[LeftOut, int]
    cheapest_minor: int | None
    refreshed_at: datetime
    homes: Sequence[str]
    """Where the creators of the market live, as far as is known."""
    words: tuple[str, ...]
    """What creators of the market make, the most used first."""
    unused_words: Sequence[str]
    """Topics and hashtags asked for that nobody uses: they tell nobody apart."""
    is_fair: bool = False
    words_until: int | None = None
    """The last place whose creator uses a word asked for; None where it is not on this page, nor
    before it, and where nobody of the market uses any."""
    share_there: int | None = None
    """Half of the list have at least this share of their viewers in the target, in basis points;
    None where creators were chosen by name."""

    @property
    def views_there(self) -> int:
        """The authentic views in the target that a video by each on this page brings together."""
        return views_there(line.fit.factors for line in self.page.rows)


@dataclass(frozen=True, slots=True)
class _Place:
    number: int | None
    creator_id: UUID
    fit: Explained
    left_out: LeftOut | None = None
    shared: Shared | None = None
    best_fit: int = 0


def matches_for(
    session: Session,
    wanted: Wanted,
    *,
    campaign_id: UUID,
    only_shortlist: bool = False,
    among: frozenset[UUID] | None = None,
    is_fair: bool = True,
    page: int = 1,
    size: int = PAGE_SIZE,
    now: datetime,
) -> Matches:
    """One page of the best creators for a wish, computed now over the whole market.

    campaign_id: whose shortlist to show. only_shortlist: nobody but those on it, also whom a rule
    removes; among: likewise nobody but these. is_fair: in the order that shares attention, not by
    fit alone.
    """
    chosen = shortlisted(session, campaign_id) if only_shortlist else among
    if chosen is not None and among is not None:
        chosen &= among

    def look_among(market: Market, chosen: frozenset[UUID]) -> tuple[list[_Place], Matches]:
        ranking = columns.ranking_of(market, wanted)
        rows = _in_order(market, wanted, _rows_of(market, chosen))
        shown, here = _part(len(rows), page, size)
        places = _chosen(market, wanted, ranking, rows[here])
        return places, _found(market, wanted, ranking, shown)

    def look(market: Market) -> tuple[list[_Place], Matches]:
        if chosen is not None:
            return look_among(market, chosen)
        ranking = columns.ranking_of(market, wanted)
        shown, here = _part(len(ranking.rows), page, size)
        order = (
            in_fair_order(
                session, market, ranking, campaign_id=campaign_id, most=here.stop, now=now
            )
            if is_fair
            else by_fit(ranking)
        )
        return _places(market, wanted, ranking, order, here), replace(
            _found(market, wanted, ranking, shown),
            is_fair=is_fair,
            words_until=_words_until(market, wanted, ranking, order[: here.stop]),
            share_there=share_there(ranking.factors),
        )

    places, found = columns.ask(session, look, now=now)
    lines = _lines(session, campaign_id, places)
    return replace(found, page=replace(found.page, rows=lines))


def words_of_market(session: Session, *, now: datetime) -> Sequence[str]:
    """Return what creators of the market make, the most used first."""
    return columns.ask(
        session, lambda market: market.context.vocabulary.terms[:WORDS_OFFERED], now=now
    )


def _part(total: int, page: int, size: int) -> tuple[Page[MatchLine], slice]:
    """The page asked for, or the last, still without its lines; and where in the list it is."""
    number = min(max(1, page), max(1, -(-total // size)))
    return Page([], number, total, size), slice((number - 1) * size, number * size)


def _found(market: Market, wanted: Wanted, ranking: Ranking, page: Page[MatchLine]) -> Matches:
    """What the market has for a wish, whoever is listed of it."""
    too_dear = not ranking.candidates and LeftOut.TOO_DEAR in ranking.left_out
    vocabulary = market.context.vocabulary
    return Matches(
        page=page,
        looked_at=market.count,
        of=market.of,
        candidates=ranking.candidates,
        left_out=ranking.left_out,
        cheapest_minor=columns.cheapest_minor(market, wanted) if too_dear else None,
        refreshed_at=market.refreshed_at,
        homes=[code for code in market.context.homes if code],
        words=vocabulary.terms[:WORDS_SHOWN],
        unused_words=[
            word
            for word in wanted.words
            if not vocabulary.ids.keys() & set(keys_of(spelled_out([word])))
        ],
    )


def _places(
    market: Market, wanted: Wanted, ranking: Ranking, order: Sequence[Shared], here: slice
) -> list[_Place]:
    """Some places of the list; nobody there is left out."""
    shown = order[here]
    factors = [each[[one.by_fit - 1 for one in shown]] for each in ranking.factors]
    by_place = fits_of(
        [each[here] for each in ranking.factors], per=fit_minor(wanted.currency)
    ).tolist()
    rows = [each.row for each in shown]
    target = columns.target_of(wanted, market)
    seen = columns.seen_at(market, target, rows, factors=factors)
    fits = explain_all(wanted, seen, ranking.medians)
    return [
        _Place(number, creator_id, fit, shared=shared, best_fit=best_fit)
        for number, (creator_id, fit, shared, best_fit) in enumerate(
            zip(market.ids_at(rows), fits, shown, by_place, strict=True), start=here.start + 1
        )
    ]


def _words_until(
    market: Market, wanted: Wanted, ranking: Ranking, order: Sequence[Shared]
) -> int | None:
    """The last place until here with a word asked for; None where there are more further down."""
    target = columns.target_of(wanted, market)
    if target.terms is None or not len(ranking.rows):
        return None
    uses = columns.uses_words(market, target, ranking.rows)
    here = [place for place, each in enumerate(order, 1) if uses[each.by_fit - 1]]
    return max(here, default=0) if len(here) == int(uses.sum()) else None


def _chosen(market: Market, wanted: Wanted, ranking: Ranking, rows: Sequence[int]) -> list[_Place]:
    """Creators who were chosen by name, also those whom a rule removes."""
    numbers = {each.row: (place, each) for place, each in enumerate(by_fit(ranking), 1)}
    target = columns.target_of(wanted, market)
    seen = columns.seen_at(market, target, rows)
    places = []
    for row, each, fit in zip(rows, seen, explain_all(wanted, seen, ranking.medians), strict=True):
        place, shared = numbers.get(row, (None, None))
        left_out = columns.left_out_at(market, target, wanted.rules, each, row)
        places.append(_Place(place, market.id_at(row), fit, left_out=left_out, shared=shared))
    return places


def shortlisted(session: Session, campaign_id: UUID) -> frozenset[UUID]:
    """The creators a brand has set aside for a campaign."""
    return frozenset(
        session.scalars(
            select(Shortlisting.creator_id).where(Shortlisting.campaign_id == campaign_id)
        )
    )


def _rows_of(market: Market, creator_ids: Collection[UUID]) -> list[int]:
    found: list[int] = market.rows_of(sorted(creator_ids)).tolist()
    return [row for row in found if row >= 0]


def _in_order(market: Market, wanted: Wanted, rows: Sequence[int]) -> list[int]:
    target = columns.target_of(wanted, market)
    factors = columns.factors_at(market, target, rows)
    order = sorted(
        range(len(rows)), key=lambda at: (-order_of(factors[at]), market.id_at(rows[at]))
    )
    return [rows[at] for at in order]


def _lines(session: Session, campaign_id: UUID, places: Sequence[_Place]) -> list[MatchLine]:
    """What the page says of each creator besides the fit; whoever was deleted meanwhile is gone."""
    if not places:
        return []
    given = {
        "creator_ids": [place.creator_id for place in places],
        "campaign_id": campaign_id,
    }
    rows = plain_rows(session, _CREATORS, given).all()
    by_id: dict[UUID, Any] = {row[0]: row for row in rows}
    return [_line(place, by_id[place.creator_id]) for place in places if place.creator_id in by_id]


def _line(place: _Place, row: Any) -> MatchLine:
    return MatchLine(
        place=place.number,
        creator_id=place.creator_id,
        display_name=row[1],
        country=row[2],
        topics=row[3],
        has_joined=row[4] is not None,
        handle=row[5],
        follower_count=row[6],
        fit=place.fit,
        is_shortlisted=row[7] is not None,
        left_out=place.left_out,
        by_fit=None if place.shared is None else place.shared.by_fit,
        lists=0 if place.shared is None else place.shared.lists,
        is_fresh=place.shared is not None and place.shared.is_fresh,
        best_fit=place.best_fit,
    )


_CREATORS: Final = (
    select(
        Creator.id,
        Creator.display_name,
        Creator.country,
        Creator.topics,
        Creator.user_id,
        Channel.handle,
        Channel.follower_count,
        Shortlisting.creator_id,
    )
    .outerjoin(Channel, and_(Channel.creator_id == Creator.id, Channel.is_main))
    .outerjoin(
        Shortlisting,
        and_(
            Shortlisting.creator_id == Creator.id,
            Shortlisting.campaign_id == bindparam("campaign_id"),
        ),
    )
    .where(given_in(Creator.id, "creator_ids"))
)
