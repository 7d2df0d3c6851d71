"""The pace of sends, the stop while our key is not taken, and what people rule."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, NotPermitted
from marketplace.processor import queries
from marketplace.processor import service as processor
from marketplace.processor.models import ProcessorCall, ProcessorLane
from marketplace.processor.ports import Answer, Instruction
from marketplace.processor.rules import (
    LONGEST_WAIT,
    SENDS_A_SECOND,
    Act,
    CallKind,
    CallState,
    Outcome,
    Ruling,
)
from tests.conftest import NOON
from tests.services.test_processor import posted

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
UNAUTHORISED = Answer(Outcome.UNAUTHORISED, code="api_key_expired", http_status=401)
UNKNOWN = Answer(Outcome.UNKNOWN, code="APIConnectionError")
ABSENT = Answer(Outcome.NOT_RUN)
DONE = Answer(Outcome.DONE, remote_id="tr_1")
MISUSED = Answer(Outcome.MISUSED, code="idempotency_error")


def plan(
    session: Session, *, kind: CallKind = CallKind.TRANSFER, minor: int = 500
) -> ProcessorCall:
    call = processor.plan(
        session,
        kind=kind,
        subject_id=uuid4(),
        params={"amount_minor": minor, "currency": "USD"},
        now=NOON,
    )
    session.flush()
    return call


def claim(
    session: Session, call: ProcessorCall, *, after: timedelta = timedelta(0)
) -> Instruction | None:
    return processor.claim(session, call_id=call.id, now=NOON + after)


def answer(
    session: Session, call: ProcessorCall, reply: Answer, *, after: timedelta = timedelta(0)
) -> None:
    instruction = claim(session, call, after=after)
    assert instruction is not None
    processor.record(session, instruction=instruction, answer=reply, now=NOON + after)
    session.flush()


def lane(session: Session) -> ProcessorLane:
    session.flush()
    session.expire_all()
    return session.get_one(ProcessorLane, CallKind.TRANSFER.value)


def test_sends_of_a_kind_have_their_turns_at_least_a_gap_apart(session: Session) -> None:
    gap = timedelta(seconds=1) / SENDS_A_SECOND
    turns = []
    for _ in range(5):
        assert claim(session, plan(session)) is not None
        turns.append(lane(session).next_send_at)

    assert all(later - earlier >= gap for earlier, later in pairwise(turns))


def test_a_call_whose_turn_is_soon_waits_for_it(session: Session) -> None:
    assert claim(session, plan(session)) is not None
    lane(session).next_send_at += timedelta(seconds=2)

    instruction = claim(session, plan(session))

    assert instruction is not None
    assert timedelta(seconds=1) < instruction.wait <= timedelta(seconds=2.05)


def test_a_call_without_a_turn_soon_stays_as_it_is(session: Session) -> None:
    assert claim(session, plan(session)) is not None
    lane(session).next_send_at += LONGEST_WAIT * 2
    late = plan(session)

    assert claim(session, late) is None

    assert (late.state, late.fence) == (CallState.READY, 0)
    assert queries.attempts_of(session, late.id) == []
    assert claim(session, plan(session, kind=CallKind.REFUND)) is not None  # a lane of its own


def test_a_key_that_is_not_taken_stops_its_kind_and_staff_hear_of_it_once(
    session: Session,
) -> None:
    first, second, refund = plan(session), plan(session), plan(session, kind=CallKind.REFUND)
    held = claim(session, second)
    assert held is not None
    answer(session, first, UNAUTHORISED)

    processor.record(session, instruction=held, answer=UNAUTHORISED, now=NOON)

    assert first.state is CallState.RETRY
    assert claim(session, plan(session), after=timedelta(minutes=9)) is None
    assert claim(session, refund) is not None
    assert posted(session).count("SendingStopped") == 1
    assert [lane.stop_code for lane in queries.stopped_lanes(session)] == ["api_key_expired"]


def test_while_stopped_one_call_is_let_through_now_and_then(session: Session) -> None:
    first, second = plan(session), plan(session)
    answer(session, first, UNAUTHORISED)

    assert processor.ring_due(session, now=NOON + timedelta(minutes=9)) == 0
    assert processor.ring_due(session, now=NOON + timedelta(minutes=10)) == 2
    assert claim(session, first, after=timedelta(minutes=10)) is not None
    assert claim(session, second, after=timedelta(minutes=10)) is None


@pytest.mark.parametrize("reply", [DONE, MISUSED, Answer(Outcome.REFUSED, code="no_account")])
def test_a_probe_that_is_answered_lets_all_go_again(session: Session, reply: Answer) -> None:
    first, second = plan(session), plan(session)
    answer(session, first, UNAUTHORISED)

    answer(session, first, reply, after=timedelta(minutes=10))

    assert queries.stopped_lanes(session) == []
    assert claim(session, second, after=timedelta(minutes=10)) is not None


def test_a_probe_without_an_answer_lets_nothing_go(session: Session) -> None:
    first, second = plan(session), plan(session)
    answer(session, first, UNAUTHORISED)

    answer(session, first, UNKNOWN, after=timedelta(minutes=10))

    assert claim(session, second, after=timedelta(minutes=11)) is None


@pytest.mark.parametrize(
    ("kind", "minor", "state"),
    [
        (CallKind.TRANSFER, 100_000, CallState.READY),
        (CallKind.TRANSFER, 100_001, CallState.MANUAL),
        (CallKind.REFUND, 100_001, CallState.MANUAL),
        (CallKind.CHECKOUT, 100_001, CallState.READY),
    ],
)
def test_a_large_amount_that_cannot_be_found_waits_for_a_person(
    session: Session, kind: CallKind, minor: int, state: CallState
) -> None:
    call = plan(session, kind=kind, minor=minor)
    answer(session, call, UNKNOWN)

    answer(session, call, ABSENT, after=DAY)
    answer(session, call, ABSENT, after=DAY + HOUR)

    assert call.state is state
    assert call.key_generation == (1 if state is CallState.READY else 0)
    assert ("CallStuck" in posted(session)) == (state is CallState.MANUAL)


@pytest.fixture
def stuck(session: Session) -> ProcessorCall:
    call = plan(session)
    answer(session, call, MISUSED)
    return call


def rule(session: Session, call: ProcessorCall, actor: Actor, ruling: Ruling) -> None:
    processor.rule(session, actor=actor, call_id=call.id, ruling=ruling, now=NOON + HOUR)
    session.flush()


def test_a_person_can_have_it_looked_for_and_nothing_is_sent(
    session: Session, stuck: ProcessorCall, stella: Actor
) -> None:
    rule(session, stuck, stella, Ruling.LOOK_UP)
    looking = claim(session, stuck, after=HOUR)

    assert looking is not None
    assert looking.act is Act.LOOK_UP
    processor.record(session, instruction=looking, answer=ABSENT, now=NOON + HOUR)
    assert (stuck.state, stuck.look_only) == (CallState.MANUAL, False)
    assert len(queries.attempts_of(session, stuck.id)) == 1


def test_a_look_up_that_could_not_be_made_is_made_again(
    session: Session, stuck: ProcessorCall, stella: Actor
) -> None:
    rule(session, stuck, stella, Ruling.LOOK_UP)
    answer(session, stuck, UNKNOWN, after=HOUR)

    again = claim(session, stuck, after=HOUR * 3)

    assert again is not None
    assert again.act is Act.LOOK_UP


def test_what_a_person_had_looked_for_and_was_found_is_done(
    session: Session, stuck: ProcessorCall, stella: Actor
) -> None:
    rule(session, stuck, stella, Ruling.LOOK_UP)

    answer(session, stuck, DONE, after=HOUR)

    assert (stuck.state, stuck.remote_id) == (CallState.SUCCEEDED, "tr_1")


def test_a_person_can_give_it_a_new_key(
    session: Session, stuck: ProcessorCall, stella: Actor
) -> None:
    rule(session, stuck, stella, Ruling.NEW_KEY)

    sent = claim(session, stuck, after=HOUR)

    assert sent is not None
    assert (sent.act, sent.idempotency_key) == (Act.SEND, f"{stuck.id}.1")


def test_a_person_can_give_it_up(session: Session, stuck: ProcessorCall, stella: Actor) -> None:
    rule(session, stuck, stella, Ruling.GIVE_UP)

    assert (stuck.state, stuck.ended_at) == (CallState.REFUSED, NOON + HOUR)
    assert posted(session)[-1] == "CallRuled"
    with pytest.raises(Conflict):
        rule(session, stuck, stella, Ruling.NEW_KEY)


def test_only_staff_rule_and_only_on_what_waits_for_them(
    session: Session, stuck: ProcessorCall, stella: Actor, alice: Actor
) -> None:
    fresh = plan(session)
    with pytest.raises(NotPermitted):
        rule(session, stuck, alice, Ruling.GIVE_UP)
    with pytest.raises(Conflict):
        rule(session, fresh, stella, Ruling.GIVE_UP)

    assert (stuck.state, fresh.state) == (CallState.MANUAL, CallState.READY)
