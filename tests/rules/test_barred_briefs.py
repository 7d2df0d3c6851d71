"""A brief that leaves a creator out of its ranking is left out of their feed, by the same rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.creators.queries import CreatorFacts
from marketplace.creators.rules.subjects import Subject
from marketplace.matching import columns
from marketplace.matching.columns import Market, Promise
from marketplace.matching.columns.target import EPOCH
from marketplace.matching.rules.left_out import LeftOut
from marketplace.matching.rules.wanted import Booking, HardRules, Wanted
from tests.factories.drawn import ACME, RIVAL, creators, wishes
from tests.factories.facts import days, make_facts, make_market, open_book

OF_ALL_BRIEFS = {LeftOut.ACCOUNT_CLOSED, LeftOut.NO_CHANNEL, LeftOut.NO_VIEWS}


def promises_of(facts: CreatorFacts) -> list[Promise]:
    return [
        Promise(
            category,
            EPOCH + timedelta(days=starts),
            EPOCH + timedelta(days=until),
            UUID(brand),
        )
        for category, starts, until, brand in facts.exclusivities
    ]


def as_a_creator(
    market: Market, wanted: Sequence[Wanted], row: int, facts: CreatorFacts
) -> list[LeftOut | None]:
    """By which rule each brief leaves the creator out of their feed."""
    book = open_book(wanted, market)
    found = columns.barred_facing(columns.face(book, market, row), market, row, promises_of(facts))
    return [None if at == columns.PASSES else columns.RULES[at] for at in found.tolist()]


def as_a_brand(market: Market, wanted: Sequence[Wanted], row: int) -> list[LeftOut | None]:
    """By which rule each brief's own ranking leaves them out, of those that are its own.

    A target that nobody watches is one only where anybody watches at all.
    """
    found: list[LeftOut | None] = []
    for each in wanted:
        target = columns.target_of(each, market)
        seen = columns.seen_at(market, target, [row])[0]
        failing = columns.failing_at(market, target, each.rules, seen, row)
        others = set(OF_ALL_BRIEFS)
        if not market.arrays["views"][row]:
            others.add(LeftOut.NOBODY_IN_TARGET)
        found.append(next((rule for rule in failing if rule not in others), None))
    return found


@given(creators(), st.lists(wishes(), min_size=1, max_size=8))
@settings(max_examples=80, deadline=None)
def test_every_rule_of_every_pair_is_the_same_from_both_sides(
    facts: list[CreatorFacts], wanted: list[Wanted]
) -> None:
    market = make_market(facts)
    by_id = {each.creator_id: each for each in facts}
    for creator_id, row in zip(by_id, market.rows_of(list(by_id)).tolist(), strict=True):
        expected = as_a_brand(market, wanted, row)
        assert as_a_creator(market, wanted, row, by_id[creator_id]) == expected


BOOKED = Booking(ACME, "food", date(2026, 12, 1), date(2026, 12, 24))


@pytest.mark.parametrize(
    ("rules", "changes", "rule"),
    [
        (HardRules(lives_in=frozenset({"DE"})), {}, LeftOut.LIVES_ELSEWHERE),
        (HardRules(lives_in=frozenset({"US"})), {"country": None}, LeftOut.LIVES_ELSEWHERE),
        (HardRules(languages=frozenset({"de"})), {}, LeftOut.OTHER_LANGUAGE),
        (HardRules(languages=frozenset({"en"})), {"languages": {}}, LeftOut.OTHER_LANGUAGE),
        (HardRules(followers_least=5_001), {"followers": 5_000}, LeftOut.TOO_FEW_FOLLOWERS),
        (HardRules(followers_most=4_999), {"followers": 5_000}, LeftOut.TOO_MANY_FOLLOWERS),
        (HardRules(blocked_topics=frozenset({"cooking"})), {}, LeftOut.BLOCKED_TOPIC),
        (
            HardRules(avoided=frozenset({Subject.ALCOHOL})),
            {"subjects": [Subject.ALCOHOL]},
            LeftOut.AVOIDED_SUBJECT,
        ),
        (
            HardRules(booking=BOOKED),
            {"exclusivities": [("food", days(2026, 12, 24), days(2026, 12, 31), str(RIVAL))]},
            LeftOut.BOUND,
        ),
        (
            HardRules(free_on=date(2026, 12, 1)),
            {"away_until": days(2026, 12, 1)},
            LeftOut.AWAY,
        ),
        (HardRules(price_least_minor=30_001), {"rates": {"video USD": 30_000}}, LeftOut.TOO_CHEAP),
        (HardRules(price_most_minor=29_999), {"rates": {"video USD": 30_000}}, LeftOut.TOO_DEAR),
    ],
)  # fmt: skip
def test_each_rule_bars_at_its_edge(
    rules: HardRules, changes: dict[str, object], rule: LeftOut
) -> None:
    facts = make_facts(1, topics=["cooking"], **changes)
    market = make_market([facts])
    wanted = [Wanted("USD", rules=rules), Wanted("USD")]
    assert as_a_creator(market, wanted, 0, facts) == [rule, None]
    assert as_a_brand(market, wanted, 0) == [rule, None]


@pytest.mark.parametrize(
    ("rules", "changes"),
    [
        (HardRules(lives_in=frozenset({"US", "DE"})), {}),
        (HardRules(followers_least=5_000, followers_most=5_000), {"followers": 5_000}),
        (HardRules(free_on=date(2026, 12, 2)), {"away_until": days(2026, 12, 1)}),
        (HardRules(price_least_minor=30_000, price_most_minor=30_000),
         {"rates": {"video USD": 30_000}}),
        (HardRules(price_most_minor=1), {"rates": {"video EUR": 30_000}}),
        (HardRules(booking=BOOKED),
         {"exclusivities": [("food", days(2026, 12, 1), days(2026, 12, 31), str(ACME))]}),
        (HardRules(booking=BOOKED),
         {"exclusivities": [("food", days(2026, 12, 25), days(2026, 12, 31), str(RIVAL))]}),
        (HardRules(booking=BOOKED),
         {"exclusivities": [("drinks", days(2026, 12, 1), days(2026, 12, 31), str(RIVAL))]}),
        (HardRules(booking=replace(BOOKED, category="other")),
         {"exclusivities": [("food", days(2026, 12, 1), days(2026, 12, 31), str(RIVAL))]}),
    ],
)  # fmt: skip
def test_what_is_just_within_a_rule_passes(rules: HardRules, changes: dict[str, object]) -> None:
    facts = make_facts(1, **changes)
    market = make_market([facts])
    assert as_a_creator(market, [Wanted("USD", rules=rules)], 0, facts) == [None]
    assert as_a_brand(market, [Wanted("USD", rules=rules)], 0) == [None]


def test_the_first_of_several_rules_is_the_one_that_is_said() -> None:
    facts = make_facts(1, topics=["cooking"], followers=10)
    market = make_market([facts])
    rules = HardRules(blocked_topics=frozenset({"cooking"}), followers_least=11, price_most_minor=1)
    assert as_a_creator(market, [Wanted("USD", rules=rules)], 0, facts) == [
        LeftOut.TOO_FEW_FOLLOWERS
    ]


def test_without_any_open_brief_nothing_is_barred() -> None:
    facts = make_facts(1)
    assert as_a_creator(make_market([facts]), [], 0, facts) == []
