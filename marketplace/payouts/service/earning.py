"""A fee is earned, and becomes payable when its hold window is over."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from marketplace.collaborations.rules import parts_of_offer
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.errors import Conflict
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import events
from marketplace.payouts import queries
from marketplace.payouts.messages import PayoutsWanted
from marketplace.payouts.models import Earning
from marketplace.payouts.rules import EarningKind, EarningState
from marketplace.payouts.service.bonuses import open_bonus
from marketplace.payouts.service.disputing import overtake_dispute
from marketplace.payouts.service.fees import add_fee, book_fee, fee_row
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post
from marketplace.store.rows import those_of


def earn(session: Session, *, deliverable_id: UUID) -> Earning:
    """Book the fee of an accepted deliverable: it is the creator's, after the hold window.

    Its bonus, where the offer has one, begins to be booked. A dispute about work that is not
    accepted is over.

    The second time it returns what was booked the first time. Raises Conflict when the deliverable
    is not accepted, or is an entry to a challenge.
    """
    deliverable = lock_row(session, Deliverable, deliverable_id)
    earned = session.scalar(
        select(Earning).where(
            Earning.deliverable_id == deliverable_id, Earning.kind == EarningKind.FEE
        )
    )
    if earned is not None:
        return earned
    if deliverable.is_entry:
        raise Conflict("An entry to a challenge has no fee; its prize is booked with the others")
    if deliverable.state is not DeliverableState.ACCEPTED or deliverable.accepted_at is None:
        raise Conflict("Only an accepted deliverable earns its fee")
    offer = queries.offer_of(session, deliverable)
    part = parts_of_offer(offer)[deliverable.position - 1]
    at = deliverable.accepted_at
    earning = fee_row(
        deliverable, part, earned_at=at, payable_at=at + timedelta(days=offer.hold_days)
    )
    book_fee(session, deliverable, part, revision=1, actor=SYSTEM, occurred_at=at)
    add_fee(session, earning)
    open_bonus(session, deliverable, offer)
    overtake_dispute(session, deliverable_id=deliverable.id, now=at)
    return earning


def mature_due(
    session: Session, *, now: datetime, limit: int = 500, ids: Collection[UUID] | None = None
) -> int:
    """Make every fee payable whose hold window is over; return how many. Safe to run twice.

    What is in dispute stays where it is. Whoever opens one changes the very row that is locked
    here, so neither can overlook the other. ids: only these.
    """
    due = session.scalars(
        those_of(_mature(now), Earning.id, ids).limit(limit).with_for_update(skip_locked=True)
    ).all()
    told = [
        events.matured(earning_id=earning.id, creator_id=earning.creator_id, amount=earning.net).at(
            earning.payable_at
        )
        for earning in due
    ]
    ledger.write_entries(session, told, occurred_at=now, actor=SYSTEM)
    for earning in due:
        earning.state = EarningState.PAYABLE
    for creator_id in sorted({earning.creator_id for earning in due}):
        post(session, PayoutsWanted(creator_id=creator_id))
    return len(due)


def mature_ids(session: Session, *, now: datetime) -> Sequence[UUID]:
    """The fees whose hold window is over and that are not payable yet."""
    return session.scalars(_mature(now).with_only_columns(Earning.id)).all()


def _mature(now: datetime) -> Select[Earning]:
    return (
        select(Earning)
        .where(
            Earning.state == EarningState.PENDING,
            Earning.payable_at <= now,
            ~Earning.is_disputed,
        )
        .order_by(Earning.id)
    )
