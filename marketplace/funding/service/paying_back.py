"""Book what became of a refund: paid, failed, sent back by the bank."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.funding import queries
from marketplace.funding.messages import RefundDue, RefundEnded
from marketplace.funding.models import Charge, Refund
from marketplace.funding.ports import RefundFacts, RefundStatus
from marketplace.funding.rules import REFUND_LIFE, RefundEvent, RefundState, refund_problem
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.errors import InvalidInput, NotPermitted
from marketplace.kernel.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import events
from marketplace.ledger.rules.events import Changed
from marketplace.processor.models import ProcessorCall
from marketplace.processor.rules import CallState
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post


def conclude_refund(session: Session, *, call: ProcessorCall, now: datetime) -> None:
    """Go on after the processor took or refused the refund; what it took is looked at next."""
    refund = lock_row(session, Refund, call.subject_id)
    if call.state is CallState.SUCCEEDED:
        refund.stripe_refund_id = call.remote_id
        post(session, RefundDue(refund_id=refund.id))
    elif refund.state is RefundState.ASKED:
        _fail(session, refund, problem=refund_problem(call.error_code or ""), actor=SYSTEM, now=now)


def record_refund(session: Session, *, refund_id: UUID, facts: RefundFacts, now: datetime) -> None:
    """Book how a refund stands now. Repeats and news that came late change nothing.

    1. When the money has left our balance, that is booked once, whatever came of it since.
    2. Then its end: paid; failed on the way; or sent back after it had been paid.
    Of a charge that was changed into another currency, what came back is waited for: only the
    processor knows how much that is.
    """
    refund = lock_row(session, Refund, refund_id)
    if facts.left is not None and refund.left_at is None and refund.state is RefundState.ASKED:
        left = events.refund_paid(
            refund_id=refund.id,
            stripe_refund_id=facts.refund_id,
            amount=refund.amount,
            changed=_leaves(session, refund, facts.left),
        )
        ledger.write_entry(session, left, occurred_at=now, actor=SYSTEM)
        refund.left_at = now
    if facts.status is RefundStatus.PAID and refund.state is RefundState.ASKED:
        _end(session, refund, RefundEvent.PAY, now=now)
    waits = refund.stood_minor is not None and facts.came_back is None
    fails = facts.status is RefundStatus.FAILED and not waits
    if fails and REFUND_LIFE.allows(refund.state, RefundEvent.FAIL):
        _fail(
            session,
            refund,
            problem=refund_problem(facts.problem),
            actor=SYSTEM,
            now=now,
            came_back=facts.came_back,
        )


def _leaves(session: Session, refund: Refund, left: Money) -> Changed | None:
    """What stood for it of a charge that was changed; None where it left as it had come."""
    if refund.charge_id is None or left.currency == refund.currency:
        return None
    charge = lock_row(session, Charge, refund.charge_id)
    return Changed(moved=left, stood=_stood(session, refund, charge))


def _stays(session: Session, refund: Refund) -> Money | None:
    """What stood for a refund from our bank and stays with us; None where nothing was changed."""
    if refund.charge_id is None:
        return None
    charge = lock_row(session, Charge, refund.charge_id)
    if charge.settled.currency == refund.currency:
        return None
    return _stood(session, refund, charge)


def _stood(session: Session, refund: Refund, charge: Charge) -> Money:
    stood = queries.standing_of(session, charge).for_part(refund.amount)
    refund.stood_minor = stood.minor or None
    return stood


def _comes_back(refund: Refund, came_back: Money | None) -> Changed | None:
    if refund.stood_minor is None or came_back is None:
        return None
    changed = Changed(moved=came_back, stood=Money(refund.stood_minor, came_back.currency))
    refund.stood_minor = None
    return changed


def record_bank_transfer(
    session: Session, *, actor: Actor, refund_id: UUID, reference: str, now: datetime
) -> Refund:
    """Book that finance staff sent a refund from the bank.

    reference: what the bank was given with it. Raises NotFound, NotPermitted, InvalidInput,
    InvalidTransition (so also the second time).
    """
    refund = _due_to_staff(session, actor, refund_id, reference)
    state = REFUND_LIFE.next(refund.state, RefundEvent.PAY)
    sent = events.refund_paid_by_bank(
        refund_id=refund.id, amount=refund.amount, stood=_stays(session, refund)
    )
    ledger.write_entry(session, sent, occurred_at=now, actor=actor)
    refund.state, refund.ended_at, refund.bank_reference = state, now, reference
    post(session, RefundEnded(refund_id=refund.id))
    return refund


def give_up_bank_transfer(
    session: Session, *, actor: Actor, refund_id: UUID, reason: str, now: datetime
) -> Refund:
    """Put a refund that no bank took back into the brand's wallet.

    Raises NotFound, NotPermitted, InvalidInput, InvalidTransition (so also the second time).
    """
    refund = _due_to_staff(session, actor, refund_id, reason)
    _fail(session, refund, problem=reason, actor=actor, now=now)
    return refund


def _due_to_staff(session: Session, actor: Actor, refund_id: UUID, words: str) -> Refund:
    if not actor.is_staff:
        raise NotPermitted("send refunds from the bank")
    refund = lock_row(session, Refund, refund_id)
    # A refund that goes as it came is ended by the processor's word alone.
    if refund.state is RefundState.ASKED:
        raise NotPermitted("end a refund that the payment service is sending")
    if not words:
        raise InvalidInput({"words": "Write what you gave the bank, or what it said."})
    return refund


def _fail(
    session: Session,
    refund: Refund,
    *,
    problem: str,
    actor: Actor,
    now: datetime,
    came_back: Money | None = None,
) -> None:
    """The money is the brand's again: in its wallet."""
    _end(session, refund, RefundEvent.FAIL, now=now)
    if refund.left_at is not None and refund.stripe_refund_id is not None:
        event = events.refund_bounced(
            stripe_refund_id=refund.stripe_refund_id,
            movement_ref=refund.stripe_refund_id,
            brand_id=refund.brand_id,
            amount=refund.amount,
            changed=_comes_back(refund, came_back),
        )
    else:
        event = events.refund_failed(
            refund_id=refund.id,
            stripe_refund_id=refund.stripe_refund_id,
            brand_id=refund.brand_id,
            amount=refund.amount,
        )
    ledger.write_entry(session, event, occurred_at=now, actor=actor)
    if refund.charge_id is not None:
        charge = lock_row(session, Charge, refund.charge_id)
        charge.refunded_minor -= refund.amount_minor
        charge.refund_came_back_at = now
    refund.problem = problem


def _end(session: Session, refund: Refund, event: RefundEvent, *, now: datetime) -> None:
    refund.state = REFUND_LIFE.next(refund.state, event)
    refund.ended_at = now
    post(session, RefundEnded(refund_id=refund.id))
