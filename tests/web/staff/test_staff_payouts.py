"""Creators' money as finance staff see it."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.kernel.actor import Actor
from marketplace.processor import queries as calls
from marketplace.processor.ports import Answer
from marketplace.processor.rules import CallKind, Outcome
from tests.conftest import NOON
from tests.factories.money import (
    HOLD_OVER,
    answer,
    ask_for_money,
    make_accepted,
    make_earning,
    make_payout,
    make_payout_account,
    send_payout,
)
from tests.web.staff.conftest import SENT, Road


def test_without_payouts_the_page_says_when_one_starts(staff: FlaskClient) -> None:
    assert "A payout starts when a fee’s hold window is over" in staff.get("/staff/payouts").text
    assert "Nothing earned yet" in staff.get("/staff/earnings").text
    assert "No call waits" in staff.get("/staff/calls").text


def test_a_payout_shows_every_attempt_and_its_entries(
    staff: FlaskClient, session: Session, reserved: Road
) -> None:
    send_payout(session, reserved.payout, Answer(Outcome.NOT_RUN, code="rate_limit"))
    call = calls.call_for(session, kind=CallKind.TRANSFER, subject_id=reserved.payout.id)
    assert call is not None
    call.next_try_at = HOLD_OVER
    session.flush()
    send_payout(session, reserved.payout, SENT)

    page = staff.get(f"/staff/payouts/{reserved.payout.id}").text
    assert "Payout of $380.00 to Bea" in page
    assert page.count(f"{call.id}.0") == 2
    for word in ("Not run", "rate_limit", "Done", "req_1", "tr_1"):
        assert word in page, word
    assert "Payout reserve" in page
    assert "Payout settle" in page
    assert "2060 Payout in flight" in page


@pytest.mark.parametrize(
    ("state", "shown"), [("", True), ("settled", True), ("reserved", False), ("nonsense", True)]
)
def test_payouts_are_listed_by_state(
    staff: FlaskClient, road: Road, state: str, shown: bool
) -> None:
    page = staff.get(f"/staff/payouts?state={state}").text
    assert (f"/staff/payouts/{road.payout.id}" in page) is shown


@pytest.mark.parametrize(("state", "shown"), [("", True), ("paid", True), ("pending", False)])
def test_fees_are_listed_by_state_with_where_they_are(
    staff: FlaskClient, road: Road, state: str, shown: bool
) -> None:
    page = staff.get(f"/staff/earnings?state={state}").text
    assert ("in the creator’s payout account" in page) is shown
    assert ("$400.00" in page) is shown
    assert ("$380.00" in page) is shown


def test_an_unclear_answer_is_said_not_to_be_sent_twice(
    staff: FlaskClient, session: Session, reserved: Road
) -> None:
    send_payout(session, reserved.payout, Answer(Outcome.UNKNOWN))
    assert "nothing is sent twice" in staff.get("/staff/earnings").text
    assert "Answer unknown" in staff.get("/staff/payouts").text
    assert f"/staff/payouts/{reserved.payout.id}" in staff.get("/staff/calls").text


def test_a_call_that_is_no_transfer_has_its_own_page(
    staff: FlaskClient, session: Session, reserved: Road, alice: Actor
) -> None:
    campaign: Campaign = reserved.campaign
    asked = ask_for_money(session, campaign, by=alice)
    call = calls.call_for(session, kind=CallKind.CHECKOUT, subject_id=asked.id)
    assert call is not None
    answer(session, call, Answer(Outcome.MISUSED, code="idempotency_error"), now=HOLD_OVER)
    assert f"/staff/calls/{call.id}" in staff.get("/staff/calls").text
    page = staff.get(f"/staff/calls/{call.id}").text
    assert "Call for a payment page" in page
    assert "idempotency_error" in page


def test_a_transfer_is_shown_with_its_payout(
    staff: FlaskClient, session: Session, road: Road
) -> None:
    call = calls.call_for(session, kind=CallKind.TRANSFER, subject_id=road.payout.id)
    assert call is not None
    moved = staff.get(f"/staff/calls/{call.id}")
    assert (moved.status_code, moved.location) == (302, f"/staff/payouts/{road.payout.id}")


def test_a_state_that_there_is_not_is_told(staff: FlaskClient) -> None:
    for path in ("/staff/payouts", "/staff/earnings"):
        assert "no state called “lost”, so all are shown." in staff.get(f"{path}?state=lost").text


def test_payouts_are_sorted_by_the_heads_of_the_table(
    staff: FlaskClient, session: Session, road: Road, alice: Actor, carl: Actor
) -> None:
    owed = make_accepted(
        session, road.campaign, by=alice, creator=carl, video_id="7345678901234567891"
    )
    make_earning(session, owed)
    make_payout_account(session, carl, account_id="acct_carl")
    earlier = make_payout(session, carl)
    earlier.reserved_at = NOON
    session.flush()

    def order(query: str) -> list[str]:
        page = staff.get(f"/staff/payouts?{query}").text
        return sorted(("Bea", "Carl"), key=lambda name: page.index(f">{name}</td>"))

    assert order("") == ["Bea", "Carl"]
    assert order("sort=started&dir=asc") == ["Carl", "Bea"]
    assert order("sort=started&dir=desc") == ["Bea", "Carl"]
    assert order("sort=nonsense&dir=asc") == ["Bea", "Carl"]
    assert 'aria-sort="ascending"' in staff.get("/staff/payouts?sort=amount").text


@pytest.mark.parametrize(
    ("reply", "words", "raw"),
    [
        (
            Answer(Outcome.UNKNOWN, code="APIConnectionError", text="('Connection aborted.',)"),
            "The connection broke before an answer came: it may have happened.",
            "APIConnectionError: (&#39;Connection aborted.&#39;,)",
        ),
        (
            Answer(Outcome.NOT_RUN, code="rate_limit", text="Request rate limit exceeded."),
            "It gets too many calls at once: nothing was done.",
            "rate_limit: Request rate limit exceeded.",
        ),
        (
            Answer(Outcome.MISUSED, code="unheard_of", text="A sentence of the processor."),
            "A sentence of the processor.",
            "unheard_of",
        ),
    ],
)
def test_an_answer_is_told_in_our_words_and_to_the_letter_when_asked_for(
    staff: FlaskClient, session: Session, reserved: Road, reply: Answer, words: str, raw: str
) -> None:
    send_payout(session, reserved.payout, reply)
    session.commit()

    page = staff.get(f"/staff/payouts/{reserved.payout.id}").text

    assert f'{words}<details class="more"><summary>To the letter</summary>' in page
    assert f">{raw}</code></details>" in page
