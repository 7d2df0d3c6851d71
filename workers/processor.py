"""Make calls to the processor: claim, call, record. No transaction is open while it answers."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.funding import service as funding
from marketplace.kernel.clock import utc_now
from marketplace.payouts import service as payouts
from marketplace.processor import queries
from marketplace.processor import service as processor
from marketplace.processor.messages import CallDue, CallRuled
from marketplace.processor.models import ProcessorCall
from marketplace.processor.ports import Answer, Instruction
from marketplace.processor.rules import Act, CallKind, Outcome
from marketplace.store.session import reading, transaction
from marketplace.treasury import service as treasury
from workers.failpoints import reach
from workers.runtime import Run
from workers.sweeping import each_alone

UNCLEAR_FOR: Final = timedelta(hours=1)
"""How long an answer may be missing before we look for what the call has made."""
SLEPT: Final = Answer(Outcome.NOT_RUN, code="lease_over")
"""Nothing was sent, for sure: this process slept through its lease, and another may send now."""


def make_call(message: CallDue, run: Run) -> None:
    """Make one intended call, if it is due, has its turn, and nobody else holds it."""
    reach("before the claim")
    with transaction() as session:
        instruction = processor.claim(session, call_id=message.call_id, now=run.now)
    if instruction is None:
        return
    reach("before the call")
    time.sleep(instruction.wait.total_seconds())
    answer = _ask(instruction, run) if utc_now() < instruction.send_before else SLEPT
    reach("before the answer is written")
    with transaction() as session:
        ended = processor.record(session, instruction=instruction, answer=answer, now=utc_now())
        if ended is not None:
            _conclude(session, ended, run, facts=answer.facts)
        reach("before the answer is committed")
    reach("after the answer")


def ring_due_calls(run: Run) -> None:
    """Ring again for every call that is due or whose holder died."""
    with transaction() as session:
        processor.ring_due(session, now=run.now)


def look_for_unclear_calls(run: Run) -> None:
    """Look at the processor for what has had no clear answer for an hour; take over what it has.

    What is not found proves nothing yet: that is for the call's own look-ups.
    """
    with reading() as session:
        unclear = [
            processor.question(call, now=run.now)
            for call in queries.unclear_since(session, sent_before=run.now - UNCLEAR_FOR)
        ]
    with each_alone() as each:
        for question in unclear:
            with each(question.call_id):
                answer = run.gateways.payments.look_up(question)
                if answer.outcome is Outcome.DONE and answer.remote_id is not None:
                    take_over(run, call_id=question.call_id, remote_id=answer.remote_id)


def take_over(run: Run, *, call_id: UUID, remote_id: str) -> None:
    """Believe that a call was done, whoever tells; a call that is not ours changes nothing."""
    with transaction() as session:
        ended = processor.adopt(session, call_id=call_id, remote_id=remote_id, now=run.now)
        if ended is not None:
            _conclude(session, ended, run, facts={})


def conclude_ruled(message: CallRuled, run: Run) -> None:
    """Let the room that planned a call know that a person has ended it."""
    with transaction() as session:
        _conclude(session, queries.call_by_id(session, message.call_id), run, facts={})


def _ask(instruction: Instruction, run: Run) -> Answer:
    payments = run.gateways.payments
    ask = payments.send if instruction.act is Act.SEND else payments.look_up
    return ask(instruction)


def _conclude(session: Session, call: ProcessorCall, run: Run, *, facts: Mapping[str, str]) -> None:
    match call.kind:
        case CallKind.CHECKOUT:
            funding.conclude_checkout(session, call=call, checkout_url=facts.get("url"))
        case CallKind.REFUND:
            funding.conclude_refund(session, call=call, now=run.now)
        case CallKind.TRANSFER:
            payouts.conclude_transfer(session, call=call, now=run.now)
        case CallKind.ACCOUNT:
            payouts.conclude_account(session, call=call, now=run.now)
        case CallKind.REVERSAL:
            payouts.conclude_reversal(session, call=call, now=run.now)
        case CallKind.PLATFORM_PAYOUT | CallKind.TOPUP:
            treasury.conclude_bank_move(session, call=call, now=run.now)
        case CallKind.EVIDENCE | CallKind.ACCEPT_LOSS:
            funding.conclude_answer(session, call=call)
