"""Money goes back: a part of a budget, a wallet, by bank, and what became of it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.funding import queries
from marketplace.funding import service as funding
from marketplace.funding.models import Charge, Refund
from marketplace.funding.ports import RefundFacts, RefundStatus
from marketplace.funding.rules import RefundState, Way
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import (
    Conflict,
    InvalidInput,
    InvalidTransition,
    NotFound,
    NotPermitted,
)
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger import service as books
from marketplace.ledger.models import JournalEntry
from marketplace.ledger.rules import AccountRef, Code, Pair, events
from marketplace.processor.models import ProcessorCall
from marketplace.processor.rules import CallKind, CallState
from marketplace.reconciliation import checks
from marketplace.store.outbox import OutboxMessage
from tests.conftest import NOON
from tests.factories.collaborations import make_collaboration
from tests.factories.money import pay_in

ONCE = UUID(int=7)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def balance(session: Session, code: Code, owner: UUID) -> Money:
    return ledger.balance_of(session, AccountRef(code, owner), currency="USD")


def broken(session: Session) -> list[str]:
    return [result.name for result in checks.run_all(session) if result.broken]


def posted(session: Session) -> list[str]:
    session.flush()
    return list(session.scalars(select(OutboxMessage.name).order_by(OutboxMessage.id)))


def refunds(session: Session) -> list[Refund]:
    session.flush()
    return list(session.scalars(select(Refund).order_by(Refund.amount_minor)))


@pytest.fixture
def funded(session: Session, alice: Actor, bea: Actor, campaign: Campaign) -> Campaign:
    """A running campaign: 1,000.00 and 100.00 of fee paid in, 400.00 promised."""
    pay_in(session, campaign, by=alice)
    make_collaboration(session, campaign=campaign, creator=bea, by=alice, funded=True)
    return campaign


def take_back(
    session: Session, actor: Actor, campaign: Campaign, minor: int, once: UUID = ONCE
) -> list[Refund]:
    asked = funding.take_back(
        session,
        actor=actor,
        campaign_id=campaign.id,
        budget=usd(minor),
        asked_as=once,
        now=NOON,
    )
    session.flush()
    return asked


def test_a_part_of_what_is_unspent_goes_back_with_its_fee_while_the_campaign_runs(
    session: Session, fiona: Actor, funded: Campaign
) -> None:
    (asked,) = take_back(session, fiona, funded, 25_000)

    # 350.00 stay unspent and 400.00 promised: 75.00 of the 100.00 of fee stay with them.
    assert (asked.amount, asked.state, asked.way) == (
        usd(27_500),
        RefundState.ASKED,
        Way.AS_IT_CAME,
    )
    assert balance(session, Code.CAMPAIGN_FUNDS, funded.id) == usd(35_000)
    assert balance(session, Code.FEE_UNEARNED, funded.id) == usd(7_500)
    assert balance(session, Code.REFUND_IN_FLIGHT, asked.id) == usd(27_500)
    assert broken(session) == []


def test_the_same_form_sent_from_two_tabs_takes_back_once(
    session: Session, alice: Actor, funded: Campaign
) -> None:
    first = take_back(session, alice, funded, 25_000)
    second = take_back(session, alice, funded, 25_000)

    assert first == second
    assert balance(session, Code.CAMPAIGN_FUNDS, funded.id) == usd(35_000)


def test_the_same_amount_asked_for_again_goes_back_again(
    session: Session, alice: Actor, funded: Campaign
) -> None:
    for _ in range(2):
        take_back(session, alice, funded, 25_000, uuid4())

    assert [each.amount for each in refunds(session)] == [usd(27_500), usd(27_500)]


def test_more_than_is_unspent_is_refused_with_the_figure(
    session: Session, alice: Actor, funded: Campaign
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        take_back(session, alice, funded, 60_001)

    assert refusal.value.problems == {"amount": "Only USD 600.00 is unspent."}
    assert refunds(session) == []
    assert balance(session, Code.CAMPAIGN_FUNDS, funded.id) == usd(60_000)


def test_all_that_is_unspent_leaves_only_the_fee_for_promised_work(
    session: Session, alice: Actor, funded: Campaign
) -> None:
    (asked,) = take_back(session, alice, funded, 60_000)

    assert asked.amount == usd(66_000)
    assert balance(session, Code.FEE_UNEARNED, funded.id) == usd(4_000)


@pytest.mark.parametrize(
    ("who", "refusal"), [("mallory", NotFound), ("ben", NotPermitted), ("vic", NotPermitted)]
)
def test_only_the_brands_owner_and_finance_members_take_money_back(
    session: Session,
    who: str,
    refusal: type[Exception],
    funded: Campaign,
    request: pytest.FixtureRequest,
) -> None:
    with pytest.raises(refusal):
        take_back(session, request.getfixturevalue(who), funded, 100)

    assert refunds(session) == []


def owe(session: Session, brand: Brand, minor: int) -> None:
    """What a lost chargeback leaves behind."""
    debt = events.adjusted(
        request_id=uuid4(),
        pairs=[Pair(events.owed_by_brand(brand.id), AccountRef(Code.SUSPENSE), usd(minor))],
        memo="",
    )
    books.write_entry(session, debt, occurred_at=NOON, actor=Actor(is_system=True))


def test_nothing_goes_back_to_a_brand_that_owes(
    session: Session, acme: Brand, alice: Actor, funded: Campaign
) -> None:
    owe(session, acme, 5_000)

    with pytest.raises(Conflict, match=r"You owe USD 50\.00"):
        take_back(session, alice, funded, 100)

    assert refunds(session) == []


def test_a_charge_too_old_for_its_card_waits_for_finance_staff(
    session: Session, alice: Actor, campaign: Campaign, stella: Actor
) -> None:
    pay_in(session, campaign, by=alice, at=NOON - timedelta(days=366))
    (asked,) = take_back(session, alice, campaign, 100_000)

    assert (asked.way, asked.state) == (Way.BANK_TRANSFER, RefundState.BANK_TRANSFER_DUE)
    assert (
        session.scalars(select(ProcessorCall).where(ProcessorCall.kind == CallKind.REFUND)).all()
        == []
    )
    assert posted(session).count("BankTransferDue") == 1
    assert [each.id for each in queries.bank_transfers_due(session)] == [asked.id]

    sent = funding.record_bank_transfer(
        session, actor=stella, refund_id=asked.id, reference="FV-1", now=NOON
    )
    with pytest.raises(InvalidTransition):
        funding.record_bank_transfer(
            session, actor=stella, refund_id=asked.id, reference="FV-1", now=NOON
        )

    assert (sent.state, sent.bank_reference) == (RefundState.PAID, "FV-1")
    assert balance(session, Code.REFUND_IN_FLIGHT, asked.id) == usd(0)
    bank = ledger.balance_of(session, AccountRef(Code.BANK_OPERATING), currency="USD")
    assert bank == usd(-110_000)
    assert broken(session) == []


def test_a_bank_transfer_that_cannot_be_sent_is_in_the_wallet_again(
    session: Session, acme: Brand, alice: Actor, campaign: Campaign, stella: Actor
) -> None:
    pay_in(session, campaign, by=alice, at=NOON - timedelta(days=366))
    (asked,) = take_back(session, alice, campaign, 100_000)

    funding.give_up_bank_transfer(
        session, actor=stella, refund_id=asked.id, reason="The account is closed.", now=NOON
    )
    with pytest.raises(InvalidTransition):
        funding.give_up_bank_transfer(
            session, actor=stella, refund_id=asked.id, reason="The account is closed.", now=NOON
        )

    assert (asked.state, asked.problem) == (RefundState.FAILED, "The account is closed.")
    assert balance(session, Code.BRAND_FUNDS, acme.id) == usd(110_000)


def test_the_way_back_of_a_refund_under_way_is_not_for_staff_to_say(
    session: Session, alice: Actor, funded: Campaign, stella: Actor
) -> None:
    (asked,) = take_back(session, alice, funded, 100)

    for actor in (stella, alice):
        with pytest.raises(NotPermitted):
            funding.record_bank_transfer(
                session, actor=actor, refund_id=asked.id, reference="FV-1", now=NOON
            )

    assert asked.state is RefundState.ASKED


@pytest.fixture
def going(session: Session, alice: Actor, funded: Campaign) -> Refund:
    """A refund of 275.00 that the processor has taken."""
    (asked,) = take_back(session, alice, funded, 25_000)
    call = session.scalars(select(ProcessorCall).where(ProcessorCall.subject_id == asked.id)).one()
    call.state, call.remote_id = CallState.SUCCEEDED, "re_1"
    funding.conclude_refund(session, call=call, now=NOON)
    session.flush()
    return asked


def tell(session: Session, refund: Refund, status: RefundStatus, *, left: bool) -> None:
    """The processor's word, twice."""
    moved = refund.amount if left else None
    facts = RefundFacts("re_1", status, left=moved, problem="expired_or_canceled_card")
    for _ in range(2):
        funding.record_refund(session, refund_id=refund.id, facts=facts, now=NOON)


