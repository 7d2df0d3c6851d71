"""Chargebacks and fraud warnings between the product and the sandbox."""

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
)
from marketplace.funding.rules import (
    AnswerState,
    ChargebackState,
    WarningState,
)
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.kernel.money import Money
from marketplace.ledger.rules import Code
from tests.workers.conftest import Skip, World
from tests.workers.hearing import DISPUTED, agrees, hear, look, pay, the_chargeback, told
from tests.workers.road import Road, change_at, make_road, usd
from workers import processor as processor_jobs


@pytest.fixture
def road(world: World, session: Session, acme: Brand, alice: Actor, bea: Actor) -> Road:
    return make_road(world, acme, alice, bea)


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


def test_a_chargeback_that_is_won_in_part_is_booked_by_itself(road: Road, skip: Skip) -> None:
    pay(road, DISPUTED)
    found = the_chargeback(road)
    road.world.sandbox.bank("dispute", found.stripe_dispute_id, "win_part")
    hear(road)
    hear(road, again=True)

    found = the_chargeback(road)
    assert (found.state, found.returned) == (ChargebackState.WON, usd(55_000))
    assert road.balance(Code.CAMPAIGN_FUNDS, road.campaign.id) == usd(45_000)
    assert road.balance(Code.CHARGEBACK_OPEN, found.id) == usd(0)
    agrees(road)
    assert "chargeback_won" in told(road)


def test_a_chargeback_that_is_won_after_it_was_lost_is_booked_by_itself(
    road: Road, skip: Skip
) -> None:
    pay(road, DISPUTED)
    found = the_chargeback(road)
    road.world.sandbox.bank("dispute", found.stripe_dispute_id, "lose")
    hear(road)
    assert the_chargeback(road).state is ChargebackState.LOST
    assert road.balance(Code.CAMPAIGN_FUNDS, road.campaign.id) == usd(0)
    skip(timedelta(days=60))

    road.world.sandbox.bank("dispute", found.stripe_dispute_id, "win_late")
    hear(road)
    hear(road, again=True)

    assert the_chargeback(road).state is ChargebackState.WON
    assert road.balance(Code.CAMPAIGN_FUNDS, road.campaign.id) == usd(100_000)
    assert road.balance(Code.FEE_UNEARNED, road.campaign.id) == usd(10_000)
    agrees(road)
    assert {"chargeback_lost", "chargeback_won"} <= set(told(road))


def test_a_chargeback_in_euros_takes_dollars_and_gives_them_back_at_another_rate(
    world: World, acme: Brand, alice: Actor, bea: Actor, skip: Skip
) -> None:
    road = make_road(world, acme, alice, bea, budget=Money(100_000, "EUR"))
    change_at(road, "1.0847")
    pay(road, DISPUTED)
    found = the_chargeback(road)
    assert (found.amount, found.fee) == (Money(110_000, "EUR"), usd(1_500))
    change_at(road, "1.1000")
    road.world.sandbox.bank("dispute", found.stripe_dispute_id, "win")
    hear(road)

    # 1,193.17 USD left, and 1,210.00 came back for the same 1,100.00 EUR.
    assert the_chargeback(road).state is ChargebackState.WON
    assert road.balance(Code.CAMPAIGN_FUNDS, road.campaign.id) == Money(100_000, "EUR")
    assert road.balance(Code.EXCHANGE_CLEARING) == Money(-110_000, "EUR")
    assert road.balance(Code.EXCHANGE_RESULT, currency="USD") == usd(-1_683)
    agrees(road)
