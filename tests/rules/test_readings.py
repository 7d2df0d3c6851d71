"""What a reading says, and what cannot be true."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from marketplace.kernel.money import Money
from marketplace.metrics.rules.readings import (
    Reading,
    cost_per_thousand_views,
    engagement_rate_bps,
    plausible_count,
)

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
NO_DIGITS = ["", " 1", "-1", "+1", "1.0", "1,0", "１２", "²", str(2**63), "9" * 5_000]


@pytest.mark.parametrize(
    ("value", "count"),
    [
        (0, 0),
        ("0", 0),
        (182_345, 182_345),
        ("182345", 182_345),
        (2**31, 2**31),
        (2**53 + 1, 2**53 + 1),
        (2**63 - 1, 2**63 - 1),
        (str(2**63 - 1), 2**63 - 1),
    ],
)
def test_a_count_is_a_whole_number_or_its_digits(value: object, count: int) -> None:
    assert plausible_count(value) == count


@pytest.mark.parametrize(
    "value",
    [-1, 2**63, 1.0, 1.5, True, None, [], {}, *NO_DIGITS],
)
def test_anything_else_is_no_count(value: object) -> None:
    with pytest.raises(ValueError, match="a count is a whole number"):
        plausible_count(value)


def test_a_reading_knows_the_difference_between_nothing_and_not_known() -> None:
    reading = Reading(NOON, 0, None, 0, None, "tiktok.display.v2", "ab")
    assert (reading.views, reading.likes, reading.comments, reading.shares) == (0, None, 0, None)


@pytest.mark.parametrize("place", range(4))
def test_a_reading_cannot_hold_a_negative_count(place: int) -> None:
    counts = [1, 1, 1, 1]
    counts[place] = -1
    views, likes, comments, shares = counts
    with pytest.raises(ValueError, match="a count is a whole number"):
        Reading(NOON, views, likes, comments, shares, "tiktok.display.v2", "ab")


@pytest.mark.parametrize(
    ("views", "likes", "comments", "shares", "rate"),
    [
        (182_345, 12_044, 311, 842, 724),  # 13,197 of 182,345 is 7.237 %
        (10_000, 1, 0, 0, 1),
        (20_000, 1, 0, 0, 1),  # half a basis point goes up
        (20_001, 1, 0, 0, 0),
        (10, 10, 10, 10, 30_000),
        (100, 0, 0, 0, 0),
        (0, 0, 0, 0, None),
        (None, 1, 1, 1, None),
        (100, None, 1, 1, None),
        (100, 1, None, 1, None),
        (100, 1, 1, None, None),
    ],
)
def test_the_engagement_rate(
    views: int | None,
    likes: int | None,
    comments: int | None,
    shares: int | None,
    rate: int | None,
) -> None:
    assert engagement_rate_bps(views=views, likes=likes, comments=comments, shares=shares) == rate


@pytest.mark.parametrize(
    ("cost", "views", "each"),
    [
        (Money(50_000, "USD"), 182_345, Money(274, "USD")),  # $500 over 182,345: $2.742
        (Money(1, "USD"), 2_000, Money(1, "USD")),
        (Money(1, "USD"), 2_001, Money(0, "USD")),
        (Money(30_000, "JPY"), 1_000, Money(30_000, "JPY")),
        (Money(30_000, "JPY"), 0, None),
        (Money(30_000, "JPY"), None, None),
    ],
)
def test_what_a_thousand_views_cost(cost: Money, views: int | None, each: Money | None) -> None:
    assert cost_per_thousand_views(cost, views) == each
