"""Movements in suspense that were a creator's: sent to them already, or come back from them."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput
from marketplace.ledger.rules import Code, events
from marketplace.payouts import queries as payout_queries
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Earning, Payout
from marketplace.payouts.ports import TransferFacts
from marketplace.payouts.rules import EarningKind, EarningState
from marketplace.processor.ports import Answer
from marketplace.processor.rules import CallState, Outcome
from marketplace.reconciliation import checks
from marketplace.treasury import queries
from marketplace.treasury import service as treasury
from marketplace.treasury.models import FinanceRequest
from marketplace.treasury.rules.requests import RequestState
from tests.conftest import NOON
from tests.factories.campaigns import make_campaign
from tests.factories.ledger import usd
from tests.factories.money import (
    HOLD_OVER,
    make_accepted,
    make_earning,
    make_payout,
    make_payout_account,
    pay_in,
    send_payout,
)
from tests.services.agreeing import balance
from tests.services.asking import set_aside
from tests.services.taking_back import gather

REFUSED = Answer(Outcome.REFUSED, code="account_invalid")


@pytest.fixture
def earning(session: Session, acme: Brand, alice: Actor, bea: Actor) -> Earning:
    """380.00 that are payable to Bea."""
    campaign = make_campaign(session, brand=acme, by=alice)
    pay_in(session, campaign, by=alice)
    make_payout_account(session, bea)
    return make_earning(session, make_accepted(session, campaign, by=alice, creator=bea))


@pytest.fixture
def found_paid(session: Session, earning: Earning, bea: Actor) -> Payout:
    """A payout that counted as refused and turned out to be paid by tr_1; Bea is frozen."""
    payout = make_payout(session, bea)
    call = send_payout(session, payout, REFUSED)
    call.state, call.remote_id = CallState.SUCCEEDED, "tr_1"
    payouts.conclude_transfer(session, call=call, now=HOLD_OVER)
    told = TransferFacts("tr_1", call.id, payout.amount, "txn_1", HOLD_OVER)
    payouts.book_found_paid(session, payout_id=payout.id, transfer=told, now=HOLD_OVER)
    session.flush()
    return payout


def say(session: Session, staff: Actor, creator_id: UUID) -> FinanceRequest:
    """Say that what is in suspense is this creator's."""
    (moved,) = queries.suspended_movements(session)
    made = treasury.ask_identification(
        session,
        actor=staff,
        movement_id=moved.public_id,
        becomes=events.creator_payable(creator_id),
        reason="Seen at Stripe.",
        now=HOLD_OVER,
    )
    session.flush()
    return made


def approve(session: Session, staff: Actor, request: FinanceRequest) -> None:
    treasury.approve(session, actor=staff, request_id=request.id, now=HOLD_OVER)
    session.flush()


def rows(session: Session) -> list[tuple[EarningKind, EarningState, int]]:
    session.expire_all()
    found = session.scalars(select(Earning).order_by(Earning.id))
    return [(each.kind, each.state, each.net_minor) for each in found]


def failed(session: Session) -> list[str]:
    session.flush()
    return [each.name for each in checks.run_all(session) if each.broken]


def test_a_payout_that_was_paid_after_all_is_not_paid_again(
    session: Session, found_paid: Payout, stella: Actor, theo: Actor, bea: Actor
) -> None:
    asked = say(session, stella, found_paid.creator_id)
    assert asked.state is RequestState.ASKED
    assert rows(session) == [(EarningKind.FEE, EarningState.PAYABLE, 38_000)]

    approve(session, theo, asked)

    assert rows(session) == [(EarningKind.FEE, EarningState.PAID, 38_000)]
    assert session.scalars(select(Earning.payout_id)).one() == found_paid.id
    assert balance(session, Code.CREATOR_PAYABLE, found_paid.creator_id) == usd(0)
    assert queries.suspended_movements(session) == []
    assert failed(session) == []
    frozen = payout_queries.freeze_of(session, found_paid.creator_id)
    assert frozen is not None
    payouts.unfreeze(session, actor=stella, freeze_id=frozen.id, now=HOLD_OVER)
    session.flush()
    assert gather(session, bea) == []


def test_what_does_not_add_up_to_what_is_payable_was_another_payment(
    session: Session, earning: Earning, stella: Actor
) -> None:
    set_aside(session, -37_999)

    with pytest.raises(InvalidInput) as refusal:
        say(session, stella, earning.creator_id)

    assert refusal.value.problems == {
        "becomes": "What is payable to this creator, USD 380.00, does not add up to USD 379.99:"
        " it was another payment."
    }
    assert rows(session) == [(EarningKind.FEE, EarningState.PAYABLE, 38_000)]
    assert len(queries.suspended_movements(session)) == 1


def test_what_came_back_from_a_creator_is_payable_to_them_again(
    session: Session, earning: Earning, stella: Actor, bea: Actor
) -> None:
    send_payout(session, make_payout(session, bea), Answer(Outcome.DONE, remote_id="tr_1"))
    set_aside(session, 9_000)
    made = say(session, stella, earning.creator_id)
    with pytest.raises(Conflict, match="identified already"):
        treasury.ask_identification(
            session,
            actor=stella,
            movement_id=made.subject_id or earning.id,
            becomes=events.creator_payable(earning.creator_id),
            reason="Seen at Stripe.",
            now=NOON,
        )

    assert made.state is RequestState.EXECUTED
    assert rows(session) == [
        (EarningKind.FEE, EarningState.PAID, 38_000),
        (EarningKind.RETURNED, EarningState.PAYABLE, 9_000),
    ]
    assert balance(session, Code.CREATOR_PAYABLE, earning.creator_id) == usd(9_000)
    assert failed(session) == []
    assert gather(session, bea) == [9_000]


def test_nothing_came_back_from_a_creator_who_was_never_sent_anything(
    session: Session, earning: Earning, stella: Actor
) -> None:
    set_aside(session, 9_000)

    with pytest.raises(InvalidInput, match="never sent anything in USD"):
        say(session, stella, earning.creator_id)

    assert rows(session) == [(EarningKind.FEE, EarningState.PAYABLE, 38_000)]
    assert balance(session, Code.CREATOR_PAYABLE, earning.creator_id) == usd(38_000)
    assert session.scalars(select(FinanceRequest)).all() == []
