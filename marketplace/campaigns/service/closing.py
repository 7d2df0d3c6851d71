"""Take no more creators."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.campaigns.messages import CampaignClosed
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import LIFE, CampaignEvent, CampaignKind
from marketplace.campaigns.service.moves import locked, take_step
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post


def close(session: Session, *, campaign_id: UUID, actor: Actor, now: datetime) -> Campaign:
    """Take no more creators. What was agreed goes on; what is still open around it ends.

    Raises NotFound, NotPermitted, InvalidTransition, and Conflict for a challenge, which ends by
    itself or is called off.
    """
    campaign = locked(session, campaign_id, actor, "close this campaign")
    if campaign.kind is CampaignKind.CHALLENGE:
        raise Conflict("A challenge ends when its prizes are awarded; before it can be called off")
    return _close(session, campaign, actor=actor, now=now)


def close_challenge(
    session: Session, *, campaign_id: UUID, actor: Actor, now: datetime
) -> Campaign:
    """Close the campaign of a challenge that is awarded or called off; the caller has its money.

    Raises NotFound, NotPermitted, InvalidTransition.
    """
    if actor.is_system:
        campaign = lock_row(session, Campaign, campaign_id)
    else:
        campaign = locked(session, campaign_id, actor, "call this challenge off")
    return _close(session, campaign, actor=actor, now=now)


def _close(session: Session, campaign: Campaign, *, actor: Actor, now: datetime) -> Campaign:
    state = LIFE.next(campaign.state, CampaignEvent.CLOSE)
    campaign.closed_at = now
    take_step(session, campaign, CampaignEvent.CLOSE, state, actor=actor, now=now)
    post(session, CampaignClosed(campaign_id=campaign.id))
    return campaign
