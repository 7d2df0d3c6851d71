"""What needs staff now."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.funding import service as funding
from marketplace.funding.ports import RefundFacts, RefundStatus
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.processor.ports import Answer
from marketplace.processor.rules import Outcome
from marketplace.store.outbox import OutboxMessage
from tests.conftest import NOON
from tests.factories.campaigns import make_campaign
from tests.factories.ledger import make_brand_funds, usd
from tests.factories.money import pay_in, read_statement, send_payout, statement_line
from tests.web.staff.conftest import Road


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice)


def test_with_nothing_to_do_it_says_so(staff: FlaskClient) -> None:
    page = staff.get("/staff/").text
    assert "Nothing needs you now." in page
    assert "Never" in page
    assert "No money has moved yet." in page


def test_agreeing_books_need_nobody(staff: FlaskClient, session: Session, road: Road) -> None:
    read_statement(
        session,
        statement_line("txn_1", source="ch_1", amount=usd(110_000), fee=3_220),
        statement_line("txn_2", source="tr_1", amount=usd(-38_000), kind="transfer"),
        balances=[usd(68_780)],
    )
    page = staff.get("/staff/").text
    assert "Nothing needs you now." in page
    # Held at the processor, and owed: 600.00 of the campaign.
    assert "$687.80" in page
    assert "$600.00" in page
    assert "$0.00" in page


def test_open_breaks_are_told_by_age_and_amount(
    staff: FlaskClient, session: Session, acme: Brand
) -> None:
    at = utc_now() - timedelta(days=10)
    read_statement(
        session,
        statement_line("txn_1", source="ch_x", amount=usd(5_000)),
        statement_line("txn_2", source="ch_y", amount=usd(-700)),
        balances=[usd(4_300)],
        at=at,
    )
    page = staff.get("/staff/").text
    assert "2 breaks are open" in page
    assert "$57.00 for 6–30 days" in page


def test_missing_cover_is_told_as_cash_to_add(
    staff: FlaskClient, session: Session, campaign: Campaign, alice: Actor
) -> None:
    # The processor keeps 120.00 where the platform fee is 100.00.
    pay_in(session, campaign, by=alice, fee=usd(12_000))
    page = staff.get("/staff/").text
    assert "The platform must add cash: $20.00" in page
    assert "$980.00 is held, $1,000.00 belongs to brands, creators and causes." in page


def test_a_payment_of_another_amount_is_told_with_its_reason(
    staff: FlaskClient, session: Session, campaign: Campaign, alice: Actor
) -> None:
    asked = pay_in(session, campaign, by=alice, charged=usd(999))
    asked.requested_at = utc_now()
    session.flush()
    page = staff.get("/staff/").text
    assert "A payment for “Beans in a minute” went wrong" in page
    assert "$1,100.00" in page
    assert f"/staff/ledger/entries?owner={campaign.id}" in page


def test_a_refund_that_failed_is_told_with_its_reason(
    staff: FlaskClient, session: Session, campaign: Campaign, alice: Actor
) -> None:
    pay_in(session, campaign, by=alice)
    campaigns.close(session, campaign_id=campaign.id, actor=alice, now=NOON)
    (asked,) = funding.refund_unspent(session, actor=alice, campaign_id=campaign.id, now=NOON)
    session.flush()
    reason = "lost_or_stolen_card"
    told = RefundFacts("re_1", RefundStatus.FAILED, left=None, problem=reason)
    funding.record_refund(session, refund_id=asked.id, facts=told, now=utc_now())
    session.flush()
    page = staff.get("/staff/").text
    assert "A refund for “Beans in a minute” failed" in page
    assert "$1,100.00. The card was reported lost or stolen." in page
    assert f"/staff/ledger/entries?owner={asked.id}" in page


@pytest.mark.parametrize(
    ("reply", "title", "detail"),
    [
        (
            Answer(Outcome.UNKNOWN, http_status=500, text="('Connection aborted.',)"),
            "The processor’s answer about a payout is unclear",
            "We keep asking what became of it; nothing is sent twice.",
        ),
        (
            Answer(Outcome.MISUSED, code="idempotency_error", text="('Connection aborted.',)"),
            "A payout waits for a person",
            "It knows this key with other parameters: a mistake of ours.",
        ),
    ],
)
def test_payouts_that_do_not_go_on_lead_to_their_page(
    staff: FlaskClient, session: Session, reserved: Road, reply: Answer, title: str, detail: str
) -> None:
    send_payout(session, reserved.payout, reply)
    page = staff.get("/staff/").text
    assert title in page
    assert detail in page
    assert "Connection aborted" not in page
    assert f"/staff/payouts/{reserved.payout.id}" in page


def test_failed_jobs_are_counted(staff: FlaskClient, session: Session) -> None:
    for _ in range(2):
        session.add(OutboxMessage(id=new_id(), name="BreakOpened", body={}, failure="Boom"))
    session.flush()
    assert "2 jobs failed" in staff.get("/staff/").text


def test_an_invariant_that_reality_broke_is_no_broken_book(
    staff: FlaskClient, session: Session, acme: Brand
) -> None:
    make_brand_funds(session, brand_id=acme.id, amount=usd(1_000))
    read_statement(session, balances=[Money(0, "USD")], at=utc_now())
    page = staff.get("/staff/").text
    assert "invariant does not hold" not in page
    assert "1 break is open" in page
