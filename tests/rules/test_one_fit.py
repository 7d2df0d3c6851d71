"""One fit, part by part: what is known, what is taken as usual, and for how much it counts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from marketplace.matching import columns
from marketplace.matching.columns import Market
from marketplace.matching.rules.explaining import explain_all
from marketplace.matching.rules.parts import Explained, PartName
from marketplace.matching.rules.wanted import HardRules, Wanted
from tests.factories.facts import days, make_facts, make_market


def only(fit: Explained, name: PartName) -> Any:
    return next(part for part in fit.parts if part.name is name)


def fit_in(market: Market, wanted: Wanted, row: int = 0) -> Explained:
    target = columns.target_of(wanted, market)
    medians = columns.rank(market, wanted).medians
    return explain_all(wanted, columns.seen_at(market, target, [row]), medians)[0]


def test_the_fit_is_what_the_brand_gets_for_its_money() -> None:
    market = make_market([make_facts(1), make_facts(2, rates={"video USD": 60_000})])
    wanted = Wanted("USD", age=frozenset({"18-24", "25-34"}), words=("cooking",))

    fit = fit_in(market, wanted)

    assert [part.name for part in fit.parts] == [
        "views", "authentic", "age", "topic", "format", "reliability", "price",
    ]  # fmt: skip
    # 10,000 views × 100 % × 60 % × topic × 100 % × 90 % ÷ USD 300 × USD 100
    topic = only(fit, PartName.TOPIC)
    assert fit.fit == round(10_000 * 0.6 * (0.2 + 0.8 * topic.value / 10_000) * 0.9 / 3)
    assert only(fit, PartName.AGE).evidence() == (
        "60\xa0% of the viewers are 18–34, by the platform’s figures of Mon 2 Nov 2026,"
        " which counts as 65,535 people or more."
    )
    assert only(fit, PartName.PRICE).evidence() == "Usually asks USD 300.00 for this."
    assert only(fit, PartName.PRICE).effect_percent == 100
    assert only(fit_in(market, wanted, 1), PartName.PRICE).effect_percent == 50


def test_one_view_and_one_person_are_told_as_one() -> None:
    facts = make_facts(1, median_views=1, videos=(), age={"18-24": 9_000}, sample_size=1)
    fit = fit_in(make_market([facts]), Wanted("USD", age=frozenset({"18-24"})))

    assert only(fit, PartName.VIEWS).claim() == "The next video can be expected to get 1 view"
    assert ", which counts as 1 person. " in only(fit, PartName.AGE).evidence()


def test_twenty_viewers_do_not_beat_twenty_thousand() -> None:
    crowd = [make_facts(number, age={"18-24": 3_000}) for number in range(3, 30)]
    few = make_facts(1, age={"18-24": 9_000}, sample_size=20)
    many = make_facts(2, age={"18-24": 7_000}, sample_size=20_000)
    market = make_market([few, many, *crowd])

    found = columns.rank(market, Wanted("USD", age=frozenset({"18-24"})))

    assert [market.id_at(one.row) for one in found.best[:2]] == [many.creator_id, few.creator_id]


def test_what_nobody_has_said_is_taken_as_usual_and_for_less() -> None:
    said = [make_facts(number) for number in range(2, 40)]
    silent = make_facts(1, audience_source=None, age={}, gender={}, countries={}, rates={})
    market = make_market([silent, *said])

    fit = fit_in(market, Wanted("USD", age=frozenset({"18-24", "25-34"})))

    age = only(fit, PartName.AGE)
    assert (age.value, age.is_estimate) == (5_100, True)
    assert age.evidence() == (
        "51\xa0% of the viewers are 18–34, by what is usual, as nobody has said."
        " Four of five times between 42\xa0% and 60\xa0%."
    )
    price = only(fit, PartName.PRICE)
    assert (price.value, price.is_estimate) == (37_500, True)


def test_a_rate_in_another_currency_is_known_as_such() -> None:
    facts = [
        make_facts(1, rates={"video EUR": 20_000, "video USD": 26_000}),
        make_facts(2, rates={"video EUR": 20_000}),
    ]
    market = make_market(facts)

    assert only(fit_in(market, Wanted("USD")), PartName.PRICE).value == 26_000
    assert only(fit_in(market, Wanted("EUR")), PartName.PRICE).value == 20_000
    assert only(fit_in(market, Wanted("USD"), 1), PartName.PRICE).is_estimate


def test_whoever_is_looked_at_twice_asks_the_same_twice() -> None:
    market = make_market(
        [make_facts(1), make_facts(2, rates={"video EUR": 20_000, "video USD": 26_000})]
    )
    target = columns.target_of(Wanted("USD"), market)

    found = columns.factors_at(market, target, [1, 0, 1])

    assert [each.price for each in found] == [26_000, 30_000, 26_000]


def test_a_country_without_a_column_counts_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marketplace.matching.columns.context.DENSE_COUNTRIES", 1)
    facts = [make_facts(number) for number in range(1, 9)]
    rare = make_facts(9, country="LV", countries={"LV": 8_000, "US": 1_000})
    market = make_market([*facts, rare])

    found = columns.rank(market, Wanted("USD", country=frozenset({"LV"})))

    assert market.context.countries == ("US",)
    assert market.id_at(found.best[0].row) == rare.creator_id
    assert found.best[0].factors.country == 80_010_000


@pytest.mark.parametrize("until", [0, days(2026, 11, 30), days(2026, 11, 1), days(2025, 12, 24)])
def test_who_is_back_by_then_or_long_ago_is_not_away(until: int) -> None:
    market = make_market([make_facts(1, away_until=until)])
    wanted = Wanted("USD", rules=HardRules(free_on=date(2026, 12, 1)))

    assert columns.rank(market, wanted).candidates == 1


def test_agreements_kept_and_broken_move_the_reliability() -> None:
    market = make_market([make_facts(1), make_facts(2, kept=5), make_facts(3, kept=1, broken=4)])

    parts = [only(fit_in(market, Wanted("USD"), row), PartName.RELIABILITY) for row in range(3)]

    assert [part.value for part in parts] == [8_000, 9_000, 5_000]
    assert parts[0].claim() == "No collaboration has ended here yet"
    assert parts[1].claim() == "By the collaborations that have ended here"
