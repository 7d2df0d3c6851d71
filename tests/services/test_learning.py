"""Chances are learned in versions, each beside the one before."""

from __future__ import annotations

import random
from datetime import timedelta

from sqlalchemy.orm import Session

from marketplace.matching import queries
from marketplace.matching import service as matching
from marketplace.matching.rules.chances import Facts, Outcome, Step, start
from tests.conftest import NOON


def invented(count: int, *, seed: int = 1, slope: float = 2.0) -> list[Outcome]:
    lot = random.Random(seed)
    found = []
    for _ in range(count):
        standing = lot.uniform(-1, 1)
        found.append(Outcome(Facts(standing), lot.random() < 0.5 + 0.2 * slope * standing))
    return found


def test_a_first_version_counts_when_it_foretells_better_than_what_we_assume(
    session: Session,
) -> None:
    [made] = matching.learn_chances(session, {Step.REPLY: invented(300)}, now=NOON)
    session.flush()

    assert (made.step, made.version, made.counts) == (Step.REPLY, 1, True)
    assert (made.rows, made.held_back, made.judged_on) == (300, 60, 60)
    assert made.loss < made.loss_before == made.loss_base
    assert sum(each["count"] for each in made.bands) == 60
    assert made.brier is not None
    assert made.brier_base is not None
    assert made.brier < made.brier_base
    model = queries.present_chances(session)[Step.REPLY]
    assert (model.rows, model.weights.pay) == (300, 0.5)
    assert model.weights.standing > 1
    assert model.chance_bps(Facts(1)) > start(Step.REPLY).chance_bps(Facts(1))


def test_the_same_outcomes_again_make_no_version(session: Session) -> None:
    rows = {Step.REPLY: invented(50)}
    matching.learn_chances(session, rows, now=NOON)
    session.flush()
    assert matching.learn_chances(session, rows, now=NOON + timedelta(days=1)) == []


def test_a_step_is_learned_anew_when_ten_more_were_decided(session: Session) -> None:
    rows = invented(60)
    assert matching.learn_chances(session, {Step.REPLY: rows[:9]}, now=NOON) == []
    [other] = matching.learn_chances(session, {Step.APPLY: rows[:10]}, now=NOON)
    assert (other.step, other.version, other.rows) == (Step.APPLY, 1, 10)
    [first] = matching.learn_chances(session, {Step.REPLY: rows[:50]}, now=NOON)
    session.flush()
    later = NOON + timedelta(days=1)
    assert matching.learn_chances(session, {Step.REPLY: rows[:59]}, now=later) == []
    [second] = matching.learn_chances(session, {Step.REPLY: rows}, now=later)
    assert (first.version, second.version) == (1, 2)
    assert first.counts
    assert (second.held_back, second.judged_on) == (12, 10)


def test_a_version_that_foretells_worse_is_kept_and_set_aside(session: Session) -> None:
    good = invented(300)
    [first] = matching.learn_chances(session, {Step.REPLY: good}, now=NOON)
    session.flush()
    turned = [*invented(300, seed=5, slope=-2), *invented(80, seed=3)]

    [second] = matching.learn_chances(session, {Step.REPLY: turned}, now=NOON + timedelta(days=1))
    session.flush()

    assert (second.version, second.counts) == (2, False)
    assert second.loss > second.loss_before
    assert queries.present_chances(session)[Step.REPLY].base == first.base
    assert queries.newest_versions(session)[Step.REPLY] == second
    assert list(queries.chance_versions(session)) == [second, first]


def test_a_step_nothing_is_known_of_is_left_alone(session: Session) -> None:
    assert matching.learn_chances(session, {step: [] for step in Step}, now=NOON) == []
    assert queries.present_chances(session) == {}


def test_a_place_in_a_list_is_a_standing() -> None:
    assert [queries.standing_bps(place) for place in (0, 1, 14, 200, 999)] == [
        10_000,
        10_000,
        5_019,
        0,
        0,
    ]
