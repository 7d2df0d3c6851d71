"""How much of the audiences is in the target: what the counts above a list are made of."""

from __future__ import annotations

from fractions import Fraction
from math import floor

import numpy as np
from hypothesis import given
from hypothesis import strategies as some

from marketplace.matching.rules.fit import Factors, share_there, views_there

SHARES = some.integers(0, 10_000)
ANYBODY = some.builds(
    Factors,
    views=some.integers(0, 2_000_000_000),
    authentic=SHARES,
    age=SHARES,
    gender=SHARES,
    country=some.integers(0, 100_000_000),
    topic=SHARES,
    format=SHARES,
    reliability=SHARES,
    price=some.integers(1, 2**32 - 1),
)


def somebody(**factors: int) -> Factors:
    """Everybody of whose audience is in the target, and who gets 1,000 authentic views."""
    return Factors(
        **{"views": 1_000, "authentic": 10_000, "age": 10_000, "gender": 10_000}
        | {"country": 100_000_000, "topic": 0, "format": 0, "reliability": 0, "price": 1}
        | factors
    )


def share_of(*creators: Factors) -> int:
    return share_there([np.array(each, np.int64) for each in zip(*creators, strict=True)])


def test_views_there_are_the_authentic_ones_of_the_audience_in_the_target() -> None:
    one = somebody(views=10_000, authentic=9_000, age=5_000, gender=5_000, country=40_000_000)

    assert views_there([one]) == 900
    assert views_there([one, somebody(price=500)]) == 1_900
    assert views_there([]) == 0


def test_views_there_are_rounded_once_and_a_half_goes_up() -> None:
    quarter = somebody(views=1, age=2_500)

    assert [views_there([quarter] * number) for number in (1, 2, 3, 6)] == [0, 1, 1, 2]


def test_half_of_them_have_the_share_of_the_middle_one_or_more() -> None:
    few, more, most = somebody(age=1_000), somebody(gender=4_000), somebody(country=90_000_000)

    assert share_of(few, more, most) == 4_000
    assert share_of(few, most) == 9_000
    assert share_of(few, few, more, most) == 4_000
    assert share_there([np.empty(0, np.int64)] * 9) == 0


def test_a_share_is_of_all_three_and_rounded_down() -> None:
    assert share_of(somebody(age=3_333, gender=3_333, country=33_330_000)) == 370


def test_what_is_no_part_of_the_audience_changes_no_share() -> None:
    assert share_of(somebody(views=0, authentic=0, topic=10_000, price=9)) == 10_000


@given(some.lists(ANYBODY, min_size=1, max_size=12))
def test_both_are_those_of_exact_fractions(creators: list[Factors]) -> None:
    there = [Fraction(each.age * each.gender * each.country, 10**16) for each in creators]
    views = sum(
        Fraction(each.views * each.authentic, 10_000) * part
        for each, part in zip(creators, there, strict=True)
    )

    share = share_of(*creators)
    assert 2 * sum(part >= Fraction(share, 10_000) for part in there) >= len(creators)
    assert 2 * sum(part >= Fraction(share + 1, 10_000) for part in there) <= len(creators)
    assert views_there(creators) == floor(views + Fraction(1, 2))
