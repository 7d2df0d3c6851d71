"""Money that comes late, comes back, or is taken back, between the product and the sandbox."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.funding import service as funding
from marketplace.funding.models import (
    Funding,
    Refund,
)
from marketplace.funding.rules import (
    ChargebackState,
    FundingState,
    RefundState,
)
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.ledger.rules import Code
from tests.workers.conftest import Skip, World
from tests.workers.hearing import agrees, hear, look, pay, the_chargeback, told
from tests.workers.road import Road, make_road, usd

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
