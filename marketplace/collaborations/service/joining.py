"""A challenge offers the same to everybody, and whoever joins has accepted it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Brief
from marketplace.collaborations.models import Collaboration, Offer
from marketplace.collaborations.rules import CollaborationState, OfferState, Party
from marketplace.collaborations.service.accepting import grant_of
from marketplace.collaborations.service.exclusivity import check_free
from marketplace.creators.models import Creator
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict
from marketplace.kernel.ids import new_id
from marketplace.terms.rules import Conditions


def join(
    session: Session,
    *,
    brief: Brief,
    creator: Creator,
    conditions: Conditions,
    publish_by: date,
    actor: Actor,
    now: datetime,
) -> Collaboration:
    """Write what a creator accepts by joining: the brief, the rights, the shares of a prize.

    No fee is agreed, and nothing is set aside for this creator. brief: the published one of a
    locked campaign. A second time raises Conflict, and so does somebody who is another brand's at
    the time.
    """
    campaign = brief.campaign
    check_free(session, creator, campaign, actor=actor)
    offer = _offer_to(creator, brief, conditions, publish_by=publish_by, now=now)
    collaboration = Collaboration(
        id=new_id(),
        campaign_id=campaign.id,
        creator_id=creator.id,
        brand_id=campaign.brand_id,
        offer_id=offer.id,
        state=CollaborationState.ACTIVE,
        agreed_at=now,
    )
    try:
        with session.begin_nested():
            session.add(offer)
            session.flush()  # no relationship orders the offer before what points at it
            session.add(collaboration)
    except IntegrityError as refusal:  # one collaboration for a creator and a campaign
        raise Conflict("You have joined this challenge already") from refusal
    session.add(grant_of(offer, collaboration, now=now))
    return collaboration


def _offer_to(
    creator: Creator, brief: Brief, conditions: Conditions, *, publish_by: date, now: datetime
) -> Offer:
    campaign, shares = brief.campaign, conditions.shares
    wanted = brief.deliverables[0]
    return Offer(
        id=new_id(),
        campaign_id=campaign.id,
        creator_id=creator.id,
        brief_id=brief.id,
        number=1,
        made_by=Party.BRAND,
        fee_minor=0,
        currency=campaign.currency,
        creator_fee_bps=shares.creator,
        brand_fee_bps=shares.brand,
        fee_tax_bps=shares.brand_tax,
        withheld_bps=shares.withheld,
        hold_days=conditions.hold_days,
        deliverables=[
            {
                "format": wanted["format"],
                "description": wanted["description"],
                "fee_minor": 0,
                "draft_due_on": publish_by.isoformat(),
                "publish_by_on": publish_by.isoformat(),
            }
        ],
        usage_media=brief.usage_media,
        usage_days=brief.usage_days,
        revision_rounds=0,
        note="",
        state=OfferState.ACCEPTED,
        made_at=now,
        expires_at=now,
        answered_at=now,
    )
