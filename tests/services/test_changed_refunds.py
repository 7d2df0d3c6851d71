"""Refunds of a charge that arrived in another currency: booked in both, at the rate of the day."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.funding import service as funding
from marketplace.funding.models import Charge, Refund
from marketplace.funding.ports import RefundFacts, RefundStatus
from marketplace.funding.rules import RefundState
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidTransition
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import JournalEntry
from marketplace.ledger.rules import AccountRef, Code
from marketplace.reconciliation import checks
from tests.conftest import NOON
from tests.factories.campaigns import make_campaign
from tests.services.paying_in import ask, pay


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def usd(minor: int) -> Money:
    return Money(minor, "USD")


@pytest.fixture
def funded(session: Session, acme: Brand, alice: Actor) -> Campaign:
    """1,100.00 EUR paid in, of which 1,193.17 USD arrived; 34.90 USD of these were kept."""
    campaign = make_campaign(session, brand=acme, by=alice, budget=eur(100_000))
    asked = ask(session, alice, campaign)
    pay(session, asked, settled=usd(119_317), fee=usd(3_490), exchange_rate="1.0847")
    return campaign


def going(session: Session, actor: Actor, campaign: Campaign, minor: int) -> Refund:
    """A refund that the processor has taken."""
    (asked,) = funding.take_back(
        session,
        actor=actor,
        campaign_id=campaign.id,
        budget=eur(minor),
        asked_as=uuid4(),
        now=NOON,
    )
    asked.stripe_refund_id = f"re_{minor}"
    session.flush()
    return asked


def tell(session: Session, refund: Refund, status: RefundStatus, **moved: Money) -> None:
    """The processor's word, twice."""
    told = RefundFacts(
        refund.stripe_refund_id or "",
        status,
        left=moved.get("left"),
        came_back=moved.get("came_back"),
        problem="expired_or_canceled_card",
    )
    for _ in range(2):
        funding.record_refund(session, refund_id=refund.id, facts=told, now=NOON)
        session.flush()


def books(session: Session) -> dict[str, int]:
    """At the processor, in clearing on both sides, and what the exchange has cost so far."""

    def held(code: Code, currency: str) -> int:
        return ledger.balance_of(session, AccountRef(code), currency=currency).minor

    return {
        "there": held(Code.PROCESSOR_BALANCE, "USD"),
        "dollars": held(Code.EXCHANGE_CLEARING, "USD"),
        "euros": held(Code.EXCHANGE_CLEARING, "EUR"),
        "lost": held(Code.EXCHANGE_RESULT, "USD"),
    }


def broken(session: Session) -> list[str]:
    return [result.name for result in checks.run_all(session) if result.broken]


@pytest.mark.parametrize(("left", "lost"), [(30_500, 671), (29_829, 0), (29_000, -829)])
def test_what_the_exchange_lost_or_won_since_is_ours(
    session: Session, alice: Actor, funded: Campaign, left: int, lost: int
) -> None:
    asked = going(session, alice, funded, 25_000)
    tell(session, asked, RefundStatus.PAID, left=usd(left))

    # 275.00 of 1,100.00 EUR: 298.29 of the 1,193.17 USD had arrived for them.
    assert (asked.state, asked.stood_minor) == (RefundState.PAID, 29_829)
    assert books(session) == {
        "there": 119_317 - 3_490 - left,
        "dollars": 119_317 - 29_829,
        "euros": -82_500,
        "lost": lost,
    }
    in_flight = AccountRef(Code.REFUND_IN_FLIGHT, asked.id)
    assert ledger.balance_of(session, in_flight, currency="EUR") == eur(0)
    assert broken(session) == []


def test_when_all_has_gone_back_nothing_is_left_in_clearing(
    session: Session, alice: Actor, funded: Campaign
) -> None:
    for minor, left in ((33_333, 40_000), (33_334, 39_000), (33_333, 41_000)):
        asked = going(session, alice, funded, minor)
        asked.stripe_refund_id = f"re_{asked.id}"
        tell(session, asked, RefundStatus.PAID, left=usd(left))

    assert books(session) == {
        "there": 119_317 - 3_490 - 120_000,
        "dollars": 0,
        "euros": 0,
        "lost": 120_000 - 119_317,
    }
    assert broken(session) == []


def test_what_arrived_for_a_refund_from_our_bank_is_ours_and_leaves_clearing(
    session: Session, stella: Actor, alice: Actor, funded: Campaign
) -> None:
    """The bank says so once; told again nothing is booked. The rest goes back as it came."""
    charge = session.scalars(select(Charge)).one()
    charge.charged_at = NOON - timedelta(days=400)
    session.flush()
    asked = going(session, alice, funded, 25_000)
    assert asked.state is RefundState.BANK_TRANSFER_DUE

    funding.record_bank_transfer(
        session, actor=stella, refund_id=asked.id, reference="FV-1", now=NOON
    )
    session.flush()
    with pytest.raises(InvalidTransition):
        funding.record_bank_transfer(
            session, actor=stella, refund_id=asked.id, reference="FV-1", now=NOON
        )

    # 298.29 USD had arrived for the 275.00 EUR that our bank has sent.
    assert asked.stood_minor == 29_829
    assert books(session) == {
        "there": 119_317 - 3_490,
        "dollars": 119_317 - 29_829,
        "euros": -82_500,
        "lost": -29_829,
    }
    sent = ledger.balance_of(session, AccountRef(Code.EXCHANGE_RESULT), currency="EUR")
    assert sent == eur(27_500)
    charge.charged_at = NOON
    session.flush()
    tell(session, going(session, alice, funded, 75_000), RefundStatus.PAID, left=usd(89_488))
    assert (books(session)["dollars"], books(session)["euros"]) == (0, 0)
    assert broken(session) == []


def test_a_refund_that_came_back_is_the_brands_euros_and_our_dollars_again(
    session: Session, acme: Brand, alice: Actor, funded: Campaign
) -> None:
    asked = going(session, alice, funded, 25_000)
    tell(session, asked, RefundStatus.PAID, left=usd(30_500))
    tell(session, asked, RefundStatus.FAILED, left=usd(30_500), came_back=usd(30_100))

    assert (asked.state, asked.stood_minor) == (RefundState.CAME_BACK, None)
    assert books(session) == {
        "there": 119_317 - 3_490 - 400,
        "dollars": 119_317,
        "euros": -110_000,
        "lost": 400,
    }
    wallet = AccountRef(Code.BRAND_FUNDS, acme.id)
    assert ledger.balance_of(session, wallet, currency="EUR") == eur(27_500)
    assert broken(session) == []


def test_a_failure_waits_until_the_processor_says_how_much_came_back(
    session: Session, alice: Actor, funded: Campaign
) -> None:
    asked = going(session, alice, funded, 25_000)
    tell(session, asked, RefundStatus.PAID, left=usd(30_500))
    before = books(session)

    tell(session, asked, RefundStatus.FAILED, left=usd(30_500))

    assert asked.state is RefundState.PAID
    assert books(session) == before
    assert session.scalars(
        select(JournalEntry.idem_key).where(JournalEntry.idem_key.like("refund:re_%"))
    ).all() == ["refund:re_25000:paid"]
