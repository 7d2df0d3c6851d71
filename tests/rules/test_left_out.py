"""Whom a wish leaves out, and what cannot be asked."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from marketplace.creators.rules.subjects import Subject
from marketplace.matching import columns
from marketplace.matching.rules.left_out import (
    LEFT_OUT_WORDS,
    YOU_LEFT_OUT_WORDS,
    LeftOut,
    left_out_words,
)
from marketplace.matching.rules.wanted import Booking, HardRules, Wanted, problems
from tests.factories.facts import days, make_facts, make_market

ACME, RIVAL = UUID(int=1 << 64 | 5), UUID(int=1 << 64 | 6)
BOOKING = Booking(ACME, "food", date(2026, 12, 1), date(2026, 12, 24))
PROMISE = ("food", days(2026, 11, 1), days(2026, 12, 1), str(RIVAL))


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"is_closed": True}, LeftOut.ACCOUNT_CLOSED),
        ({"has_channel": False}, LeftOut.NO_CHANNEL),
        ({"videos": [], "median_views": None}, LeftOut.NO_VIEWS),
        ({"country": "DE"}, LeftOut.LIVES_ELSEWHERE),
        ({"country": None}, LeftOut.LIVES_ELSEWHERE),
        ({"languages": {"de": 9_000}}, LeftOut.OTHER_LANGUAGE),
        ({"languages": {}}, LeftOut.OTHER_LANGUAGE),
        ({"followers": 4_999}, LeftOut.TOO_FEW_FOLLOWERS),
        ({"followers": None}, LeftOut.TOO_FEW_FOLLOWERS),
        ({"followers": 100_001}, LeftOut.TOO_MANY_FOLLOWERS),
        ({"topics": ["beauty"]}, LeftOut.BLOCKED_TOPIC),
        ({"subjects": ["gambling"]}, LeftOut.AVOIDED_SUBJECT),
        ({"exclusivities": [PROMISE]}, LeftOut.BOUND),
        ({"away_until": days(2026, 12, 1)}, LeftOut.AWAY),
        ({"rates": {"video USD": 9_999}}, LeftOut.TOO_CHEAP),
        ({"rates": {"video USD": 50_001}}, LeftOut.TOO_DEAR),
        ({"gender": {"female": 10_000}}, LeftOut.NOBODY_IN_TARGET),
    ],
)
def test_each_hard_rule_removes_and_is_counted(changes: dict[str, Any], rule: LeftOut) -> None:
    wanted = Wanted(
        "USD",
        gender=frozenset({"male"}),
        rules=HardRules(
            lives_in=frozenset({"US"}),
            languages=frozenset({"en"}),
            followers_least=5_000,
            followers_most=100_000,
            price_least_minor=10_000,
            price_most_minor=50_000,
            blocked_topics=frozenset({"beauty"}),
            avoided=frozenset({Subject.GAMBLING, Subject.WEAPONS}),
            free_on=date(2026, 12, 1),
            booking=BOOKING,
        ),
    )
    market = make_market([make_facts(1), make_facts(2, **changes)])

    found = columns.rank(market, wanted)

    assert [market.id_at(one.row) for one in found.best] == [make_facts(1).creator_id]
    assert found.left_out == {rule: 1}


@pytest.mark.parametrize(
    "promise",
    [
        pytest.param(("drinks", *PROMISE[1:]), id="another category"),
        pytest.param((*PROMISE[:3], str(ACME)), id="to this very brand"),
        pytest.param(("food", days(2026, 11, 1), days(2026, 11, 30), str(RIVAL)), id="over before"),
        pytest.param(("food", days(2026, 12, 25), days(2027, 1, 31), str(RIVAL)), id="after it"),
        pytest.param(("a category of long ago", *PROMISE[1:]), id="no category of ours"),
    ],
)
def test_a_promise_that_the_campaign_does_not_touch_removes_nobody(
    promise: tuple[str, int, int, str],
) -> None:
    market = make_market([make_facts(1, exclusivities=[promise])])

    assert columns.rank(market, Wanted("USD", rules=HardRules(booking=BOOKING))).candidates == 1


def test_one_promise_of_several_is_enough_and_counts_once() -> None:
    elsewhere = ("drinks", *PROMISE[1:])
    market = make_market(
        [make_facts(1), make_facts(2, exclusivities=[elsewhere, PROMISE, PROMISE])]
    )

    found = columns.rank(market, Wanted("USD", rules=HardRules(booking=BOOKING)))

    assert (found.candidates, found.left_out) == (1, {LeftOut.BOUND: 1})


def test_a_creators_language_is_the_one_that_most_viewers_speak() -> None:
    market = make_market(
        [
            make_facts(1, languages={"de": 4_000, "en": 5_000, "zu": 1_000}),
            make_facts(2, languages={"de": 5_000, "en": 4_000, "zu": 1_000}),
        ]
    )

    for language, number in (("en", 1), ("de", 2)):
        found = columns.rank(
            market, Wanted("USD", rules=HardRules(languages=frozenset([language])))
        )
        assert [market.id_at(one.row) for one in found.best] == [make_facts(number).creator_id]
        assert found.left_out == {LeftOut.OTHER_LANGUAGE: 1}


@pytest.mark.parametrize(
    ("spoken", "is_known"),
    [
        ({"en": 5_000}, True),
        ({"en": 4_999}, False),
        ({"en": 500}, False),
        ({"en": 3_500, "de": 3_400}, True),
        ({"en": 3_300, "de": 3_300}, False),
        ({"en": 4_000, "xx": 6_000}, False),
        ({"xx": 9_000}, False),
    ],
)
def test_a_language_that_another_may_outdo_is_not_known(
    spoken: dict[str, int], is_known: bool
) -> None:
    market = make_market([make_facts(1, languages=spoken)])
    wanted = Wanted("USD", rules=HardRules(languages=frozenset({"en"})))

    assert columns.rank(market, wanted).candidates == is_known


def test_a_subject_that_is_not_avoided_removes_nobody() -> None:
    market = make_market([make_facts(1, subjects=["alcohol"])])
    wanted = Wanted("USD", rules=HardRules(avoided=frozenset({Subject.GAMBLING})))

    assert columns.rank(market, wanted).candidates == 1


def test_a_target_that_nobody_has_leaves_nobody() -> None:
    market = make_market([make_facts(1), make_facts(2)])

    found = columns.rank(market, Wanted("USD", country=frozenset({"LV"})))

    assert (found.best, found.candidates, found.medians) == ([], 0, None)
    assert found.left_out == {LeftOut.NOBODY_IN_TARGET: 2}


def test_a_budget_below_the_cheapest_says_who_is_the_cheapest() -> None:
    market = make_market(
        [make_facts(1), make_facts(2, rates={"video USD": 20_000}), make_facts(3, rates={})]
    )
    wanted = Wanted("USD", rules=HardRules(price_most_minor=100, lives_in=frozenset({"US"})))

    assert columns.rank(market, wanted).left_out == {LeftOut.TOO_DEAR: 2}
    assert columns.cheapest_minor(market, wanted) == 20_000


@pytest.mark.parametrize(
    "audience",
    [
        {"age": {"18-24": 6_000, "25-34": 6_000}},
        {"gender": {"female": -1}},
        {"countries": {"US": float("nan")}},
    ],
)
def test_an_audience_that_cannot_be_is_set_aside_as_a_whole(audience: dict[str, Any]) -> None:
    good = [make_facts(number) for number in range(2, 9)]
    bad = make_facts(1, **audience)
    market = make_market(good)
    context = market.context

    made = columns.encode([bad], context, now=market.refreshed_at)

    assert made.refused == 1
    assert made.arrays["sample"].tolist() == [0]
    usual = columns.encode(
        [bad._replace(audience_source=None, age={}, gender={}, countries={})],
        context,
        now=market.refreshed_at,
    )
    for name in ("age", "gender", "country"):
        assert made.arrays[name].tolist() == usual.arrays[name].tolist()


def test_a_channel_without_an_audience_is_ranked_by_what_is_usual() -> None:
    market = make_market([make_facts(1, audience_source=None, age={}), make_facts(2)])

    assert columns.rank(market, Wanted("USD", age=frozenset({"18-24"}))).candidates == 2


def test_an_empty_market_has_nobody() -> None:
    market = make_market([])

    assert columns.rank(market, Wanted("USD", words=("cooking",))).best == []


@pytest.mark.parametrize(
    ("wanted", "field", "sentence"),
    [
        (
            Wanted("USD", rules=HardRules(followers_least=9, followers_most=8)),
            "followers_most",
            "Nobody can have at least 9 followers and at most 8:"
            " these two rules contradict each other.",
        ),
        (
            Wanted("USD", words=("beauty",), rules=HardRules(blocked_topics=frozenset({"beauty"}))),
            "blocked_topics",
            "You ask for beauty and leave out whoever makes beauty:"
            " these two rules contradict each other.",
        ),
        (
            Wanted("USD", age=frozenset({"13-17"})),
            "age",
            "Nobody is matched by how many children watch them: add an older age.",
        ),
        (
            Wanted("USD", country=frozenset({"XX"})),
            "country",
            "There is no country called XX in our list.",
        ),
        (Wanted("USD", formats={"video": 0}), "formats", "The number of pieces is 1 or more."),
        (
            Wanted("USD", rules=HardRules(price_most_minor=0)),
            "price_most",
            "The most that you pay must be more than 0.",
        ),
        (
            Wanted("USD", rules=HardRules(price_least_minor=50_001, price_most_minor=50_000)),
            "price_least",
            "Nobody can ask at least USD 500.01 and at most USD 500.00:"
            " these two rules contradict each other.",
        ),
        (
            Wanted("USD", rules=HardRules(followers_least=-1)),
            "followers_least",
            "A number of followers is 0 or more.",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_named(wanted: Wanted, field: str, sentence: str) -> None:
    assert problems(wanted) == {field: sentence}


def test_a_wish_that_can_be_ranked_has_no_problems() -> None:
    assert problems(Wanted("USD", age=frozenset({"18-24"}), words=("soup",))) == {}


def test_every_rule_is_told_to_a_brand_and_to_the_creator() -> None:
    assert set(LEFT_OUT_WORDS) == set(YOU_LEFT_OUT_WORDS) == set(LeftOut)
    assert set(LEFT_OUT_WORDS.values()).isdisjoint(YOU_LEFT_OUT_WORDS.values())


def test_one_who_is_left_out_is_told_of_in_the_singular() -> None:
    for rule in LeftOut:
        assert left_out_words(rule, 2) == LEFT_OUT_WORDS[rule]
        assert left_out_words(rule, 1) != LEFT_OUT_WORDS[rule]
    assert left_out_words(LeftOut.TOO_DEAR, 1) == "usually asks more than the most that you pay"
    assert left_out_words(LeftOut.AVOIDED_SUBJECT, 1) == (
        "has touched a subject that you avoid in their last posts"
    )


def test_as_many_followers_at_least_as_at_most_is_no_contradiction() -> None:
    def wrong(least: int, most: int) -> list[str]:
        rules = HardRules(followers_least=least, followers_most=most)
        return list(problems(Wanted("USD", rules=rules)))

    assert wrong(5_000, 5_000) == []
    assert wrong(5_001, 5_000) == ["followers_most"]
