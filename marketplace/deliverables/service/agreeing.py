"""An offer is accepted, and what it promises is owed."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.collaborations import service as collaborations
from marketplace.collaborations.models import Collaboration, Offer
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor
from marketplace.kernel.ids import new_id


def accept_offer(session: Session, *, offer_id: UUID, actor: Actor, now: datetime) -> Collaboration:
    """Agree to the other side's open offer, and make the deliverables that it promises.

    Both in one transaction, so that nobody meets an agreement without its work.

    A second time raises Conflict. Raises NotFound, NotPermitted, Conflict.
    """
    collaboration = collaborations.agree(session, offer_id=offer_id, actor=actor, now=now)
    offer = session.get_one(Offer, offer_id)
    session.add_all(
        Deliverable(
            id=new_id(),
            collaboration_id=collaboration.id,
            campaign_id=collaboration.campaign_id,
            brand_id=collaboration.brand_id,
            creator_id=collaboration.creator_id,
            position=position,
            format=wanted["format"],
            description=wanted["description"],
            fee_minor=wanted["fee_minor"],
            currency=offer.currency,
            draft_due_on=date.fromisoformat(wanted["draft_due_on"]),
            publish_by_on=date.fromisoformat(wanted["publish_by_on"]),
            state=DeliverableState.AWAITING_SUBMISSION,
            rounds_allowed=offer.revision_rounds,
            rounds_used=0,
        )
        for position, wanted in enumerate(offer.deliverables, start=1)
    )
    return collaboration
