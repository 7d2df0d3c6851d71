"""The row and the entry of a deliverable's fee."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.collaborations.rules import OfferMoney
from marketplace.deliverables.models import Deliverable
from marketplace.kernel.actor import Actor
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import queries as balances
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import events
from marketplace.payouts.messages import FeeEarned
from marketplace.payouts.models import Earning
from marketplace.payouts.rules import EarningKind, EarningState
from marketplace.store.outbox import post


def fee_row(
    deliverable: Deliverable, part: OfferMoney, *, earned_at: datetime, payable_at: datetime
) -> Earning:
    """Return the row of a fee that is earned now. part: what the deliverable's fee consists of."""
    return Earning(
        id=new_id(),
        kind=EarningKind.FEE,
        deliverable_id=deliverable.id,
        campaign_id=deliverable.campaign_id,
        creator_id=deliverable.creator_id,
        fee_minor=part.fee.minor,
        platform_share_minor=part.creator_share.minor,
        net_minor=part.net.minor,
        withheld_minor=part.withheld.minor,
        currency=deliverable.currency,
        state=EarningState.PENDING,
        earned_at=earned_at,
        payable_at=payable_at,
    )


def book_fee(
    session: Session,
    deliverable: Deliverable,
    part: OfferMoney,
    *,
    revision: int,
    actor: Actor,
    occurred_at: datetime,
) -> None:
    """Write the entry of a fee. revision: 2 for what a dispute leaves of a fee booked before."""
    event = events.earned(
        deliverable_id=deliverable.id,
        revision=revision,
        collaboration_id=deliverable.collaboration_id,
        campaign_id=deliverable.campaign_id,
        creator_id=deliverable.creator_id,
        net=part.net,
        platform_share=part.creator_share,
        # Parts of fundings and of offers are rounded apart: never more than the brand has paid.
        fee_on_top=min(part.brand_fee, fee_left(session, deliverable)),
        memo=f"Fee for “{deliverable.description}”",
    )
    ledger.write_entry(session, event, occurred_at=occurred_at, actor=actor)


def fee_left(session: Session, deliverable: Deliverable) -> Money:
    """Return what is left of the platform fee that the brand has paid for the campaign."""
    taken = events.fee_unearned(deliverable.campaign_id)
    return balances.balance_of(session, taken, currency=deliverable.currency)


def add_fee(session: Session, earning: Earning) -> None:
    """Keep the row of a fee that was just booked, and let the creator know."""
    session.add(earning)
    post(session, FeeEarned(earning_id=earning.id))
