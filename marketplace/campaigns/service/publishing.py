"""Open a campaign to creators."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.campaigns import queries
from marketplace.campaigns.messages import CampaignPublished
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import (
    LIFE,
    CampaignEvent,
    CampaignKind,
    date_problems,
    draft_problems,
    missing,
)
from marketplace.campaigns.service.briefs import draft_of, fix
from marketplace.campaigns.service.moves import locked, must_be_confirmed, take_step
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput
from marketplace.store.outbox import post


def publish(
    session: Session,
    *,
    campaign_id: UUID,
    actor: Actor,
    now: datetime,
    money_first: bool = False,
) -> Campaign:
    """Open a campaign to creators; its brief is fixed from here on.

    The actor's e-mail address must be confirmed. money_first: the operator's rule that nothing is
    published before its campaign holds money. Raises NotFound, NotPermitted, InvalidTransition,
    Conflict, also for a challenge, whose prizes are set aside with it (``publish_challenge``),
    InvalidInput for what the brief still needs.
    """
    campaign = locked(session, campaign_id, actor, "publish this campaign")
    if campaign.kind is CampaignKind.CHALLENGE:
        raise Conflict("A challenge is published together with its prizes")
    return _publish(session, campaign, actor=actor, now=now, money_first=money_first)


def publish_challenge(
    session: Session, *, campaign_id: UUID, actor: Actor, now: datetime
) -> Campaign:
    """Publish the campaign of a challenge; whoever calls sets its prizes aside with it.

    Raises NotFound, NotPermitted, InvalidTransition, Conflict, InvalidInput as ``publish`` does.
    """
    campaign = locked(session, campaign_id, actor, "publish this challenge")
    if campaign.kind is not CampaignKind.CHALLENGE:
        raise Conflict("This campaign is no challenge")
    return _publish(session, campaign, actor=actor, now=now, money_first=False)


def _publish(
    session: Session, campaign: Campaign, *, actor: Actor, now: datetime, money_first: bool
) -> Campaign:
    state = LIFE.next(campaign.state, CampaignEvent.PUBLISH)
    must_be_confirmed(session, actor)
    brief = draft_of(session, campaign)
    content = queries.content_of(brief, currency=campaign.currency)
    problems = date_problems(starts_on=campaign.starts_on, ends_on=campaign.ends_on, now=now)
    problems |= draft_problems(content, budget=campaign.budget)
    problems |= missing(content, category=campaign.category, kind=campaign.kind)
    if problems:
        raise InvalidInput(problems)
    if money_first and not queries.holds_money(session, campaign):
        raise Conflict("Add money to the campaign first; here only funded campaigns are published")
    fix(brief, now=now)
    campaign.published_at = now
    campaign.terms_at = campaign.terms_at or now
    take_step(session, campaign, CampaignEvent.PUBLISH, state, actor=actor, now=now)
    post(session, CampaignPublished(campaign_id=campaign.id))
    return campaign
