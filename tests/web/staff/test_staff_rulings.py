"""Staff say how a call goes on that waits for them."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.processor.models import ProcessorCall
from marketplace.processor.ports import Answer
from marketplace.processor.rules import CallState, Outcome
from tests.factories.money import send_payout
from tests.web.staff.conftest import Road

MISUSED = Answer(Outcome.MISUSED, code="idempotency_error")
WHY = "The dashboard shows no transfer of this payout."


@pytest.fixture
def stuck(session: Session, reserved: Road) -> ProcessorCall:
    return send_payout(session, reserved.payout, MISUSED)


def test_a_stuck_payout_leads_to_its_ruling(
    staff: FlaskClient, stuck: ProcessorCall, reserved: Road
) -> None:
    door = f"/staff/calls/{stuck.id}/rule"

    assert door in staff.get(f"/staff/payouts/{reserved.payout.id}").text
    page = staff.get(door).text
    for words in ("idempotency_error", "could pay twice", "under a new key"):
        assert words in page, words


def test_looking_again_is_done_at_once(
    staff: FlaskClient, session: Session, stuck: ProcessorCall
) -> None:
    answer = staff.post(f"/staff/calls/{stuck.id}/rule", data={"ruling": "look_up", "reason": WHY})

    assert (answer.status_code, answer.location) == (303, f"/staff/calls/{stuck.id}")
    session.refresh(stuck)
    assert stuck.state is CallState.UNKNOWN
    assert "waits for nobody" in staff.get(f"/staff/calls/{stuck.id}/rule").text


def test_a_new_key_leads_to_a_request_for_a_second_person(
    staff: FlaskClient, session: Session, stuck: ProcessorCall
) -> None:
    answer = staff.post(f"/staff/calls/{stuck.id}/rule", data={"ruling": "new_key", "reason": WHY})

    assert answer.status_code == 303
    page = staff.get(answer.location).text
    assert WHY in page
    assert "another member of staff has to decide" in page
    assert f"/staff/calls/{stuck.id}" in page
    session.refresh(stuck)
    assert stuck.state is CallState.MANUAL


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"reason": WHY}, "Choose how it goes on."),
        ({"ruling": "pay_twice", "reason": WHY}, "Choose one of these"),
        ({"ruling": "new_key", "reason": ""}, "Say why"),
    ],
)
def test_half_a_ruling_is_none(
    staff: FlaskClient, session: Session, stuck: ProcessorCall, data: dict[str, str], words: str
) -> None:
    answer = staff.post(f"/staff/calls/{stuck.id}/rule", data=data)

    assert answer.status_code == 422
    assert words in answer.text
    session.refresh(stuck)
    assert stuck.state is CallState.MANUAL
