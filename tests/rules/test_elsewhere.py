"""Countries without a column: who has a share in them, and how much of it counts."""

from __future__ import annotations

import numpy as np
import pytest

from marketplace.matching.columns.elsewhere import elsewhere, together
from marketplace.matching.columns.layout import COUNTRY_CODES, COUNTRY_NUMBERS, DENSE_COUNTRIES
from marketplace.matching.columns.market import Market
from tests.factories.facts import make_facts, make_market

FEW = ("EE", "LT", "LV")


@pytest.fixture(scope="module")
def market() -> Market:
    """Two with viewers in countries of few, among people of the larger ones."""
    large = [code for code in COUNTRY_CODES if code not in FEW][:DENSE_COUNTRIES]
    return make_market(
        [
            make_facts(1, country=None, countries={"EE": 4_000, "LV": 3_000}),
            make_facts(2, country=None, countries={"LV": 1_000, large[0]: 9_000}),
            *(
                make_facts(number, country=None, countries={code: 10_000})
                for number, code in enumerate(large * 2, start=3)
            ),
        ]
    )


@pytest.mark.parametrize(
    ("codes", "first", "second"),
    [
        (["EE"], 80, 0),
        (["LV"], 60, 20),
        (["LV", "EE"], 140, 20),
        (["LV", "LT"], 60, 20),
    ],
)
def test_shares_of_several_countries_are_one(
    market: Market, codes: list[str], first: int, second: int
) -> None:
    found = elsewhere(market).steps_in([COUNTRY_NUMBERS[code] for code in codes])
    assert found is not None
    assert found.tolist() == [first, second, *[0] * (market.count - 2)]


def test_where_nobody_has_viewers_there_is_nothing(market: Market) -> None:
    listed = elsewhere(market)
    large = COUNTRY_NUMBERS[market.context.countries[0]]
    assert listed.steps_in([]) is None
    assert listed.steps_in([COUNTRY_NUMBERS["LT"], large, len(COUNTRY_CODES)]) is None


def test_shares_that_were_each_rounded_up_are_the_whole_together_and_no_more() -> None:
    one, other = (np.array(steps, np.uint8) for steps in ([0, 120, 200, 1], [200, 90, 200, 2]))
    assert together(one, other).tolist() == [200, 200, 200, 3]
    assert together(other, one).tolist() == [200, 200, 200, 3]
