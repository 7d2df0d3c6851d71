"""Ranking over columns: exact, whatever the order, with an explanation that recomputes."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.creators.queries import CreatorFacts
from marketplace.matching import columns
from marketplace.matching.columns import Market, blocks, searching
from marketplace.matching.columns.factors import country_parts
from marketplace.matching.columns.layout import COLUMNS, COUNTRY_CODES, DENSE_COUNTRIES, in_order
from marketplace.matching.rules.explaining import explain_all
from marketplace.matching.rules.fit import Factors, exact_fit, whole_of
from marketplace.matching.rules.parts import Explained, PartName
from marketplace.matching.rules.wanted import Wanted
from tests.factories.drawn import creators, wishes
from tests.factories.facts import make_facts, make_market


def by_brute_force(market: Market, wanted: Wanted) -> list[tuple[UUID, Factors]]:
    """Every creator in whole numbers, one by one."""
    target = columns.target_of(wanted, market)
    rows = range(market.count)
    seen = columns.seen_at(market, target, rows)
    left = [
        (market.id_at(row), each.factors)
        for row, each in zip(rows, seen, strict=True)
        if columns.left_out_at(market, target, wanted.rules, each, row) is None
    ]
    return sorted(left, key=lambda pair: (-Fraction(*exact_fit(pair[1])), pair[0]))


def test_countries_without_a_column_have_look_alikes_and_are_some() -> None:
    elsewhere = [code for code in COUNTRY_CODES if code not in {"EE", "LV", "LT"}][:DENSE_COUNTRIES]
    market = make_market(
        [
            make_facts(1, country=None, countries={"EE": 9_000, "LV": 1_000}),
            make_facts(2, country=None, countries={"EE": 9_998, "LT": 2}),
            make_facts(3, country=None, countries={"LT": 200}),
            make_facts(4, country=None, countries={elsewhere[0]: 10_000}),
            *(
                make_facts(number, country=None, countries={code: 10_000})
                for number, code in enumerate(elsewhere * 2, start=5)
            ),
        ]
    )
    latvia = Wanted(currency="USD", country=frozenset({"LV"}))
    lithuania = Wanted(currency="USD", country=frozenset({"LT"}))

    def found(wanted: Wanted) -> list[int]:
        target = columns.target_of(wanted, market)
        some = country_parts(market, target, np.array([3, 0, 2])).tolist()
        every = country_parts(market, target, np.arange(4)).tolist()
        assert some == [every[3], every[0], every[2]]
        return every

    assert not {"LV", "LT", "EE"} & set(market.context.countries)
    assert found(latvia) == [12_020_000, 2_240_000, 0, 0]
    assert found(lithuania) == [249, 277, 2_000_000, 0]
    assert columns.rank(market, latvia).candidates == 2
    assert columns.rank(market, lithuania).candidates == 3


@given(creators(), wishes(), wishes(), st.sampled_from([1, 3, 200]))
@settings(max_examples=40, deadline=None)
def test_the_ranking_is_that_of_computing_everybody(
    facts: list[CreatorFacts], before: Wanted, wanted: Wanted, most: int
) -> None:
    """Whatever the market was asked before, and remembers of it."""
    market = make_market(facts)
    columns.rank(market, before, most=most)

    found = columns.rank(market, wanted, most=most)

    expected = by_brute_force(market, wanted)
    assert [(market.id_at(one.row), one.factors) for one in found.best] == expected[:most]
    assert found.candidates == len(expected)
    assert found.candidates + sum(found.left_out.values()) == len(facts)


@given(creators(), wishes(), st.sampled_from([0, 10_000]))
@settings(max_examples=40, deadline=None)
def test_a_wrong_taste_and_a_tight_first_look_change_nothing(
    facts: list[CreatorFacts], wanted: Wanted, few: int
) -> None:
    market = make_market(facts)
    whole = columns.rank(market, wanted, most=3)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "FEW", few)
        patch.setattr(searching, "NEAR", 1)
        patch.setattr(blocks, "TASTED", 2)
        patch.setattr(blocks, "NEIGHBOURS", 1)
        patch.setattr(searching, "FIRST_LOOK", 1)
        pieces = columns.rank(replace(market), wanted, most=3)

    assert pieces.best == whole.best
    assert (pieces.candidates, pieces.left_out) == (whole.candidates, whole.left_out)


def test_whoever_the_taste_has_missed_is_looked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The taste finds the best one alone, and the list has room for three."""
    monkeypatch.setattr(searching, "NEAR", 1)
    monkeypatch.setattr(blocks, "TASTED", 1)
    reach = [9_000, 1_000, 6_000, 7_000, 2_000, 8_000]
    market = make_market(
        [make_facts(number, age={"18-24": share}) for number, share in enumerate(reach, 1)]
    )

    found = columns.rank(market, Wanted("USD", age=frozenset({"18-24"})), most=3)

    assert [one.row for one in found.best] == [0, 5, 3]


@given(creators(), wishes(), st.randoms())
@settings(max_examples=20, deadline=None)
def test_the_order_does_not_depend_on_the_order_of_the_rows(
    facts: list[CreatorFacts], wanted: Wanted, chance: Any
) -> None:
    market = make_market(facts)
    rows = list(range(market.count))
    chance.shuffle(rows)
    turned = turned_round(market, np.array(rows))

    here = [market.id_at(one.row) for one in columns.rank(market, wanted).best]
    there = [turned.id_at(one.row) for one in columns.rank(turned, wanted).best]

    assert here == there


def turned_round(market: Market, rows: np.ndarray[Any, Any]) -> Market:
    back = np.argsort(rows)
    arrays = {
        each.name: market.arrays[each.name][rows]
        if each.width == 1 or each.by_row
        else market.arrays[each.name][:, rows]
        for each in COLUMNS
    }
    lists = {}
    for name, part in market.lists.items():
        moved = part.copy()
        moved["row"] = back[part["row"]]
        lists[name] = in_order(name, [moved])
    return replace(market, arrays=arrays, lists=lists, ordered=0)


def by_hand(fit: Explained) -> int:
    """Multiply what the page shows, and round once."""
    product = Fraction(1)
    for part in fit.parts:
        if part.name is PartName.VIEWS:
            product *= part.value
        elif part.name is PartName.PRICE:
            product *= Fraction(10_000, part.value)
        else:
            weight = Fraction(part.weight_bps, 10_000)
            product *= 1 - weight + weight * Fraction(part.value, whole_of(part.name))
    return int(product + Fraction(1, 2))


@given(creators(), wishes())
@settings(max_examples=20, deadline=None)
def test_the_explanation_recomputes_to_the_fit(facts: list[CreatorFacts], wanted: Wanted) -> None:
    market = make_market(facts)
    found = columns.rank(market, wanted)
    target = columns.target_of(wanted, market)

    seen = columns.seen_at(market, target, [one.row for one in found.best])
    for fit in explain_all(wanted, seen, found.medians):
        assert by_hand(fit) == fit.fit
        assert fit.low <= fit.fit <= fit.high


@given(creators(), wishes())
@settings(max_examples=20, deadline=None)
def test_the_middle_is_that_of_the_market_asked_now(
    facts: list[CreatorFacts], wanted: Wanted
) -> None:
    market, less = make_market(facts), make_market(facts[1:])

    for asked in (market, less, market):
        assert columns.middle(asked, wanted) == columns.rank(asked, wanted).medians
