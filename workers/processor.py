"""Make calls to the processor: claim, call, record. No transaction is open while it answers."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.accounts import queries as accounts
from marketplace.funding import service as funding
from marketplace.kernel.clock import utc_now
from marketplace.notifications import service as notifications
from marketplace.payouts import service as payouts
from marketplace.processor import service as processor
from marketplace.processor.messages import CallDue, CallStuck
from marketplace.processor.models import ProcessorCall
from marketplace.processor.ports import Answer
from marketplace.processor.rules import Act, CallKind
from marketplace.store.session import transaction
from workers.runtime import Run


def make_call(message: CallDue, run: Run) -> None:
    """Make one intended call, if it is due and nobody else holds it."""
    with transaction() as session:
        instruction = processor.claim(session, call_id=message.call_id, now=run.now)
    if instruction is None:
        return
    if utc_now() >= instruction.send_before:
        return  # this process slept through its lease; another one may be sending now
    payments = run.gateways.payments
    ask = payments.send if instruction.act is Act.SEND else payments.look_up
    answer = ask(instruction)
    with transaction() as session:
        now = utc_now()
        ended = processor.record(session, instruction=instruction, answer=answer, now=now)
        if ended is not None:
            _conclude(session, ended, answer, run)


def ring_due_calls(run: Run) -> None:
    """Ring again for every call that is due or whose holder died."""
    with transaction() as session:
        processor.ring_due(session, now=run.now)


def _conclude(session: Session, call: ProcessorCall, answer: Answer, run: Run) -> None:
    match call.kind:
        case CallKind.CHECKOUT:
            funding.conclude_checkout(session, call=call, checkout_url=answer.facts.get("url"))
        case CallKind.REFUND:
            funding.conclude_refund(session, call=call, now=run.now)
        case CallKind.TRANSFER:
            payouts.conclude_transfer(session, call=call, now=run.now)
        case CallKind.ACCOUNT:
            payouts.conclude_account(session, call=call, now=run.now)


def tell_staff(message: CallStuck, run: Run) -> None:
    """Tell staff that a call will not go on by itself."""
    with transaction() as session:
        for user_id in accounts.staff_ids(session):
            notifications.tell(
                session,
                user_id=user_id,
                kind="call_stuck",
                title="A call to the payment service needs a person",
                text="It was refused as a misuse of its key. Nothing is sent again by itself.",
                path="/staff/payouts",
                once_key=f"call_stuck:{message.call_id}:{user_id}",
                now=run.now,
            )
