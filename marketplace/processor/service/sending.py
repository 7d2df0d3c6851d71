"""Claim a call, record what came of it. The network is somebody else's."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.processor.messages import (
    CallDoneAfterAll,
    CallDoneTwice,
    CallDue,
    CallStuck,
)
from marketplace.processor.models import ProcessorAttempt, ProcessorCall
from marketplace.processor.ports import Answer, Instruction
from marketplace.processor.rules import (
    FINAL,
    WAITING,
    Act,
    CallState,
    Given,
    Outcome,
    Standing,
    answered,
    is_due,
    may_go_by_itself,
    succeeded,
    taken,
)
from marketplace.processor.service import lanes
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post, post_all

RUNG_AT_ONCE: Final = 2_000
"""More than goes out in a minute."""


def claim(session: Session, *, call_id: UUID, now: datetime) -> Instruction | None:
    """Take a due call for sending, or return None when there is nothing to do now.

    1. Lock the row, skipping it if a rival has it.
    2. Leave it alone unless it is due, or its last holder's lease has run out.
    3. Leave it alone while its kind is stopped, or when there is no turn for it soon.
    4. Write the attempt before it is made, and hand out a new fence.
    """
    call = session.scalar(
        select(ProcessorCall)
        .where(ProcessorCall.id == call_id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if call is None or not is_due(call.standing, now=now):
        return None
    if not lanes.may_go(session, call.kind, now=now):
        return None
    act, held = taken(call.standing, now=now)
    wait = lanes.take_turn(session, call.kind) if act is Act.SEND else timedelta(0)
    if wait is None:
        return None
    if act is Act.SEND:
        session.add(
            ProcessorAttempt(
                id=new_id(),
                call_id=call.id,
                fence=held.fence,
                idempotency_key=call.idempotency_key,
                sent_at=now,
            )
        )
    call.standing = held
    return _instruction(call, act, send_before=held.lease_until or now, wait=wait)


def question(call: ProcessorCall, *, now: datetime) -> Instruction:
    """Return what it takes to look for a call at the processor, without taking it."""
    return _instruction(call, Act.LOOK_UP, send_before=now, wait=timedelta(0))


def record(
    session: Session, *, instruction: Instruction, answer: Answer, now: datetime
) -> ProcessorCall | None:
    """Write down what came of a claimed call; return the call when this answer ended it.

    A success is believed whoever brings it; every other answer only with the present fence.
    Returns None when the call goes on, or had ended before.
    """
    call = lock_row(session, ProcessorCall, instruction.call_id)
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
    if answer.outcome is Outcome.UNAUTHORISED:
        lanes.stop(session, call.kind, code=answer.code, now=now)
    elif answer.outcome in {Outcome.DONE, Outcome.REFUSED, Outcome.MISUSED}:
        lanes.resume(session, call.kind)
    before = call.standing
    after = answered(before, _given(session, call, instruction, answer), now=now)
    if after != before:
        call.error_code = answer.code
        call.error_text = answer.text or None
    return _stands(session, call, after, remote_id=answer.remote_id, now=now)


def adopt(
    session: Session, *, call_id: UUID, remote_id: str, now: datetime
) -> ProcessorCall | None:
    """Take over a success that came by another way: a webhook or a list.

    Returns the call when this ended it, also one that had counted as refused; None when it had
    succeeded before, or is not one of ours.
    """
    if session.get(ProcessorCall, call_id) is None:
        return None
    call = lock_row(session, ProcessorCall, call_id)
    return _stands(session, call, succeeded(call.standing), remote_id=remote_id, now=now)


def ring_due(session: Session, *, now: datetime) -> int:
    """Ring again for every call that is due; return how many. Losing the bell loses nothing."""
    due = session.scalars(
        select(ProcessorCall.id)
        .where(
            or_(
                and_(ProcessorCall.state.in_(WAITING), ProcessorCall.next_try_at <= now),
                and_(ProcessorCall.state == CallState.SENDING, ProcessorCall.lease_until < now),
            ),
            ProcessorCall.kind.not_in(lanes.waiting_for_probe(session, now=now)),
        )
        .order_by(ProcessorCall.next_try_at)
        .limit(RUNG_AT_ONCE)
    ).all()
    post_all(session, [CallDue(call_id=call_id) for call_id in due])
    return len(due)


def _instruction(
    call: ProcessorCall, act: Act, *, send_before: datetime, wait: timedelta
) -> Instruction:
    return Instruction(
        call_id=call.id,
        kind=call.kind,
        act=act,
        params=dict(call.params),
        idempotency_key=call.idempotency_key,
        fence=call.fence,
        send_before=send_before,
        wait=wait,
    )


def _given(
    session: Session, call: ProcessorCall, instruction: Instruction, answer: Answer
) -> Given:
    """Count what the rules want to know of the sends under this key."""
    unclear = or_(ProcessorAttempt.outcome.is_(None), ProcessorAttempt.outcome == Outcome.UNKNOWN)
    earlier = ProcessorAttempt.fence < instruction.fence
    tries, unanswered = session.execute(
        select(func.count(), func.count().filter(unclear, earlier)).where(
            ProcessorAttempt.call_id == call.id,
            ProcessorAttempt.idempotency_key == instruction.idempotency_key,
        )
    ).one()
    return Given(
        act=instruction.act,
        fence=instruction.fence,
        outcome=answer.outcome,
        code=answer.code,
        tries=tries,
        earlier_unanswered=unanswered > 0,
        by_itself=may_go_by_itself(call.kind, _amount(call.params)),
    )


def _amount(params: dict[str, Any]) -> Money | None:
    if "amount_minor" not in params or "currency" not in params:
        return None
    return Money(params["amount_minor"], params["currency"])


def _stands(
    session: Session,
    call: ProcessorCall,
    after: Standing,
    *,
    remote_id: str | None,
    now: datetime,
) -> ProcessorCall | None:
    before = call.standing
    if after.state is CallState.SUCCEEDED:
        if before.state is CallState.SUCCEEDED:
            if remote_id is not None and remote_id != call.remote_id:
                post(session, CallDoneTwice(call_id=call.id, remote_id=remote_id))
            return None
        call.remote_id = remote_id
        call.error_code = call.error_text = None
        if before.state is CallState.REFUSED:
            post(session, CallDoneAfterAll(call_id=call.id))
    if after.state is CallState.MANUAL and before.state is not CallState.MANUAL:
        post(session, CallStuck(call_id=call.id))
    call.standing = after
    if after.state not in FINAL or after.state is before.state:
        return None
    call.ended_at = now
    return call
