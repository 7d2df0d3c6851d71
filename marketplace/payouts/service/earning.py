"""A fee is earned, and becomes payable when its hold window is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.collaborations.models import Collaboration, Offer
from marketplace.collaborations.rules import parts_of_offer
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.errors import Conflict
from marketplace.kernel.ids import new_id
from marketplace.ledger import queries as balances
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import events
from marketplace.payouts.messages import FeeEarned, PayoutsWanted
from marketplace.payouts.models import Earning
from marketplace.payouts.rules import EarningKind, EarningState
from marketplace.payouts.service.bonuses import open_bonus
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post


def earn(session: Session, *, deliverable_id: UUID) -> Earning:
    """Book the fee of an accepted deliverable: it is the creator's, after the hold window.

    Its bonus, where the offer has one, begins to be booked.

    The second time it returns what was booked the first time. Raises Conflict when the deliverable
    is not accepted.
    """
    deliverable = lock_row(session, Deliverable, deliverable_id)
    earned = session.scalar(
        select(Earning).where(
            Earning.deliverable_id == deliverable_id, Earning.kind == EarningKind.FEE
        )
    )
    if earned is not None:
        return earned
    if deliverable.state is not DeliverableState.ACCEPTED or deliverable.accepted_at is None:
        raise Conflict("Only an accepted deliverable earns its fee")
    offer = session.scalars(
        select(Offer)
        .join(Collaboration, Collaboration.offer_id == Offer.id)
        .where(Collaboration.id == deliverable.collaboration_id)
    ).one()
    part = parts_of_offer(offer)[deliverable.position - 1]
    fee_taken = events.fee_unearned(deliverable.campaign_id)
    fee_left = balances.balance_of(session, fee_taken, currency=deliverable.currency)
    net = part.fee - part.creator_share
    earning = Earning(
        id=new_id(),
        kind=EarningKind.FEE,
        deliverable_id=deliverable.id,
        campaign_id=deliverable.campaign_id,
        creator_id=deliverable.creator_id,
        fee_minor=part.fee.minor,
        platform_share_minor=part.creator_share.minor,
        net_minor=net.minor,
        withheld_minor=part.withheld.minor,
        currency=deliverable.currency,
        state=EarningState.PENDING,
        earned_at=deliverable.accepted_at,
        payable_at=deliverable.accepted_at + timedelta(days=offer.hold_days),
    )
    session.add(earning)
    event = events.earned(
        deliverable_id=deliverable.id,
        revision=1,
        collaboration_id=deliverable.collaboration_id,
        campaign_id=deliverable.campaign_id,
        creator_id=deliverable.creator_id,
        net=net,
        platform_share=part.creator_share,
        # Parts of fundings and of offers are rounded apart: never more than the brand has paid.
        fee_on_top=min(part.brand_fee, fee_left),
        memo=f"Fee for “{deliverable.description}”",
    )
    ledger.write_entry(session, event, occurred_at=deliverable.accepted_at, actor=SYSTEM)
    open_bonus(session, deliverable, offer)
    post(session, FeeEarned(earning_id=earning.id))
    return earning


def mature_due(session: Session, *, now: datetime, limit: int = 500) -> int:
    """Make every fee payable whose hold window is over; return how many. Safe to run twice."""
    due = session.scalars(
        select(Earning)
        .where(Earning.state == EarningState.PENDING, Earning.payable_at <= now)
        .order_by(Earning.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
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
