"""A market in blocks, looked at on several processors: the answer is that of one block."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.matching import columns
from marketplace.matching.columns import Market, blocks
from marketplace.matching.rules.wanted import Booking, HardRules, Wanted
from tests.factories.facts import days, make_facts, make_market

MANY = 300
BOOKING = Booking(UUID(int=1), "food", date(2026, 12, 1), date(2026, 12, 24))
RULES = HardRules(
    lives_in=frozenset({"US"}),
    followers_least=48_100,
    price_most_minor=32_000,
    booking=BOOKING,
)


def tags_of(number: int) -> list[str]:
    return ["soup"] * (number % 3 > 0) + ["quilts"] * (number % 90 == 5)


@pytest.fixture
def market() -> Market:
    return make_market(
        [
            make_facts(
                number,
                country="US" if number % 7 else "LV",
                followers=48_000 + number,
                age={"18-24": number * 30 % 9_000},
                countries={"US": number * 70 % 9_000, "LV": 900 if number % 11 == 0 else 0},
                videos=[(10_000, 800, 1, tags_of(number), 30)] * 5,
                rates={"video USD": 30_000 + number * 10},
                exclusivities=[("food", days(2026, 11, 1), days(2027, 1, 1), str(UUID(int=2)))]
                if number % 13 == 0
                else [],
            )
            for number in range(1, MANY + 1)
        ]
    )


@pytest.mark.parametrize("rules", [HardRules(), RULES])
@pytest.mark.parametrize("words", [(), ("soup",), ("quilts",)])
@pytest.mark.parametrize("country", ["US", "LV"])
@pytest.mark.parametrize("size", [64, 128, 256])
def test_the_ranking_is_that_of_one_block(  # a table of wishes
    monkeypatch: pytest.MonkeyPatch,
    market: Market,
    rules: HardRules,
    words: tuple[str, ...],
    country: str,
    size: int,
) -> None:
    wanted = Wanted(
        "USD",
        age=frozenset({"18-24"}),
        country=frozenset({country}),
        words=words,
        rules=rules,
    )
    whole = columns.rank(market, wanted, most=20)

    monkeypatch.setattr(blocks, "BLOCK", size)
    parts = columns.rank(replace(market), wanted, most=20)

    assert parts.best == whole.best
    assert (parts.candidates, parts.left_out) == (whole.candidates, whole.left_out)
    assert parts.medians == whole.medians
    assert len(whole.best) == 20


@given(st.integers(0, 1_000), st.integers(1, 5).map(lambda words: 64 * words))
@settings(deadline=None)
def test_every_row_is_in_one_block_and_they_come_in_their_order(total: int, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK", size)
        every = [
            look(total, lambda at: list(range(at.start, at.stop)))
            for look in (blocks.by_blocks, blocks.in_turn)
        ]

    for found in every:
        assert all(part and part[0] % 64 == 0 for part in found)
        assert [row for part in found for row in part] == list(range(total))


def test_what_goes_wrong_in_any_block_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 64)

    def look(at: slice) -> None:
        if at.start == 128:
            raise ValueError("unreadable")

    for total in (192, 256):
        with pytest.raises(ValueError, match="unreadable"):
            blocks.by_blocks(total, look)
