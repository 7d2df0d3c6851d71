"""Staff stop the payouts of one creator, and what was refused turns out to be paid."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.rules import events
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Earning, Freeze, PayoutStep
from marketplace.payouts.ports import TransferFacts
from marketplace.payouts.rules import EarningState, PayoutEvent, PayoutState, Waiting
from marketplace.processor import service as processor
from marketplace.processor.ports import Answer
from marketplace.processor.rules import Outcome
from marketplace.reconciliation import checks
from tests.factories.campaigns import make_campaign
from tests.factories.money import (
    HOLD_OVER,
    make_accepted,
    make_earning,
    make_payout,
    make_payout_account,
    pay_in,
    send_payout,
)
from tests.services.agreeing import posted

REFUSED = Answer(Outcome.REFUSED, code="account_invalid", text="no such account")
WHY = "The bank account changed twice today."


@pytest.fixture
def earning(session: Session, acme: Brand, alice: Actor, bea: Actor) -> Earning:
    """380.00 that can be paid out."""
    campaign = make_campaign(session, brand=acme, by=alice)
    pay_in(session, campaign, by=alice)
    made = make_earning(session, make_accepted(session, campaign, by=alice, creator=bea))
    make_payout_account(session, bea)
    return made


def gather(session: Session, earning: Earning) -> int:
    made = payouts.gather(session, creator_ids=[earning.creator_id], now=HOLD_OVER)
    session.flush()
    return len(made)


def freeze(session: Session, earning: Earning, actor: Actor, *, reason: str = WHY) -> Freeze:
    return payouts.freeze(
        session, actor=actor, creator_id=earning.creator_id, reason=reason, now=HOLD_OVER
    )


def waiting(session: Session, earning: Earning) -> Waiting:
    line = queries.earning_line(session, deliverable_id=earning.deliverable_id, now=HOLD_OVER)
    assert line is not None
    return line.waiting


def test_a_frozen_creator_is_not_paid_until_it_is_lifted(
    session: Session, earning: Earning, stella: Actor
) -> None:
    made = freeze(session, earning, stella)

    assert gather(session, earning) == 0
    assert waiting(session, earning) is Waiting.FROZEN
    assert (made.reason, made.frozen_by, made.frozen_at) == (WHY, stella.user_id, HOLD_OVER)
    payouts.unfreeze(session, actor=stella, freeze_id=made.id, now=HOLD_OVER)
    assert (made.lifted_by, made.lifted_at) == (stella.user_id, HOLD_OVER)
    assert posted(session, "PayoutsFrozen") == [{"freeze_id": str(made.id)}]
    assert posted(session, "PayoutsUnfrozen") == [{"freeze_id": str(made.id)}]
    assert posted(session, "PayoutsWanted")[-1] == {"creator_id": str(earning.creator_id)}
    assert gather(session, earning) == 1


def test_a_freeze_stops_nobody_else(
    session: Session, earning: Earning, stella: Actor, carl: Actor
) -> None:
    assert carl.creator_id is not None
    payouts.freeze(session, actor=stella, creator_id=carl.creator_id, reason=WHY, now=HOLD_OVER)

    assert gather(session, earning) == 1


def test_what_is_on_its_way_goes_on(
    session: Session, earning: Earning, stella: Actor, bea: Actor
) -> None:
    payout = make_payout(session, bea)
    freeze(session, earning, stella)

    send_payout(session, payout, Answer(Outcome.DONE, remote_id="tr_1"))

    assert payout.state is PayoutState.SETTLED


def test_a_freeze_is_refused_without_a_reason_twice_or_by_others(
    session: Session, earning: Earning, stella: Actor, alice: Actor, bea: Actor
) -> None:
    for who in (alice, bea):
        with pytest.raises(NotPermitted) as barred:
            freeze(session, earning, who)
        assert str(barred.value) == str(NotPermitted("freeze payouts"))
    with pytest.raises(InvalidInput) as silent:
        freeze(session, earning, stella, reason="  ")
    assert silent.value.problems == {"reason": "Say why, for your colleagues."}
    with pytest.raises(NotFound):
        payouts.freeze(session, actor=stella, creator_id=new_id(), reason=WHY, now=HOLD_OVER)
    assert queries.freeze_of(session, earning.creator_id) is None
    made = freeze(session, earning, stella, reason=f"  {WHY} ")
    assert made.reason == WHY
    with pytest.raises(Conflict) as twice:
        freeze(session, earning, stella)
    assert twice.value.reason == "The payouts of this creator are frozen already"
    with pytest.raises(NotPermitted) as unbarred:
        payouts.unfreeze(session, actor=bea, freeze_id=made.id, now=HOLD_OVER)
    assert str(unbarred.value) == str(NotPermitted("unfreeze payouts"))
    assert queries.freeze_of(session, earning.creator_id) == made
    payouts.unfreeze(session, actor=stella, freeze_id=made.id, now=HOLD_OVER)
    with pytest.raises(Conflict) as lifted:
        payouts.unfreeze(session, actor=stella, freeze_id=made.id, now=HOLD_OVER)
    assert lifted.value.reason == "This freeze was lifted already"
    assert len(posted(session, "PayoutsFrozen")) == len(posted(session, "PayoutsUnfrozen")) == 1


def test_the_database_keeps_one_open_freeze_a_creator(
    session: Session, earning: Earning, stella: Actor
) -> None:
    freeze(session, earning, stella)

    with pytest.raises(IntegrityError):
        session.execute(
            Freeze.__table__.insert().values(
                id=new_id(), creator_id=earning.creator_id, reason=WHY, frozen_at=HOLD_OVER
            )
        )


def test_a_payout_that_was_given_back_and_turns_out_paid_freezes_its_creator(
    session: Session, earning: Earning, bea: Actor
) -> None:
    payout = make_payout(session, bea)
    call = send_payout(session, payout, REFUSED)
    assert payout.state is PayoutState.RETURNED
    transfer = TransferFacts("tr_9", call.id, Money(38_000, "USD"), "txn_9", HOLD_OVER)

    for _ in range(2):
        late = processor.adopt(session, call_id=call.id, remote_id="tr_9", now=HOLD_OVER)
        if late is not None:
            payouts.conclude_transfer(session, call=late, now=HOLD_OVER)
        payouts.conclude_transfer(session, call=call, now=HOLD_OVER)
        payouts.book_found_paid(session, payout_id=payout.id, transfer=transfer, now=HOLD_OVER)
        session.flush()

    # The money that left is in suspense, what was given back stays where it is, and nothing more
    # is sent to the creator before a person has said what it was.
    assert ledger.balance_of(session, events.SUSPENSE, currency="USD") == Money(38_000, "USD")
    assert (payout.state, payout.stripe_transfer_id) == (PayoutState.RETURNED, "tr_9")
    assert earning.state is EarningState.PAYABLE
    stopped = queries.freeze_of(session, earning.creator_id)
    assert stopped is not None
    assert (stopped.frozen_by, "tr_9" in stopped.reason) == (SYSTEM.user_id, True)
    later = HOLD_OVER + timedelta(days=2)
    assert payouts.gather(session, creator_ids=[earning.creator_id], now=later) == []
    steps = session.scalars(select(PayoutStep.event).order_by(PayoutStep.id)).all()
    assert steps == [PayoutEvent.RESERVE, PayoutEvent.RETURN, PayoutEvent.FIND_PAID]
    assert len(posted(session, "CallDoneAfterAll")) == 1
    broken = [r.name for r in checks.run_all(session) if not r.passed and r.broken]
    assert broken == []
