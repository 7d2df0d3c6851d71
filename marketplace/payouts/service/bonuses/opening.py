"""A bonus begins with the fee of its deliverable."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.collaborations.models import Offer
from marketplace.deliverables import queries as deliverables
from marketplace.deliverables.models import Deliverable
from marketplace.payouts.models import ViewBonus
from marketplace.payouts.rules import next_booking


def open_bonus(session: Session, deliverable: Deliverable, offer: Offer) -> None:
    """Begin to book the bonus of an accepted deliverable, where the offer has one."""
    cap = offer.deliverables[deliverable.position - 1].get("bonus_cap_minor")
    post_of = deliverables.standing_post(session, deliverable_id=deliverable.id)
    if offer.bonus is None or cap is None or post_of is None:
        return
    begin = post_of.published_at or post_of.pasted_at
    end = begin + offer.bonus.window
    session.add(
        ViewBonus(
            deliverable_id=deliverable.id,
            post_id=post_of.id,
            collaboration_id=deliverable.collaboration_id,
            campaign_id=deliverable.campaign_id,
            creator_id=deliverable.creator_id,
            rate_minor=offer.bonus.rate.minor,
            cap_minor=cap,
            currency=offer.currency,
            creator_fee_bps=offer.creator_fee_bps,
            brand_fee_bps=offer.brand_fee_bps,
            withheld_bps=offer.withheld_bps,
            hold_days=offer.hold_days,
            counted_from=begin,
            counted_until=end,
            next_booking_at=next_booking(now=begin, counted_until=end),
        )
    )
