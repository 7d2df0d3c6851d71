"""What a place in a creator's feed is made of, and what would raise a fit."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from marketplace.matching.rules.chances import Facts, Model, Step, facts_from
from marketplace.matching.rules.explaining import explain_all
from marketplace.matching.rules.feed import (
    NO_MIDDLE,
    FeedParts,
    Whole,
    best_first,
    chances,
    likings,
    minutes_of,
    parts_at,
    parts_of,
    pays,
    per_hour_minor,
    record_of,
    standing,
)
from marketplace.matching.rules.fit import Factors, PartName, fit_of
from marketplace.matching.rules.parts import AUDIENCE_PARTS, Explained
from marketplace.matching.rules.raising import Advice, Raise, raises
from marketplace.matching.rules.seen import Seen
from marketplace.matching.rules.wanted import Wanted
from tests.factories.facts import seen_all

MODEL = Model(Step.OFFER, 0.0, Facts(standing=2.0, record=1.0), 100)
FACTORS = Factors(10_000, 10_000, 5_000, 10_000, 100_000_000, 10_000, 5_000, 8_000, 40_000)
WANTED = Wanted(currency="USD", age=frozenset({"18-24"}))


def explained(
    factors: Factors,
    source: str,
    said: Collection[PartName],
    wanted: Wanted,
    words: tuple[str, ...] = (),
) -> Explained:
    described = frozenset(said) if source else frozenset()
    seen = Seen(factors, 1, 2, 100, source, price_is_estimated=False, said=described, words=words)
    return explain_all(wanted, seen_all([seen]), None)[0]


def advice(
    factors: Factors = FACTORS,
    *,
    source: str = "platform",
    said: Collection[PartName] = AUDIENCE_PARTS,
    wanted: Wanted = WANTED,
    words: tuple[str, ...] = (),
    **changes: object,
) -> list[Raise]:
    given = {"most_minor": None, "price_is_estimated": False, "source": source} | changes
    found = explained(factors, source, said, wanted, words)
    return raises(factors, found, **given)  # type: ignore[arg-type]


def parts(
    fits: list[float], usual: list[float], *, model: Model = MODEL, **changes: Any
) -> FeedParts[Whole]:
    nothing = np.zeros(len(fits), np.int64)
    given: dict[str, Any] = {
        "record": 0.0,
        "fees": nothing,
        "prices": nothing,
        "topics": nothing.astype(np.uint32),
        "near": nothing + 10_000,
        "makes": 0,
        "less": 0,
        "cared": nothing.astype(bool),
    }
    return parts_of(model, fits=np.array(fits), usual=np.array(usual), **(given | changes))


def test_a_fit_like_the_middle_ones_stands_in_the_middle() -> None:
    usual = np.array([100, 100, 100, 100, NO_MIDDLE, 0, 0, 0.1])
    found = standing(np.array([0, 50, 100, 300, 7, 7, 0, 0.3]), usual)
    assert found.tolist() == pytest.approx([-1, -1 / 3, 0, 0.5, 0, 1, 0, 0.5])


def test_chances_of_many_are_those_of_one_by_one() -> None:
    at = np.array([-1, 0, 0.5])
    found = chances(MODEL, at, record=0.25)
    alone = [MODEL.chance_bps(Facts(standing=float(one), record=0.25)) for one in at]
    assert found.tolist() == alone


def test_who_brings_nobody_has_no_chance_worth_naming() -> None:
    """Not even where nobody else is in the running, or with a record of many offers."""
    found = parts([0, 0, 1, 0.25], [100, NO_MIDDLE, 100, 25], record=2.0).chance

    assert found.tolist()[:2] == [100, 100]
    assert found[2] == found[3] == MODEL.chance_bps(Facts(standing=-99 / 101, record=2.0)) > 1_000
    rare = parts([0, 1], [100, 100], model=replace(MODEL, base=-3.0)).chance
    assert 0 < rare[0] < rare[1] < 100


def test_pay_is_beside_the_usual_and_within_bounds() -> None:
    fees = np.array([300, 150, 1, 9_000, 0, 300])
    usual = np.array([300, 300, 300, 300, 300, 0])
    assert pays(fees, usual).tolist() == [10_000, 5_000, 2_500, 30_000, 10_000, 10_000]


def test_a_brief_is_liked_for_its_topics_and_less_where_one_says_so() -> None:
    topics = np.array([0b001, 0b010, 0b000, 0b011], np.uint32)
    near = np.array([0, 4_999, 10_000, 0])
    assert likings(topics, near, makes=0b001, less=0).tolist() == [10_000, 6_000, 10_000, 10_000]
    assert likings(topics, near, makes=0b001, less=0b010).tolist() == [
        10_000, 3_000, 10_000, 5_000,
    ]  # fmt: skip


def test_a_brief_is_liked_for_its_words_where_the_newest_post_could_have_used_one() -> None:
    topics = np.array([0, 0, 0b010, 0b010], np.uint32)
    near = np.array([4_999, 5_000, 4_999, 5_000])
    assert likings(topics, near, makes=0b001, less=0).tolist() == [6_000, 10_000, 6_000, 10_000]


def test_the_parts_multiply_to_the_score() -> None:
    found = parts(
        [100, 100],
        [100, 100],
        fees=np.array([600, 600]),
        prices=np.array([400, 400]),
        topics=np.array([1, 1], np.uint32),
        near=np.array([0, 0]),
        makes=2,
        cared=np.array([False, True]),
    )
    assert parts_at(found, 0) == FeedParts(chance=5_000, pay=15_000, liking=6_000, cause=10_000)
    assert parts_at(found, 1) == parts_at(found, 0)._replace(cause=12_500)
    assert found.score.tolist() == [parts_at(found, 0).score, parts_at(found, 1).score]
    assert parts_at(found, 0).score == 5_000 * 15_000 * 6_000 * 10_000


def test_the_best_stand_first_and_equal_ones_by_their_fit_and_then_as_they_came() -> None:
    fits = [100, 300, 100, 100, 200]
    found = parts(fits, [100, 300, 100, 50, 200])
    assert found.chance.tolist() == [5_000, 5_000, 5_000, 6_608, 5_000]

    for most in range(1, 7):
        best = best_first(found, np.array(fits), most=most)
        assert best.tolist() == [3, 1, 4, 0, 2][:most]
    assert best_first(parts([], []), np.array([], np.int64), most=3).tolist() == []


def test_an_hour_is_worth_what_the_fee_is_over_the_work() -> None:
    assert minutes_of({"video": 1, "story": 2}) == 480
    assert per_hour_minor(40_000, {"video": 1}) == 6_667
    assert per_hour_minor(100, {"live": 1}) == 25
    assert per_hour_minor(0, {"video": 3}) == 0


def test_asking_the_most_that_is_paid_is_advised_with_the_fit_it_leads_to() -> None:
    found = advice(most_minor=20_000)
    cheaper = fit_of(FACTORS._replace(price=20_000))
    assert found[0] == Raise(Advice.ASK_LESS, cheaper, 20_000)
    assert cheaper in {2 * fit_of(FACTORS), 2 * fit_of(FACTORS) + 1}
    assert Advice.ASK_LESS not in [each.advice for each in advice(most_minor=40_000)]


def test_advice_with_a_known_gain_comes_first_and_the_largest_of_those() -> None:
    found = advice(most_minor=39_000, source="self_reported")
    assert [each.advice for each in found] == [
        Advice.OFFER_THE_FORMAT,
        Advice.ASK_LESS,
        Advice.PROVE_AUDIENCE,
    ]
    assert [each.fit is None for each in found] == [False, False, True]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("", Advice.DESCRIBE_AUDIENCE),
        ("inferred", Advice.DESCRIBE_AUDIENCE),
        ("self_reported", Advice.PROVE_AUDIENCE),
    ],
)
def test_an_audience_that_nobody_has_shown_is_to_be_shown(source: str, wanted: Advice) -> None:
    assert wanted in [each.advice for each in advice(source=source)]


@pytest.mark.parametrize("source", ["", "inferred", "self_reported"])
def test_where_no_audience_is_asked_for_none_is_to_be_shown(source: str) -> None:
    found = advice(source=source, wanted=Wanted(currency="USD"))

    assert [each.advice for each in found] == [Advice.OFFER_THE_FORMAT]


def test_what_a_description_leaves_open_of_what_is_asked_is_to_be_said() -> None:
    assert [each.advice for each in advice(source="upload", said={PartName.COUNTRY})] == [
        Advice.OFFER_THE_FORMAT,
        Advice.DESCRIBE_AUDIENCE,
    ]


def test_what_is_asked_for_is_to_be_named_by_whoever_makes_it_and_does_not_say_so() -> None:
    cooks = Wanted(currency="USD", words=("cooking", "soup"))

    assert Raise(Advice.NAME_THE_TOPIC, None) in advice(wanted=cooks)
    for said in (advice(wanted=cooks, words=("soup",)), advice(wanted=Wanted(currency="USD"))):
        assert [each.advice for each in said] == [Advice.OFFER_THE_FORMAT]


def test_an_estimated_price_is_to_be_named_and_a_whole_fit_needs_nothing() -> None:
    assert Raise(Advice.NAME_A_RATE, None) in advice(price_is_estimated=True, most_minor=1)
    assert advice(FACTORS._replace(format=10_000), most_minor=50_000, source="upload") == []


def test_a_record_is_that_of_the_learning_and_moves_the_chance_both_ways() -> None:
    assert record_of(0, 0) == pytest.approx(0, abs=1e-9)
    assert record_of(3, 1) == facts_from(kept=3, asked=4, base_bps=3_000).record > 0
    assert record_of(0, 5) == facts_from(kept=0, asked=5, base_bps=3_000).record < 0

    chance = [MODEL.chance_bps(Facts(record=record_of(*one))) for one in ((0, 5), (0, 0), (5, 0))]

    assert chance == sorted(chance)
    assert chance[0] < chance[1] < chance[2]


def test_where_a_length_is_asked_the_advice_is_to_make_it() -> None:
    [found] = advice(asks_length=True)

    assert found.advice is Advice.MAKE_THE_LENGTH
    assert found.fit == fit_of(FACTORS._replace(format=10_000))
