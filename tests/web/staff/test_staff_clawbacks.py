"""Pages of money that comes back from creators: take back a fee, settle a clawback, reverse."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.deliverables.models import Deliverable
from marketplace.kernel.actor import Actor
from marketplace.kernel.ids import new_id
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import JournalEntry
from marketplace.ledger.rules import Code, events
from marketplace.payouts.models import ClawbackCase, PayoutReversal
from marketplace.payouts.rules import ReversalState
from marketplace.processor.models import ProcessorCall
from marketplace.processor.rules import CallKind
from marketplace.treasury import service as treasury
from marketplace.treasury.models import FinanceRequest
from marketplace.treasury.rules.requests import RequestKind, RequestState
from tests.conftest import NOON
from tests.factories.ledger import usd
from tests.factories.money import make_case
from tests.web.staff.conftest import Road

REASON = "The post was deleted after a day"


@pytest.fixture
def work(session: Session, road: Road) -> Deliverable:
    """What 380.00 were sent to Bea for."""
    return session.scalars(select(Deliverable)).one()


@pytest.fixture
def case(session: Session, work: Deliverable) -> ClawbackCase:
    made = make_case(session, deliverable_id=work.id, amount=usd(10_000))
    session.commit()
    return made


def entries(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(JournalEntry)) or 0


def owed(session: Session, creator_id: UUID) -> int:
    ref = events.owed_by_creator(creator_id)
    return ledger.balance_of(session, ref, currency="USD").minor


def reversals(session: Session) -> list[PayoutReversal]:
    session.expire_all()
    return list(session.scalars(select(PayoutReversal)))


# A fee that was paid


def test_a_paid_fee_is_asked_back_and_another_person_decides(
    staff: FlaskClient, session: Session, work: Deliverable, theo: Actor
) -> None:
    page = f"/staff/deliverables/{work.id}/take-back"
    shown = staff.get(page).text
    assert "Take back from Bea" in shown
    assert "at most $380.00" in shown
    before = entries(session)

    answer = staff.post(page, data={"amount": "100.00", "reason": REASON})

    (asked,) = session.scalars(select(FinanceRequest)).all()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/staff/requests/{asked.id}")
    assert (asked.kind, asked.state) == (RequestKind.CLAWBACK, RequestState.ASKED)
    assert entries(session) == before
    assert "No clawback" in staff.get("/staff/clawbacks").text
    assert staff.post(page, data={"amount": "1.00", "reason": REASON}).status_code == 409

    treasury.approve(session, actor=theo, request_id=asked.id, now=NOON)
    session.commit()

    assert owed(session, work.creator_id) == 10_000
    listed = staff.get("/staff/clawbacks").text
    assert REASON in listed
    assert "$100.00" in listed


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"amount": "380.01", "reason": REASON}, "At most $380.00 was sent for it"),
        ({"amount": "0", "reason": REASON}, "amount"),
        ({"amount": "1.234", "reason": REASON}, "amount"),
        ({"amount": "-5", "reason": REASON}, "amount"),
        ({"amount": "100.00", "reason": ""}, "Say why."),
        ({"amount": "", "reason": REASON}, "Enter an amount."),
    ],
)
def test_what_cannot_be_asked_back_is_told_at_its_field_and_asks_nobody(
    staff: FlaskClient, session: Session, work: Deliverable, form: dict[str, str], words: str
) -> None:
    answer = staff.post(f"/staff/deliverables/{work.id}/take-back", data=form)

    assert answer.status_code == 422
    assert words in answer.text
    assert session.scalars(select(FinanceRequest)).all() == []


def test_work_that_earned_nothing_has_nothing_to_take_back(staff: FlaskClient, road: Road) -> None:
    assert staff.get(f"/staff/deliverables/{new_id()}/take-back").status_code == 404


# A clawback


def test_a_clawback_says_why_and_that_it_waits_for_later_earnings(
    staff: FlaskClient, case: ClawbackCase
) -> None:
    page = staff.get(f"/staff/clawbacks/{case.id}").text

    assert "$100.00 back from Bea" in page
    assert REASON in page
    assert "Nothing yet. It is kept back from what Bea earns next" in page
    assert "Take it out of the payout of $380.00" in page


def test_a_clawback_is_taken_out_of_a_payout(
    staff: FlaskClient, session: Session, road: Road, case: ClawbackCase
) -> None:
    page = f"/staff/clawbacks/{case.id}"
    form = {"how": str(road.payout.id), "amount": "60.00", "reason": "Agreed with Bea."}

    assert staff.post(page, data=form).headers["Location"] == page

    (made,) = reversals(session)
    assert (made.case_id, made.amount, made.state) == (
        case.id,
        usd(6_000),
        ReversalState.REQUESTED,
    )
    assert session.scalars(
        select(ProcessorCall.subject_id).where(ProcessorCall.kind == CallKind.REVERSAL)
    ).all() == [made.id]
    assert "A payout is being taken back for it now." in staff.get(page).text
    too_much = staff.post(page, data={**form, "amount": "40.01"})
    assert too_much.status_code == 409
    assert "Less than that is left of this clawback" in too_much.text
    assert len(reversals(session)) == 1


def test_a_clawback_is_forgiven_by_a_request_of_its_own(
    staff: FlaskClient, session: Session, case: ClawbackCase
) -> None:
    form = {"how": "forgive", "amount": "100.00", "reason": "Bea is ill."}
    before = entries(session)

    answer = staff.post(f"/staff/clawbacks/{case.id}", data=form)

    (asked,) = session.scalars(select(FinanceRequest)).all()
    assert answer.headers["Location"] == f"/staff/requests/{asked.id}"
    assert asked.kind is RequestKind.FORGIVE_CLAWBACK
    assert (entries(session), owed(session, case.creator_id)) == (before, 10_000)


def test_a_way_that_is_not_offered_settles_nothing(
    staff: FlaskClient, session: Session, case: ClawbackCase
) -> None:
    form = {"how": str(new_id()), "amount": "10.00", "reason": "Agreed."}

    assert staff.post(f"/staff/clawbacks/{case.id}", data=form).status_code == 422
    assert reversals(session) == []
    assert session.scalars(select(FinanceRequest)).all() == []


# A payout


def test_a_payout_is_taken_back_in_part_and_its_page_says_so(
    staff: FlaskClient, session: Session, road: Road
) -> None:
    page = f"/staff/payouts/{road.payout.id}/reverse"
    assert "Take back a payout of $380.00" in staff.get(page).text

    answer = staff.post(page, data={"amount": "80.00", "reason": "Wrong account."})

    assert answer.headers["Location"] == f"/staff/payouts/{road.payout.id}"
    (made,) = reversals(session)
    assert (made.case_id, made.amount, made.reason) == (None, usd(8_000), "Wrong account.")
    shown = staff.get(page).text
    assert "Wrong account." in shown
    assert "$80.00" in shown
    too_much = staff.post(page, data={"amount": "300.01", "reason": "Again."})
    assert too_much.status_code == 422
    assert "At most $300.00 can be taken back of it." in too_much.text
    assert len(reversals(session)) == 1


def test_a_payout_that_was_not_sent_cannot_be_taken_back(
    staff: FlaskClient, session: Session, reserved: Road
) -> None:
    form = {"amount": "80.00", "reason": "Wrong account."}

    answer = staff.post(f"/staff/payouts/{reserved.payout.id}/reverse", data=form)

    assert answer.status_code == 409
    assert "Only a payout that has settled can be taken back" in answer.text
    assert reversals(session) == []
    in_flight = events.payout_in_flight(reserved.payout.id)
    assert ledger.balance_of(session, in_flight, currency="USD") == usd(38_000)
    assert Code.PAYOUT_IN_FLIGHT is in_flight.code