def keys(session: Session) -> list[str]:
    return list(
        session.scalars(
            select(JournalEntry.idem_key)
            .where(JournalEntry.idem_key.like("refund:re_1:%"))
            .order_by(JournalEntry.id)
        )
    )


def test_a_refund_that_came_back_after_it_was_paid_is_in_the_wallet(
    session: Session, acme: Brand, going: Refund
) -> None:
    tell(session, going, RefundStatus.PAID, left=True)
    tell(session, going, RefundStatus.FAILED, left=True)

    assert going.state is RefundState.CAME_BACK
    assert keys(session) == ["refund:re_1:paid", "refund:re_1:failed"]
    assert balance(session, Code.BRAND_FUNDS, acme.id) == usd(27_500)
    assert balance(session, Code.REFUND_IN_FLIGHT, going.id) == usd(0)
    assert session.get_one(Charge, going.charge_id).refunded_minor == 0
    assert posted(session).count("RefundEnded") == 2
    assert broken(session) == []


def test_a_refund_that_fails_after_the_money_left_is_booked_both_ways(
    session: Session, acme: Brand, going: Refund
) -> None:
    tell(session, going, RefundStatus.UNDER_WAY, left=True)
    assert balance(session, Code.REFUND_IN_FLIGHT, going.id) == usd(0)
    assert going.state is RefundState.ASKED
    tell(session, going, RefundStatus.FAILED, left=True)

    assert going.state is RefundState.FAILED
    assert keys(session) == ["refund:re_1:paid", "refund:re_1:failed"]
    assert balance(session, Code.BRAND_FUNDS, acme.id) == usd(27_500)
    assert broken(session) == []


def test_news_of_success_after_a_failure_changes_nothing(
    session: Session, acme: Brand, going: Refund
) -> None:
    tell(session, going, RefundStatus.FAILED, left=False)
    tell(session, going, RefundStatus.PAID, left=True)

    assert going.state is RefundState.FAILED
    assert keys(session) == ["refund:re_1:failed"]
    assert balance(session, Code.BRAND_FUNDS, acme.id) == usd(27_500)
