"""The market: who can be hired, narrowed and sorted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    func,
    select,
    true,
)
from sqlalchemy.orm import Session, contains_eager

from marketplace.creators.models import (
    Channel,
    Creator,
)
from marketplace.creators.queries.groups import found_by
from marketplace.creators.queries.names import called_in_market
from marketplace.creators.rules.groups import Group
from marketplace.kernel.names import words_typed
from marketplace.kernel.words import key_of
from marketplace.store.paging import PAGE_SIZE, Page


@dataclass(frozen=True, slots=True)
class MarketFilters:
    """What narrows the market; None and "" mean any.

    words: what words of a name or handle begin with, or a hashtag with its sign, in any spelling;
    blanks and signs alone look for nothing.
    group: by which creators have asked to be found; a brand chooses it and reads it of nobody.
    """

    words: str = ""
    country: str | None = None
    topic: str | None = None
    min_followers: int | None = None
    max_followers: int | None = None
    min_views: int | None = None
    group: Group | None = None

    def __bool__(self) -> bool:
        return self != MarketFilters()

    @property
    def search(self) -> str:
        """The words, where they hold something to look for."""
        words = self.words.strip()
        return words if words.startswith("#") or words_typed(words) else ""


COUNTED_MOST: Final = 10_000
"""Whoever looks for a word is not told exactly how many more it finds."""
_VIEWS = (Channel.median_views.desc().nulls_last(), Channel.creator_id)


SORTS: Final[dict[str, tuple[Any, ...]]] = {
    "views": _VIEWS,
    "followers": (Channel.follower_count.desc().nulls_last(), Channel.creator_id),
    "engagement": (Channel.engagement_rate_bps.desc().nulls_last(), Channel.creator_id),
    "name": (func.lower(Creator.display_name), Channel.creator_id),
    "newest": (Creator.created_at.desc(), Channel.creator_id),
}


def market(
    session: Session,
    *,
    filters: MarketFilters,
    sort: str = "views",
    page: int = 1,
    size: int = PAGE_SIZE,
) -> Page[Channel]:
    """One page of the creators that can be hired: their main channels, each with its creator.

    sort: a key of SORTS; anything else means views.
    """
    conditions, needs_creator = _narrowed(session, filters)
    listed = select(Channel.id).where(*conditions)
    if needs_creator:
        listed = listed.join(Channel.creator)
    if filters.search:
        listed = listed.limit(COUNTED_MOST + 1)
    found = session.scalar(select(func.count()).select_from(listed.subquery())) or 0
    is_counted = not filters.search or found <= COUNTED_MOST
    total = found if is_counted else COUNTED_MOST
    number = min(max(1, page), max(1, -(-total // size)))
    statement = (
        select(Channel)
        .join(Channel.creator)
        .where(*conditions)
        .options(contains_eager(Channel.creator))
        .order_by(*SORTS.get(sort, _VIEWS))
        .limit(size)
        .offset((number - 1) * size)
    )
    rows = session.scalars(statement).all()
    return Page(rows=rows, number=number, total=total, size=size, is_counted=is_counted)


def _narrowed(session: Session, filters: MarketFilters) -> tuple[list[ColumnElement[bool]], bool]:
    """The conditions for the market, and whether they speak of the creator's own row."""
    conditions: list[ColumnElement[bool]] = [Channel.is_main == true()]
    own: list[ColumnElement[bool]] = []
    words = filters.search
    if words.startswith("#"):
        # No hashtag has the empty key: a sign without a word finds nobody.
        conditions.append(Channel.top_keys.contains([key_of(words)]))
    elif words:
        by_index, row_by_row = called_in_market(session, words)
        conditions.extend(by_index)
        own.extend(row_by_row)
    if filters.country:
        own.append(Creator.country == filters.country)
    if filters.group is not None:
        own.append(found_by(filters.group))
    if filters.topic:
        own.append(Creator.topics.contains([filters.topic]))
    if filters.min_followers is not None:
        conditions.append(Channel.follower_count >= filters.min_followers)
    if filters.max_followers is not None:
        conditions.append(Channel.follower_count <= filters.max_followers)
    if filters.min_views is not None:
        conditions.append(Channel.median_views >= filters.min_views)
    return [*conditions, *own], bool(own)


def market_size(session: Session) -> int:
    """How many creators can be hired."""
    return session.scalar(select(func.count()).select_from(Channel).where(Channel.is_main)) or 0


def countries_in_market(session: Session) -> Sequence[str]:
    """The countries that creators come from, for a filter."""
    return session.scalars(_COUNTRIES).all()


def _countries() -> Select[str]:
    """Step through the index from one country to the next instead of reading every creator."""
    first = select(func.min(Creator.country).label("code")).cte("steps", recursive=True)
    following = (
        select(func.min(Creator.country)).where(Creator.country > first.c.code).scalar_subquery()
    )
    steps = first.union_all(select(following).where(first.c.code.is_not(None)))
    return select(steps.c.code).where(steps.c.code.is_not(None)).order_by(steps.c.code)


_COUNTRIES: Final = _countries()
