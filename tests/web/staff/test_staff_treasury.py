"""The platform's own money as staff see it."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.clock import utc_now
from marketplace.ledger.checks import causes_by_currency, cover_by_currency
from marketplace.treasury import service as treasury
from marketplace.treasury.models import BankMove
from tests.web.staff.conftest import Road


def moves(session: Session) -> list[tuple[str, int]]:
    return [(m.direction.value, m.amount_minor) for m in session.scalars(select(BankMove))]


def test_before_any_money_moved_the_page_says_so(staff: FlaskClient) -> None:
    page = staff.get("/staff/treasury").text

    assert "No money has moved yet" in page
    assert "Nothing of ours has gone to our bank" in page


def test_what_is_ours_is_shown_with_its_parts_to_the_cent(
    staff: FlaskClient, road: Road, session: Session
) -> None:
    page = staff.get("/staff/treasury").text

    # 1,100.00 less 32.20 came in, 380.00 went out; 600.00 is the campaign's, 60.00 not earned yet.
    for shown in ("+$687.80", "-$600.00", "-$60.00", "$27.80", "Client money is covered"):
        assert shown in page, shown
    (cover,) = cover_by_currency(session)
    causes = causes_by_currency(session)["USD"]
    assert sum(cause.amount.minor for cause in causes) == (cover.owed - cover.held).minor
    assert [c.words for c in causes] == [
        "Fees of the processor",
        "Our fee, earned",
        "Our fee, taken and not earned yet",
    ]


def test_no_more_than_that_goes_out(staff: FlaskClient, road: Road, session: Session) -> None:
    form = {"amount": "27.81", "currency": "USD"}
    refused = staff.post("/staff/treasury/payouts", data=form)
    assert refused.status_code == 422
    assert "At most $27.80 is ours" in refused.text
    assert moves(session) == []

    taken = staff.post("/staff/treasury/payouts", data=form | {"amount": "27.80"})
    assert (taken.status_code, taken.location) == (303, "/staff/treasury")
    assert moves(session) == [("to_bank", 2_780)]
    again = staff.post("/staff/treasury/payouts", data=form | {"amount": "0.01"})
    assert "Nothing of what is there in USD is ours now" in again.text
    assert "Payout to our bank" in staff.get("/staff/treasury").text


@pytest.mark.parametrize("amount", ["", "0", "1,000", "-5", "1e3"])
def test_an_amount_that_is_none_is_told_and_moves_nothing(
    staff: FlaskClient, road: Road, session: Session, amount: str
) -> None:
    for door in ("payouts", "top-ups"):
        form = {"amount": amount, "currency": "USD"}
        assert staff.post(f"/staff/treasury/{door}", data=form).status_code == 422

    assert moves(session) == []


def test_a_top_up_is_asked_for(staff: FlaskClient, session: Session) -> None:
    form = {"amount": "500.00", "currency": "USD"}

    assert staff.post("/staff/treasury/top-ups", data=form).status_code == 303

    assert moves(session) == [("from_bank", 50_000)]


def test_payouts_by_themselves_are_an_alarm(staff: FlaskClient, session: Session) -> None:
    treasury.record_schedule(session, interval="daily", now=utc_now())
    session.commit()
    assert "takes client money along" in staff.get("/staff/treasury").text

    treasury.record_schedule(session, interval="manual", now=utc_now())
    session.commit()
    assert "takes client money along" not in staff.get("/staff/treasury").text
