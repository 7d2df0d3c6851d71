"""Earned amounts with what each waits for: one record for creator, brand and finance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, func, select
from sqlalchemy.orm import Session, contains_eager

from marketplace.deliverables.models import Deliverable
from marketplace.kernel.money import Money
from marketplace.payouts.models import Earning, Payout
from marketplace.payouts.queries.clawbacks import nettings_of, next_nettings
from marketplace.payouts.queries.facts import frozen, owing, together, told_with
from marketplace.payouts.rules import (
    OVER,
    EarningState,
    PayoutState,
    Waiting,
    may_pay_again,
    waiting_for,
)
from marketplace.payouts.rules.disputes import Disputed
from marketplace.payouts.rules.known import Account, Kept, Work
from marketplace.processor.models import ProcessorCall
from marketplace.processor.rules import CallKind, CallState
from marketplace.store.paging import PAGE_SIZE
from marketplace.store.rows import given_in
from marketplace.terms.queries import payout_least


@dataclass(frozen=True, slots=True)
class EarningLine:
    """One earned fee with what it waits for: the same record for creator, brand and finance."""

    earning: Earning
    campaign_name: str
    creator_name: str
    work: Work
    account: Account
    waiting: Waiting
    paid_at: datetime | None
    refused_at: datetime | None
    """When the processor last refused a payout to the creator for good."""
    next_look_at: datetime | None
    """When what was sent is looked at next."""
    smallest: Money
    """The least that is sent in the fee's currency."""
    together: Money
    """What the creator has payable in that currency all told."""
    owed: Money
    """What of that the next run keeps back."""
    kept: Sequence[Kept]
    """What of the fee was kept back, and what will be."""
    dispute: Disputed | None
    """The open dispute that holds it."""


def lines_of(session: Session, earning_ids: Sequence[UUID], *, now: datetime) -> list[EarningLine]:
    """These earnings, in this order, each with its deliverable."""
    if not earning_ids:
        return []
    rows = session.execute(_OF_EARNINGS, {"ids": list(earning_ids), "at": now}).all()
    lines = {line.earning.id: line for line in _lines(session, rows, now)}
    return [lines[each] for each in earning_ids]


def lines_arriving(session: Session, *, creator_id: UUID, now: datetime) -> list[EarningLine]:
    """What a creator has earned and not been paid yet, newest first: one page of it."""
    rows = session.execute(_ARRIVING, {"creator_id": creator_id, "at": now}).all()
    return _lines(session, rows, now)


def _lines(session: Session, rows: Sequence[Row[Any]], now: datetime) -> list[EarningLine]:
    kept = _kept(session, {row.Earning.id for row in rows if row.Earning.netted_minor})
    owed: dict[tuple[UUID, str], int] = defaultdict(int)
    owing = {row.Earning.creator_id for row in rows if row.owing}
    for part in next_nettings(session, owing) if owing else ():
        owed[part.case.creator_id, part.amount.currency] += part.amount.minor
        kept[part.earning.id].append(Kept(part.case.id, part.amount, part.case.reason, taken=False))
    return [
        _line(
            row,
            owed=owed[row.Earning.creator_id, row.Earning.currency],
            kept=kept.get(row.Earning.id, ()),
            now=now,
        )
        for row in rows
    ]


def _kept(session: Session, earning_ids: Collection[UUID]) -> defaultdict[UUID, list[Kept]]:
    return defaultdict(list, nettings_of(session, earning_ids) if earning_ids else {})


def _line(row: Row[Any], *, owed: int, kept: Sequence[Kept], now: datetime) -> EarningLine:
    earning, account = row.Earning, Account(*row.account)
    smallest = Money(row.smallest, earning.currency)
    together = Money(int(row.together or 0), earning.currency)
    dispute = Disputed(*row.dispute) if earning.is_disputed else None
    return EarningLine(
        earning=earning,
        campaign_name=row.campaign_name,
        creator_name=row.creator_name,
        work=Work(*row.work),
        account=account,
        paid_at=row.ended_at if earning.state is EarningState.PAID else None,
        refused_at=row.refused_at,
        next_look_at=row.next_try_at,
        smallest=smallest,
        together=together,
        owed=Money(owed, earning.currency),
        kept=kept,
        dispute=dispute,
        waiting=waiting_for(
            earning.state,
            has_account=account.exists,
            transfers_active=account.active,
            closed=account.closed,
            paused=account.paused,
            under_review=account.under_review,
            refused=not may_pay_again(refused_at=row.refused_at, now=now),
            enough=together >= smallest,
            owed=any(not each.taken for each in kept),
            frozen=row.frozen,
            unclear=row.sent_state is CallState.UNKNOWN,
            stuck=row.sent_state is CallState.MANUAL,
            disputed=dispute.waiting if dispute is not None else None,
            given_back=earning.dispute_id is not None,
        ),
    )


_REFUSED_AT: Final = (
    select(func.max(Payout.ended_at))
    .where(Payout.creator_id == Earning.creator_id, Payout.state == PayoutState.RETURNED)
    .correlate(Earning)
    .scalar_subquery()
)
_LINES: Final = (
    told_with(
        Earning,
        Payout.ended_at,
        _REFUSED_AT.label("refused_at"),
        ProcessorCall.state.label("sent_state"),
        ProcessorCall.next_try_at,
        together().label("together"),
        payout_least(Earning.currency, at=bindparam("at")).label("smallest"),
        frozen().label("frozen"),
        owing().label("owing"),
    )
    .join(Earning, Earning.deliverable_id == Deliverable.id)
    .outerjoin(Payout, Payout.id == Earning.payout_id)
    .outerjoin(
        ProcessorCall,
        and_(
            ProcessorCall.kind == CallKind.TRANSFER, ProcessorCall.subject_id == Earning.payout_id
        ),
    )
)
_OF_EARNINGS: Final = _LINES.where(given_in(Earning.id, "ids")).options(
    contains_eager(Earning.deliverable)
)
_ARRIVING: Final = (
    _LINES.where(Earning.creator_id == bindparam("creator_id"), Earning.state.not_in(OVER))
    .order_by(Earning.earned_at.desc(), Earning.id.desc())
    .limit(PAGE_SIZE)
)
