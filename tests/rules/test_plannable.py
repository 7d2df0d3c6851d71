"""What the planner is given of a market: who, with which viewers in the target, at which price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from marketplace.accounts.rules import countries
from marketplace.creators.queries import CreatorFacts
from marketplace.matching import columns
from marketplace.matching.columns import Plannable
from marketplace.matching.columns.layout import DENSE_COUNTRIES
from marketplace.matching.rules.planner.people import PUBLIC
from marketplace.matching.rules.planner.ways import Way, way_of
from marketplace.matching.rules.wanted import HardRules, Wanted
from tests.factories.facts import make_facts, make_market

ANYBODY = Wanted("USD")
VIDEO, BOTH = way_of({"video": 1}), way_of({"video": 1, "story": 1})
CERTAIN = 10**9


def plannable(
    facts: Sequence[CreatorFacts],
    wanted: Wanted = ANYBODY,
    ways: Sequence[Way] = (VIDEO,),
    **more: Any,
) -> Plannable:
    return columns.plannable(make_market(facts), wanted, ways, **more)


def creator(number: int = 1, **changes: Any) -> CreatorFacts:
    """Somebody of whose audience everything is certain."""
    return make_facts(number, **({"sample_size": CERTAIN} | changes))


def test_children_count_for_no_plan_where_any_age_will_do() -> None:
    half = creator(age={"13-17": 5_000, "18-24": 5_000})

    found = plannable([half]).problem

    assert found.age.tolist() == [[pytest.approx(0.5, abs=0.005)]]


def test_each_age_and_gender_wanted_is_a_cell_of_its_share_and_its_people() -> None:
    wanted = replace(ANYBODY, age=frozenset({"18-24", "35-44"}), gender=frozenset({"male"}))

    found = plannable([creator(country="US")], wanted).problem

    assert found.age[0] == pytest.approx([0.4, 0.1], abs=0.005)
    assert found.gender[0] == pytest.approx([0.4], abs=0.005)
    by_age = found.population.sum(axis=(1, 2, 3))
    assert by_age[0] / by_age[1] == pytest.approx(
        PUBLIC.part_of_age(["18-24"]) / PUBLIC.part_of_age(["35-44"])
    )


def test_the_largest_countries_are_cells_and_all_others_share_one() -> None:
    codes = ("US", "BR", "MX", "DE", "FR", "LU", "MT")
    shares = dict(zip(codes, (3_000, 1_000, 1_000, 1_000, 1_000, 1_000, 500), strict=True))
    wanted = replace(ANYBODY, country=frozenset(codes))

    found = plannable([creator(countries=shares)], wanted).problem

    assert found.country[0] == pytest.approx([0.3, 0.1, 0.1, 0.1, 0.1, 0.15], abs=0.006)
    assert found.population.sum(axis=(0, 1, 3)) == pytest.approx(
        [PUBLIC.watching([code]) for code in codes[:5]] + [PUBLIC.watching(["LU", "MT"])], rel=1e-5
    )


def test_a_country_that_few_are_watched_in_is_reached_too() -> None:
    """The columns hold it in a list of its own."""
    others = sorted(countries())[: DENSE_COUNTRIES + 3]
    facts = [creator(number, countries={code: 9_000}) for number, code in enumerate(others, 2)]
    assert "LU" not in others

    found = plannable(
        [creator(1, countries={"US": 9_000, "LU": 1_000}), *facts],
        replace(ANYBODY, country=frozenset({"LU"})),
    )

    assert found.problem.country[0] == pytest.approx([0.1], abs=0.006)
    assert found.problem.country[1:].max() == 0
    assert found.problem.population.sum() == pytest.approx(PUBLIC.watching(["LU"]), rel=1e-5)


def test_a_country_like_the_target_lends_a_plan_nobody() -> None:
    """In a list it makes who is watched there found; its people are not in the target."""
    there, alike = (
        creator(1, countries={"US": 5_000, "CA": 5_000}),
        creator(2, countries={"CA": 9_000}),
    )
    wanted = replace(ANYBODY, country=frozenset({"US"}))

    found = plannable([there, alike], wanted)

    assert found.problem.country[:, 0] == pytest.approx([0.5, 0], abs=0.005)


def test_only_authentic_views_are_viewers() -> None:
    """One video in ten has as many likes as views, and nobody else's are so many."""
    videos = [(10_000, 800, day, ["recipe"], 30) for day in range(1, 10)]
    honest, bought = (
        creator(1, videos=[*videos, videos[0]]),
        creator(2, videos=[*videos, (10_000, 9_999, 10, ["recipe"], 30)]),
    )

    people = plannable([honest, bought]).problem.people[:, 0]

    assert people[1] / people[0] == pytest.approx(0.9, abs=0.005)


