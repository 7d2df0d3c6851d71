"""Looking back at night."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from marketplace.collaborations.queries import Followed
from marketplace.matching.rules.chances import Facts, Step
from marketplace.metrics.queries import FollowedVideo
from tests.conftest import NOON
from workers.learning import outcomes_in, questions_of

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
    open_for: float = 0.5,
) -> Followed:
    asked = NOON + timedelta(days=days)
    known = asked + timedelta(days=open_for)
    return Followed(step, creator, campaign, asked, known, happened, fee, usual)


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


def test_what_was_still_open_when_the_next_was_asked_is_in_no_record() -> None:
    found = outcomes_in(
        [
            followed("views", True, open_for=90),
            followed("views", True, days=89, open_for=90),
            followed("views", True, days=90, open_for=90),
        ],
        {},
    )
    assert [each.facts.record for each in found[Step.VIEWS]] == [
        0,
        0,
        pytest.approx(0.6931, abs=1e-3),
    ]


def test_outcomes_come_in_the_order_in_which_they_became_known() -> None:
    found = outcomes_in(
        [
            followed("views", True, open_for=90),
            followed("views", False, creator=CAL, days=1, open_for=3),
        ],
        {},
    )
    assert [each.happened for each in found[Step.VIEWS]] == [False, True]


def test_a_video_answers_two_questions_of_the_day_when_it_was_agreed() -> None:
    agreed, read = NOON, NOON + timedelta(days=90)
    videos = [
        FollowedVideo(BEA, FIRST, agreed, read, views, expected=20_000, low=8_000)
        for views in (20_000, 19_999, 8_000, 7_999)
    ]
    places = {(FIRST, BEA): [(NOON - timedelta(days=1), 1)]}

    found = outcomes_in(questions_of(videos), places)

    assert [each.happened for each in found[Step.VIEWS]] == [True, False, False, False]
    assert [each.happened for each in found[Step.VIEWS_LOW]] == [True, True, True, False]
    assert {each.facts for each in found[Step.VIEWS]} == {Facts()}


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
