"""Chargebacks that are won in part, won after they were lost, or took another currency."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.funding import queries
from marketplace.funding import service as funding
from marketplace.funding.models import Charge, Chargeback
from marketplace.funding.ports import ChargebackFacts, Taken
from marketplace.kernel.actor import Actor
from marketplace.kernel.ids import NIL
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import JournalEntry
from marketplace.ledger.rules import AccountRef, Code
from marketplace.reconciliation import checks
from marketplace.store.outbox import OutboxMessage
from marketplace.treasury import service as treasury
from tests.conftest import NOON
from tests.factories.campaigns import make_campaign
from tests.factories.chargebacks import LOST, OPENED, WON, C, taken, tell
from tests.factories.collaborations import make_collaboration
from tests.factories.ledger import make_brand_funds, usd
from tests.factories.money import pay_in
from tests.services.paying_in import ask, pay

HALF = replace(WON, reinstated=taken(55_000))


@pytest.fixture
def funded(session: Session, alice: Actor, bea: Actor, campaign: Campaign) -> Campaign:
    """1,000.00 and 100.00 of fee paid in by ch_1; 400.00 promised, 600.00 unspent."""
    pay_in(session, campaign, by=alice)
    make_collaboration(session, campaign=campaign, creator=bea, by=alice, funded=True)
    return campaign


def held(session: Session, code: Code, owner: UUID = NIL, currency: str = "USD") -> int:
    return ledger.balance_of(session, AccountRef(code, owner), currency=currency).minor


def where(session: Session, found: Chargeback) -> list[int]:
    """Unspent, frozen, unearned fee, taken, owed by the brand, and in its wallet."""
    of = found.currency
    return [
        held(session, Code.CAMPAIGN_FUNDS, found.campaign_id, of),
        held(session, Code.CAMPAIGN_FROZEN, found.campaign_id, of),
        held(session, Code.FEE_UNEARNED, found.campaign_id, of),
        held(session, Code.CHARGEBACK_OPEN, found.id, of),
        held(session, Code.OWED_BY_BRAND, found.brand_id, of),
        held(session, Code.BRAND_FUNDS, found.brand_id, of),
    ]


def keys(session: Session) -> list[str]:
    return list(
        session.scalars(
            select(JournalEntry.idem_key)
            .where(JournalEntry.idem_key.like("dp:%"))
            .order_by(JournalEntry.id)
        )
    )


def turns(session: Session) -> list[str]:
    rows = session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.name == "ChargebackTurned")
        .order_by(OutboxMessage.id)
    )
    return [row.body["state"] for row in rows]


def broken(session: Session) -> list[str]:
    return [result.name for result in checks.run_all(session) if result.broken]


# Won in part


@pytest.mark.parametrize("word", [HALF, replace(HALF, state=C.LOST)])
def test_the_part_that_did_not_come_back_is_lost_whatever_the_banks_word(
    session: Session, funded: Campaign, word: ChargebackFacts
) -> None:
    there = held(session, Code.PROCESSOR_BALANCE)
    found = tell(session, OPENED, word)

    # 600.00 were frozen: 550.00 of them are lost, and 50.00 are free again.
    assert (found.state, found.returned, found.away) == (word.state, usd(55_000), usd(55_000))
    assert where(session, found) == [5_000, 0, 10_000, 0, 0, 0]
    assert held(session, Code.PROCESSOR_BALANCE) == there - 55_000 - 1_500
    assert keys(session) == ["dp:du_1:withdrawn", "dp:du_1:reinstated", "dp:du_1:lost"]
    assert session.scalars(select(Charge)).one().charged_back_minor == 55_000
    assert turns(session) == ["needs_response", word.state.value]
    assert broken(session) == []


def test_what_frozen_money_does_not_carry_of_the_lost_part_is_owed(
    session: Session, funded: Campaign
) -> None:
    found = tell(session, OPENED, replace(WON, reinstated=taken(10_000, -1_500)))

    # 1,000.00 are lost: 600.00 frozen, 60.00 of fee that nobody can earn; 340.00 are owed.
    assert where(session, found) == [0, 0, 4_000, 0, 34_000, 0]
    assert found.owed == usd(34_000)
    assert held(session, Code.CHARGEBACK_FEES) == 0
    assert broken(session) == []


def test_a_brands_bill_counts_only_what_stayed_away(
    session: Session, funded: Campaign, acme: Brand
) -> None:
    tell(session, OPENED, HALF)
    (bill,) = queries.bills_of(session, brand_id=acme.id)

    assert bill.charged_back == usd(55_000)
    assert bill.paid_in == bill.held + bill.spent + bill.refunded + bill.charged_back - bill.owed


# Won after it was lost


def test_money_that_comes_back_after_a_loss_is_where_it_was(
    session: Session, funded: Campaign
) -> None:
    there = held(session, Code.PROCESSOR_BALANCE)
    lost = tell(session, OPENED, LOST)
    assert where(session, lost) == [0, 0, 4_000, 0, 44_000, 0]

    found = tell(session, WON)

    assert (found.state, found.returned, found.owed) == (C.WON, usd(110_000), usd(0))
    assert where(session, found) == [60_000, 0, 10_000, 0, 0, 0]
    assert held(session, Code.PROCESSOR_BALANCE) == there - 1_500
    assert keys(session) == ["dp:du_1:withdrawn", "dp:du_1:lost", "dp:du_1:reinstated"]
    assert session.scalars(select(Charge)).one().charged_back_minor == 0
    assert turns(session) == ["needs_response", "lost", "won"]
    assert broken(session) == []


def test_what_the_brand_had_paid_of_its_debt_by_then_is_in_its_wallet(
    session: Session, acme: Brand, stella: Actor, funded: Campaign
) -> None:
    lost = tell(session, OPENED, LOST)
    make_brand_funds(session, brand_id=acme.id, amount=usd(30_000))
    funding.recover_owed(
        session,
        actor=stella,
        brand_id=acme.id,
        amount=usd(30_000),
        recovery_id=uuid4(),
        note="As agreed.",
        now=NOON,
    )
    session.flush()
    assert where(session, lost)[4:] == [14_000, 0]

    found = tell(session, WON)

    assert where(session, found) == [60_000, 0, 10_000, 0, 0, 30_000]
    assert broken(session) == []


def test_what_we_had_given_up_by_then_is_no_loss_any_more(
    session: Session, acme: Brand, stella: Actor, theo: Actor, funded: Campaign
) -> None:
    lost = tell(session, OPENED, LOST)
    asked = treasury.ask_write_off(
        session, actor=stella, brand_id=acme.id, amount=usd(44_000), reason="Gone.", now=NOON
    )
    session.flush()
    treasury.approve(session, actor=theo, request_id=asked.id, now=NOON)
    session.flush()
    assert held(session, Code.LOSSES) == 44_000

    found = tell(session, WON)

    assert lost.id == found.id
    assert held(session, Code.LOSSES) == 0
    assert where(session, found) == [60_000, 0, 10_000, 0, 0, 0]
    assert broken(session) == []


def test_a_part_that_comes_back_after_a_loss_lowers_the_debt_first(
    session: Session, funded: Campaign
) -> None:
    found = tell(session, OPENED, LOST, replace(LOST, reinstated=taken(50_000)))

    # 440.00 of it were owed, 60.00 were fee.
    assert (found.state, found.away, found.owed) == (C.LOST, usd(60_000), usd(0))
    assert where(session, found) == [0, 0, 10_000, 0, 0, 0]
    assert turns(session) == ["needs_response", "lost", "lost"]
    assert broken(session) == []


def test_what_came_back_once_is_never_booked_again(session: Session, funded: Campaign) -> None:
    tell(session, OPENED, LOST, replace(LOST, reinstated=taken(50_000)))
    before = keys(session)

    found = tell(session, WON, OPENED, LOST)

    assert found.returned == usd(50_000)
    assert keys(session) == before
    assert broken(session) == []


# In another currency than the campaign's


def dollars(minor: int, fee: int = 0) -> Taken:
    return Taken(usd(minor), usd(fee), NOON)


@pytest.fixture
def changed(session: Session, acme: Brand, alice: Actor) -> Campaign:
    """1,100.00 EUR paid in by ch_1, of which 1,193.17 USD arrived."""
    made = make_campaign(session, brand=acme, by=alice, budget=Money(100_000, "EUR"))
    asked = ask(session, alice, made)
    pay(session, asked, settled=usd(119_317), fee=usd(3_490), exchange_rate="1.0847")
    return made


TAKEN = replace(OPENED, amount=Money(110_000, "EUR"), withdrawn=dollars(121_000, 1_500))


def clearing(session: Session) -> list[int]:
    """Euros and dollars in clearing, and what the exchange has cost."""
    return [
        held(session, Code.EXCHANGE_CLEARING, currency="EUR"),
        held(session, Code.EXCHANGE_CLEARING),
        held(session, Code.EXCHANGE_RESULT),
    ]


def test_a_chargeback_takes_the_brands_euros_and_our_dollars(
    session: Session, changed: Campaign
) -> None:
    there = held(session, Code.PROCESSOR_BALANCE)
    found = tell(session, TAKEN)

    assert (found.amount, found.fee) == (Money(110_000, "EUR"), usd(1_500))
    assert where(session, found) == [0, 100_000, 10_000, 110_000, 0, 0]
    assert held(session, Code.PROCESSOR_BALANCE) == there - 121_000 - 1_500
    assert clearing(session) == [0, 0, 1_683]
    assert broken(session) == []


def test_all_of_it_that_comes_back_stands_for_the_same_euros_at_the_new_rate(
    session: Session, changed: Campaign
) -> None:
    won = replace(TAKEN, state=C.WON, reinstated=dollars(118_000, -1_500))
    found = tell(session, TAKEN, won)

    assert (found.state, found.returned) == (C.WON, Money(110_000, "EUR"))
    assert where(session, found) == [100_000, 0, 10_000, 0, 0, 0]
    assert clearing(session) == [-110_000, 119_317, 3_000]
    assert held(session, Code.CHARGEBACK_FEES) == 0
    assert broken(session) == []


def test_a_part_that_comes_back_of_a_lost_one_is_the_same_part_in_euros(
    session: Session, changed: Campaign
) -> None:
    part = replace(TAKEN, state=C.LOST, reinstated=dollars(60_500))
    found = tell(session, TAKEN, part)

    assert (found.state, found.returned) == (C.LOST, Money(55_000, "EUR"))
    # 550.00 are lost of 1,000.00 frozen; half of what had arrived stands for the other half.
    assert where(session, found) == [45_000, 0, 10_000, 0, 0, 0]
    assert clearing(session) == [-55_000, 59_659, 1_683 - (60_500 - 59_659)]
    assert broken(session) == []


def test_two_chargebacks_of_one_charge_are_both_gone_from_it(
    session: Session, funded: Campaign
) -> None:
    first = replace(OPENED, amount=usd(60_000), withdrawn=taken(60_000, 1_500))
    second = replace(OPENED, dispute_id="du_2", amount=usd(30_000), withdrawn=taken(30_000, 1_500))
    charge = session.scalars(select(Charge)).one()

    tell(session, first, second)
    assert charge.charged_back_minor == 90_000
    tell(session, replace(first, state=C.WON, reinstated=taken(60_000)))
    assert charge.charged_back_minor == 30_000
    tell(session, replace(second, state=C.LOST))
    assert charge.charged_back_minor == 30_000
