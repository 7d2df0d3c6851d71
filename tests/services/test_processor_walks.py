"""One transfer against a processor that does its worst: paid at most once, never released and paid.

Each walk is a random order of sends, crashes, lost, late and repeated answers, webhooks and jumps
in time, against the real plan, claim and record.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from marketplace.processor import service as processor
from marketplace.processor.models import ProcessorCall
from marketplace.processor.ports import Answer, Instruction
from marketplace.processor.rules import Act, CallKind, CallState, Outcome
from tests.conftest import NOON

FORGETS_AFTER = timedelta(hours=24)
JUMPS = [timedelta(0), timedelta(seconds=6), timedelta(minutes=3), timedelta(minutes=61)]
LONG_JUMP = timedelta(hours=25)
DONE = Answer(Outcome.DONE, remote_id="tr_1")
BROKEN = Answer(Outcome.UNKNOWN, http_status=500)
SILENCE = Answer(Outcome.UNKNOWN)
REFUSED = Answer(Outcome.REFUSED, code="account_invalid", http_status=400)
POOR = Answer(Outcome.REFUSED, code="balance_insufficient", http_status=400)
TURNED_AWAY = Answer(Outcome.NOT_RUN, http_status=429)
MOODS = [
    "done",
    "lost before",
    "lost after",
    "late",
    "broken",
    "broken after",
    "refused",
    "refused unsaved",
    "poor",
    "turned away",
    *["late", "refused unsaved"] * 3,  # together the most cunning
]


@dataclass
class Processor:
    """What Stripe promises about keys, and nothing more."""

    made: list[UUID] = field(default_factory=list)
    _kept: dict[str, tuple[datetime, Answer]] = field(default_factory=dict)
    _under_way: list[tuple[datetime, Instruction]] = field(default_factory=list)

    def send(self, instruction: Instruction, mood: str, now: datetime) -> Answer:
        kept = self._recall(instruction.idempotency_key, now)
        match mood:
            case "turned away":
                return TURNED_AWAY
            case "lost before":
                return SILENCE
            case "late":
                self._under_way.append((now + timedelta(minutes=59), instruction))
                return SILENCE
        if kept is not None:
            return SILENCE if mood == "lost after" else kept
        if mood == "refused unsaved":
            return REFUSED
        if mood in {"done", "lost after", "broken after"}:
            self.made.append(instruction.call_id)
        answer = {
            "done": DONE,
            "lost after": DONE,
            "broken": BROKEN,
            "broken after": BROKEN,
            "refused": REFUSED,
            "poor": POOR,
        }[mood]
        self._kept[instruction.idempotency_key] = (now, answer)
        return SILENCE if mood == "lost after" else answer

    def look_up(self) -> Answer:
        return DONE if self.made else Answer(Outcome.NOT_RUN)

    def let_time_pass(self, now: datetime) -> None:
        """Requests that were long on their way arrive."""
        for arrives, instruction in list(self._under_way):
            if arrives <= now:
                self._under_way.remove((arrives, instruction))
                if self._recall(instruction.idempotency_key, arrives) is None:
                    self.made.append(instruction.call_id)
                    self._kept[instruction.idempotency_key] = (arrives, DONE)

    def _recall(self, key: str, now: datetime) -> Answer | None:
        kept_at, answer = self._kept.get(key, (now, None))
        return answer if now - kept_at < FORGETS_AFTER else None


def walk(session: Session, chance: Random, *, steps: int) -> tuple[Processor, ProcessorCall]:
    stripe, now = Processor(), NOON
    call = processor.plan(
        session,
        kind=CallKind.TRANSFER,
        subject_id=uuid4(),
        params={"amount_minor": 38_000, "currency": "USD"},
        now=now,
    )
    session.flush()
    unrecorded: list[tuple[Instruction, Answer]] = []
    for _ in range(steps):
        now += chance.choice([*JUMPS, *JUMPS, LONG_JUMP])
        stripe.let_time_pass(now)
        event = chance.random()
        if event < 0.1 and stripe.made:
            processor.adopt(session, call_id=call.id, remote_id="tr_1", now=now)
        elif event < 0.25 and unrecorded:
            instruction, answer = unrecorded.pop(chance.randrange(len(unrecorded)))
            processor.record(session, instruction=instruction, answer=answer, now=now)
        else:
            claimed = processor.claim(session, call_id=call.id, now=now)
            if claimed is not None and chance.random() > 0.1:  # else it died before sending
                looks = claimed.act is Act.LOOK_UP
                answer = (
                    stripe.look_up() if looks else stripe.send(claimed, chance.choice(MOODS), now)
                )
                if chance.random() < 0.2:  # it died, or sleeps, before it wrote the answer down
                    unrecorded.append((claimed, answer))
                else:
                    processor.record(session, instruction=claimed, answer=answer, now=now)
        session.flush()
        assert len(stripe.made) <= 1, "paid twice"
        assert not (call.state is CallState.REFUSED and stripe.made), "released and paid"
    return stripe, call


@pytest.mark.parametrize("seed", range(40))
def test_whatever_happens_a_transfer_is_made_at_most_once(session: Session, seed: int) -> None:
    walk(session, Random(seed), steps=25)


@pytest.mark.parametrize("seed", range(40, 50))
def test_once_the_processor_is_well_again_every_call_comes_to_its_end(
    session: Session, seed: int
) -> None:
    stripe, call = walk(session, Random(seed), steps=8)
    now = (call.last_sent_at or NOON) + timedelta(days=30)
    stripe.let_time_pass(now)
    for _ in range(8):
        now += timedelta(hours=2)
        claimed = processor.claim(session, call_id=call.id, now=now)
        if claimed is not None:
            looks = claimed.act is Act.LOOK_UP
            answer = stripe.look_up() if looks else stripe.send(claimed, "done", now)
            processor.record(session, instruction=claimed, answer=answer, now=now)
            session.flush()

    assert call.state in {CallState.SUCCEEDED, CallState.REFUSED}
    assert len(stripe.made) == (1 if call.state is CallState.SUCCEEDED else 0)
