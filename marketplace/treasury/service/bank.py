"""Our own money goes to our bank, or comes from it."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.errors import NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import queries as journal
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, events
from marketplace.processor import service as processor
from marketplace.processor.models import ProcessorCall
from marketplace.processor.rules import CallKind, CallState
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post
from marketplace.treasury import queries
from marketplace.treasury.messages import BankMoveEnded
from marketplace.treasury.models import BankMove, ProcessorSetting
from marketplace.treasury.ports import BankMoveFacts
from marketplace.treasury.rules.own_money import (
    BANK_MOVE,
    EVENT_OF,
    BankMoveEvent,
    BankMoveState,
    Direction,
    check_payout,
)
from marketplace.treasury.rules.requests import check_amount

CALL_OF: Final = {
    Direction.TO_BANK: CallKind.PLATFORM_PAYOUT,
    Direction.FROM_BANK: CallKind.TOPUP,
}
SCHEDULE: Final = "payout_schedule"


def ask_payout(session: Session, *, actor: Actor, amount: Money, now: datetime) -> BankMove:
    """Send money of our own to our bank; at most what is left when everybody else has theirs.

    One at a time, so that two askers cannot both take the last cent. Raises NotPermitted,
    InvalidInput (more than is ours).
    """
    _check_staff(actor, "pay out the platform’s money")
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('treasury'))"))
    check_payout(amount, own=queries.own_money_in(session, amount.currency))
    return _plan(session, actor, Direction.TO_BANK, amount, now)


def ask_topup(session: Session, *, actor: Actor, amount: Money, now: datetime) -> BankMove:
    """Ask our bank for money for our balance at the processor.

    Raises NotPermitted, InvalidInput.
    """
    _check_staff(actor, "top up the platform’s balance")
    check_amount(amount)
    return _plan(session, actor, Direction.FROM_BANK, amount, now)


def conclude_bank_move(session: Session, *, call: ProcessorCall, now: datetime) -> None:
    """Book that a payout or top-up was sent, or keep why it was refused. Once."""
    move = lock_row(session, BankMove, call.subject_id)
    if move.state is not BankMoveState.REQUESTED:
        return
    if call.state is CallState.SUCCEEDED and call.remote_id is not None:
        move.stripe_id = call.remote_id
        move.state = BANK_MOVE.next(move.state, BankMoveEvent.SEND)
        sent = (
            events.platform_payout_sent(stripe_payout_id=call.remote_id, amount=move.amount)
            if move.direction is Direction.TO_BANK
            else events.topup_sent(stripe_topup_id=call.remote_id, amount=move.amount)
        )
        ledger.write_entry(session, sent, occurred_at=now, actor=SYSTEM)
        return
    move.state = BANK_MOVE.next(move.state, BankMoveEvent.REFUSE)
    move.problem = call.error_text or call.error_code or ""
    _end(session, move, now)


def record_bank_move(
    session: Session, *, move_id: UUID, facts: BankMoveFacts, now: datetime
) -> None:
    """Book how far a payout or top-up has come; what is known, or comes too late, changes nothing.

    One that fails after it had arrived is taken out of our bank again: its arrival was not true.
    """
    move = lock_row(session, BankMove, move_id)
    event = EVENT_OF.get(facts.state)
    move.arrives_on = facts.arrives_on or move.arrives_on
    if event is None or not BANK_MOVE.allows(move.state, event):
        return
    if event is BankMoveEvent.ARRIVE:
        _book(session, _arrived(move), now)
    else:
        _take_back(session, move, arrived=move.state is BankMoveState.ARRIVED, now=now)
        move.problem = facts.problem
    move.state = BANK_MOVE.next(move.state, event)
    _end(session, move, now)


def record_schedule(session: Session, *, interval: str, now: datetime) -> None:
    """Keep how often the processor pays us out by itself."""
    session.execute(
        insert(ProcessorSetting)
        .values(name=SCHEDULE, value=interval, read_at=now)
        .on_conflict_do_update(index_elements=["name"], set_={"value": interval, "read_at": now})
    )


def _plan(
    session: Session, actor: Actor, direction: Direction, amount: Money, now: datetime
) -> BankMove:
    move = BankMove(
        id=new_id(),
        direction=direction,
        amount_minor=amount.minor,
        currency=amount.currency,
        state=BankMoveState.REQUESTED,
        problem="",
        asked_by=actor.user_id,
        asked_at=now,
    )
    session.add(move)
    processor.plan(
        session,
        kind=CALL_OF[direction],
        subject_id=move.id,
        params={
            "move_id": str(move.id),
            "amount_minor": amount.minor,
            "currency": amount.currency,
        },
        now=now,
    )
    return move


def _stripe_id(move: BankMove) -> str:
    if move.stripe_id is None:
        raise RuntimeError("what has ended at the processor was never sent there")
    return move.stripe_id


def _arrived(move: BankMove) -> Entry:
    remote_id = _stripe_id(move)
    if move.direction is Direction.TO_BANK:
        return events.platform_payout_arrived(stripe_payout_id=remote_id, amount=move.amount)
    return events.topup_arrived(stripe_topup_id=remote_id, amount=move.amount)


def _take_back(session: Session, move: BankMove, *, arrived: bool, now: datetime) -> None:
    """Book that the money is where it came from."""
    remote_id = _stripe_id(move)
    if move.direction is Direction.TO_BANK:
        if arrived:
            _undo(session, _arrived(move).idem_key, now)
        failed = events.platform_payout_failed(
            stripe_payout_id=remote_id, movement_ref=remote_id, amount=move.amount
        )
        _book(session, failed, now)
        return
    if arrived:
        taken = events.topup_reversed(
            stripe_topup_id=remote_id, movement_ref=remote_id, amount=move.amount
        )
        _book(session, taken, now)
    sent = events.topup_sent(stripe_topup_id=remote_id, amount=move.amount)
    _undo(session, sent.idem_key, now)


def _book(session: Session, entry: Entry, now: datetime) -> None:
    ledger.write_entry(session, entry, occurred_at=now, actor=SYSTEM)


def _undo(session: Session, idem_key: str, now: datetime) -> None:
    found = journal.entry_by_key(session, idem_key)
    if found is not None:
        ledger.reverse_entry(session, entry_id=found.id, occurred_at=now, actor=SYSTEM)


def _end(session: Session, move: BankMove, now: datetime) -> None:
    move.ended_at = now
    post(session, BankMoveEnded(move_id=move.id, state=move.state.value))


def _check_staff(actor: Actor, act: str) -> None:
    if not actor.is_staff or actor.user_id is None:
        raise NotPermitted(act)
