"""Explanations of many creators at once are those of one by one, in whole numbers."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from marketplace.matching.rules.explaining import explain_all
from marketplace.matching.rules.fit import (
    Factors,
    PartName,
    best_first,
    fit_of,
    fits_of,
    order_of,
    orders_of,
    weighted,
    whole_of,
)
from marketplace.matching.rules.parts import AUDIENCE_PARTS
from marketplace.matching.rules.seen import Seen
from marketplace.matching.rules.wanted import Wanted
from tests.factories.facts import seen_all

WANTED = Wanted(
    "USD",
    age=frozenset({"18-24"}),
    gender=frozenset({"female"}),
    country=frozenset({"US"}),
    words=("cooking",),
)
share = st.integers(0, 10_000)
large = st.integers(0, 2**32 - 1)
factors = st.builds(
    Factors, large, share, share, share, share, share, share, share, st.integers(1, 2**32 - 1)
)
seen = st.builds(
    Seen,
    factors,
    large,
    large,
    st.integers(0, 65_535),
    st.sampled_from(["", "platform", "inferred"]),
    st.booleans(),
    st.just(("soup",)),
    st.just(("stew",)),
    st.booleans(),
    st.frozensets(st.sampled_from(AUDIENCE_PARTS)),
    st.just(date(2026, 11, 2)),
).map(lambda one: one if one.source else one._replace(described_on=None))
HALF = Factors(1, *[10_000] * 7, 20_000)
"""A fit of a half exactly, which goes up."""
LARGEST = Factors(2**32 - 1, *[9_999] * 7, 1)


@given(st.lists(factors, max_size=20))
@example([HALF, HALF._replace(views=3), HALF._replace(price=20_001), LARGEST])
@example([LARGEST._replace(views=0), LARGEST._replace(price=0), HALF._replace(topic=0)])
def test_fits_of_many_are_those_of_one_by_one(many: list[Factors]) -> None:
    found = fits_of(np.array(many, np.int64).reshape(len(many), 9).T)

    assert found.tolist() == [fit_of(each) for each in many]


@given(st.lists(factors, max_size=20))
@example([LARGEST, LARGEST._replace(price=2**32), LARGEST._replace(price=0)])
def test_the_orders_of_many_are_those_of_one_by_one(many: list[Factors]) -> None:
    found = orders_of(np.array(many, np.int64).reshape(len(many), 9).T)

    assert found == [order_of(each) for each in many]


@given(st.lists(st.tuples(factors, st.integers(0, 3), st.integers(0, 3)), max_size=12))
@example([(LARGEST, 1, 0), (LARGEST._replace(views=2**32 - 2), 0, 0), (LARGEST, 0, 3)])
@example([(HALF, 2, 2), (HALF, 2, 1), (HALF._replace(views=0), 0, 0), (HALF, 0, 9)])
def test_the_best_come_first_and_equal_ones_by_their_ids(
    many: list[tuple[Factors, int, int]],
) -> None:
    columns = np.array([each for each, _, _ in many], np.int64).reshape(len(many), 9).T
    ids = np.array([[high, low] for _, high, low in many], np.uint64).reshape(len(many), 2).T

    found = best_first(columns, ids)

    expected = sorted(many, key=lambda each: (-order_of(each[0]), *each[1:]))
    assert [many[at] for at in found] == expected


def test_a_fit_a_hair_from_a_half_goes_to_the_right_side() -> None:
    """8-byte numbers cannot tell these apart: only whole ones can."""
    many = [
        Factors(2_310_463_237, 9_340, 9_803, 9_019, 9_626, 9_009, 9_572, 9_216, 2),
        Factors(1_327_141_847, 9_458, 9_057, 9_465, 9_573, 9_420, 9_000, 9_591, 1),
        Factors(1_819_982_878, 9_370, 9_927, 9_759, 9_452, 9_243, 9_022, 9_529, 1),
        # Halves exactly, which 8-byte numbers put below.
        Factors(161_700, 1_450, 7_750, 3_200, 100_000_000, *[10_000] * 3, 17_360),
        Factors(1_810_600, 6_300, 1_750, 3_500, 100_000_000, *[10_000] * 3, 90),
        Factors(2_951_895, 4_000, 9_500, 1_750, 100_000_000, *[10_000] * 3, 6_650),
    ]

    found = fits_of(np.array(many, np.int64).T)

    assert found.tolist() == [fit_of(each) for each in many]
    assert found[3:].tolist() == [3_350, 7_762_948, 295_190]


@pytest.mark.parametrize(("one", "other"), [(500, 6_900), (3_400, 5_750), (5_600, 7_250)])
def test_fits_that_are_equal_stand_by_their_ids_where_8_byte_numbers_differ(
    one: int, other: int
) -> None:
    """The same three shares in another order are the same product, but for the last bit."""
    age = {500: 2_300, 3_400: 5_900, 5_600: 2_450}[one]
    first = Factors(12_345, one, age, other, 100_000_000, 10_000, 10_000, 8_000, 30_001)
    second = first._replace(authentic=other, gender=one)
    many = np.array([first, second], np.int64).T

    assert best_first(many, np.array([[0, 0], [1, 2]], np.uint64)).tolist() == [0, 1]
    assert best_first(many, np.array([[0, 0], [2, 1]], np.uint64)).tolist() == [1, 0]


@given(st.lists(seen, min_size=1, max_size=8), st.one_of(st.none(), factors))
def test_every_number_is_that_of_one_by_one(many: list[Seen], middle: Factors | None) -> None:
    found = explain_all(WANTED, seen_all(many), middle)

    assert [each.fit for each in found] == [fit_of(each.factors) for each in many]
    for one, explained in zip(many, found, strict=True):
        assert [part.name for part in explained.parts] == list(PartName)
        for part in explained.parts:
            value = getattr(one.factors, part.name)
            times = counts_as(part.name, value)
            assert (part.value, part.times, part.seen) == (value, times, one)
            assert part.effect_percent == effect(part.name, times, middle)
        estimated = {part.name for part in explained.parts if part.is_estimate}
        guessed = set(AUDIENCE_PARTS) - (set() if one.source == "inferred" else one.said)
        assert estimated == guessed | ({PartName.PRICE} if one.price_is_estimated else set())


@given(st.lists(seen, min_size=1, max_size=8))
@example([Seen(Factors(500, *[12] * 6, 10_000, 100), 400, 600, 900, "platform", False)])
def test_a_share_is_within_the_whole_percents_that_it_is_said_to_be_between(
    many: list[Seen],
) -> None:
    for explained in explain_all(WANTED, seen_all(many), None):
        for part in explained.parts:
            if part.between is not None:
                low, high = part.between
                assert 0 <= low < high <= 100
                assert low <= Fraction(100 * part.value, whole_of(part.name)) <= high


@given(st.lists(seen, min_size=2, max_size=8))
def test_who_stands_beside_a_creator_changes_nothing_of_them(many: list[Seen]) -> None:
    together = explain_all(WANTED, seen_all(many), HALF)

    for place, each in enumerate(many):
        assert together[place] == explain_all(WANTED, seen_all([each]), HALF)[0]
    assert together[-2:] == [together[len(many) - 2], together[len(many) - 1]]


def counts_as(name: PartName, value: int) -> int:
    return value if name in {PartName.VIEWS, PartName.PRICE} else weighted(name, value)


def effect(name: PartName, times: int, middle: Factors | None) -> int | None:
    """In percent of what the middle one's counts as, to the nearest; turned round for a price."""
    usual = 0 if middle is None else counts_as(name, getattr(middle, name))
    over, under = (usual, times) if name is PartName.PRICE else (times, usual)
    return int(Fraction(100 * over, under) + Fraction(1, 2)) if usual and under else None


