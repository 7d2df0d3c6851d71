"""Earn, release, gather: the way of a fee to its creator."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from marketplace.deliverables import queries as deliverables
from marketplace.deliverables.messages import DeliverableAccepted
from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.days import day_in_words
from marketplace.kernel.money import in_words
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.payouts.messages import (
    FeeEarned,
    PayoutFailed,
    PayoutSettled,
    PayoutsFrozen,
    PayoutsUnfrozen,
    PayoutsWanted,
)
from marketplace.processor import queries as calls
from marketplace.processor.messages import CallDoneAfterAll
from marketplace.processor.ports import ProcessorUnavailable
from marketplace.processor.rules import CallKind
from marketplace.store.session import reading, transaction
from workers.failpoints import reach
from workers.runtime import Run, TryLater
from workers.sweeping import batch_by_batch, until_none_is_due
from workers.telling import tell_earner

PAID_AT_ONCE: Final = 500


def book_fee(message: DeliverableAccepted, run: Run) -> None:
    """Book the fee that an accepted deliverable has earned, and end what owes nothing more."""
    with transaction() as session:
        payouts.earn(session, deliverable_id=message.deliverable_id)
    with transaction() as session:
        deliverable = deliverables.deliverable_seen_by(session, SYSTEM, message.deliverable_id)
        payouts.complete(session, collaboration_id=deliverable.collaboration_id, now=run.now)


def release_fees(run: Run) -> None:
    """Make payable every fee whose hold window is over."""
    until_none_is_due(
        lambda session, ids: payouts.mature_due(session, now=run.now, ids=ids),
        lambda session: payouts.mature_ids(session, now=run.now),
    )


def gather_payouts(message: PayoutsWanted, run: Run) -> None:
    """Pay a creator whatever is payable."""
    with transaction() as session:
        payouts.gather(session, creator_ids=[message.creator_id], now=run.now)
        reach("before the payout is committed")
    reach("after the payout")


def pay_everybody(run: Run) -> None:
    """Pay everybody whatever is payable, some hundred creators at a time."""
    batch_by_batch(
        lambda session, last: queries.creators_to_pay(session, after=last, limit=PAID_AT_ONCE),
        lambda session, ids: payouts.gather(session, creator_ids=ids, now=run.now),
    )


def book_done_after_all(message: CallDoneAfterAll, run: Run) -> None:
    """Set aside what was sent although it had counted as refused."""
    with reading() as session:
        call = calls.call_by_id(session, message.call_id)
    if call.kind is not CallKind.TRANSFER or call.remote_id is None:
        return
    try:
        transfer = run.gateways.payments.transfer(call.remote_id)
    except ProcessorUnavailable as unavailable:
        raise TryLater from unavailable
    with transaction() as session:
        payouts.book_found_paid(session, payout_id=call.subject_id, transfer=transfer, now=run.now)


def tell_earned(message: FeeEarned, run: Run) -> None:
    """Tell the creator that the fee is theirs, and when it becomes payable."""
    with transaction() as session:
        earning = queries.earning_by_id(session, message.earning_id)
        tell_earner(
            session,
            earning.creator_id,
            kind="fee_earned",
            title=f"You earned {in_words(earning.receives)}",
            text=f"It becomes payable on {day_in_words(earning.payable_at)}.",
            about=earning.id,
            now=run.now,
        )


def tell_frozen(message: PayoutsFrozen, run: Run) -> None:
    """Tell the creator that payouts are stopped for now."""
    _tell_of_freeze(
        message.freeze_id,
        run,
        kind="payouts_frozen",
        title="Your payouts are stopped for now",
        text="A person at Fairview is looking at them. What you earned is safe.",
    )


def tell_unfrozen(message: PayoutsUnfrozen, run: Run) -> None:
    """Tell the creator that payouts go on."""
    _tell_of_freeze(
        message.freeze_id,
        run,
        kind="payouts_unfrozen",
        title="Your payouts go on",
        text="What is payable goes out with the next payout.",
    )


def _tell_of_freeze(freeze_id: UUID, run: Run, *, kind: str, title: str, text: str) -> None:
    with transaction() as session:
        tell_earner(
            session,
            queries.freeze_by_id(session, freeze_id).creator_id,
            kind=kind,
            title=title,
            text=text,
            about=freeze_id,
            now=run.now,
        )


def tell_settled(message: PayoutSettled, run: Run) -> None:
    """Tell the creator that the money is in their account."""
    with transaction() as session:
        payout = queries.payout_seen_by(session, SYSTEM, message.payout_id)
        tell_earner(
            session,
            payout.creator_id,
            kind="payout_settled",
            title=f"{in_words(payout.amount)} is in your payout account",
            text="Your bank shows it within a few working days.",
            about=payout.id,
            now=run.now,
        )


def tell_failed(message: PayoutFailed, run: Run) -> None:
    """Tell the creator that a payout was refused and what happens next."""
    with transaction() as session:
        payout = queries.payout_seen_by(session, SYSTEM, message.payout_id)
        tell_earner(
            session,
            payout.creator_id,
            kind="payout_failed",
            title=f"Your payout of {in_words(payout.amount)} was refused",
            text="The money is safe with us. Check your payout account; then it is sent again.",
            about=payout.id,
            now=run.now,
        )
