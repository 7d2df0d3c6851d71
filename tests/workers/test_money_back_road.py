"""Money that comes late, comes back, or is taken back, between the product and the sandbox."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.funding import service as funding
from marketplace.funding.models import (
    Chargeback,
    ChargebackAnswer,
    FraudWarning,
    Funding,
    Refund,
)
from marketplace.funding.rules import (
    AnswerState,
    ChargebackState,
    FundingState,
    RefundState,
    WarningState,
)
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.ledger.rules import Code
from marketplace.notifications.models import Notification
from marketplace.reconciliation import checks
from marketplace.reconciliation import queries as reconciliation
from tests.workers.conftest import Skip, World
from tests.workers.road import Road, make_road, usd
from workers import chargebacks as chargeback_jobs
from workers import funding as funding_jobs
from workers import processor as processor_jobs

DISPUTED = "4000000000000259"
FIVE_DAYS = timedelta(days=5)


@pytest.fixture
def road(world: World, session: Session, acme: Brand, alice: Actor, bea: Actor) -> Road:
    return make_road(world, acme, alice, bea)


def order_debit(road: Road, bank: str) -> Funding:
    asked = road.ask_for_money()
    assert asked.checkout_url is not None
    assert road.world.sandbox.order_debit(asked.checkout_url, bank=bank).status_code == 303
    hear(road)
    return asked


def pay(road: Road, card: str) -> Funding:
    asked = road.ask_for_money()
    assert asked.checkout_url is not None
    assert road.world.sandbox.pay(asked.checkout_url, card=card).status_code == 303
    hear(road)
    look(road)  # what became of a charge may be told before we know the charge
    return asked


def hear(road: Road, *, again: bool = False) -> None:
    """Every webhook, and all that follows."""
    road.world.webhooks(again=again)
    road.world.drain(mail=True)
    road.session.expire_all()


def look(road: Road) -> None:
    """What the clock does, without any webhook."""
    road.world.sweep(funding_jobs.ring_open_money_in)
    road.world.drain(mail=True)
    road.world.sweep(chargeback_jobs.look_for_chargebacks)
    road.world.drain(mail=True)
    road.session.expire_all()


def told(road: Road) -> list[str]:
    return list(road.session.scalars(select(Notification.kind).order_by(Notification.id)))


def agrees(road: Road) -> None:
    """Every line is paired and nothing is broken; what a loss costs us is only told."""
    road.reconcile()
    assert [found.detail for found in reconciliation.open_breaks(road.session)] == []
    assert reconciliation.unpaired_lines(road.session) == []
    assert reconciliation.unpaired_entries(road.session) == []
    broken = [each for each in checks.run_all(road.session) if each.broken]
    assert [(each.name, each.findings) for each in broken] == []


def the_chargeback(road: Road) -> Chargeback:
    return road.session.scalars(select(Chargeback)).one()


def test_a_bank_debit_is_credited_when_it_clears_and_not_before(road: Road, skip: Skip) -> None:
    asked = order_debit(road, "000123456789")
    assert (asked.state, asked.method) == (FundingState.CLEARING, "us_bank_account")
    assert road.entries() == 0

    skip(FIVE_DAYS)
    look(road)

    assert asked.state is FundingState.PAID
    assert road.balance(Code.CAMPAIGN_FUNDS, road.campaign.id) == usd(100_000)
    assert road.balance(Code.PROCESSOR_FEES) == usd(500)
    hear(road)
    agrees(road)


def test_a_bank_debit_that_is_refused_credits_nothing_and_says_so(road: Road, skip: Skip) -> None:
    asked = order_debit(road, "000222222227")
    skip(FIVE_DAYS)
    look(road)

    assert (asked.state, asked.problem) == (
        FundingState.FAILED,
        "The bank debit did not come through. The account did not hold enough money.",
    )
    assert road.entries() == 0
    assert "funding_failed" in told(road)


def test_a_bank_debit_that_is_taken_back_is_a_lost_chargeback(road: Road, skip: Skip) -> None:
    order_debit(road, "000555555559")
    skip(FIVE_DAYS)
    look(road)  # it clears and is taken back in one
    look(road)

    found = the_chargeback(road)
    assert (found.state, found.owed) == (ChargebackState.LOST, usd(0))
    assert road.balance(Code.CAMPAIGN_FUNDS, road.campaign.id) == usd(0)
    assert road.balance(Code.CHARGEBACK_FEES) == usd(1_500)
    hear(road)
    agrees(road)


def test_a_chargeback_is_answered_won_and_leaves_no_trace(
    road: Road, skip: Skip, stella: Actor
) -> None:
    pay(road, DISPUTED)
    found = the_chargeback(road)
    assert (found.state, found.frozen) == (ChargebackState.NEEDS_RESPONSE, usd(100_000))
    agrees(road)

    funding.submit_evidence(
        road.session,
        actor=stella,
        chargeback_id=found.id,
        texts={"uncategorized_text": "winning_evidence"},
        now=utc_now(),
    )
    road.world.drain(mail=True)
    road.session.expire_all()

    answer = road.session.scalars(select(ChargebackAnswer)).one()
    assert answer.state is AnswerState.SENT
    assert the_chargeback(road).state is ChargebackState.WON
    assert road.balance(Code.CAMPAIGN_FUNDS, road.campaign.id) == usd(100_000)
    hear(road)
    agrees(road)
    assert {"chargeback_needs_response", "chargeback_won"} <= set(told(road))


def test_evidence_whose_answer_was_lost_is_sent_once(road: Road, skip: Skip, stella: Actor) -> None:
    pay(road, DISPUTED)
    found = the_chargeback(road)
    path = f"/v1/disputes/{found.stripe_dispute_id}"
    road.world.script(path=path, method="POST", drop="after")
    funding.submit_evidence(
        road.session,
        actor=stella,
        chargeback_id=found.id,
        texts={"uncategorized_text": "They agreed."},
        now=utc_now(),
    )
    road.world.drain()
    skip(timedelta(minutes=5))
    road.world.sweep(processor_jobs.ring_due_calls)
    road.world.drain()
    road.session.expire_all()

    assert road.session.scalars(select(ChargebackAnswer)).one().state is AnswerState.SENT
    dispute = road.world.sandbox.client().v1.disputes.retrieve(found.stripe_dispute_id)
    assert dispute.evidence_details.submission_count == 1
    assert the_chargeback(road).state is ChargebackState.IN_REVIEW


def test_a_loss_that_staff_accept_is_booked(road: Road, skip: Skip, stella: Actor) -> None:
    pay(road, DISPUTED)
    funding.accept_loss(
        road.session, actor=stella, chargeback_id=the_chargeback(road).id, now=utc_now()
    )
    road.world.drain()
    road.session.expire_all()

    assert the_chargeback(road).state is ChargebackState.LOST
    hear(road)
    agrees(road)


def test_an_inquiry_ends_without_a_movement(road: Road, skip: Skip) -> None:
    pay(road, "4000000000001976")
    found = the_chargeback(road)
    assert (found.state, found.frozen) == (ChargebackState.INQUIRY, usd(100_000))

    road.world.sandbox.bank("dispute", found.stripe_dispute_id, "close_inquiry")
    hear(road)

    assert the_chargeback(road).state is ChargebackState.CLOSED
    assert road.balance(Code.CAMPAIGN_FUNDS, road.campaign.id) == usd(100_000)
    agrees(road)


def test_a_fraud_warning_freezes_and_becomes_a_chargeback(road: Road, skip: Skip) -> None:
    pay(road, "4000000000005423")
    warned = road.session.scalars(select(FraudWarning)).one()
    assert (warned.state, warned.frozen) == (WarningState.OPEN, usd(100_000))

    charge = road.world.sandbox.store.newest("charge", limit=1)[0]
    road.world.sandbox.bank("charge", charge["id"], "dispute")
    hear(road)

    assert road.session.scalars(select(FraudWarning)).one().state is WarningState.OVER
    assert the_chargeback(road).frozen == usd(100_000)
    agrees(road)


def test_a_chargeback_whose_webhooks_were_all_lost_is_found(road: Road, skip: Skip) -> None:
    asked = road.fund()
    charge = road.world.sandbox.store.newest("charge", limit=1)[0]
    road.world.sandbox.bank("charge", charge["id"], "dispute")

    look(road)

    assert the_chargeback(road).brand_id == asked.brand_id
    agrees(road)


def test_all_webhooks_told_again_in_reverse_write_no_entry(
    road: Road, skip: Skip, stella: Actor
) -> None:
    pay(road, DISPUTED)
    found = the_chargeback(road)
    road.world.sandbox.bank("dispute", found.stripe_dispute_id, "win_with_fee")
    hear(road)
    entries = road.entries()

    for event in road.world.sandbox.store.newest("event"):
        road.world.hook({**event, "id": f"evt_{uuid4().hex}"})
    road.world.drain()
    hear(road, again=True)

    assert road.entries() == entries
    assert road.balance(Code.CHARGEBACK_FEES) == usd(0)
    agrees(road)


def test_a_webhook_about_a_chargeback_that_is_not_ours_changes_nothing(
    road: Road, skip: Skip
) -> None:
    client = road.world.sandbox.client()
    foreign = client.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "success_url": "http://localhost/x",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": "usd",
                        "unit_amount": 5_000,
                        "product_data": {"name": "Somebody else's"},
                    },
                }
            ],
        }
    )
    assert foreign.url is not None
    road.world.sandbox.pay(foreign.url, card=DISPUTED)
    hear(road)
    look(road)

    assert road.session.scalars(select(Chargeback)).all() == []
    assert road.entries() == 0


def take_back(road: Road, minor: int) -> Refund:
    (asked,) = funding.take_back(
        road.session,
        actor=road.owner,
        campaign_id=road.campaign.id,
        budget=usd(minor),
        asked_as=uuid4(),
        now=utc_now(),
    )
    road.world.drain()
    road.session.expire_all()
    return asked


def test_a_refund_that_pends_is_booked_when_the_money_left_and_ends_later(
    road: Road, skip: Skip
) -> None:
    pay(road, "4000000000007726")
    asked = take_back(road, 20_000)
    assert (asked.state, asked.left_at is not None) == (RefundState.ASKED, True)
    agrees(road)

    skip(timedelta(days=2))
    look(road)

    assert asked.state is RefundState.PAID
    agrees(road)


def test_a_refund_that_pends_and_fails_is_in_the_wallet(
    road: Road, skip: Skip, acme: Brand
) -> None:
    pay(road, "4000000000007726")
    asked = take_back(road, 20_000)
    assert asked.stripe_refund_id is not None
    road.world.sandbox.bank("refund", asked.stripe_refund_id, "fail")
    hear(road)

    assert asked.state is RefundState.FAILED
    assert road.balance(Code.BRAND_FUNDS, acme.id) == usd(22_000)
    agrees(road)
    assert "refund_failed" in told(road)


def test_a_refund_that_comes_back_after_it_was_paid_is_in_the_wallet(
    road: Road, skip: Skip, acme: Brand
) -> None:
    pay(road, "4000000000005126")
    asked = take_back(road, 20_000)
    assert asked.state is RefundState.PAID
    skip(timedelta(days=2))
    road.reconcile()  # its reading lets the sandbox's time pass
    hear(road)

    assert asked.state is RefundState.CAME_BACK
    assert road.balance(Code.BRAND_FUNDS, acme.id) == usd(22_000)
    agrees(road)
    assert "refund_came_back" in told(road)
