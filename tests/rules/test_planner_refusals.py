"""What no plan can obey is refused, with the rules that contradict each other and the figures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from marketplace.kernel.errors import InvalidInput
from marketplace.matching.rules.planner.limits import Limits, PlanRefused, Rule
from marketplace.matching.rules.planner.plan import best_plan
from marketplace.matching.rules.planner.problem import Size, WatchedTogether
from tests.factories.planning import make_problem, together

ONE, TWO, THREE = frozenset({0}), frozenset({0, 1}), frozenset({0, 1, 2})


def refusal(**rules: Any) -> list[tuple[tuple[Rule, ...], str]]:
    """What is said where three creators ask 300, 500 and 900 dollars: two nano and one micro."""
    problem = make_problem(
        [3_000, 5_000, 9_000],
        [30_000, 50_000, 90_000],
        size=np.array([Size.NANO, Size.NANO, Size.MICRO]),
    )
    with pytest.raises(PlanRefused) as refused:
        best_plan(problem, Limits(**({"budget_minor": 100_000} | rules)))
    assert set(refused.value.problems) == {
        rule.value for each in refused.value.contradictions for rule in each.rules
    }
    return [(each.rules, each.sentence) for each in refused.value.contradictions]


def test_a_budget_below_the_cheapest_creator_is_told_that_price() -> None:
    assert refusal(budget_minor=29_999) == [
        (
            (Rule.BUDGET,),
            "The cheapest creator who reaches this target asks USD 300.00; the budget is"
            " USD 299.99.",
        )
    ]


def test_a_budget_of_nothing_and_counts_out_of_order_are_refused_together() -> None:
    assert refusal(budget_minor=0, fewest=3, most=2) == [
        ((Rule.BUDGET,), "The budget is more than 0."),
        ((Rule.FEWEST, Rule.MOST), "You ask for at least 3 creators and for at most 2."),
    ]


@pytest.mark.parametrize(
    ("rules", "rule", "sentence"),
    [
        ({"most": 0}, Rule.MOST, "A plan has 1 to 200 creators."),
        ({"most": 201}, Rule.MOST, "A plan has 1 to 200 creators."),
        ({"fewest": -1}, Rule.FEWEST, "A number of creators is 0 or more."),
        ({"mix": {Size.MID: (-1, 2)}}, Rule.MIX, "A number of creators is 0 or more."),
        ({"mix": {Size.MID: (0, -2)}}, Rule.MIX, "A number of creators is 0 or more."),
        ({"most_each_minor": 0}, Rule.MOST_EACH, "What one may cost is more than 0."),
        (
            {"most_share_bps": 10_001},
            Rule.MOST_SHARE,
            "One creator’s part of the budget is more than 0\xa0% and at most 100\xa0%.",
        ),
        (
            {"mix": {Size.MID: (2, 1)}},
            Rule.MIX,
            "You ask for at least 2 mid creators and at most 1.",
        ),
    ],
)
def test_a_rule_that_means_nothing_is_refused(
    rules: dict[str, Any], rule: Rule, sentence: str
) -> None:
    assert refusal(**rules) == [((rule,), sentence)]


def test_a_mix_that_does_not_go_with_the_counts_is_refused() -> None:
    assert refusal(mix={Size.NANO: (2, 9), Size.MICRO: (2, 9)}, most=3) == [
        ((Rule.MIX, Rule.MOST), "The mix asks for at least 4 creators, and you allow 3.")
    ]
    assert refusal(mix=dict.fromkeys(Size, (0, 1)), fewest=6) == [
        ((Rule.MIX, Rule.FEWEST), "The mix allows 5 creators, and you ask for 6.")
    ]


def test_who_must_and_must_not_be_in_the_plan_is_a_contradiction() -> None:
    assert refusal(must_have=TWO, must_not=ONE) == [
        (
            (Rule.MUST_HAVE, Rule.MUST_NOT),
            "The same creator must be in the plan and must not be in it.",
        )
    ]


def test_more_who_must_be_in_the_plan_than_are_allowed() -> None:
    assert refusal(must_have=THREE, most=2) == [
        ((Rule.MUST_HAVE, Rule.MOST), "3 creators must be in the plan, and you allow 2.")
    ]
    assert refusal(must_have=TWO, mix={Size.NANO: (0, 1)}) == [
        (
            (Rule.MUST_HAVE, Rule.MIX),
            "2 nano creators must be in the plan, and the mix allows 1.",
        )
    ]


def test_with_those_who_must_be_in_the_plan_the_mix_asks_for_more_than_are_allowed() -> None:
    asked = refusal(must_have=ONE, mix={Size.MICRO: (1, 9)}, most=1)

    assert asked == [
        (
            (Rule.MUST_HAVE, Rule.MIX, Rule.MOST),
            "With those who must be in the plan, the mix asks for at least 2 creators, and you"
            " allow 1.",
        )
    ]


def test_who_must_be_in_the_plan_and_asks_more_than_one_may_cost() -> None:
    assert refusal(must_have=frozenset({2}), most_each_minor=80_000) == [
        (
            (Rule.MUST_HAVE, Rule.MOST_EACH),
            "A creator who must be in the plan asks USD 900.00; for one creator you allow"
            " USD 800.00.",
        )
    ]
    assert refusal(must_have=frozenset({2}), most_share_bps=5_000)[0][0] == (
        Rule.MUST_HAVE,
        Rule.MOST_SHARE,
    )


def test_who_must_be_in_the_plan_and_reaches_nobody_in_the_target() -> None:
    problem = make_problem([3_000, 5_000], [30_000, 50_000], country=np.array([[1.0], [0.0]]))

    with pytest.raises(PlanRefused) as refused:
        best_plan(problem, Limits(budget_minor=100_000, must_have=frozenset({1})))

    [found] = refused.value.contradictions
    assert found.rules == (Rule.MUST_HAVE, Rule.TARGET)
    assert found.sentence == "A creator who must be in the plan reaches nobody in this target."
    assert found.creators == (1,)


def test_those_who_must_be_in_the_plan_ask_more_than_the_budget() -> None:
    assert refusal(must_have=frozenset({1, 2})) == [
        (
            (Rule.MUST_HAVE, Rule.BUDGET),
            "Those who must be in the plan ask USD 1,400.00 together; the budget is USD 1,000.00.",
        )
    ]


def test_nobody_is_left_under_the_cap() -> None:
    assert refusal(most_each_minor=29_000) == [
        (
            (Rule.MOST_EACH,),
            "The cheapest creator who reaches this target asks USD 300.00; for one creator you"
            " allow USD 290.00.",
        )
    ]
    assert refusal(most_share_bps=4_000, must_not=ONE) == [
        (
            (Rule.MOST_SHARE, Rule.MUST_NOT),
            "The cheapest other creator who reaches this target asks USD 500.00; for one creator"
            " you allow USD 400.00.",
        )
    ]


def test_nobody_is_left_where_all_are_barred() -> None:
    assert refusal(must_not=THREE) == [
        (
            (Rule.MUST_NOT, Rule.TARGET),
            "Everybody who reaches this target must not be in the plan.",
        )
    ]


def test_more_creators_than_there_are_or_than_can_be_paid() -> None:
    assert refusal(fewest=4) == [
        (
            (Rule.FEWEST, Rule.TARGET),
            "You ask for at least 4 creators; only 3 reach this target at a price you allow.",
        )
    ]
    assert refusal(fewest=3) == [
        (
            (Rule.FEWEST, Rule.BUDGET),
            "As many creators as you ask for cost USD 1,700.00 at least; the budget is"
            " USD 1,000.00.",
        )
    ]
    assert refusal(mix={Size.MICRO: (1, 1), Size.NANO: (1, 2)}) == [
        (
            (Rule.MIX, Rule.BUDGET),
            "As many creators as you ask for cost USD 1,200.00 at least; the budget is"
            " USD 1,000.00.",
        )
    ]
    assert refusal(mix={Size.MID: (1, 1)}) == [
        (
            (Rule.MIX, Rule.TARGET),
            "You ask for at least 1 mid creator; 0 reach this target at a price you allow.",
        )
    ]


def test_as_many_as_are_asked_for_are_counted_at_the_lowest_prices_of_all_sizes() -> None:
    """Two of the cheapest pair of nano ask more than the budget; two micro do not."""
    problem = make_problem(
        [100, 100, 100, 100],
        [9_000, 9_500, 1_000, 1_500],
        size=np.array([Size.NANO, Size.NANO, Size.MICRO, Size.MICRO]),
    )

    plan = best_plan(problem, Limits(budget_minor=10_000, fewest=2))
    with pytest.raises(PlanRefused) as refused:
        best_plan(problem, Limits(budget_minor=10_000, fewest=3))

    assert plan.cost_minor == 2_500
    assert refused.value.problems["fewest"] == (
        "As many creators as you ask for cost USD 115.00 at least; the budget is USD 100.00."
    )


def test_a_target_that_nobody_reaches() -> None:
    problem = make_problem([3_000], [30_000], country=np.zeros((1, 1)))

    with pytest.raises(PlanRefused) as refused:
        best_plan(problem, Limits(budget_minor=100_000))

    assert refused.value.problems == {
        "target": "Nobody whom you look at is known to reach anybody in this target."
    }


def test_an_empty_market_has_nobody() -> None:
    empty = make_problem(np.zeros((0, 1)), np.zeros((0, 1)), segments=np.zeros((0, 1)))

    with pytest.raises(PlanRefused):
        best_plan(empty, Limits(budget_minor=100_000))


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"age": np.array([[0.6, 0.5]])}, "age", "The shares of one audience add up to more"),
        ({"gender": np.array([[-0.1]])}, "gender", "Every figure is a number, not negative"),
        ({"country": np.array([[np.nan]])}, "country", "Every figure is a number, not negative"),
        ({"people": np.array([[np.inf]])}, "people", "Every figure is a number, not negative"),
        ({"segments": [[-1.0]]}, "segment", "Every figure is a number, not negative"),
        ({"size": np.zeros(2)}, "size", "This has the shape (2,), not (1,)."),
        ({"watched_together": [together(0, 7)]}, "watched_together", "A pair names a"),
        ({"watched_together": [together(0, 0)]}, "watched_together", "A pair is two"),
    ],
)
def test_figures_that_no_audience_has_are_refused(
    changes: dict[str, Any], field: str, sentence: str
) -> None:
    labels = changes.get("age", np.ones((1, 1))).shape[1]

    with pytest.raises(InvalidInput) as refused:
        make_problem(
            changes.pop("people", [3_000]),
            [100],
            population=np.ones((labels, 1, 1, 1)),
            **changes,
        )

    assert refused.value.problems[field].startswith(sentence)


@pytest.mark.parametrize(
    ("pair", "sentence"),
    [
        (together(0, 1, shared=0, sample=0), "A pair is two creators and a part of a sample."),
        (together(0, 2), "A pair names a creator who is not there."),
    ],
)
def test_what_was_observed_of_nobody_is_refused_at_once_and_later(
    pair: WatchedTogether, sentence: str
) -> None:
    said = {"watched_together": sentence}
    with pytest.raises(InvalidInput) as refused:
        make_problem([3_000, 3_000], [100, 100], watched_together=[pair])
    assert refused.value.problems == said

    problem = make_problem([3_000, 3_000], [100, 100])
    with pytest.raises(InvalidInput) as refused:
        problem.with_watched([pair])
    assert refused.value.problems == said
    assert not problem.watched_together


def test_what_was_observed_comes_to_a_problem_as_if_it_had_been_there() -> None:
    pairs = [together(0, 1)]
    problem = make_problem([3_000, 2_000], [100, 90])

    found = problem.with_watched(pairs)

    assert best_plan(found, Limits(budget_minor=1_000)).people == pytest.approx(
        best_plan(
            make_problem([3_000, 2_000], [100, 90], watched_together=pairs),
            Limits(budget_minor=1_000),
        ).people
    )
    assert (
        best_plan(found, Limits(budget_minor=1_000)).people
        < best_plan(problem, Limits(budget_minor=1_000)).people
    )