def test_the_three_parts_that_set_apart_most_are_told_first_in_either_direction() -> None:
    middle = Factors(1_000, 10_000, 5_000, 5_000, 50_000_000, 5_000, 10_000, 8_000, 10_000)
    one = middle._replace(views=2_000, age=1_000, gender=6_000, price=3_000)
    known = Seen(one, 1, 2, 100, "platform", price_is_estimated=False, words=("soup",))

    [told] = explain_all(WANTED, seen_all([known._replace(factors=one)]), middle)

    assert [(part.name, part.effect_percent) for part in told.strongest] == [
        (PartName.AGE, 20), (PartName.PRICE, 333), (PartName.VIEWS, 200),
    ]  # fmt: skip
    assert explain_all(WANTED, seen_all([known]), None)[0].strongest == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, []),
        ({"views": 1_090, "authentic": 9_100, "price": 10_900}, []),
        ({"views": 1_100}, [PartName.VIEWS]),
        ({"authentic": 9_000, "price": 9_000}, [PartName.AUTHENTIC, PartName.PRICE]),
        ({"views": 1_200, "age": 0}, [PartName.AGE, PartName.VIEWS]),
    ],
)
def test_what_is_within_a_tenth_of_the_middle_tells_nothing(
    change: dict[str, int], told: list[PartName]
) -> None:
    middle = Factors(1_000, 10_000, 5_000, 5_000, 50_000_000, 5_000, 10_000, 8_000, 10_000)
    one = Seen(middle._replace(**change), 1, 2, 100, "platform", price_is_estimated=False)

    [found] = explain_all(WANTED, seen_all([one]), middle)

    assert [part.name for part in found.strongest] == told
