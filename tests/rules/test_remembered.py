"""What was worked out of a row is not worked out again while the market stays as it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from marketplace.matching import columns
from marketplace.matching.columns import Market
from marketplace.matching.columns.remembered import remembered
from marketplace.matching.rules.wanted import HardRules, Wanted
from tests.factories.facts import make_facts, make_market

Rows = NDArray[np.intp]
LARGEST = 2**32 - 2


class Counted:
    """Works out a hundred times the row, and the largest number of the first; keeps what of."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []

    def __call__(self, rows: Rows) -> NDArray[np.int64]:
        self.asked.append(rows.tolist())
        return np.where(rows == 1, LARGEST, rows * np.int64(100))


def market() -> Market:
    return make_market([make_facts(number) for number in range(5)])


def test_of_each_row_it_is_worked_out_once_also_where_it_is_nothing() -> None:
    whole, work_out = market(), Counted()

    def ask(*rows: int) -> list[int]:
        return remembered(whole, "kind", "one", np.array(rows, np.intp), work_out).tolist()

    assert ask(2, 0) == [200, 0]
    assert ask(0, 1, 2, 3) == [0, LARGEST, 200, 300]
    assert ask(3, 1, 0) == [300, LARGEST, 0]
    assert ask() == []
    assert work_out.asked == [[2, 0], [1, 3]]


def test_another_question_kind_or_market_knows_nothing_of_it() -> None:
    whole, work_out = market(), Counted()
    rows = np.array([4], np.intp)
    for kind, question, where in (
        ("kind", "one", whole),
        ("kind", "other", whole),
        ("other", "one", whole),
        ("kind", "one", replace(whole)),
    ):
        assert remembered(where, kind, question, rows, work_out).tolist() == [400]
    assert work_out.asked == [[4]] * 4


def test_countries_and_words_that_are_asked_in_turn_are_never_taken_for_each_other() -> None:
    places, tags = ("US", "DE", "LV"), ("soup", "bread", "nothing")
    whole = make_market(
        [
            make_facts(
                number,
                countries={places[number % 3]: 6_000},
                hashtags=[tag],
                videos=[(10_000, 800, 1, [tag], 30)] * 5,
            )
            for number in range(12)
            for tag in tags[number % 2 : number % 2 + 1]
        ]
    )
    rows = np.arange(whole.count)

    def factors(where: Market, wanted: Wanted) -> list[list[int]]:
        found = columns.factor_columns(where, columns.target_of(wanted, where), rows)
        return [each.tolist() for each in found]

    for least in range(3):  # each is another wish for the same
        for place in places:
            for tag in tags:
                wanted = Wanted(
                    "USD",
                    country=frozenset({place}),
                    words=(tag,),
                    rules=HardRules(followers_least=least),
                )
                assert factors(whole, wanted) == factors(replace(whole), wanted)
