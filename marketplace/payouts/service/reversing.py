"""Take back what was sent to a creator, wholly or partly, out of their account."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money, in_words
from marketplace.kernel.sentences import Sentence
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import events
from marketplace.payouts import queries
from marketplace.payouts.messages import ReversalEnded
from marketplace.payouts.models import ClawbackCase, Earning, Payout, PayoutReversal
from marketplace.payouts.rules import (
    LIFE,
    EarningKind,
    EarningState,
    PayoutEvent,
    PayoutState,
    Recovery,
    ReversalState,
)
from marketplace.payouts.service.clawing_back import check_rest, settle
from marketplace.payouts.service.freezing import freeze
from marketplace.payouts.service.steps import take_step
from marketplace.processor import service as processor
from marketplace.processor.models import ProcessorCall
from marketplace.processor.rules import CallKind, CallState
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post

REVERSIBLE = (PayoutState.SETTLED, PayoutState.PARTLY_REVERSED)


def ask_reversal(
    session: Session,
    *,
    actor: Actor,
    payout_id: UUID,
    amount: Money,
    reason: str,
    case_id: UUID | None = None,
    now: datetime,
) -> PayoutReversal:
    """Ask the processor to take back what was sent, or a part of it.

    case_id: the clawback that this recovers. Without one the money is payable again when it has
    come, and the creator's payouts are frozen so that it does not go out the same way once more.

    Raises NotFound, NotPermitted, InvalidInput (no reason, more than was sent), Conflict (never
    sent, or less than that is left of the clawback).
    """
    if not actor.is_staff or actor.user_id is None:
        raise NotPermitted("take a payout back")
    if not reason:
        raise InvalidInput({"reason": "Say why, for your colleagues."})
    payout = lock_row(session, Payout, payout_id)
    if payout.state not in REVERSIBLE or payout.stripe_transfer_id is None:
        raise Conflict("Only a payout that has settled can be taken back")
    left = payout.amount - _taken(session, payout)
    if amount.currency != payout.currency or amount > left:
        raise InvalidInput(
            {"amount": Sentence("At most {left} can be taken back of it.", left=left)}
        )
    if case_id is not None:
        case = lock_row(session, ClawbackCase, case_id)
        if (case.creator_id, case.currency) != (payout.creator_id, payout.currency):
            raise Conflict("This payout did not go to who has to give it back")
        check_rest(session, case, amount)
    reversal = PayoutReversal(
        id=new_id(),
        payout_id=payout.id,
        case_id=case_id,
        amount_minor=amount.minor,
        currency=amount.currency,
        state=ReversalState.REQUESTED,
        reason=reason,
        asked_by=actor.user_id,
        asked_at=now,
    )
    session.add(reversal)
    processor.plan(
        session,
        kind=CallKind.REVERSAL,
        subject_id=reversal.id,
        params={
            "reversal_id": str(reversal.id),
            "transfer_id": payout.stripe_transfer_id,
            "amount_minor": amount.minor,
            "currency": amount.currency,
        },
        now=now,
    )
    return reversal


def conclude_reversal(session: Session, *, call: ProcessorCall, now: datetime) -> None:
    """Book what came back, or keep why nothing did. The second time nothing happens."""
    found = queries.reversal_by_id(session, call.subject_id)
    payout = lock_row(session, Payout, found.payout_id)
    reversal = lock_row(session, PayoutReversal, call.subject_id)
    if reversal.state is not ReversalState.REQUESTED:
        return
    reversal.ended_at = now
    post(session, ReversalEnded(reversal_id=reversal.id))
    if call.state is not CallState.SUCCEEDED or call.remote_id is None:
        reversal.state = ReversalState.REFUSED
        reversal.problem_code = call.error_code or ""
        reversal.problem = call.error_text or call.error_code or ""
        return
    reversal.state, reversal.stripe_reversal_id = ReversalState.DONE, call.remote_id
    payout.reversed_minor += reversal.amount_minor
    whole = payout.reversed_minor == payout.amount_minor
    event = PayoutEvent.REVERSE if whole else PayoutEvent.REVERSE_PART
    payout.state = LIFE.next(payout.state, event)
    note = f"{in_words(reversal.amount)} of it was taken back."
    take_step(session, payout, event, payout.state, now, note=note)
    if reversal.case_id is None:
        _make_payable(session, payout, reversal, call.remote_id, now)
    else:
        case = lock_row(session, ClawbackCase, reversal.case_id)
        _recover(session, case, reversal, call.remote_id, now)


def _taken(session: Session, payout: Payout) -> Money:
    """What was taken back of a locked payout, or is about to be."""
    asked = session.scalar(
        select(func.sum(PayoutReversal.amount_minor)).where(
            PayoutReversal.payout_id == payout.id,
            PayoutReversal.state == ReversalState.REQUESTED,
        )
    )
    return Money(payout.reversed_minor + int(asked or 0), payout.currency)


def _make_payable(
    session: Session, payout: Payout, reversal: PayoutReversal, remote_id: str, now: datetime
) -> None:
    back = events.transfer_reversed(
        stripe_reversal_id=remote_id, creator_id=payout.creator_id, amount=reversal.amount
    )
    ledger.write_entry(session, back, occurred_at=now, actor=SYSTEM)
    largest = max(queries.earnings_in(session, payout.id), key=lambda each: each.net_minor)
    session.add(
        Earning(
            kind=EarningKind.RETURNED,
            deliverable_id=largest.deliverable_id,
            campaign_id=largest.campaign_id,
            creator_id=payout.creator_id,
            fee_minor=reversal.amount_minor,
            platform_share_minor=0,
            net_minor=reversal.amount_minor,
            currency=reversal.currency,
            state=EarningState.PAYABLE,
            earned_at=now,
            payable_at=now,
        )
    )
    if queries.freeze_of(session, payout.creator_id) is None:
        freeze(
            session,
            actor=SYSTEM,
            creator_id=payout.creator_id,
            reason=f"A payout was taken back: {reversal.reason}",
            now=now,
        )


def _recover(
    session: Session, case: ClawbackCase, reversal: PayoutReversal, remote_id: str, now: datetime
) -> None:
    back = events.clawback_reversed(
        stripe_reversal_id=remote_id, creator_id=case.creator_id, amount=reversal.amount
    )
    ledger.write_entry(session, back, occurred_at=now, actor=SYSTEM)
    settle(session, case, Recovery.REVERSED, reversal.amount, now=now)
