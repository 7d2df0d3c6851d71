"""Failed jobs and trying them again; the demo's clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.clock import CLOCK_FILE_VARIABLE, demo_offset
from marketplace.kernel.ids import new_id
from marketplace.store.outbox import OutboxMessage

PAYOUT_ID = "0190c1d8-0000-7000-8000-000000000001"


@pytest.fixture
def failed(session: Session) -> UUID:
    message = OutboxMessage(
        id=new_id(),
        name="PayoutSettled",
        body={"payout_id": PAYOUT_ID},
        relayed_at=datetime(2026, 11, 2, tzinfo=UTC),
        failed_job="payouts.tell_settled",
        failure="There is no such payout",
    )
    session.add(message)
    session.flush()
    return message.id


def messages(session: Session) -> list[tuple[str, dict[str, object], str | None, bool]]:
    session.expire_all()
    rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    return [(row.name, row.body, row.failure, row.relayed_at is not None) for row in rows]


def test_with_no_failed_job_it_says_so(staff: FlaskClient) -> None:
    assert "No job failed" in staff.get("/staff/messages").text


@pytest.mark.usefixtures("failed")
def test_a_failed_job_is_shown_with_its_reason(staff: FlaskClient) -> None:
    page = staff.get("/staff/messages").text
    for shown in ("PayoutSettled", PAYOUT_ID, "payouts.tell_settled", "There is no such payout"):
        assert shown in page, shown


def test_a_retry_posts_the_message_anew_and_only_once(
    staff: FlaskClient, session: Session, failed: UUID
) -> None:
    answer = staff.post(f"/staff/messages/{failed}/retry", follow_redirects=True)
    assert "It is tried again now." in answer.text
    assert "No job failed" in answer.text
    body: dict[str, object] = {"payout_id": PAYOUT_ID}
    both = [("PayoutSettled", body, None, True), ("PayoutSettled", body, None, False)]
    assert messages(session) == both
    assert staff.post(f"/staff/messages/{failed}/retry").status_code == 409
    assert messages(session) == both


def test_a_message_that_is_not_there_cannot_be_retried(staff: FlaskClient) -> None:
    assert staff.post(f"/staff/messages/{new_id()}/retry").status_code == 404


@pytest.fixture
def clock_file(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "clock"
    monkeypatch.setenv(CLOCK_FILE_VARIABLE, str(path))
    before = app.config["DEMO"]
    app.config["DEMO"] = True
    yield path
    app.config["DEMO"] = before


def test_outside_the_demo_there_is_no_clock(staff: FlaskClient, session: Session) -> None:
    assert staff.get("/staff/clock").status_code == 404
    assert staff.post("/staff/clock", data={"days": "3"}).status_code == 404
    assert messages(session) == []
    assert "/staff/clock" not in staff.get("/staff/").text


@pytest.mark.parametrize(
    ("data", "step"),
    [
        ({"step": "hour"}, timedelta(hours=1)),
        ({"step": "day"}, timedelta(days=1)),
        ({"step": "hold"}, timedelta(days=8)),
        ({"step": "month"}, timedelta(days=30)),
        ({"days": "1"}, timedelta(days=1)),
        ({"days": " 400 "}, timedelta(days=400)),
    ],
)
@pytest.mark.usefixtures("clock_file")
def test_time_is_skipped_and_everything_due_is_rung(
    staff: FlaskClient, session: Session, data: dict[str, str], step: timedelta
) -> None:
    answer = staff.post("/staff/clock", data=data)
    assert (answer.status_code, answer.location) == (303, "/staff/clock")
    assert demo_offset() == step
    assert messages(session) == [("ClockMoved", {}, None, False)]


@pytest.mark.usefixtures("clock_file")
def test_skips_add_up_and_the_page_says_how_far_ahead_it_is(staff: FlaskClient) -> None:
    assert "Nothing" in staff.get("/staff/clock").text
    staff.post("/staff/clock", data={"step": "hold"})
    page = staff.post("/staff/clock", data={"step": "hour"}, follow_redirects=True).text
    assert "8 days 1 h" in page
    assert "Everything that came due is looked at" in page
    assert "/staff/clock" in staff.get("/staff/").text


@pytest.mark.parametrize("days", ["", "0", "-1", "401", "1.5", "two", "٣", "9" * 30])
@pytest.mark.usefixtures("clock_file")
def test_days_that_cannot_be_skipped_are_refused_in_plain_words(
    staff: FlaskClient, session: Session, days: str
) -> None:
    answer = staff.post("/staff/clock", data={"days": days})
    assert answer.status_code == 422
    assert "Write a whole number of days, from 1 to 400." in answer.text
    assert demo_offset() == timedelta(0)
    assert messages(session) == []


@pytest.mark.usefixtures("clock_file")
def test_a_button_that_there_is_not_skips_nothing(staff: FlaskClient) -> None:
    assert staff.post("/staff/clock", data={"step": "century"}).status_code == 422
    assert demo_offset() == timedelta(0)
