"""What became of a payout: sent, or refused for good."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import SYSTEM
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import events
from marketplace.payouts import queries
from marketplace.payouts.messages import PayoutAccountChanged, PayoutFailed, PayoutSettled
from marketplace.payouts.models import Earning, Payout, PayoutAccount
from marketplace.payouts.ports import TransferFacts
from marketplace.payouts.rules import LIFE, EarningState, PayoutEvent, PayoutState
from marketplace.payouts.service.freezing import freeze
from marketplace.payouts.service.steps import take_step
from marketplace.processor.models import ProcessorCall
from marketplace.processor.rules import CallState
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post


def conclude_transfer(session: Session, *, call: ProcessorCall, now: datetime) -> None:
    """Book what became of a payout: sent, or refused for good and payable again.

    A payout that has ended stays as it is, but one that was given back and turns out to be paid
    freezes its creator: what was given back must not go out a second time.
    """
    payout = lock_row(session, Payout, call.subject_id)
    if payout.state is PayoutState.RETURNED and call.state is CallState.SUCCEEDED:
        _find_paid(session, payout, call, now)
    if payout.state is not PayoutState.RESERVED:
        return
    earnings = session.scalars(
        select(Earning).where(Earning.payout_id == payout.id).order_by(Earning.id).with_for_update()
    ).all()
    payout.ended_at = now
    if call.state is CallState.SUCCEEDED and call.remote_id is not None:
        payout.stripe_transfer_id = call.remote_id
        settled = events.payout_settled(
            payout_id=payout.id, stripe_transfer_id=call.remote_id, amount=payout.amount
        )
        ledger.write_entry(session, settled, occurred_at=now, actor=SYSTEM)
        payout.state = LIFE.next(payout.state, PayoutEvent.SETTLE)
        for earning in earnings:
            earning.state = EarningState.PAID
        take_step(session, payout, PayoutEvent.SETTLE, payout.state, now)
        post(session, PayoutSettled(payout_id=payout.id))
        return
    released = events.payout_released(
        payout_id=payout.id,
        creator_id=payout.creator_id,
        amount=payout.amount,
        tax_withheld=payout.withheld,
    )
    ledger.write_entry(session, released, occurred_at=now, actor=SYSTEM)
    payout.state = LIFE.next(payout.state, PayoutEvent.RETURN)
    payout.problem = call.error_text or call.error_code or ""
    for earning in earnings:
        earning.state = EarningState.PAYABLE
        earning.payout_id = None
    account = lock_row(session, PayoutAccount, payout.payout_account_id)
    # Nothing more is sent there until the processor has been asked again.
    account.transfers_active = False
    post(session, PayoutAccountChanged(payout_account_id=account.id))
    take_step(session, payout, PayoutEvent.RETURN, payout.state, now, note=payout.problem)
    post(session, PayoutFailed(payout_id=payout.id))


def book_found_paid(
    session: Session, *, payout_id: UUID, transfer: TransferFacts, now: datetime
) -> None:
    """Set aside what the processor sent of a payout that had been given back.

    The money is in suspense until finance says whose it is. The second time nothing is written,
    also when the processor's statement has told of it before.
    """
    payout = lock_row(session, Payout, payout_id)
    if payout.state is not PayoutState.RETURNED:
        return
    found = events.unidentified(
        stripe_balance_transaction_id=transfer.balance_transaction_id,
        source_ref=transfer.transfer_id,
        net=-transfer.amount,
    )
    ledger.write_entry(session, found, occurred_at=now, actor=SYSTEM)


def _find_paid(session: Session, payout: Payout, call: ProcessorCall, now: datetime) -> None:
    if payout.stripe_transfer_id is not None:
        return
    payout.stripe_transfer_id = call.remote_id
    payout.state = LIFE.next(payout.state, PayoutEvent.FIND_PAID)
    note = f"It had counted as refused, and {call.remote_id} paid it after all."
    take_step(session, payout, PayoutEvent.FIND_PAID, payout.state, now, note=note)
    if queries.freeze_of(session, payout.creator_id) is None:
        freeze(session, actor=SYSTEM, creator_id=payout.creator_id, reason=note, now=now)
