"""Money in, and unspent money back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.funding import queries
from marketplace.funding import service as funding
from marketplace.funding.models import Charge, Funding, Refund
from marketplace.funding.ports import RefundFacts, RefundStatus
from marketplace.funding.rules import FundingState, RefundState
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from marketplace.kernel.money import Money
from marketplace.ledger.models import JournalEntry
from marketplace.ledger.rules import Code
from marketplace.processor.models import ProcessorCall
from marketplace.processor.rules import CallKind, CallState
from marketplace.store.outbox import OutboxMessage
from tests.conftest import NOON
from tests.factories.campaigns import make_campaign
from tests.factories.collaborations import make_collaboration
from tests.factories.ledger import usd
from tests.services.books import balance, broken
from tests.services.paying_in import ask, facts, pay


def posted(session: Session) -> list[str]:
    session.flush()
    return list(session.scalars(select(OutboxMessage.name).order_by(OutboxMessage.id)))


def test_a_brand_asks_for_money_and_a_checkout_is_planned(
    session: Session, fiona: Actor, campaign: Campaign
) -> None:
    asked = ask(session, fiona, campaign)

    assert (asked.budget, asked.platform_fee, asked.total) == (
        usd(100_000),
        usd(10_000),
        usd(110_000),
    )
    assert asked.state is FundingState.REQUESTED
    call = session.scalars(select(ProcessorCall)).one()
    assert (call.kind, call.subject_id) == (CallKind.CHECKOUT, asked.id)
    assert call.params == {
        "funding_id": str(asked.id),
        "campaign_id": str(campaign.id),
        "amount_minor": 110_000,
        "currency": "USD",
        "description": "Budget and platform fee for “Beans in a minute”",
        "success_url": f"https://fairview.test/brand/fundings/{asked.id}?back=paid",
        "cancel_url": f"https://fairview.test/brand/fundings/{asked.id}?back=cancelled",
    }


def test_a_rival_cannot_fund_a_campaign_it_may_not_see(
    session: Session, mallory: Actor, campaign: Campaign
) -> None:
    with pytest.raises(NotFound):
        ask(session, mallory, campaign)


@pytest.mark.parametrize("who", ["ben", "vic"])
def test_managers_and_viewers_cannot_spend_money(
    session: Session, who: str, campaign: Campaign, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(NotPermitted):
        ask(session, request.getfixturevalue(who), campaign)

    assert session.scalars(select(Funding)).all() == []


def test_too_little_is_refused(session: Session, alice: Actor, campaign: Campaign) -> None:
    with pytest.raises(InvalidInput):
        ask(session, alice, campaign, minor=4_999)


def test_a_closed_campaign_takes_no_money(session: Session, acme: Brand, alice: Actor) -> None:
    closed = make_campaign(session, brand=acme, by=alice, state=CampaignState.CLOSED)

    with pytest.raises(Conflict, match="closed"):
        ask(session, alice, closed)


def test_a_paid_checkout_puts_the_money_into_the_campaign(
    session: Session, alice: Actor, acme: Brand, campaign: Campaign
) -> None:
    asked = ask(session, alice, campaign)

    paid = pay(session, asked)

    assert (paid.state, paid.paid_at) == (FundingState.PAID, NOON + timedelta(minutes=1))
    assert balance(session, Code.PROCESSOR_BALANCE) == usd(106_780)
    assert balance(session, Code.PROCESSOR_FEES) == usd(3_220)
    assert balance(session, Code.BRAND_FUNDS, acme.id) == usd(0)
    assert balance(session, Code.CAMPAIGN_FUNDS, campaign.id) == usd(100_000)
    assert balance(session, Code.FEE_UNEARNED, campaign.id) == usd(10_000)
    keys = session.scalars(select(JournalEntry.idem_key).order_by(JournalEntry.id)).all()
    assert keys == ["fund:ch_1", f"alloc:{asked.id}", f"fee:{campaign.id}:{asked.id}"]
    assert broken(session) == []


def test_the_same_payment_is_booked_once(
    session: Session, alice: Actor, campaign: Campaign
) -> None:
    asked = ask(session, alice, campaign)

    pay(session, asked)
    pay(session, asked)

    assert len(session.scalars(select(Charge)).all()) == 1
    assert len(session.scalars(select(JournalEntry)).all()) == 3
    assert posted(session).count("ChargeSettled") == 1


def test_another_amount_than_asked_for_is_set_aside_and_opens_no_budget(
    session: Session, alice: Actor, campaign: Campaign
) -> None:
    asked = ask(session, alice, campaign)

    for _ in range(2):
        funding.record_paid(
            session, funding_id=asked.id, charge=facts(asked, amount=usd(109_999)), now=NOON
        )

    assert asked.state is FundingState.FAILED
    assert asked.problem.startswith("The amount charged is not the amount asked for.")
    assert balance(session, Code.CAMPAIGN_FUNDS, campaign.id) == usd(0)
    assert balance(session, Code.SUSPENSE) != usd(0)
    assert posted(session).count("FundingFailed") == 1
    assert session.scalars(select(Charge)).all() == []


@pytest.mark.parametrize(
    "other",
    [
        {"amount": Money(110_000, "EUR")},
        {"amount": Money(110_001, "USD")},
        {"funding_id": None},
        {"funding_id": UUID(int=9)},
    ],
)
def test_a_charge_of_another_amount_currency_or_funding_raises_an_alarm(
    session: Session, alice: Actor, campaign: Campaign, other: dict[str, Any]
) -> None:
    asked = ask(session, alice, campaign)

    for _ in range(2):
        funding.record_paid(
            session, funding_id=asked.id, charge=replace(facts(asked), **other), now=NOON
        )

    assert asked.state is FundingState.FAILED
    assert balance(session, Code.CAMPAIGN_FUNDS, campaign.id) == usd(0)
    assert session.scalars(select(Charge)).all() == []
    assert session.scalars(select(JournalEntry.idem_key)).all() == ["fund:ch_1"]
    assert posted(session).count("ChargeSetAside") == 1


def test_a_bank_debit_credits_nothing_before_it_clears(
    session: Session, alice: Actor, campaign: Campaign
) -> None:
    asked = ask(session, alice, campaign)
    asked.state = FundingState.CHECKOUT_OPEN

    for _ in range(2):
        funding.record_debit_ordered(
            session, funding_id=asked.id, method="us_bank_account", ordered_at=NOON
        )

    assert (asked.state, asked.method, asked.debit_ordered_at) == (
        FundingState.CLEARING,
        "us_bank_account",
        NOON,
    )
    assert session.scalars(select(JournalEntry)).all() == []
    assert posted(session).count("DebitOrdered") == 1

    pay(session, asked, method="us_bank_account")
    funding.record_debit_ordered(
        session, funding_id=asked.id, method="us_bank_account", ordered_at=NOON
    )

    assert asked.state is FundingState.PAID
    assert balance(session, Code.CAMPAIGN_FUNDS, campaign.id) == usd(100_000)
    assert session.scalars(select(Charge)).one().method == "us_bank_account"


def test_a_bank_debit_that_is_refused_says_why(
    session: Session, alice: Actor, campaign: Campaign
) -> None:
    asked = ask(session, alice, campaign)
    asked.state = FundingState.CLEARING

    for _ in range(2):
        funding.record_refused(session, funding_id=asked.id, problem="insufficient_funds")

    assert (asked.state, asked.problem) == (
        FundingState.FAILED,
        "The bank debit did not come through. The account did not hold enough money.",
    )
    assert posted(session).count("FundingFailed") == 1
    assert session.scalars(select(JournalEntry)).all() == []


def test_a_checkout_that_expired_charges_nothing(
    session: Session, alice: Actor, campaign: Campaign
) -> None:
    asked = ask(session, alice, campaign)
    asked.state = FundingState.CHECKOUT_OPEN

    funding.record_expired(session, funding_id=asked.id)
    funding.record_expired(session, funding_id=asked.id)

    assert (asked.state, asked.problem) == (
        FundingState.EXPIRED,
        "The payment page expired. Nothing was charged.",
    )
    assert posted(session).count("FundingFailed") == 1


def test_money_that_comes_after_all_is_still_the_brands(
    session: Session, alice: Actor, campaign: Campaign
) -> None:
    asked = ask(session, alice, campaign)
    asked.state = FundingState.EXPIRED

    pay(session, asked)

    assert asked.state is FundingState.PAID
    assert balance(session, Code.CAMPAIGN_FUNDS, campaign.id) == usd(100_000)


@pytest.fixture
def closed(session: Session, alice: Actor, bea: Actor, campaign: Campaign) -> Campaign:
    """A closed campaign: 1,000.00 and 500.00 paid in, 400.00 promised."""
    pay(session, ask(session, alice, campaign))
    pay(session, ask(session, alice, campaign, minor=50_000), number=2)
    make_collaboration(session, campaign=campaign, creator=bea, by=alice, funded=True)
    campaigns.close(session, campaign_id=campaign.id, actor=alice, now=NOON)
    session.flush()
    return campaign


def test_unspent_budget_goes_back_with_its_fee_oldest_charge_first(
    session: Session, alice: Actor, closed: Campaign
) -> None:
    refunds = funding.refund_unspent(session, actor=alice, campaign_id=closed.id, now=NOON)
    session.flush()

    # 1,100.00 unspent, and 150.00 of fee less the 40.00 for the promised 400.00.
    assert [refund.amount for refund in refunds] == [usd(110_000), usd(11_000)]
    charges = [session.get_one(Charge, refund.charge_id) for refund in refunds]
    assert [charge.stripe_charge_id for charge in charges] == ["ch_1", "ch_2"]
    assert [charge.refunded_minor for charge in charges] == [110_000, 11_000]
    assert balance(session, Code.CAMPAIGN_FUNDS, closed.id) == usd(0)
    assert balance(session, Code.FEE_UNEARNED, closed.id) == usd(4_000)
    calls = session.scalars(
        select(ProcessorCall).where(ProcessorCall.kind == CallKind.REFUND)
    ).all()
    assert sorted(call.params["amount_minor"] for call in calls) == [11_000, 110_000]
    assert broken(session) == []


def test_a_refund_asked_for_twice_is_sent_once(
    session: Session, alice: Actor, closed: Campaign
) -> None:
    funding.refund_unspent(session, actor=alice, campaign_id=closed.id, now=NOON)

    with pytest.raises(Conflict, match="nothing left"):
        funding.refund_unspent(session, actor=alice, campaign_id=closed.id, now=NOON)

    assert len(session.scalars(select(Refund)).all()) == 2


def test_an_open_campaign_sends_nothing_back(
    session: Session, alice: Actor, campaign: Campaign
) -> None:
    pay(session, ask(session, alice, campaign))

    with pytest.raises(Conflict, match="Close the campaign first"):
        funding.refund_unspent(session, actor=alice, campaign_id=campaign.id, now=NOON)


def test_a_manager_cannot_ask_for_money_back(
    session: Session, ben: Actor, closed: Campaign
) -> None:
    with pytest.raises(NotPermitted):
        funding.refund_unspent(session, actor=ben, campaign_id=closed.id, now=NOON)


@pytest.fixture
def refund(session: Session, alice: Actor, closed: Campaign) -> Refund:
    asked = funding.refund_unspent(session, actor=alice, campaign_id=closed.id, now=NOON)[0]
    session.flush()
    call = session.scalars(select(ProcessorCall).where(ProcessorCall.subject_id == asked.id)).one()
    call.state, call.remote_id = CallState.SUCCEEDED, "re_1"
    funding.conclude_refund(session, call=call, now=NOON)
    session.flush()
    return asked


def test_a_refund_is_booked_once_when_the_processor_has_paid_it(
    session: Session, refund: Refund
) -> None:
    before = balance(session, Code.PROCESSOR_BALANCE)
    for _ in range(2):
        funding.record_refund(
            session,
            refund_id=refund.id,
            facts=RefundFacts("re_1", RefundStatus.PAID, left=usd(110_000)),
            now=NOON,
        )

    assert refund.state is RefundState.PAID
    assert balance(session, Code.REFUND_IN_FLIGHT, refund.id) == usd(0)
    assert balance(session, Code.PROCESSOR_BALANCE) == before - usd(110_000)
    assert posted(session).count("RefundEnded") == 1
    assert broken(session) == []


def test_a_refund_under_way_changes_nothing(session: Session, refund: Refund) -> None:
    funding.record_refund(
        session,
        refund_id=refund.id,
        facts=RefundFacts("re_1", RefundStatus.UNDER_WAY, left=None),
        now=NOON,
    )

    assert refund.state is RefundState.ASKED
    assert balance(session, Code.REFUND_IN_FLIGHT, refund.id) == usd(110_000)
    assert queries.open_refunds(session) == [refund.id]


def test_a_failed_refund_leaves_the_money_with_the_brand(
    session: Session, acme: Brand, refund: Refund
) -> None:
    failed = RefundFacts("re_1", RefundStatus.FAILED, left=None, problem="expired_or_canceled_card")
    for _ in range(2):
        funding.record_refund(session, refund_id=refund.id, facts=failed, now=NOON)

    assert (refund.state, refund.problem) == (
        RefundState.FAILED,
        "The card has expired or was cancelled.",
    )
    assert session.get_one(Charge, refund.charge_id).refunded_minor == 0
    assert balance(session, Code.BRAND_FUNDS, acme.id) == usd(110_000)
    assert balance(session, Code.REFUND_IN_FLIGHT, refund.id) == usd(0)
    assert posted(session).count("RefundEnded") == 1
    assert broken(session) == []
