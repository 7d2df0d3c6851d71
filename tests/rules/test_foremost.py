"""Countries that are asked again: those whose views are worth most there answer for everybody."""

from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.matching import columns
from marketplace.matching.columns import Market, foremost, searching
from marketplace.matching.rules.wanted import HardRules, Wanted
from tests.factories.facts import make_facts, make_market

US = Wanted("USD", age=frozenset({"18-24"}), country=frozenset({"US"}), words=("soup",))
SHARES = st.integers(0, 5_000)


def market_of(many: list[tuple[int, int, int, int, bool]]) -> Market:
    return make_market(
        [
            make_facts(
                number,
                age={"18-24": young, "25-34": older},
                countries={"US": here, "LV": 5_000 - here},
                topics=[],
                hashtags=[],
                videos=[(10_000, 800, 1, ["soup" if uses_it else "tent"], 30)] * 5,
                rates={"video USD": price},
            )
            for number, (young, older, here, price, uses_it) in enumerate(many, 1)
        ]
    )


@pytest.fixture
def uneven() -> Market:
    """Of 240 creators every twentieth is cheap."""
    return market_of(
        [
            (50 * (number // 2), 1_000, 4_000, 10_000 if number % 20 == 0 else 90_000, True)
            for number in range(240)
        ]
    )


@given(
    st.lists(
        st.tuples(SHARES, SHARES, SHARES, st.integers(5_000, 60_000), st.booleans()),
        min_size=1,
        max_size=40,
    ),
    st.sampled_from([2, 4, 12]),
    st.sampled_from([1, 16]),
    st.sampled_from([1, 5, 4_096]),
    st.sampled_from([1, 3]),
    st.lists(
        st.builds(
            Wanted,
            st.just("USD"),
            age=st.sampled_from([frozenset(), frozenset({"18-24"}), frozenset({"25-34"})]),
            country=st.sampled_from([frozenset(), frozenset({"US"}), frozenset({"US", "LV"})]),
            words=st.sampled_from([(), ("soup",)]),
            rules=st.sampled_from([HardRules(), HardRules(price_most_minor=30_000)]),
        ),
        min_size=2,
        max_size=8,
    ),
)
@settings(deadline=None)
def test_whoever_asks_again_is_told_the_same(
    many: list[tuple[int, int, int, int, bool]],
    one_in: int,
    kept: int,
    first: int,
    most: int,
    wishes: list[Wanted],
) -> None:
    market = market_of(many)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(foremost, "ONE_IN", one_in)
        patch.setattr(foremost, "KEPT", kept)
        patch.setattr(foremost, "EVERY", 2)
        patch.setattr(foremost, "FRONT", first)
        for wanted in [*wishes, *wishes]:
            anew = columns.rank(replace(market), wanted, most=most)

            assert columns.rank(market, wanted, most=most).best == anew.best


def test_from_the_fourth_time_on_nobody_else_is_read(
    uneven: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_ = [columns.rank(uneven, US, most=5) for _ in range(3)]

    def nobody(*_: object) -> NoReturn:
        raise AssertionError("everybody was read")

    monkeypatch.setattr(searching, "_between", nobody)
    again = columns.rank(uneven, US, most=5)
    older = columns.rank(uneven, replace(US, age=frozenset({"25-34"}), words=()), most=5)

    assert again.best == first.best
    assert [one.row % 20 for one in older.best] == [0] * 5
    with pytest.raises(AssertionError, match="everybody"):
        columns.rank(uneven, replace(US, country=frozenset({"LV"})), most=5)


def test_of_the_foremost_as_many_are_read_as_can_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the twelve cheap ones the last four are a little dearer, and fit better by more."""

    def one(number: int, *, is_late: bool) -> tuple[int, int, int, int, bool]:
        price = 10_000 + 100 * is_late if number % 20 == 0 else 90_000
        return 4_000 + 100 * is_late, 1, 4_000, price, True

    market = market_of([one(number, is_late=number >= 160) for number in range(240)])
    monkeypatch.setattr(foremost, "FRONT", 8)
    wanted = replace(US, words=())
    found = [columns.rank(market, wanted, most=5) for _ in range(4)]

    assert [[one.row for one in each.best] for each in found] == [[160, 180, 200, 220, 0]] * 4


def test_where_the_foremost_are_too_few_everybody_is_read(uneven: Market) -> None:
    """Of the twelve cheap ones a rule leaves none."""
    wanted = replace(US, rules=HardRules(price_least_minor=50_000))
    found = [columns.rank(uneven, wanted, most=5) for _ in range(5)]

    assert [each.best for each in found] == [found[0].best] * 5
    assert [one.row for one in found[0].best] == [238, 239, 236, 237, 234]


def test_whoever_is_worth_less_but_has_the_age_comes_first() -> None:
    cheap, dear = (100, 5_000, 4_000, 10_000, True), (5_000, 100, 4_000, 90_000, True)
    market = market_of([cheap if number % 20 == 0 else dear for number in range(240)])
    found = [columns.rank(market, US, most=5) for _ in range(5)]

    assert [[one.row for one in each.best] for each in found] == [[1, 2, 3, 4, 5]] * 5


def test_whoever_is_worth_less_but_uses_the_word_comes_first() -> None:
    cheap, dear = (5_000, 100, 4_000, 30_000, False), (5_000, 100, 4_000, 60_000, True)
    market = market_of([cheap if number % 20 == 0 else dear for number in range(240)])
    found = [columns.rank(market, US, most=5) for _ in range(5)]

    assert [[one.row for one in each.best] for each in found] == [[1, 2, 3, 4, 5]] * 5


def test_what_is_remembered_ends_with_the_market(uneven: Market) -> None:
    for _ in range(5):
        columns.rank(uneven, US, most=5)
    cheap = uneven.arrays["prices"]
    cheap[:, 7] = 1
    try:
        assert columns.rank(replace(uneven), US, most=5).best[0].row == 7
    finally:
        cheap[:, 7] = 90_000
