"""Begin a campaign and change its basics."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.campaigns import queries
from marketplace.campaigns.messages import CategorySaid
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import (
    CATEGORIES,
    BriefContent,
    CampaignKind,
    CampaignState,
    campaign_problems,
    draft_problems,
)
from marketplace.campaigns.service.briefs import add_brief, draft_of
from marketplace.campaigns.service.moves import locked, may_run
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, InvalidTransition
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.store.outbox import post
from marketplace.terms.queries import terms_for


def draft_campaign(
    session: Session,
    *,
    brand_id: UUID,
    name: str,
    budget: Money,
    starts_on: date,
    ends_on: date,
    category: str | None = None,
    actor: Actor,
    now: datetime,
    kind: CampaignKind = CampaignKind.AGREEMENTS,
) -> Campaign:
    """Begin a campaign with an empty brief; nobody outside the brand sees it.

    Its currency is the budget's, and its kind stays. Raises NotFound, NotPermitted, InvalidInput.
    """
    may_run(actor, brand_id, "start a campaign for this brand")
    problems = campaign_problems(
        name=name,
        budget=budget,
        starts_on=starts_on,
        ends_on=ends_on,
        category=category,
        terms=terms_for(session, at=now, brand_id=brand_id),
        now=now,
    )
    if problems:
        raise InvalidInput(problems)
    assert actor.user_id is not None  # a member of a brand is a person
    campaign = Campaign(
        id=new_id(),
        brand_id=brand_id,
        name=name.strip(),
        kind=kind,
        state=CampaignState.DRAFT,
        budget=budget,
        starts_on=starts_on,
        ends_on=ends_on,
        category=category,
        created_by=actor.user_id,
        created_at=now,
    )
    session.add(campaign)
    session.flush()  # the brief's foreign key needs the row; there is no relationship to order them
    add_brief(session, campaign, version=1, content=BriefContent(), now=now)
    return campaign


def edit_campaign(
    session: Session,
    *,
    campaign_id: UUID,
    name: str,
    budget: Money,
    starts_on: date,
    ends_on: date,
    category: str | None = None,
    actor: Actor,
    now: datetime,
) -> Campaign:
    """Change the basics of a campaign that is still a draft.

    Raises NotFound, NotPermitted, InvalidTransition, InvalidInput.
    """
    campaign = locked(session, campaign_id, actor, "change this campaign")
    if campaign.state is not CampaignState.DRAFT:
        raise InvalidTransition("campaign", campaign.state.value, "edit")
    problems = campaign_problems(
        name=name,
        budget=budget,
        starts_on=starts_on,
        ends_on=ends_on,
        category=category,
        terms=queries.terms_of(session, campaign, now=now),
        now=now,
    )
    brief = draft_of(session, campaign)
    content = queries.content_of(brief, currency=campaign.currency)
    if budget.currency != campaign.currency and (content.fee_low or content.fee_high):
        problems["currency"] = "Clear the fee range first: it is in the old currency."
    elif fee_problems := draft_problems(content, budget=budget):
        problems.setdefault("budget", next(iter(fee_problems.values())))
    if problems:
        raise InvalidInput(problems)
    campaign.name = name.strip()
    campaign.budget = budget
    campaign.starts_on = starts_on
    campaign.ends_on = ends_on
    campaign.category = category
    return campaign


def say_category(session: Session, *, campaign_id: UUID, category: str, actor: Actor) -> Campaign:
    """Say what a published campaign is for that has not said so yet; then it stays.

    Raises NotFound, NotPermitted, InvalidTransition, Conflict where it is said, InvalidInput.
    """
    campaign = locked(session, campaign_id, actor, "change this campaign")
    if campaign.state is not CampaignState.PUBLISHED:
        raise InvalidTransition("campaign", campaign.state.value, "say_category")
    if campaign.category is not None:
        raise Conflict("This campaign has said what it is for, and that stays")
    if category not in CATEGORIES:
        raise InvalidInput({"category": "Choose a category from the list."})
    campaign.category = category
    post(session, CategorySaid(campaign_id=campaign.id))
    return campaign
