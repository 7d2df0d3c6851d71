"""What is known of creators, for tests of the columns; no database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import numpy as np

from marketplace.creators.queries import CreatorFacts
from marketplace.matching.columns import Book, Market, OpenWish, book_of
from marketplace.matching.columns.context import context_of
from marketplace.matching.columns.source import market_of
from marketplace.matching.rules.parts import AUDIENCE_PARTS
from marketplace.matching.rules.seen import FIRST_DAY, Seen, SeenAll
from marketplace.matching.rules.wanted import Wanted

SEEN_AT = datetime(2026, 11, 2, 12, tzinfo=UTC)


def make_facts(number: int = 1, **changes: Any) -> CreatorFacts:
    """Return a creator who asks USD 300 for a video and gets 10,000 views for each."""
    values: dict[str, Any] = {
        "creator_id": UUID(int=(number << 64) | number),
        "country": "US",
        "topics": ["cooking"],
        "is_closed": False,
        "has_channel": True,
        "followers": 48_000,
        "median_views": 10_000,
        "hashtags": ["recipe"],
        "videos": [(10_000, 800, 1, ["recipe"], 30)] * 5,
        "audience_source": "platform",
        "is_confirmed": False,
        "sample_size": 1_000_000,
        "taken_at": SEEN_AT.timestamp(),
        "age": {"18-24": 4_000, "25-34": 2_000, "35-44": 1_000},
        "gender": {"female": 6_000, "male": 4_000},
        "countries": {"US": 5_000, "CA": 1_000},
        "languages": {"en": 9_000},
        "kept": 0,
        "broken": 0,
        "away_until": 0,
        "rates": {"video USD": 30_000},
    }
    return CreatorFacts(**(values | changes))


def make_market(facts: Sequence[CreatorFacts], *, now: datetime = SEEN_AT) -> Market:
    """Return these creators as a market of their own."""
    currencies = sorted({name[-3:] for each in facts for name in each.rates})
    return market_of(facts, context_of(facts, currencies), now=now)


def open_book(wanted: Sequence[Wanted], market: Market) -> Book:
    """Return wishes as the open briefs of a market, in this order."""
    return book_of(
        [OpenWish(UUID(int=n), UUID(int=n), each, None, 1_000) for n, each in enumerate(wanted)],
        market.context,
    )


def days(year: int, month: int, day: int) -> int:
    """Return a day as facts count it: since 1970."""
    return (date(year, month, day) - date(1970, 1, 1)).days


def seen_all(seen: Sequence[Seen]) -> SeenAll:
    """Return what is known of creators as columns."""
    return SeenAll(
        factors=[
            np.array(each, np.int64) for each in zip(*(one.factors for one in seen), strict=True)
        ],
        views_low=np.array([one.views_low for one in seen], np.int64),
        views_high=np.array([one.views_high for one in seen], np.int64),
        people=np.array([one.people for one in seen], np.int64),
        source=[one.source for one in seen],
        price_is_estimated=np.array([one.price_is_estimated for one in seen], bool),
        words=lambda place: seen[place].words,
        near=lambda place: seen[place].near,
        has_record=np.array([one.has_record for one in seen], bool),
        said={part: np.array([part in one.said for one in seen], bool) for part in AUDIENCE_PARTS},
        described=np.array(
            [one.described_on.toordinal() - FIRST_DAY if one.described_on else 0 for one in seen],
            np.int64,
        ),
    )
