"""Chances that are learned from what happened."""

from __future__ import annotations

import random
from math import exp, log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.matching.rules.calibration import calibration
from marketplace.matching.rules.chances import (
    ASSUMED,
    BASE_RATES,
    ROWS_LEAST,
    Facts,
    Model,
    Outcome,
    Step,
    facts_from,
    judged,
    learn,
    mean_loss,
    start,
)


def invented(count: int, *, seed: int = 1, slope: float = 1.5) -> list[Outcome]:
    """Outcomes of a market where a better fit is answered more often."""
    lot = random.Random(seed)
    found = []
    for _ in range(count):
        standing = lot.uniform(-1, 1)
        chance = 1 / (1 + 2.718281828 ** -(slope * standing - 0.5))
        found.append(Outcome(Facts(standing=standing), lot.random() < chance))
    return found


@pytest.mark.parametrize("step", Step)
def test_before_anything_has_happened_a_chance_is_what_we_assume(step: Step) -> None:
    assert start(step).chance_bps(Facts()) == round(BASE_RATES[step] * 10_000)
    assert start(step).chance_bps(Facts(1, 2, 2)) > start(step).chance_bps(Facts())
    assert learn(step, []) == start(step)


def test_a_single_outcome_moves_the_base_rate_a_little() -> None:
    found = learn(Step.REPLY, [Outcome(Facts(), True)])
    assert found.chance_bps(Facts()) == round(10_000 * 11 / 21)
    assert found.weights == ASSUMED[Step.REPLY]


def test_few_outcomes_leave_the_weights_as_assumed() -> None:
    few = [Outcome(Facts(standing=1), True)] * (ROWS_LEAST - 1)
    assert learn(Step.REPLY, few).weights == ASSUMED[Step.REPLY]
    more = learn(Step.REPLY, [*few, Outcome(Facts(standing=-1), False)])
    assert more.weights.standing > ASSUMED[Step.REPLY].standing


def test_from_many_outcomes_the_true_chances_are_found() -> None:
    found = learn(Step.REPLY, invented(4_000))
    assert found.rows == 4_000
    assert found.weights.standing == pytest.approx(1.5, abs=0.15)
    assert found.base == pytest.approx(-0.5, abs=0.1)
    assert (found.weights.pay, found.weights.record) == pytest.approx((0.5, 1.0))


def test_what_is_learned_is_most_likely_beside_what_we_assume_and_nothing_near_it_is_more() -> None:
    """By hand: the log loss of all, 20 outcomes of the assumed rate, one for a weight's square."""
    lot = random.Random(3)
    drawn = [Facts(*(lot.uniform(-1, 1) for _ in range(3))) for _ in range(60)]
    outcomes = [Outcome(each, lot.random() < 0.5 + 0.15 * sum(each)) for each in drawn]

    def cost(base: float, *weights: float) -> float:
        found = 20 * (log(1 + exp(base)) - BASE_RATES[Step.APPLY] * base)
        found += sum((w - a) ** 2 for w, a in zip(weights, ASSUMED[Step.APPLY], strict=True))
        for facts, happened in outcomes:
            odds = base + sum(w * fact for w, fact in zip(weights, facts, strict=True))
            found += log(1 + exp(odds)) - happened * odds
        return found

    model = learn(Step.APPLY, outcomes)
    at = [model.base, *model.weights]

    assert min(model.weights) > 0
    for place in range(4):
        for step in (-0.002, 0.002):
            beside = [value + step * (place == other) for other, value in enumerate(at)]
            assert cost(*beside) > cost(*at)


def test_a_weight_is_never_negative_even_if_the_past_says_so() -> None:
    found = learn(Step.REPLY, invented(1_000, slope=-2))
    assert found.weights.standing == 0


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(-1, 1), st.floats(-2, 2), st.floats(-2, 2), st.booleans()),
        min_size=ROWS_LEAST,
        max_size=60,
    ),
    st.tuples(st.floats(-1, 1), st.floats(-2, 2), st.floats(-2, 2)),
    st.integers(0, 2),
    st.floats(0, 1),
)
def test_more_of_any_fact_never_lowers_a_chance(
    rows: list[tuple[float, float, float, bool]],
    facts: tuple[float, float, float],
    which: int,
    more: float,
) -> None:
    model = learn(Step.APPLY, [Outcome(Facts(*row[:3]), row[3]) for row in rows])
    better = Facts(*(value + more * (place == which) for place, value in enumerate(facts)))
    assert model.chance_bps(better) >= model.chance_bps(Facts(*facts))


