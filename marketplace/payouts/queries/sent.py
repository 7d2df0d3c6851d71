"""Payouts: who is to get one, what became of it, and what it carries."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound
from marketplace.payouts.models import (
    Earning,
    Payout,
    PayoutStep,
)
from marketplace.payouts.rules import (
    EarningState,
    PayoutState,
)
from marketplace.store.paging import Page, page_of
from marketplace.store.rows import among

PAYOUT_ORDERS: Final[Mapping[str, Sequence[InstrumentedAttribute[Any]]]] = {
    "started": (Payout.reserved_at,),
    "ended": (Payout.ended_at,),
    "amount": (Payout.currency, Payout.amount_minor),
}
"""What a list of payouts can be sorted by."""


def last_refusals(session: Session, creator_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """Creator id -> when the processor last refused a payout to them for good."""
    rows = session.execute(
        select(Payout.creator_id, func.max(Payout.ended_at))
        .where(among(Payout.creator_id, creator_ids), Payout.state == PayoutState.RETURNED)
        .group_by(Payout.creator_id)
    )
    return {row[0]: row[1] for row in rows if row[1] is not None}


def creators_to_pay(session: Session, *, after: UUID | None, limit: int) -> list[UUID]:
    """Creators who have something payable, by their ids, from after one of them on."""
    statement = select(Earning.creator_id).where(Earning.state == EarningState.PAYABLE)
    if after is not None:
        statement = statement.where(Earning.creator_id > after)
    return list(
        session.scalars(statement.distinct().order_by(Earning.creator_id).limit(limit)).all()
    )


def payout_seen_by(session: Session, actor: Actor, payout_id: UUID) -> Payout:
    """The payout, for its creator and for staff; otherwise NotFound."""
    statement = select(Payout).where(Payout.id == payout_id).options(joinedload(Payout.creator))
    if not actor.is_staff and not actor.is_system:
        statement = statement.where(Payout.creator_id == actor.creator_id)
    found = session.scalar(statement)
    if found is None:
        raise NotFound("payout")
    return found


def payouts(
    session: Session, *, state: PayoutState | None, sort: str, descending: bool, page: int
) -> Page[Payout]:
    """Every payout with its creator, for finance staff; one state or all.

    sort: one of ``PAYOUT_ORDERS``; amounts are compared within their currency.
    """
    order = (*PAYOUT_ORDERS[sort], Payout.id)
    statement = (
        select(Payout)
        .options(joinedload(Payout.creator))
        .order_by(*(each.desc() if descending else each.asc() for each in order))
    )
    if state is not None:
        statement = statement.where(Payout.state == state)
    return page_of(session, statement, number=page)


def payouts_of_creator(session: Session, *, creator_id: UUID) -> Sequence[Payout]:
    """A creator's payouts, newest first."""
    return session.scalars(
        select(Payout).where(Payout.creator_id == creator_id).order_by(Payout.reserved_at.desc())
    ).all()


def steps_of(session: Session, payout_id: UUID) -> Sequence[PayoutStep]:
    """What happened to a payout, oldest first."""
    return session.scalars(
        select(PayoutStep)
        .where(PayoutStep.payout_id == payout_id)
        .order_by(PayoutStep.happened_at, PayoutStep.id)
    ).all()


def earnings_in(session: Session, payout_id: UUID) -> Sequence[Earning]:
    """The fees a payout carries."""
    return session.scalars(
        select(Earning)
        .where(Earning.payout_id == payout_id)
        .options(joinedload(Earning.deliverable))
        .order_by(Earning.id)
    ).all()


def median_wait(session: Session) -> timedelta | None:
    """Half of all paid fees took at most this long from acceptance to payout; None before one."""
    waits = (
        select((Payout.ended_at - Earning.earned_at).label("wait"))
        .join(Earning.payout)
        .where(Earning.state == EarningState.PAID)
        .subquery()
    )
    median: timedelta | None = session.scalar(
        select(func.percentile_cont(0.5).within_group(waits.c.wait))
    )
    return median
