"""Looking back at night."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from marketplace.collaborations.queries import Followed
from marketplace.matching.rules.chances import Facts, Step
from tests.conftest import NOON
from workers.learning import outcomes_in

BEA, CAL = UUID(int=1), UUID(int=2)
FIRST, SECOND = UUID(int=11), UUID(int=12)


def followed(
    step: str,
    happened: bool,
    *,
    creator: UUID = BEA,
    campaign: UUID = FIRST,
    days: int = 0,
    fee: int | None = None,
    usual: int | None = None,
) -> Followed:
    return Followed(step, creator, campaign, NOON + timedelta(days=days), happened, fee, usual)


def test_a_record_holds_what_came_before_of_the_same_person_and_step() -> None:
    found = outcomes_in(
        [
            followed("reply", True),
            followed("reply", False, creator=CAL, days=1),
            followed("apply", True, days=2),
            followed("reply", True, campaign=SECOND, days=3),
        ],
        {},
    )
    assert [each.happened for each in found[Step.REPLY]] == [True, False, True]
    assert [each.facts.record for each in found[Step.REPLY]] == [
        0,
        0,
        pytest.approx(0.6931, abs=1e-3),
    ]
    assert found[Step.APPLY][0].facts == Facts(0, 0, pytest.approx(0, abs=1e-9))
    assert found[Step.RENEW] == []


def test_a_standing_is_the_last_place_before_the_question() -> None:
    places = {
        (FIRST, BEA): [
            (NOON - timedelta(days=2), 200),
            (NOON - timedelta(days=1), 1),
            (NOON + timedelta(days=1), 200),
        ]
    }
    found = outcomes_in(
        [followed("reply", True), followed("reply", True, campaign=SECOND, days=1)], places
    )
    assert [each.facts.standing for each in found[Step.REPLY]] == [1, 0]


def test_pay_is_what_is_offered_beside_what_is_usual() -> None:
    found = outcomes_in(
        [followed("offer", True, fee=800, usual=400), followed("offer", True, fee=None, usual=9)],
        {},
    )
    assert [each.facts.pay for each in found[Step.OFFER]] == [1, 0]
