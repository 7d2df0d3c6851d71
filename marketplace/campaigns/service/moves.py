"""Who may change a campaign, and the steps of its life."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts import queries as accounts
from marketplace.campaigns import queries
from marketplace.campaigns.models import Campaign, CampaignStep
from marketplace.campaigns.rules import CampaignEvent, CampaignState
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, NotFound, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.store.locks import lock_row


def may_run(actor: Actor, brand_id: UUID, act: str) -> None:
    """Raise NotFound to whoever is not of the brand, NotPermitted to whoever may not edit."""
    if not actor.belongs_to(brand_id):
        raise NotFound("brand")
    if not actor.may_edit(brand_id):
        raise NotPermitted(act)


def locked(session: Session, campaign_id: UUID, actor: Actor, act: str) -> Campaign:
    """Return the campaign, locked, for somebody who may edit it; act: what they want to do."""
    campaign = queries.campaign_seen_by(session, actor, campaign_id)
    if not actor.may_edit(campaign.brand_id):
        raise NotPermitted(act)
    return lock_row(session, Campaign, campaign.id)


def must_be_confirmed(session: Session, actor: Actor) -> None:
    """Raise Conflict until the actor has confirmed their e-mail address."""
    if actor.user_id is None or not accounts.is_confirmed(session, actor.user_id):
        raise Conflict("Confirm your e-mail address first: the link is in the message we sent you")


def take_step(
    session: Session,
    campaign: Campaign,
    event: CampaignEvent,
    state: CampaignState,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Put the campaign into its new state, and keep who did it when."""
    campaign.state = state
    session.add(
        CampaignStep(
            id=new_id(),
            campaign_id=campaign.id,
            event=event,
            state=state,
            actor_id=actor.user_id,
            happened_at=now,
        )
    )