def test_the_order_in_which_the_same_outcomes_come_changes_nothing_that_is_learned() -> None:
    outcomes = invented(200)
    there = learn(Step.REPLY, outcomes)
    back = learn(Step.REPLY, outcomes[::-1])
    assert back.chance_bps(Facts(0.3)) == pytest.approx(there.chance_bps(Facts(0.3)), abs=1)


def test_a_new_version_is_judged_on_what_it_has_not_learned_from() -> None:
    outcomes = invented(500)
    found = judged(start(Step.REPLY), outcomes)
    assert (found.held_back, found.rows, found.model.rows) == (100, 100, 500)
    assert found.loss < found.loss_before
    assert found.loss_before == found.loss_base
    assert found.is_better
    assert found.calibration == calibration(
        [
            (learn(Step.REPLY, outcomes[:400]).chance_bps(each.facts), each.happened)
            for each in outcomes[400:]
        ],
        base_bps=round(25 * sum(each.happened for each in outcomes[:400])),
    )


def test_the_present_version_is_held_to_nothing_that_it_has_learned_from() -> None:
    outcomes = invented(500)
    present = learn(Step.REPLY, outcomes[:470])
    found = judged(present, outcomes)
    assert (found.held_back, found.rows) == (100, 30)
    assert found.loss == mean_loss(learn(Step.REPLY, outcomes[:400]), outcomes[470:])
    assert found.loss_before == mean_loss(present, outcomes[470:])
    assert sum(one.count for one in found.calibration.bands) == 100


def test_a_version_that_is_held_to_nothing_new_does_not_count() -> None:
    outcomes = invented(100)
    found = judged(learn(Step.REPLY, outcomes), outcomes)
    assert (found.rows, found.is_better) == (0, False)


def test_without_older_outcomes_the_base_rate_is_what_we_assume() -> None:
    assert judged(start(Step.APPLY), []).calibration.base_bps == 3_000


def test_a_new_version_that_foretells_worse_does_not_count() -> None:
    """The market turned: what was learned from the old outcomes is wrong for the newest."""
    outcomes = [*invented(400, slope=3), *invented(100, slope=-3, seed=2)]
    found = judged(start(Step.REPLY), outcomes)
    assert found.loss > found.loss_before
    assert not found.is_better


def test_without_outcomes_nothing_is_better() -> None:
    assert not judged(start(Step.REPLY), []).is_better


def test_losses_are_what_they_say() -> None:
    half = Model(Step.REPLY, 0.0, Facts(), 0)
    outcomes = [Outcome(Facts(), happened) for happened in (True, False, True, True, False)]
    assert mean_loss(half, outcomes) == pytest.approx(log(2))
    assert mean_loss(half, []) == 0


@pytest.mark.parametrize(
    ("given_", "facts"),
    [
        ({}, Facts(0, 0, 0)),
        ({"standing_bps": 10_000}, Facts(1, 0, 0)),
        ({"standing_bps": 2_500}, Facts(-0.5, 0, 0)),
        ({"fee_minor": 800, "usual_minor": 400}, Facts(0, 1, 0)),
        ({"fee_minor": 1, "usual_minor": 10**6}, Facts(0, -2, 0)),
        ({"fee_minor": 800, "usual_minor": None}, Facts(0, 0, 0)),
        ({"kept": 2, "asked": 2}, Facts(0, 0, pytest.approx(log(3)))),
        ({"kept": 100, "asked": 100}, Facts(0, 0, 2)),
        ({"kept": 0, "asked": 100}, Facts(0, 0, -2)),
        ({"kept": 9, "asked": 10, "base_bps": 9_000}, Facts(0, 0, pytest.approx(0, abs=1e-9))),
    ],
)
def test_facts_of_a_question(given_: dict[str, int], facts: Facts) -> None:
    assert facts_from(**given_) == facts
