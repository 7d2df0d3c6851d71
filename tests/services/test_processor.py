"""Plan, claim, record: one intended call, made exactly once."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.processor import queries
from marketplace.processor import service as processor
from marketplace.processor.models import ProcessorAttempt, ProcessorCall
from marketplace.processor.ports import Answer, Instruction
from marketplace.processor.rules import Act, CallKind, CallState, Outcome
from marketplace.store.outbox import OutboxMessage
from tests.conftest import NOON

DONE = Answer(Outcome.DONE, remote_id="tr_1", http_status=200, request_id="req_1")
UNKNOWN = Answer(Outcome.UNKNOWN, code="APIConnectionError")
REFUSED = Answer(Outcome.REFUSED, code="account_invalid", text="no such account", http_status=400)


@pytest.fixture
def call(session: Session) -> ProcessorCall:
    planned = processor.plan(
        session,
        kind=CallKind.TRANSFER,
        subject_id=uuid4(),
        params={"amount_minor": 500, "currency": "USD"},
        now=NOON,
    )
    session.flush()
    return planned


def claimed(session: Session, call: ProcessorCall, *, after: timedelta) -> Instruction:
    instruction = processor.claim(session, call_id=call.id, now=NOON + after)
    assert instruction is not None
    return instruction


def posted(session: Session) -> list[str]:
    session.flush()
    return list(session.scalars(select(OutboxMessage.name).order_by(OutboxMessage.id)))


SOON = timedelta(seconds=1)


def test_a_planned_call_is_ready_and_rings(session: Session, call: ProcessorCall) -> None:
    assert (call.state, call.key_generation, call.fence) == (CallState.READY, 0, 0)
    assert call.idempotency_key == f"{call.id}.0"
    assert posted(session) == ["CallDue"]


def test_a_subject_has_one_call_of_a_kind(session: Session, call: ProcessorCall) -> None:
    processor.plan(session, kind=CallKind.TRANSFER, subject_id=call.subject_id, params={}, now=NOON)

    with pytest.raises(IntegrityError):
        session.flush()


def test_a_claim_writes_the_attempt_before_anything_is_sent(
    session: Session, call: ProcessorCall
) -> None:
    instruction = claimed(session, call, after=SOON)

    (attempt,) = queries.attempts_of(session, call.id)
    assert (attempt.fence, attempt.idempotency_key) == (1, f"{call.id}.0")
    assert (attempt.sent_at, attempt.answered_at, attempt.outcome) == (NOON + SOON, None, None)
    assert instruction.act is Act.SEND
    assert instruction.params == {"amount_minor": 500, "currency": "USD"}
    assert instruction.send_before == NOON + SOON + timedelta(minutes=2)


def test_a_claimed_call_is_not_claimed_again_while_its_lease_runs(
    session: Session, call: ProcessorCall
) -> None:
    claimed(session, call, after=SOON)

    assert processor.claim(session, call_id=call.id, now=NOON + timedelta(minutes=2)) is None


def test_after_a_crash_the_same_key_is_sent_again(session: Session, call: ProcessorCall) -> None:
    first = claimed(session, call, after=SOON)
    second = claimed(session, call, after=timedelta(minutes=3))

    assert second.idempotency_key == first.idempotency_key
    assert second.params == first.params
    assert (first.fence, second.fence) == (1, 2)


def test_a_success_ends_the_call_once(session: Session, call: ProcessorCall) -> None:
    instruction = claimed(session, call, after=SOON)

    ended = processor.record(session, instruction=instruction, answer=DONE, now=NOON + SOON)
    again = processor.record(session, instruction=instruction, answer=DONE, now=NOON + SOON)

    assert ended is call
    assert again is None
    assert (call.state, call.remote_id, call.ended_at) == (
        CallState.SUCCEEDED,
        "tr_1",
        NOON + SOON,
    )


def test_a_success_is_believed_although_another_worker_took_over(
    session: Session, call: ProcessorCall
) -> None:
    slow = claimed(session, call, after=SOON)
    claimed(session, call, after=timedelta(minutes=3))

    ended = processor.record(
        session, instruction=slow, answer=DONE, now=NOON + timedelta(minutes=4)
    )

    assert ended is call
    assert call.state is CallState.SUCCEEDED


def test_a_refusal_with_an_old_fence_changes_nothing(session: Session, call: ProcessorCall) -> None:
    slow = claimed(session, call, after=SOON)
    claimed(session, call, after=timedelta(minutes=3))

    ended = processor.record(
        session, instruction=slow, answer=REFUSED, now=NOON + timedelta(minutes=4)
    )

    assert ended is None
    assert call.state is CallState.SENDING


def test_a_first_refusal_is_final(session: Session, call: ProcessorCall) -> None:
    instruction = claimed(session, call, after=SOON)

    ended = processor.record(session, instruction=instruction, answer=REFUSED, now=NOON + SOON)

    assert ended is call
    assert (call.state, call.error_code) == (CallState.REFUSED, "account_invalid")


def test_a_refusal_after_an_unanswered_send_is_not_final(
    session: Session, call: ProcessorCall
) -> None:
    claimed(session, call, after=SOON)  # its worker died: nobody knows
    second = claimed(session, call, after=timedelta(minutes=3))

    ended = processor.record(
        session, instruction=second, answer=REFUSED, now=NOON + timedelta(minutes=3)
    )

    assert ended is None
    assert call.state is CallState.UNKNOWN


def test_a_success_after_a_refusal_is_believed_and_told(
    session: Session, call: ProcessorCall
) -> None:
    instruction = claimed(session, call, after=SOON)
    processor.record(session, instruction=instruction, answer=REFUSED, now=NOON + SOON)

    late = processor.adopt(session, call_id=call.id, remote_id="tr_9", now=NOON + SOON)
    again = processor.adopt(session, call_id=call.id, remote_id="tr_9", now=NOON + SOON)

    assert (late, again) == (call, None)
    assert (call.state, call.remote_id) == (CallState.SUCCEEDED, "tr_9")
    assert posted(session) == ["CallDue", "CallDoneAfterAll"]


def test_two_results_of_one_call_are_told(session: Session, call: ProcessorCall) -> None:
    instruction = claimed(session, call, after=SOON)
    processor.record(session, instruction=instruction, answer=DONE, now=NOON + SOON)

    other = processor.adopt(session, call_id=call.id, remote_id="tr_2", now=NOON + SOON)

    assert other is None
    assert call.remote_id == "tr_1"
    assert posted(session) == ["CallDue", "CallDoneTwice"]


def test_a_webhook_can_bring_the_success_first(session: Session, call: ProcessorCall) -> None:
    instruction = claimed(session, call, after=SOON)

    adopted = processor.adopt(session, call_id=call.id, remote_id="tr_1", now=NOON + SOON)
    late = processor.record(session, instruction=instruction, answer=DONE, now=NOON + SOON)

    assert adopted is call
    assert late is None
    assert call.remote_id == "tr_1"


def test_a_key_that_grew_old_is_looked_up_and_found(session: Session, call: ProcessorCall) -> None:
    lost = claimed(session, call, after=SOON)
    processor.record(session, instruction=lost, answer=UNKNOWN, now=NOON + SOON)

    look = claimed(session, call, after=timedelta(hours=24))
    ended = processor.record(session, instruction=look, answer=DONE, now=NOON + timedelta(hours=24))

    assert look.act is Act.LOOK_UP
    assert len(queries.attempts_of(session, call.id)) == 1
    assert ended is call


def test_only_the_second_absence_allows_a_new_key(session: Session, call: ProcessorCall) -> None:
    absent = Answer(Outcome.NOT_RUN)
    lost = claimed(session, call, after=SOON)
    processor.record(session, instruction=lost, answer=UNKNOWN, now=NOON + SOON)

    day, hour = timedelta(hours=24), timedelta(hours=1)
    first_look = claimed(session, call, after=day)
    processor.record(session, instruction=first_look, answer=absent, now=NOON + day)
    assert (call.state, call.key_generation) == (CallState.UNKNOWN, 0)
    second_look = claimed(session, call, after=day + hour)
    processor.record(session, instruction=second_look, answer=absent, now=NOON + day + hour)

    assert (call.state, call.key_generation) == (CallState.READY, 1)
    resend = claimed(session, call, after=day + hour)
    assert (resend.act, resend.idempotency_key) == (Act.SEND, f"{call.id}.1")


def test_a_look_up_that_could_not_be_made_counts_for_nothing(
    session: Session, call: ProcessorCall
) -> None:
    lost = claimed(session, call, after=SOON)
    processor.record(session, instruction=lost, answer=UNKNOWN, now=NOON + SOON)
    look = claimed(session, call, after=timedelta(hours=24))

    processor.record(session, instruction=look, answer=UNKNOWN, now=NOON + timedelta(hours=24))

    assert (call.state, call.absent_count) == (CallState.UNKNOWN, 0)


def test_a_misused_key_waits_for_a_person(session: Session, call: ProcessorCall) -> None:
    instruction = claimed(session, call, after=SOON)
    answer = Answer(Outcome.MISUSED, code="idempotency_error")

    processor.record(session, instruction=instruction, answer=answer, now=NOON + SOON)

    assert call.state is CallState.MANUAL
    assert posted(session) == ["CallDue", "CallStuck"]
    assert queries.to_look_at(session).stuck == [call]
    assert processor.claim(session, call_id=call.id, now=NOON + timedelta(days=9)) is None


def test_the_sweep_rings_for_what_is_due_and_for_nothing_else(
    session: Session, call: ProcessorCall
) -> None:
    assert processor.ring_due(session, now=NOON) == 1
    instruction = claimed(session, call, after=SOON)
    assert processor.ring_due(session, now=NOON + timedelta(seconds=2)) == 0
    assert processor.ring_due(session, now=NOON + timedelta(minutes=3)) == 1
    processor.record(session, instruction=instruction, answer=DONE, now=NOON + SOON)
    assert processor.ring_due(session, now=NOON + timedelta(days=3)) == 0


def test_an_attempt_keeps_what_the_processor_answered(
    session: Session, call: ProcessorCall
) -> None:
    instruction = claimed(session, call, after=SOON)

    processor.record(session, instruction=instruction, answer=REFUSED, now=NOON + SOON)

    attempt = session.scalars(select(ProcessorAttempt)).one()
    assert (attempt.outcome, attempt.code, attempt.http_status, attempt.answered_at) == (
        Outcome.REFUSED,
        "account_invalid",
        400,
        NOON + SOON,
    )


def test_calls_are_found_by_what_they_are_for(session: Session, call: ProcessorCall) -> None:
    found = queries.calls_for(
        session, kind=CallKind.TRANSFER, subject_ids=[call.subject_id, UUID(int=1)]
    )

    assert found == {call.subject_id: call}
    assert queries.call_for(session, kind=CallKind.REFUND, subject_id=call.subject_id) is None
