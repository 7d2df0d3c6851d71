"""Markets at the limits of what columns hold: tiny fits, huge prices, countries of old lists."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from marketplace.matching import columns
from marketplace.matching.columns.book import OpenWish, book_of
from marketplace.matching.columns.layout import COUNTRY_CODES, DENSE_COUNTRIES, U4_MOST
from marketplace.matching.rules.feed import NO_MIDDLE
from marketplace.matching.rules.fit import Factors, best_first, exact_fit, order_of
from marketplace.matching.rules.wanted import Wanted
from tests.factories.facts import make_facts, make_market

ELSEWHERE: Final = COUNTRY_CODES[DENSE_COUNTRIES:]

share = st.sampled_from([50, 100, 9_950, 10_000])
at_the_limits = st.builds(
    Factors,
    views=st.sampled_from([1, 2, 3, U4_MOST - 1, U4_MOST]),
    authentic=share,
    age=share,
    gender=share,
    country=st.sampled_from([1, 2, 3, 99_999_999, 100_000_000]),
    topic=st.sampled_from([0, 1, 9_999, 10_000]),
    format=st.sampled_from([5_000, 10_000]),
    reliability=share,
    price=st.sampled_from([1, 2, U4_MOST - 1, U4_MOST]),
)


@given(st.lists(at_the_limits, min_size=2, max_size=8))
@example([Factors(2, 50, 50, 50, each, 0, 10_000, 50, U4_MOST) for each in (1, 2)])
def test_the_smallest_differences_between_the_smallest_fits_decide(many: list[Factors]) -> None:
    exact = [Fraction(*exact_fit(each)) for each in many]
    ids = np.arange(2 * len(many), dtype=np.uint64)[::-1].reshape(2, -1)
    in_order = sorted(range(len(many)), key=lambda at: (-exact[at], -at))

    assert sorted(range(len(many)), key=lambda at: (-order_of(many[at]), -at)) == in_order
    assert best_first(np.array(many, np.int64).T, ids).tolist() == in_order


def test_very_many_small_shares_together_are_never_more_than_the_whole() -> None:
    """Each of 217 shares of 0.26 % is rounded up to half a percent."""
    small = dict.fromkeys(ELSEWHERE, 26) | {ELSEWHERE[0]: 10_000 - 26 * (len(ELSEWHERE) - 1)}
    market = make_market(
        [
            make_facts(1, country=None, countries=small),
            *(
                make_facts(number, country=None, countries={code: 10_000})
                for number, code in enumerate(COUNTRY_CODES[:DENSE_COUNTRIES] * 3, 2)
            ),
        ]
    )
    wanted = Wanted("USD", country=frozenset(ELSEWHERE))
    [factors] = columns.factors_at(market, columns.target_of(wanted, market), [0])
    wish = OpenWish(market.id_at(0), market.id_at(0), wanted, None, NO_MIDDLE)

    assert sorted(market.context.countries) == list(COUNTRY_CODES[:DENSE_COUNTRIES])
    assert factors.country == 100_000_000
    facing = columns.face(book_of([wish], market.context), market, 0)
    assert facing.factors(np.array([0])) == [factors]


@pytest.mark.parametrize("rate", [U4_MOST, 2**40, 10**15, 2**63 - 1])
@pytest.mark.parametrize("views", [1, 3, 10**9, 2**62])
def test_where_a_view_costs_more_than_anybody_has_the_dearest_price_is_estimated(
    rate: int, views: int
) -> None:
    asked = [(1, 1, 1, ["soup"], 30)] * 5
    market = make_market(
        [
            make_facts(1, videos=asked, rates={"video USD": rate}),
            make_facts(2, videos=[(views, 1, 1, ["soup"], 30)] * 5, rates={}),
        ]
    )
    wanted = Wanted("USD", formats={"video": 40})

    found = {one.row: one.factors.price for one in columns.rank(market, wanted).best}

    assert found == {0: U4_MOST, 1: U4_MOST}


def test_a_country_that_is_no_longer_in_the_list_counts_for_nobody_and_hinders_nobody() -> None:
    market = make_market(
        [
            make_facts(1, country="AN", countries={"AN": 6_000, "US": 4_000}),
            make_facts(2, country="US", countries={"US": 4_000}),
        ]
    )
    found = columns.rank(market, Wanted("USD", country=frozenset({"US"})))

    assert [(one.row, one.factors.country) for one in found.best] == [
        (0, 40_000_000), (1, 40_000_000),
    ]  # fmt: skip
    assert list(market.context.countries) == ["US"]
    assert sorted(market.context.homes) == ["", "US"]
