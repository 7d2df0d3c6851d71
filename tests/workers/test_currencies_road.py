"""The whole road of the money in currencies with two, none and three decimals, and across two."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.funding import service as funding
from marketplace.funding.models import Charge
from marketplace.funding.rules import RefundState
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money
from marketplace.ledger.rules import Code
from marketplace.payouts.rules import PayoutState
from marketplace.reconciliation import checks, queries
from tests.workers.conftest import Skip, World
from tests.workers.road import FEE, NET, Road, change_at, make_road
from workers import payouts as payout_jobs

HOLD = timedelta(days=8)
BUDGET = 100_000


@pytest.mark.parametrize(("currency", "card_fee"), [("USD", 3_220), ("JPY", 3_220), ("KWD", 3_220)])
def test_money_goes_all_the_way_in_a_currency_of_any_decimals(
    world: World, acme: Brand, alice: Actor, bea: Actor, skip: Skip, currency: str, card_fee: int
) -> None:
    road = make_road(world, acme, alice, bea, budget=Money(BUDGET, currency))
    nothing = road.money(0)

    road.fund(BUDGET)
    assert road.balance(Code.CAMPAIGN_FUNDS, road.campaign.id) == road.money(BUDGET)
    assert road.balance(Code.FEE_UNEARNED, road.campaign.id) == road.money(10_000)
    assert road.balance(Code.PROCESSOR_BALANCE) == road.money(110_000 - card_fee)

    work = road.agree()
    assert road.balance(Code.COMMITTED, work.collaboration_id) == road.money(FEE)
    road.accept(work)
    assert road.sums() == [road.money(NET), nothing, nothing, nothing]
    assert road.balance(Code.FEE_EARNED) == road.money(6_000)

    skip(HOLD)
    road.release()
    account = road.open_account()
    road.finish_account(account)
    road.world.webhooks()
    road.world.drain()
    road.world.sweep(payout_jobs.pay_everybody)
    road.world.drain()

    assert road.sums() == [nothing, nothing, nothing, road.money(NET)]
    assert road.payout().state is PayoutState.SETTLED
    assert road.banked(account) == {currency.lower(): NET}
    road.assert_all_agrees()


@pytest.mark.parametrize("minor", [100_001, 100_009])
def test_dinars_that_no_card_carries_are_refused_before_anything_is_asked(
    world: World, acme: Brand, alice: Actor, bea: Actor, session: Session, minor: int
) -> None:
    road = make_road(world, acme, alice, bea, budget=Money(BUDGET, "KWD"))

    with pytest.raises(InvalidInput) as refusal:
        road.ask_for_money(minor)

    assert refusal.value.problems == {
        "budget": "Amounts in KWD end in 0: cards carry no finer ones."
    }
    assert world.sandbox.store.newest("checkout.session") == []


def test_money_in_another_currency_than_the_campaigns_is_refused(
    world: World, acme: Brand, alice: Actor, bea: Actor
) -> None:
    road = make_road(world, acme, alice, bea)

    with pytest.raises(InvalidInput) as refusal:
        funding.request_funding(
            road.session,
            actor=alice,
            campaign_id=road.campaign.id,
            budget=Money(BUDGET, "EUR"),
            return_base="http://localhost",
            now=utc_now(),
        )

    assert refusal.value.problems == {"budget": "This campaign’s money is in USD."}


def charge_at(road: Road, rate: str) -> Charge:
    """The charge of a budget in euros."""
    change_at(road, rate)
    asked = road.fund(BUDGET)
    return road.session.scalars(select(Charge).where(Charge.funding_id == asked.id)).one()


def test_euros_that_arrive_as_dollars_are_the_brands_euros_and_our_dollars(
    world: World, acme: Brand, alice: Actor, bea: Actor
) -> None:
    road = make_road(world, acme, alice, bea, budget=Money(BUDGET, "EUR"))

    charge = charge_at(road, "1.0847")

    # 1,100.00 EUR at 1.0847 are 1,193.17 USD; of these 2.9 % and 0.30 stay with the processor.
    assert charge.amount == Money(110_000, "EUR")
    assert charge.settled == Money(119_317, "USD")
    assert charge.processor_fee == Money(3_490, "USD")
    assert charge.exchange_rate == "1.0847"
    assert road.balance(Code.CAMPAIGN_FUNDS, road.campaign.id) == Money(100_000, "EUR")
    assert road.balance(Code.FEE_UNEARNED, road.campaign.id) == Money(10_000, "EUR")
    assert road.balance(Code.EXCHANGE_CLEARING) == Money(-110_000, "EUR")
    assert road.balance(Code.EXCHANGE_CLEARING, currency="USD") == Money(119_317, "USD")
    assert road.balance(Code.PROCESSOR_BALANCE) == Money(0, "EUR")
    assert road.balance(Code.PROCESSOR_BALANCE, currency="USD") == Money(115_827, "USD")
    assert road.balance(Code.PROCESSOR_FEES, currency="USD") == Money(3_490, "USD")


def test_the_line_in_dollars_is_paired_and_cover_says_that_no_euros_are_held(
    world: World, acme: Brand, alice: Actor, bea: Actor
) -> None:
    road = make_road(world, acme, alice, bea, budget=Money(BUDGET, "EUR"))
    charge_at(road, "1.0847")
    entries = road.entries()
    road.world.webhooks(again=True)
    road.world.drain()

    road.reconcile()

    assert road.entries() == entries
    assert queries.unpaired_lines(road.session) == []
    assert queries.unpaired_entries(road.session) == []
    assert queries.open_breaks(road.session) == []
    found = [(r.name, r.findings) for r in checks.run_all(road.session) if not r.passed]
    assert [name for name, _ in found] == ["I4"]
    ((_, (finding,)),) = found
    assert finding.text == (
        "The platform must add cash: EUR 1,000.00. Of what was paid in, EUR 1,100.00 arrived in"
        " another currency and is held in that: it covers this at today’s rate only."
    )


def test_a_refund_goes_back_in_euros_and_costs_what_they_cost_that_day(
    world: World, acme: Brand, alice: Actor, bea: Actor
) -> None:
    road = make_road(world, acme, alice, bea, budget=Money(BUDGET, "EUR"))
    charge = charge_at(road, "1.0847")
    change_at(road, "1.1000")

    (asked,) = funding.take_back(
        road.session,
        actor=alice,
        campaign_id=road.campaign.id,
        budget=Money(25_000, "EUR"),
        asked_as=uuid4(),
        now=utc_now(),
    )
    world.drain()
    world.webhooks(again=True)
    world.drain()
    road.session.expire_all()

    # 275.00 EUR at 1.10 are 302.50 USD; 298.29 USD had arrived for them.
    assert asked.state is RefundState.PAID
    assert charge.refunded_minor == 27_500
    assert road.balance(Code.PROCESSOR_BALANCE, currency="USD") == Money(115_827 - 30_250, "USD")
    assert road.balance(Code.EXCHANGE_RESULT, currency="USD") == Money(421, "USD")
    assert road.balance(Code.EXCHANGE_CLEARING) == Money(-82_500, "EUR")
    road.reconcile()
    assert queries.unpaired_lines(road.session) == []
    assert queries.unpaired_entries(road.session) == []
    assert queries.open_breaks(road.session) == []


def test_a_refund_in_euros_that_came_back_pairs_at_the_rate_of_that_day(
    world: World, acme: Brand, alice: Actor, bea: Actor
) -> None:
    road = make_road(world, acme, alice, bea, budget=Money(BUDGET, "EUR"))
    charge_at(road, "1.0847")
    (asked,) = funding.take_back(
        road.session,
        actor=alice,
        campaign_id=road.campaign.id,
        budget=Money(25_000, "EUR"),
        asked_as=uuid4(),
        now=utc_now(),
    )
    world.drain()
    road.session.expire_all()
    assert asked.stripe_refund_id is not None
    change_at(road, "1.0600")
    world.sandbox.bank("refund", asked.stripe_refund_id, "fail")
    world.webhooks(again=True)
    world.drain()
    road.session.expire_all()

    # 275.00 EUR at 1.06 are 291.50 USD: 6.79 less than what left.
    assert asked.state is RefundState.CAME_BACK
    assert road.balance(Code.EXCHANGE_RESULT, currency="USD") == Money(679, "USD")
    assert road.balance(Code.BRAND_FUNDS, acme.id) == Money(27_500, "EUR")
    road.reconcile()
    assert queries.unpaired_lines(road.session) == []
    assert queries.unpaired_entries(road.session) == []
    assert queries.open_breaks(road.session) == []
