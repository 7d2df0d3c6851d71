"""Plan a call, claim it, record what came of it. The network is somebody else's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from marketplace.kernel.ids import new_id
from marketplace.processor.messages import CallDue, CallStuck
from marketplace.processor.models import ProcessorAttempt, ProcessorCall
from marketplace.processor.ports import Answer, Instruction
from marketplace.processor.rules import (
    FINAL,
    LEASE,
    Act,
    CallKind,
    CallState,
    Move,
    Outcome,
    act_for,
    after_look_up,
    after_send,
)
from marketplace.store.outbox import post

_WAITING = (CallState.READY, CallState.RETRY, CallState.UNKNOWN)


def plan(
    session: Session, *, kind: CallKind, subject_id: UUID, params: Mapping[str, Any], now: datetime
) -> ProcessorCall:
    """Write down a call we mean to make, in the same transaction as the reason for it.

    Its parameters never change; its id is the root of its idempotency keys. One call for each kind
    and subject: the database refuses a second.
    """
    canonical = json.dumps(params, sort_keys=True, separators=(",", ":"))
    call = ProcessorCall(
        id=new_id(),
        kind=kind,
        subject_id=subject_id,
        params=dict(params),
        params_hash=hashlib.sha256(canonical.encode()).hexdigest(),
        state=CallState.READY,
        key_generation=0,
        fence=0,
        absent_count=0,
        next_try_at=now,
        planned_at=now,
    )
    session.add(call)
    post(session, CallDue(call_id=call.id))
    return call


def claim(session: Session, *, call_id: UUID, now: datetime) -> Instruction | None:
    """Take a due call for sending, or return None when there is nothing to do.

    1. Lock the row, skipping it if a rival has it.
    2. Leave it alone unless it is due, or its last holder's lease has run out.
    3. Write the attempt before it is made, and hand out a new fence.
    """
    call = session.scalar(
        select(ProcessorCall)
        .where(ProcessorCall.id == call_id, _is_due(now))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if call is None:
        return None
    act = act_for(first_sent_at=call.first_sent_at, now=now)
    call.state = CallState.SENDING
    call.fence += 1
    call.lease_until = now + LEASE
    if act is Act.SEND:
        call.first_sent_at = call.first_sent_at or now
        call.last_sent_at = now
        session.add(
            ProcessorAttempt(
                id=new_id(),
                call_id=call.id,
                fence=call.fence,
                idempotency_key=call.idempotency_key,
                sent_at=now,
            )
        )
    return Instruction(
        call_id=call.id,
        kind=call.kind,
        act=act,
        params=dict(call.params),
        idempotency_key=call.idempotency_key,
        fence=call.fence,
        send_before=call.lease_until,
    )


def record(
    session: Session, *, instruction: Instruction, answer: Answer, now: datetime
) -> ProcessorCall | None:
    """Write down what came of a claimed call; return the call when this answer ended it.

    A success is believed whoever brings it; every other answer only with the present fence.
    Returns None when the call goes on, or had ended before.
    """
    call = _locked(session, instruction.call_id)
    attempt = session.scalar(
        select(ProcessorAttempt).where(
            ProcessorAttempt.call_id == call.id, ProcessorAttempt.fence == instruction.fence
        )
    )
    if attempt is not None:
        attempt.answered_at = now
        attempt.outcome = answer.outcome
        attempt.code = answer.code
        attempt.http_status = answer.http_status
        attempt.request_id = answer.request_id
    if call.state in FINAL:
        return None
    if answer.outcome is not Outcome.DONE and call.fence != instruction.fence:
        return None
    move = _decide(session, call, instruction, answer, now)
    call.error_code = answer.code
    call.error_text = answer.text or None
    return _apply(session, call, move, remote_id=answer.remote_id, now=now)


def adopt(
    session: Session, *, call_id: UUID, remote_id: str, now: datetime
) -> ProcessorCall | None:
    """Take over a success that came by another way: a webhook or a list.

    Returns the call when this ended it; None when it had ended before, or is not one of ours.
    """
    if session.get(ProcessorCall, call_id) is None:
        return None
    call = _locked(session, call_id)
    if call.state in FINAL:
        return None
    return _apply(session, call, Move(CallState.SUCCEEDED), remote_id=remote_id, now=now)


def ring_due(session: Session, *, now: datetime) -> int:
    """Ring again for every call that is due; return how many. Losing the bell loses nothing."""
    due = session.scalars(
        select(ProcessorCall.id)
        .where(_is_due(now))
        .order_by(ProcessorCall.next_try_at)
        .limit(1_000)
    ).all()
    for call_id in due:
        post(session, CallDue(call_id=call_id))
    return len(due)


def _is_due(now: datetime) -> Any:
    return or_(
        and_(ProcessorCall.state.in_(_WAITING), ProcessorCall.next_try_at <= now),
        and_(ProcessorCall.state == CallState.SENDING, ProcessorCall.lease_until < now),
    )


def _locked(session: Session, call_id: UUID) -> ProcessorCall:
    return session.scalars(
        select(ProcessorCall)
        .where(ProcessorCall.id == call_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _decide(
    session: Session, call: ProcessorCall, instruction: Instruction, answer: Answer, now: datetime
) -> Move:
    if instruction.act is Act.LOOK_UP and answer.outcome is not Outcome.UNKNOWN:
        found = answer.outcome is Outcome.DONE
        call.absent_count = 0 if found else call.absent_count + 1
        return after_look_up(
            found=found, absences=call.absent_count, last_sent_at=call.last_sent_at, now=now
        )
    under_key = ProcessorAttempt.idempotency_key == instruction.idempotency_key
    unclear = or_(ProcessorAttempt.outcome.is_(None), ProcessorAttempt.outcome == Outcome.UNKNOWN)
    of_call = ProcessorAttempt.call_id == call.id
    tries = session.scalar(select(func.count()).where(of_call, under_key)) or 0
    earlier = session.scalar(
        select(func.count()).where(
            of_call, under_key, unclear, ProcessorAttempt.fence < instruction.fence
        )
    )
    return after_send(
        answer.outcome, code=answer.code, tries=tries, earlier_unanswered=bool(earlier), now=now
    )


def _apply(
    session: Session, call: ProcessorCall, move: Move, *, remote_id: str | None, now: datetime
) -> ProcessorCall | None:
    call.state = move.state
    call.lease_until = None
    if move.next_try_at is not None:
        call.next_try_at = move.next_try_at
    if move.new_key:
        call.key_generation += 1
        call.first_sent_at = None
        call.absent_count = 0
    if move.state is CallState.SUCCEEDED:
        call.remote_id = remote_id
        call.error_code = call.error_text = None
    if move.state is CallState.MANUAL:
        post(session, CallStuck(call_id=call.id))
    if move.state not in FINAL:
        return None
    call.ended_at = now
    return call
