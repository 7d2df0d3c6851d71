"""Money that was a creator's after all: which earnings it pays for, and what comes back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Earning, Payout
from marketplace.payouts.rules import EarningKind, EarningState
from marketplace.processor.ports import Answer
from marketplace.processor.rules import Outcome
from tests.factories.ledger import usd
from tests.factories.money import (
    HOLD_OVER,
    make_accepted,
    make_earning,
    make_paid_campaign,
    make_payout,
    make_payout_account,
    send_payout,
)
from tests.services.taking_back import LATER, next_work

PAYABLE, PAID = EarningState.PAYABLE, EarningState.PAID


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_paid_campaign(session, brand=acme, by=alice)


@pytest.fixture
def first(session: Session, campaign: Campaign, alice: Actor, bea: Actor) -> Earning:
    """380.00 of Bea's that are payable."""
    make_payout_account(session, bea)
    return make_earning(session, make_accepted(session, campaign, by=alice, creator=bea))


@pytest.fixture
def second(
    session: Session, first: Earning, campaign: Campaign, alice: Actor, bea: Actor
) -> Earning:
    """Another 380.00, earned later."""
    return next_work(session, campaign, alice, bea)


def take(session: Session, creator: Actor, minor: int, transfer: str | None = "tr_9") -> None:
    assert creator.creator_id is not None
    payouts.take_as_paid(
        session, creator_id=creator.creator_id, amount=usd(minor), stripe_transfer_id=transfer
    )
    session.flush()


def test_the_oldest_that_add_up_to_the_amount_count_as_paid(
    session: Session, first: Earning, second: Earning, bea: Actor
) -> None:
    take(session, bea, 38_000)
    assert (first.state, second.state) == (PAID, PAYABLE)

    take(session, bea, 38_000)
    assert (first.state, second.state) == (PAID, PAID)
    assert (first.payout_id, second.payout_id) == (None, None)


def test_several_may_add_up_to_it(
    session: Session, first: Earning, second: Earning, bea: Actor
) -> None:
    take(session, bea, 76_000)

    assert (first.state, second.state) == (PAID, PAID)


@pytest.mark.parametrize("minor", [37_999, 38_001, 76_001])
def test_what_does_not_add_up_pays_for_nothing(
    session: Session, first: Earning, second: Earning, bea: Actor, minor: int
) -> None:
    with pytest.raises(InvalidInput) as refused:
        take(session, bea, minor)

    assert refused.value.problems == {
        "becomes": "What is payable to this creator, USD 760.00, does not add up to"
        f" USD {minor // 100}.{minor % 100:02}: it was another payment."
    }
    assert (first.state, second.state) == (PAYABLE, PAYABLE)


def test_only_what_is_payable_to_this_creator_counts(
    session: Session, first: Earning, campaign: Campaign, alice: Actor, bea: Actor, carl: Actor
) -> None:
    his = next_work(session, campaign, alice, carl)
    first.state = EarningState.PENDING
    session.flush()

    with pytest.raises(InvalidInput, match=r"USD 0\.00, does not add up"):
        take(session, bea, 38_000)
    take(session, carl, 38_000)

    assert (first.state, his.state) == (EarningState.PENDING, PAID)


def test_an_earning_with_tax_on_it_was_not_sent_as_it_is(
    session: Session, first: Earning, bea: Actor
) -> None:
    first.withheld_minor = 1_000
    session.flush()

    with pytest.raises(InvalidInput, match=r"USD 370\.00, does not add up to USD 370\.00"):
        take(session, bea, 37_000)

    assert first.state is PAYABLE


def test_the_payout_that_it_was_is_named(
    session: Session, first: Earning, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    sent = make_payout(session, bea)
    send_payout(session, sent, Answer(Outcome.DONE, remote_id="tr_1"))
    second = next_work(session, campaign, alice, bea)
    open_one = make_payout(session, bea)
    third = session.get_one(Earning, second.id)
    third.state, third.payout_id = PAYABLE, None
    session.flush()

    take(session, bea, 38_000, transfer=None)
    assert (third.payout_id, open_one.stripe_transfer_id) == (None, None)

    for transfer, named in (("tr_unknown", None), ("tr_1", sent.id)):
        third.state = PAYABLE
        session.flush()
        take(session, bea, 38_000, transfer=transfer)
        assert third.payout_id == named


def test_a_payout_of_somebody_else_is_not_named(
    session: Session, first: Earning, campaign: Campaign, alice: Actor, bea: Actor, carl: Actor
) -> None:
    next_work(session, campaign, alice, carl)
    make_payout_account(session, carl, account_id="acct_carl")
    send_payout(session, make_payout(session, carl), Answer(Outcome.DONE, remote_id="tr_carl"))

    take(session, bea, 38_000, transfer="tr_carl")

    assert (first.state, first.payout_id) == (PAID, None)


def give_back(session: Session, creator: Actor, amount: Money) -> None:
    assert creator.creator_id is not None
    payouts.give_back(session, creator_id=creator.creator_id, amount=amount, now=LATER)
    session.flush()


def test_of_two_that_were_sent_together_the_newer_one_came_back(
    session: Session, first: Earning, second: Earning, bea: Actor
) -> None:
    send_payout(session, make_payout(session, bea), Answer(Outcome.DONE, remote_id="tr_1"))
    assert first.payable_at == second.payable_at

    give_back(session, bea, usd(9_000))

    back = session.scalars(select(Earning).where(Earning.kind == EarningKind.RETURNED)).one()
    assert back.deliverable_id == second.deliverable_id


def test_what_came_back_is_payable_again_for_the_work_that_was_sent_last(
    session: Session, first: Earning, second: Earning, bea: Actor
) -> None:
    send_payout(session, make_payout(session, bea), Answer(Outcome.DONE, remote_id="tr_1"))
    first.payable_at = HOLD_OVER + timedelta(hours=1)
    session.flush()

    give_back(session, bea, usd(9_000))

    back = session.scalars(select(Earning).where(Earning.kind == EarningKind.RETURNED)).one()
    assert (back.deliverable_id, back.campaign_id) == (first.deliverable_id, first.campaign_id)
    assert (back.creator_id, back.state) == (bea.creator_id, PAYABLE)
    assert (back.fee, back.platform_share, back.net) == (usd(9_000), usd(0), usd(9_000))
    assert (back.withheld_minor, back.netted_minor, back.payout_id) == (0, 0, None)
    assert (back.earned_at, back.payable_at) == (LATER, LATER)


def test_what_came_back_is_of_somebody_who_was_sent_something_in_its_currency(
    session: Session, first: Earning, second: Earning, bea: Actor, carl: Actor
) -> None:
    with pytest.raises(InvalidInput):
        give_back(session, bea, usd(9_000))
    send_payout(session, make_payout(session, bea), Answer(Outcome.DONE, remote_id="tr_1"))

    for whose, amount in ((bea, Money(9_000, "EUR")), (carl, usd(9_000))):
        with pytest.raises(InvalidInput) as refused:
            give_back(session, whose, amount)
        assert refused.value.problems == {
            "becomes": f"This creator was never sent anything in {amount.currency}."
        }

    assert session.scalars(select(Payout.id)).all() != []
    assert EarningKind.RETURNED not in session.scalars(select(Earning.kind)).all()
