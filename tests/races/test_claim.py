"""Two workers at the same call, and two at the same webhook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TypeVar
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from marketplace.processor import service as processor
from marketplace.processor.models import ProcessorAttempt, ProcessorCall
from marketplace.processor.ports import Answer, Instruction
from marketplace.processor.rules import LEASE, CallKind, CallState, Outcome
from marketplace.store import inbox
from marketplace.store.inbox import InboxMessage
from marketplace.store.outbox import OutboxMessage
from tests.conftest import NOON
from tests.databases import Template
from tests.races.conftest import engine_of_its_own

Told = TypeVar("Told")


@pytest.fixture(scope="module")
def engine(template: Template) -> Iterator[Engine]:
    """One database for the whole file: its tests look at rows of their own."""
    with engine_of_its_own(template) as engine:
        yield engine


def planned(engine: Engine) -> UUID:
    with Session(engine) as session:
        call = processor.plan(
            session,
            kind=CallKind.TRANSFER,
            subject_id=uuid4(),
            params={"amount_minor": 38_000},
            now=NOON,
        )
        session.commit()
        return call.id


def at_once(engine: Engine, act: Callable[[Session], Told], *, rivals: int = 6) -> list[Told]:
    """Do the same in so many threads that start together, each in its own transaction."""
    start = Barrier(rivals)

    def one(_: int) -> Told:
        with Session(engine, expire_on_commit=False) as session:
            session.execute(text("SELECT 1"))  # connected before the start
            start.wait(timeout=120)
            told = act(session)
            session.commit()
            return told

    with ThreadPoolExecutor(rivals) as pool:
        return list(pool.map(one, range(rivals)))


def claim(engine: Engine, call_id: UUID, *, after: timedelta = timedelta(0)) -> list[Instruction]:
    told = at_once(engine, lambda s: processor.claim(s, call_id=call_id, now=NOON + after))
    return [instruction for instruction in told if instruction is not None]


def attempts(engine: Engine, call_id: UUID) -> list[int]:
    with Session(engine) as session:
        return list(
            session.scalars(
                select(ProcessorAttempt.fence)
                .where(ProcessorAttempt.call_id == call_id)
                .order_by(ProcessorAttempt.fence)
            )
        )


def state(engine: Engine, call_id: UUID) -> CallState:
    with Session(engine) as session:
        return session.get_one(ProcessorCall, call_id).state


def test_of_many_workers_one_gets_the_call(engine: Engine) -> None:
    call_id = planned(engine)

    won = claim(engine, call_id)

    assert [instruction.fence for instruction in won] == [1]
    assert attempts(engine, call_id) == [1]


def test_a_lapsed_call_is_taken_over_by_one(engine: Engine) -> None:
    call_id = planned(engine)
    first = claim(engine, call_id)

    second = claim(engine, call_id, after=LEASE + timedelta(seconds=1))

    assert [instruction.fence for instruction in second] == [2]
    assert second[0].idempotency_key == first[0].idempotency_key
    assert attempts(engine, call_id) == [1, 2]


def test_one_success_that_many_bring_ends_the_call_once(engine: Engine) -> None:
    call_id = planned(engine)
    (instruction,) = claim(engine, call_id)
    done = Answer(Outcome.DONE, remote_id="tr_1")

    def bring(session: Session) -> bool:
        ended = processor.record(session, instruction=instruction, answer=done, now=NOON)
        return ended is not None

    assert sorted(at_once(engine, bring)) == [False] * 5 + [True]
    assert state(engine, call_id) is CallState.SUCCEEDED


def test_a_webhook_and_an_answer_at_once_end_the_call_once(engine: Engine) -> None:
    call_id = planned(engine)
    (instruction,) = claim(engine, call_id)
    turn = iter(range(6))

    def bring(session: Session) -> bool:
        if next(turn) % 2:
            return processor.adopt(session, call_id=call_id, remote_id="tr_1", now=NOON) is not None
        answer = Answer(Outcome.DONE, remote_id="tr_1")
        ended = processor.record(session, instruction=instruction, answer=answer, now=NOON)
        return ended is not None

    assert sorted(at_once(engine, bring)) == [False] * 5 + [True]
    assert state(engine, call_id) is CallState.SUCCEEDED


def test_a_late_refusal_does_not_undo_what_another_worker_found(engine: Engine) -> None:
    call_id = planned(engine)
    (first,) = claim(engine, call_id)
    (second,) = claim(engine, call_id, after=LEASE + timedelta(seconds=1))
    turn = iter((True, False))

    def bring(session: Session) -> bool:
        if next(turn):
            answer, held = Answer(Outcome.REFUSED, code="account_invalid"), first
        else:
            answer, held = Answer(Outcome.DONE, remote_id="tr_1"), second
        ended = processor.record(session, instruction=held, answer=answer, now=NOON)
        return ended is not None

    assert sorted(at_once(engine, bring, rivals=2)) == [False, True]
    assert state(engine, call_id) is CallState.SUCCEEDED


def test_a_webhook_that_comes_many_times_at_once_is_kept_once(engine: Engine) -> None:
    def keep(session: Session) -> bool:
        kept = inbox.keep_once(
            session,
            sender="stripe",
            sender_id="evt_1",
            kind="transfer.created",
            body={},
            now=NOON,
        )
        return kept is not None

    assert sorted(at_once(engine, keep)) == [False] * 5 + [True]
    with Session(engine) as session:
        rows = session.scalar(select(func.count()).select_from(InboxMessage))
        rings = session.scalar(select(func.count()).where(OutboxMessage.name == "WebhookKept"))
    assert (rows, rings) == (1, 1)
