"""What approving a request does."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.causes import queries as causes
from marketplace.collaborations import service as collaborations
from marketplace.collaborations.rules import left_in_words
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, NotFound
from marketplace.kernel.sentences import Sentence
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Code, Free
from marketplace.payouts import service as payouts
from marketplace.payouts.rules import CaseOrigin
from marketplace.processor import service as processor
from marketplace.treasury.models import FinanceRequest
from marketplace.treasury.rules.requests import RULINGS, RequestKind, entry_for


def execute(
    session: Session, request: FinanceRequest, *, actor: Actor, now: datetime
) -> int | None:
    """Do what a request stores, and return the journal entry that says so; None without one.

    The second time the books keep the first entry. Raises InsufficientBalance, and Conflict when a
    call or a dispute went on by itself meanwhile, an organisation is not verified any more or what
    a campaign has rests.
    """
    entry = entry_for(
        request.kind,
        request_id=request.id,
        pairs=request.pairs,
        params=request.params,
        free=_lock_free(session, request, now=now),
    )
    if request.kind is RequestKind.DECIDE_DISPUTE:
        _decide(session, request, actor=actor, now=now)
        return None
    if entry is None:
        _rule(session, request, actor=actor, now=now)
        return None
    if request.kind is RequestKind.PAY_CAUSE:
        (pair,) = request.pairs
        causes.check_payable(session, pair.debit.owner)
    entry_id = ledger.write_entry(session, entry, occurred_at=now, actor=actor)
    match request.kind:
        case RequestKind.CLAWBACK:
            (pair,) = request.pairs
            payouts.open_case(
                session,
                case_id=request.id,
                origin=CaseOrigin.DECIDED,
                deliverable_id=UUID(request.params["deliverable_id"]),
                amount=pair.amount,
                reason=request.reason,
                now=now,
            )
            session.flush()  # its row is looked at before this transaction ends
        case RequestKind.FORGIVE_CLAWBACK:
            (pair,) = request.pairs
            payouts.forgive(
                session, case_id=UUID(request.params["case_id"]), amount=pair.amount, now=now
            )
        case RequestKind.IDENTIFY:
            _tell_payouts(session, request, now=now)
        case _:
            pass
    return entry_id


def _lock_free(session: Session, request: FinanceRequest, *, now: datetime) -> Free | None:
    """Lock the funds of a campaign that is to hold less, and refuse to take what rests in it."""
    taken = [pair for pair in request.pairs if pair.debit.code is Code.CAMPAIGN_FUNDS]
    if not taken:
        return None
    (pair,) = taken
    left = collaborations.lock_free_money(
        session,
        pair.debit.owner,
        currency=pair.amount.currency,
        also=[pair.credit],
        now=now,
    )
    if left.free < pair.amount <= left.funds:
        raise Conflict(
            Sentence(
                "The campaign has {left}; nothing more can be taken from it",
                left=left_in_words(left),
            )
        )
    return left.free


def _tell_payouts(session: Session, request: FinanceRequest, *, now: datetime) -> None:
    """Have a creator's rows say what the books say now, where a movement was a creator's."""
    (pair,) = request.pairs
    if pair.debit.code is Code.CREATOR_PAYABLE:
        payouts.take_as_paid(
            session,
            creator_id=pair.debit.owner,
            amount=pair.amount,
            stripe_transfer_id=request.params.get("source"),
        )
    elif pair.credit.code is Code.CREATOR_PAYABLE:
        payouts.give_back(session, creator_id=pair.credit.owner, amount=pair.amount, now=now)


def _decide(session: Session, request: FinanceRequest, *, actor: Actor, now: datetime) -> None:
    if request.subject_id is None:
        raise NotFound("dispute")
    payouts.decide_dispute(
        session,
        dispute_id=request.subject_id,
        share_bps=request.params["share_bps"],
        words=request.reason,
        actor=actor,
        now=now,
    )
    session.flush()  # what it says is looked at before this transaction ends


def _rule(session: Session, request: FinanceRequest, *, actor: Actor, now: datetime) -> None:
    if request.subject_id is None:
        raise NotFound("call to the processor")
    processor.rule(
        session,
        actor=actor,
        call_id=request.subject_id,
        ruling=RULINGS[request.kind],
        now=now,
    )
