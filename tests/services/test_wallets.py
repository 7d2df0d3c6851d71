"""What lies in a brand's wallet: used for a campaign, or sent back."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.funding import service as funding
from marketplace.funding.models import Allocation, Refund
from marketplace.funding.ports import RefundFacts, RefundStatus
from marketplace.funding.rules import RefundState, Way
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.rules import AccountRef, Code
from marketplace.reconciliation import checks
from tests.conftest import NOON
from tests.factories.campaigns import make_campaign
from tests.factories.money import pay_in

ONCE = UUID(int=7)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def balance(session: Session, code: Code, owner: UUID) -> Money:
    return ledger.balance_of(session, AccountRef(code, owner), currency="USD")


def broken(session: Session) -> list[str]:
    return [result.name for result in checks.run_all(session) if result.broken]


@pytest.fixture
def funded(session: Session, alice: Actor, campaign: Campaign) -> Campaign:
    """A running campaign: 1,000.00 and 100.00 of fee paid in."""
    pay_in(session, campaign, by=alice)
    return campaign


@pytest.fixture
def wallet(session: Session, alice: Actor, funded: Campaign) -> Money:
    """275.00 in the wallet, from a refund that failed."""
    (asked,) = funding.take_back(
        session,
        actor=alice,
        campaign_id=funded.id,
        budget=usd(25_000),
        asked_as=uuid4(),
        now=NOON,
    )
    session.flush()
    failed = RefundFacts("re_1", RefundStatus.FAILED, left=None, problem="expired_or_canceled_card")
    funding.record_refund(session, refund_id=asked.id, facts=failed, now=NOON)
    session.flush()
    return usd(27_500)


def use_wallet(
    session: Session, actor: Actor, campaign: Campaign, minor: int, once: UUID = ONCE
) -> Allocation:
    made = funding.use_wallet(
        session,
        actor=actor,
        campaign_id=campaign.id,
        budget=usd(minor),
        allocation_id=once,
        now=NOON,
    )
    session.flush()
    return made


def test_what_lies_in_the_wallet_pays_for_a_campaign_with_its_fee(
    session: Session, acme: Brand, alice: Actor, wallet: Money
) -> None:
    other = make_campaign(session, brand=acme, by=alice, name="Soup")
    for _ in range(2):
        use_wallet(session, alice, other, 20_000)

    assert balance(session, Code.CAMPAIGN_FUNDS, other.id) == usd(20_000)
    assert balance(session, Code.FEE_UNEARNED, other.id) == usd(2_000)
    assert balance(session, Code.BRAND_FUNDS, acme.id) == wallet - usd(22_000)
    assert broken(session) == []


def test_the_wallet_pays_for_no_more_than_is_in_it(
    session: Session, acme: Brand, alice: Actor, wallet: Money
) -> None:
    other = make_campaign(session, brand=acme, by=alice, name="Soup")
    use_wallet(session, alice, other, 10_000)

    with pytest.raises(InvalidInput) as refusal:
        use_wallet(session, alice, other, 15_001, uuid4())

    assert refusal.value.problems == {
        "amount": "Your wallet pays for USD 150.00 at most, the platform fee included."
    }
    assert balance(session, Code.BRAND_FUNDS, acme.id) == usd(16_500)


def test_a_form_for_one_campaign_does_not_work_for_another(
    session: Session, acme: Brand, alice: Actor, wallet: Money
) -> None:
    one, other = (make_campaign(session, brand=acme, by=alice, name=name) for name in "AB")
    use_wallet(session, alice, one, 10_000)

    with pytest.raises(NotFound):
        use_wallet(session, alice, other, 10_000)


@pytest.mark.parametrize(
    ("who", "refusal"), [("mallory", NotFound), ("ben", NotPermitted), ("vic", NotPermitted)]
)
def test_only_the_brands_owner_and_finance_members_use_its_wallet(
    session: Session,
    who: str,
    refusal: type[Exception],
    acme: Brand,
    funded: Campaign,
    wallet: Money,
    request: pytest.FixtureRequest,
) -> None:
    with pytest.raises(refusal):
        use_wallet(session, request.getfixturevalue(who), funded, 100)

    assert balance(session, Code.BRAND_FUNDS, acme.id) == wallet


def test_a_closed_campaign_takes_nothing_from_the_wallet(
    session: Session, acme: Brand, alice: Actor, wallet: Money
) -> None:
    closed = make_campaign(session, brand=acme, by=alice, state=CampaignState.CLOSED)

    with pytest.raises(Conflict, match="closed"):
        use_wallet(session, alice, closed, 100)


def refund_wallet(
    session: Session, actor: Actor, brand: Brand, minor: int, once: UUID = ONCE
) -> list[Refund]:
    asked = funding.refund_wallet(
        session,
        actor=actor,
        brand_id=brand.id,
        amount=usd(minor),
        asked_as=once,
        now=NOON,
    )
    session.flush()
    return asked


def test_what_lies_in_the_wallet_goes_back_by_bank_after_its_card_refused(
    session: Session, acme: Brand, alice: Actor, wallet: Money
) -> None:
    once = uuid4()
    for _ in range(2):
        (asked,) = refund_wallet(session, alice, acme, 27_500, once)

    assert (asked.way, asked.state) == (Way.BANK_TRANSFER, RefundState.BANK_TRANSFER_DUE)
    assert (asked.campaign_id, asked.brand_id) == (None, acme.id)
    assert balance(session, Code.BRAND_FUNDS, acme.id) == usd(0)
    assert broken(session) == []


def test_more_than_lies_in_the_wallet_is_refused_with_the_figure(
    session: Session, acme: Brand, alice: Actor, wallet: Money
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        refund_wallet(session, alice, acme, 27_501, uuid4())

    assert refusal.value.problems == {"amount": "Only USD 275.00 is in your wallet."}
    assert balance(session, Code.BRAND_FUNDS, acme.id) == wallet


@pytest.mark.parametrize(("who", "refusal"), [("mallory", NotFound), ("ben", NotPermitted)])
def test_nobody_else_empties_a_wallet(
    session: Session,
    who: str,
    refusal: type[Exception],
    acme: Brand,
    wallet: Money,
    request: pytest.FixtureRequest,
) -> None:
    with pytest.raises(refusal):
        refund_wallet(session, request.getfixturevalue(who), acme, 100, uuid4())

    assert balance(session, Code.BRAND_FUNDS, acme.id) == wallet
