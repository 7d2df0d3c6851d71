"""A market in columns, as the product builds it, from what a data set knows of its creators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from marketplace.creators.queries import CreatorFacts
from marketplace.matching.columns import Market
from marketplace.matching.columns.context import context_of
from marketplace.matching.columns.source import market_of

NOW: Final = datetime(2026, 5, 1, tzinfo=UTC)
EVERYBODY: Final = 1_000_000
"""A platform counts its whole audience."""


def facts(place: int, *, countries: Mapping[str, int]) -> CreatorFacts:
    """Return what the market knows of the creator at a place.

    countries: basis points of their audience.
    """
    return CreatorFacts(
        creator_id=UUID(int=place + 1),
        country=None,
        topics=[],
        is_closed=False,
        has_channel=True,
        followers=None,
        median_views=1,
        hashtags=[],
        videos=[],
        audience_source="platform",
        is_confirmed=False,
        sample_size=EVERYBODY,
        taken_at=NOW.timestamp(),
        age={},
        gender={},
        countries=countries,
        languages={},
        rates={},
        kept=0,
        broken=0,
        away_until=0,
    )


def market(creators: Sequence[CreatorFacts]) -> Market:
    """Return them as a market, in their order."""
    return market_of(creators, context_of(creators, []), now=NOW)
