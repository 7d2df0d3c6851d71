"""What plans promised, beside what was counted."""

from __future__ import annotations

from uuid import UUID

import pytest

from marketplace.matching.rules.planner.promise import Held, Kept, Promise, held, together

ANN, BEA, CARL = (UUID(int=number) for number in range(3))


def promise(people: int, *creators: UUID) -> Promise:
    return Promise(people, people, people // 2, people * 2, frozenset(creators))


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        (499, Kept.LESS),
        (500, Kept.WITHIN),
        (2_000, Kept.WITHIN),
        (2_001, Kept.MORE),
    ],
)
def test_a_count_keeps_a_promise_up_to_both_of_its_ends(people: int, expected: Kept) -> None:
    assert promise(1_000, ANN).kept_by(people) is expected


def test_two_plans_reach_as_many_as_the_larger_at_least_and_as_both_at_most() -> None:
    both = together([promise(1_000, ANN, BEA), promise(600, BEA, CARL)])

    assert both == Promise(1_000, 1_600, 500, 3_200, frozenset([ANN, BEA, CARL]))


def test_one_plan_promises_what_it_says_and_none_nothing() -> None:
    assert together([promise(1_000, ANN)]) == promise(1_000, ANN)
    assert together([]) is None


def test_promises_are_kept_when_the_count_is_within_them() -> None:
    counted = [(promise(1_000, ANN), people) for people in (400, 900, 1_000, 2_500, 2_000)]

    assert held(counted) == Held(within=3, of=5)
    assert held([]) == Held(within=0, of=0)