def test_of_whom_no_country_is_known_there_is_no_crowd() -> None:
    found = plannable([creator(1), creator(2), creator(3, country=None), creator(4, country="DE")])

    first, second, nowhere, elsewhere = found.problem.crowd.tolist()
    assert first == second >= 0
    assert nowhere == -1
    assert elsewhere not in {first, -1}


def test_what_was_learned_makes_viewers_and_people_more_by_the_same() -> None:
    before, after = (plannable([creator()], factor=factor).problem for factor in (1.0, 0.8))

    assert after.people == pytest.approx(0.8 * before.people)
    assert after.population == pytest.approx(0.8 * before.population)


def test_a_bundle_shows_to_more_people_and_costs_all_its_rates() -> None:
    both = creator(rates={"video USD": 30_000, "story USD": 2_000})

    found = plannable([both], ways=(VIDEO, BOTH))

    assert found.price.tolist() == [[30_000, 32_000]]
    assert found.problem.people[0, 1] / found.problem.people[0, 0] == pytest.approx(
        BOTH.people_each
    )


def test_an_estimate_is_rounded_up_to_whole_units_and_marked() -> None:
    """A quarter more than the views usually cost here: USD 375.15 become 376."""
    found = plannable([creator(1, rates={}), creator(2, rates={"video USD": 30_012})])

    assert found.price.tolist() == [[37_600], [30_012]]
    assert found.price_known.tolist() == [[False], [True]]


def test_who_is_asked_for_one_way_alone_has_the_others_still_to_choose_from() -> None:
    both = creator(rates={"video USD": 30_000, "story USD": 2_000})

    found = plannable([both], ways=(VIDEO, BOTH), fixed={both.creator_id: BOTH})

    assert found.problem.price.tolist() == [[0, 32_000]]
    assert found.price.tolist() == [[30_000, 32_000]]


def test_whom_a_rule_removes_and_who_was_not_asked_for_is_not_in_the_problem() -> None:
    facts = [creator(1), creator(2, country="DE"), creator(3)]
    rules = HardRules(lives_in=frozenset({"US"}))

    by_rule = plannable(facts, replace(ANYBODY, rules=rules))
    among = plannable(facts, among=[facts[1].creator_id])

    assert [by_rule.id_at(place) for place in range(2)] == [
        facts[0].creator_id,
        facts[2].creator_id,
    ]
    assert by_rule.places_of(np.array([0, 1, 2])).tolist() == [0, -1, 1]
    assert (among.problem.count, among.id_at(0)) == (1, facts[1].creator_id)


def test_a_wide_spread_of_views_stays_wide() -> None:
    even = creator(1, videos=[(10_000, 800, day, ["recipe"], 30) for day in range(1, 30)])
    uneven = creator(
        2, videos=[(10_000 * 9 ** (day % 3), 800, day, ["recipe"], 30) for day in range(1, 30)]
    )

    narrow, wide = plannable([even, uneven]).spread.tolist()

    assert wide > 3 * narrow > 0
