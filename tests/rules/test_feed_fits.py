"""A creator's feed counts with the numbers that a brand sees of this creator for this brief."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.creators.queries import CreatorFacts
from marketplace.matching import columns
from marketplace.matching.columns import Market
from marketplace.matching.rules.fit import Factors, fit_of
from marketplace.matching.rules.wanted import Wanted
from tests.factories.drawn import creators, wishes
from tests.factories.facts import make_facts, make_market, open_book


def as_a_creator(market: Market, wanted: Sequence[Wanted], row: int) -> list[Factors]:
    """What one creator's feed counts with, brief by brief."""
    found = columns.face(open_book(wanted, market), market, row)
    return found.factors(np.arange(len(wanted)))


def as_a_brand(market: Market, wanted: Sequence[Wanted], row: int) -> list[Factors]:
    """What each brief's ranking counts with of the same creator."""
    return [
        columns.factors_at(market, columns.target_of(each, market), [row])[0] for each in wanted
    ]


@given(creators(), st.lists(wishes(), min_size=1, max_size=8), st.sampled_from([1, 3, 32]))
@settings(max_examples=80, deadline=None)
def test_every_number_of_every_pair_is_the_same_from_both_sides(
    facts: list[CreatorFacts], wanted: list[Wanted], dense: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("marketplace.matching.columns.context.DENSE_COUNTRIES", dense)
        market = make_market(facts)
    assert len(market.context.countries) <= dense

    for row in range(market.count):
        expected = as_a_brand(market, wanted, row)
        assert as_a_creator(market, wanted, row) == expected
        places = np.arange(len(wanted))[::-2]
        found = columns.face(open_book(wanted, market), market, row).weighed(places)
        some = expected[::-2]
        assert found.fits.tolist() == [fit_of(each) for each in some]
        assert found.near.tolist() == [each.topic for each in some]
        assert found.prices.tolist() == [each.price for each in some]


def test_a_country_without_a_column_and_its_look_alikes_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("marketplace.matching.columns.context.DENSE_COUNTRIES", 1)
    market = make_market(
        [
            *(make_facts(number) for number in range(1, 9)),
            make_facts(9, country="LV", countries={"LV": 8_000, "EE": 1_000}),
            make_facts(10, country="EE", countries={"EE": 9_000, "US": 1_000}),
        ]
    )
    latvia = [Wanted("USD", country=frozenset({"LV"}))]

    assert market.context.countries == ("US",)
    assert as_a_creator(market, latvia, 8)[0].country == 80_010_000
    [estonian] = as_a_creator(market, latvia, 9)
    assert 0 < estonian.country == as_a_brand(market, latvia, 9)[0].country < 5_000_000


def test_a_topic_of_our_list_asks_for_all_of_its_words_and_the_uses_of_each_count() -> None:
    once = make_facts(1, topics=[], videos=[(10_000, 800, 1, ["chef"], 30)])
    often = make_facts(2, topics=[], videos=[(10_000, 800, 1, ["chef", "recipe"], 30)] * 5)
    other = make_facts(3, topics=[], hashtags=[], videos=[(10_000, 800, 1, ["quilts"], 30)] * 5)
    market = make_market([once, often, other])
    cooking = [Wanted("USD", words=("cooking",)), Wanted("USD", words=("quilts", "zzz"))]

    found = [as_a_creator(market, cooking, row) for row in range(3)]

    assert [[each.topic for each in of_one] for of_one in found] == [
        [each.topic for each in as_a_brand(market, cooking, row)] for row in range(3)
    ]
    assert 0 < found[0][0].topic < found[1][0].topic
    assert (found[2][0].topic, found[0][1].topic) == (0, 0)
    assert found[2][1].topic > 7_000


def test_rates_in_a_further_currency_count_and_what_is_not_named_is_estimated() -> None:
    market = make_market(
        [
            make_facts(1, rates={"video USD": 30_000, "video EUR": 26_000, "story EUR": 4_000}),
            make_facts(2, rates={"video USD": 30_000}),
        ]
    )
    wanted = [
        Wanted("EUR", formats={"video": 2, "story": 1}),
        Wanted("USD", formats={"video": 2}),
        Wanted("JPY"),
    ]

    both, one = (as_a_creator(market, wanted, row) for row in range(2))

    assert [each.price for each in both[:2]] == [56_000, 60_000]
    assert [each.price for each in both] == [each.price for each in as_a_brand(market, wanted, 0)]
    assert [each.price for each in one] == [each.price for each in as_a_brand(market, wanted, 1)]
    assert one[0].price != both[0].price


def test_what_several_briefs_ask_alike_is_worked_out_once() -> None:
    market = make_market([make_facts(1)])
    wanted = [
        Wanted("USD", country=frozenset({"US", "CA"}), words=("cooking", "soup")),
        Wanted("USD", country=frozenset({"CA", "US"}), words=("soup", "cooking")),
        Wanted("USD", formats={"video": 1}),
    ]

    book = open_book(wanted, market)

    assert book.countries.which.tolist() == book.words.which.tolist() == [0, 0, 1]
    assert book.work.which.tolist() == [0, 0, 0]
    assert len(book.countries.anybody) == len(book.words.anything) == 2


def test_without_any_open_brief_there_is_nothing_to_count() -> None:
    market = make_market([make_facts(1)])

    found = columns.face(open_book([], market), market, 0).weighed(np.empty(0, np.intp))

    assert [each.tolist() for each in found] == [[], [], [], []]
