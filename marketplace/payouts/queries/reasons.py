"""What earned amounts wait for, told by the database: for counting and picking among many.

The same answers as ``payouts.rules.waiting_for`` gives for one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, select, true
from sqlalchemy.orm import Session

from marketplace.collaborations.rules import Party
from marketplace.kernel.money import Money
from marketplace.payouts.models import (
    ClawbackCase,
    Dispute,
    Earning,
    Payout,
    PayoutAccount,
    PayoutReversal,
)
from marketplace.payouts.queries.facts import before, frozen, together
from marketplace.payouts.rules import (
    OVER,
    PAUSE_AFTER_REFUSAL,
    EarningState,
    PayoutState,
    ReversalState,
    Waiting,
)
from marketplace.payouts.rules.disputes import DisputeState
from marketplace.processor.models import ProcessorCall
from marketplace.processor.rules import CallKind, CallState
from marketplace.terms.queries import payout_least


@dataclass(frozen=True, slots=True)
class Reason:
    """How many amounts of a currency wait for the same, and how much that is for creators."""

    waiting: Waiting
    count: int
    total: Money


def reasons(session: Session, *, now: datetime, creator_id: UUID | None = None) -> Sequence[Reason]:
    """What everything that is earned and not paid waits for, the largest number first.

    creator_id: whose alone; None for everybody's.
    """
    waiting = waiting_case(now=now)
    whose = true() if creator_id is None else Earning.creator_id == creator_id
    rows = session.execute(
        select(
            waiting,
            Earning.currency,
            func.count(),
            func.sum(Earning.left_minor),
        )
        .where(Earning.state.not_in(OVER), whose)
        .group_by(waiting, Earning.currency)
        .order_by(func.count().desc(), waiting, Earning.currency)
    )
    return [
        Reason(Waiting(each), count, Money(int(total), currency))
        for each, currency, count, total in rows
    ]


def waiting_case(*, now: datetime) -> ColumnElement[str]:
    """Return what an earning waits for, as an expression over its row."""
    paying = Earning.state == EarningState.PAYING
    gone = Earning.state == EarningState.TAKEN_BACK
    asked = Dispute.state == DisputeState.ASKED
    whose = PayoutAccount.creator_id == Earning.creator_id
    still_open = and_(whose, PayoutAccount.closed_at.is_(None))
    refused = exists().where(
        Payout.creator_id == Earning.creator_id,
        Payout.state == PayoutState.RETURNED,
        Payout.ended_at > now - PAUSE_AFTER_REFUSAL,
    )
    return case(
        (and_(Earning.is_disputed, _disputed(asked, Party.CREATOR)), _of(Waiting.DISPUTE_BRAND)),
        (and_(Earning.is_disputed, _disputed(asked, Party.BRAND)), _of(Waiting.DISPUTE_CREATOR)),
        (Earning.is_disputed, _of(Waiting.DISPUTE_STAFF)),
        (Earning.state == EarningState.PENDING, _of(Waiting.HOLD)),
        (and_(paying, _call(CallState.MANUAL)), _of(Waiting.PERSON)),
        (and_(paying, _call(CallState.UNKNOWN)), _of(Waiting.UNCLEAR)),
        (paying, _of(Waiting.SENDING)),
        (Earning.state == EarningState.NETTED, _of(Waiting.NETTED)),
        (and_(gone, Earning.dispute_id.is_not(None)), _of(Waiting.GIVEN_BACK)),
        (gone, _of(Waiting.CORRECTED)),
        (Earning.state != EarningState.PAYABLE, _of(Waiting.NOTHING)),
        (frozen(), _of(Waiting.FROZEN)),
        (and_(~exists().where(still_open), exists().where(whose)), _of(Waiting.ACCOUNT_CLOSED)),
        (~exists().where(still_open), _of(Waiting.NO_ACCOUNT)),
        (
            exists().where(still_open, ~PayoutAccount.transfers_active, PayoutAccount.under_review),
            _of(Waiting.ACCOUNT_CHECKED),
        ),
        (
            exists().where(
                still_open, ~PayoutAccount.transfers_active, PayoutAccount.paused_at.is_not(None)
            ),
            _of(Waiting.ACCOUNT_PAUSED),
        ),
        (
            exists().where(still_open, ~PayoutAccount.transfers_active),
            _of(Waiting.ACCOUNT_NOT_READY),
        ),
        (and_(Earning.left_minor > 0, before() < _owed(), ~refused), _of(Waiting.CLAWBACK)),
        (together() < payout_least(Earning.currency, at=literal(now)), _of(Waiting.BELOW_MINIMUM)),
        (refused, _of(Waiting.REFUSED)),
        else_=_of(Waiting.NEXT_RUN),
    )


def _of(waiting: Waiting) -> ColumnElement[str]:
    return literal(waiting.value)


def _disputed(asked: ColumnElement[bool], by: Party) -> ColumnElement[bool]:
    return exists().where(Dispute.id == Earning.dispute_id, asked, Dispute.opened_by == by)


def _call(state: CallState) -> ColumnElement[bool]:
    return exists().where(
        ProcessorCall.kind == CallKind.TRANSFER,
        ProcessorCall.subject_id == Earning.payout_id,
        ProcessorCall.state == state,
    )


def _owed() -> ColumnElement[int]:
    """What its creator has to give back, less what reversals under way recover."""
    under_way = (
        select(func.coalesce(func.sum(PayoutReversal.amount_minor), 0))
        .where(
            PayoutReversal.case_id == ClawbackCase.id,
            PayoutReversal.state == ReversalState.REQUESTED,
        )
        .correlate(ClawbackCase)
        .scalar_subquery()
    )
    rest = ClawbackCase.amount_minor - ClawbackCase.settled_minor - under_way
    owed = (
        select(func.sum(rest))
        .where(
            ClawbackCase.creator_id == Earning.creator_id,
            ClawbackCase.currency == Earning.currency,
            ClawbackCase.closed_at.is_(None),
        )
        .correlate(Earning)
        .scalar_subquery()
    )
    return func.coalesce(owed, 0)
