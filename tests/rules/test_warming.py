"""What is worked out behind the first answer: the same as whoever asks would work out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from marketplace.creators.rules import TOPICS
from marketplace.matching import columns
from marketplace.matching.columns import Market, bits, using, warming
from marketplace.matching.columns.using import who_use
from marketplace.matching.columns.warming import LATELY, warm_up
from marketplace.matching.rules.wanted import Wanted
from tests.factories.facts import make_facts, make_market

WISHES = [
    Wanted(currency="USD", country=frozenset({"US"}), words=(word,), formats={"video": 1})
    for word in ("soup", "quilts", "cooking", "travel", "nobody")
]


def tags_of(number: int) -> list[str]:
    return ["soup"] * (number % 3 > 0) + ["quilts"] * (number % 90 == 5) + ["travel"]


@pytest.fixture
def market() -> Market:
    return make_market(
        [
            make_facts(
                number,
                age={"18-24": number * 30 % 9_000},
                countries={"US": 1 + number * 70 % 9_000},
                topics=["cooking"] if number % 4 == 0 else [],
                videos=[(10_000, 800, 1, tags, 30)] * 5,
            )
            for number, tags in ((number, tags_of(number)) for number in range(1, 301))
        ]
    )


@pytest.fixture
def large(market: Market, monkeypatch: pytest.MonkeyPatch) -> Market:
    """A market that is large enough to be worth it."""
    monkeypatch.setattr(warming, "BLOCK", market.count - 1)
    return market


def test_a_warm_market_ranks_as_a_cold_one(large: Market) -> None:
    before = replace(large)
    for wanted in WISHES:
        columns.ranking_of(before, wanted)

    begun = warm_up(large, before)
    assert begun is not None
    begun.result()

    assert large.memo.latest("ranking", 9) == WISHES[-LATELY:]
    for wanted in WISHES:
        cold, warm = columns.rank(replace(large), wanted), columns.ranking_of(large, wanted)
        assert warm.rows.tolist() == cold.rows.tolist()
        assert warm.left_out == cold.left_out
        assert warm.medians == cold.medians


def test_without_a_market_before_the_topics_and_what_no_wish_changes_are_known(
    large: Market,
) -> None:
    begun = warm_up(large, None)
    assert begun is not None
    begun.result()

    assert set(large.memo.latest("users", 99)) == set(TOPICS)
    assert large.memo.latest("ranking", 9) == []
    assert {"everybody", "authentic", "age 1", "gender 0"} <= set(large.memo.latest("set", 99))
    assert len(large.memo.latest("worth", 9)) == 1


def test_a_small_market_is_not_worth_it(market: Market) -> None:
    assert warm_up(market, None) is None
    assert market.memo.latest("users", 99) == []


@pytest.mark.parametrize("at_once", [64, 100, 16_384])
def test_words_looked_up_together_are_those_looked_up_alone(
    market: Market, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    words = ("soup", "quilts", "cooking", "travel", "nobody")
    alone = [who_use(replace(market), [word])[0] for word in words]
    assert [bits.count(users) for users in alone] == [200, 4, 75, 300, 0]
    monkeypatch.setattr(using, "AT_ONCE", at_once)
    monkeypatch.setattr(using, "WORDS_KEPT", 2)  # fewer than are asked for at once

    together = who_use(market, words)
    again = who_use(market, words)

    assert [one.tolist() for one in together] == [one.tolist() for one in alone]
    assert [one.tolist() for one in again] == [one.tolist() for one in alone]
    assert len(market.memo.latest("users", 9)) == 2


def test_nobody_uses_no_word(market: Market) -> None:
    assert who_use(market, ()) == []
    assert [one.tolist() for one in who_use(replace(market, count=0), ["soup"])] == [[]]
