"""Draft a campaign, write its brief, publish, amend and close it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts import queries as accounts
from marketplace.campaigns import queries
from marketplace.campaigns.messages import BriefAmended, CampaignClosed, CampaignPublished
from marketplace.campaigns.models import Brief, BriefState, Campaign, CampaignStep
from marketplace.campaigns.rules import (
    CATEGORIES,
    LIFE,
    LINE_MOST,
    OTHER,
    BriefContent,
    CampaignEvent,
    CampaignKind,
    CampaignState,
    campaign_problems,
    date_problems,
    draft_problems,
    missing,
)
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import (
    Conflict,
    InvalidInput,
    InvalidTransition,
    NotFound,
    NotPermitted,
)
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.store.locks import lock_row
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
    _may_run(actor, brand_id, "start a campaign for this brand")
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
    _add_brief(session, campaign, version=1, content=BriefContent(), now=now)
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
    campaign = _locked(session, campaign_id, actor, "change this campaign")
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
    brief = _draft_of(session, campaign)
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
    campaign = _locked(session, campaign_id, actor, "change this campaign")
    if campaign.state is not CampaignState.PUBLISHED:
        raise InvalidTransition("campaign", campaign.state.value, "say_category")
    if campaign.category is not None:
        raise Conflict("This campaign has said what it is for, and that stays")
    if category not in CATEGORIES:
        raise InvalidInput({"category": "Choose a category from the list."})
    campaign.category = category
    return campaign


def save_brief(
    session: Session, *, campaign_id: UUID, content: BriefContent, actor: Actor, now: datetime
) -> Brief:
    """Save the version being written, complete or not.

    For a published campaign this begins, or goes on with, the draft of an amendment; the published
    versions never change. Raises NotFound, NotPermitted, InvalidTransition, InvalidInput.
    """
    campaign = _locked(session, campaign_id, actor, "change this brief")
    if campaign.state is CampaignState.CLOSED:
        raise InvalidTransition("campaign", campaign.state.value, "edit")
    if campaign.kind is CampaignKind.CHALLENGE and campaign.state is CampaignState.PUBLISHED:
        raise Conflict("The rules of a challenge do not change once it is published")
    if problems := draft_problems(content, budget=campaign.budget):
        raise InvalidInput(problems)
    brief = queries.draft_brief(session, campaign.id)
    if brief is None:
        return _add_brief(
            session, campaign, version=_next_version(session, campaign), content=content, now=now
        )
    _write(brief, content)
    return brief


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
    campaign = _locked(session, campaign_id, actor, "publish this campaign")
    if campaign.kind is CampaignKind.CHALLENGE:
        raise Conflict("A challenge is published together with its prizes")
    return _publish(session, campaign, actor=actor, now=now, money_first=money_first)


def publish_challenge(
    session: Session, *, campaign_id: UUID, actor: Actor, now: datetime
) -> Campaign:
    """Publish the campaign of a challenge; whoever calls sets its prizes aside with it.

    Raises NotFound, NotPermitted, InvalidTransition, Conflict, InvalidInput as ``publish`` does.
    """
    campaign = _locked(session, campaign_id, actor, "publish this challenge")
    if campaign.kind is not CampaignKind.CHALLENGE:
        raise Conflict("This campaign is no challenge")
    return _publish(session, campaign, actor=actor, now=now, money_first=False)


def _publish(
    session: Session, campaign: Campaign, *, actor: Actor, now: datetime, money_first: bool
) -> Campaign:
    state = LIFE.next(campaign.state, CampaignEvent.PUBLISH)
    _confirmed(session, actor)
    brief = _draft_of(session, campaign)
    content = queries.content_of(brief, currency=campaign.currency)
    problems = date_problems(starts_on=campaign.starts_on, ends_on=campaign.ends_on, now=now)
    problems |= draft_problems(content, budget=campaign.budget)
    problems |= missing(content, category=campaign.category, kind=campaign.kind)
    if problems:
        raise InvalidInput(problems)
    if money_first and not queries.holds_money(session, campaign):
        raise Conflict("Add money to the campaign first; here only funded campaigns are published")
    _fix(brief, now=now)
    campaign.published_at = now
    campaign.terms_at = campaign.terms_at or now
    _step(session, campaign, CampaignEvent.PUBLISH, state, actor=actor, now=now)
    post(session, CampaignPublished(campaign_id=campaign.id))
    return campaign


def amend_brief(
    session: Session, *, campaign_id: UUID, change_note: str, actor: Actor, now: datetime
) -> Brief:
    """Publish the draft of an amendment as a new version.

    Who has agreed stays bound to the version in their offer. change_note: what is different, for
    creators to read. Raises NotFound, NotPermitted, InvalidTransition, Conflict, InvalidInput.
    """
    campaign = _locked(session, campaign_id, actor, "amend this brief")
    state = LIFE.next(campaign.state, CampaignEvent.AMEND)
    _confirmed(session, actor)
    brief = queries.draft_brief(session, campaign.id)
    present = queries.published_brief(session, campaign.id)
    if brief is None or present is None:
        raise Conflict("There is no amendment to publish: change the brief first")
    content = queries.content_of(brief, currency=campaign.currency)
    problems = draft_problems(content, budget=campaign.budget)
    problems |= missing(content, category=campaign.category or OTHER)
    if content == queries.content_of(present, currency=campaign.currency):
        problems["change_note"] = "The amendment says the same as the version before."
    elif not change_note.strip():
        problems["change_note"] = "Say in a sentence what is different."
    elif len(change_note) > LINE_MOST:
        problems["change_note"] = f"Keep this to {LINE_MOST} characters."
    if problems:
        raise InvalidInput(problems)
    brief.change_note = change_note.strip()
    _fix(brief, now=now)
    _step(session, campaign, CampaignEvent.AMEND, state, actor=actor, now=now)
    post(session, BriefAmended(campaign_id=campaign.id, brief_id=brief.id))
    return brief


def discard_amendment(session: Session, *, campaign_id: UUID, actor: Actor) -> None:
    """Throw away the draft of an amendment; a second time does nothing.

    Raises NotFound, NotPermitted, InvalidTransition for a campaign that was never published.
    """
    campaign = _locked(session, campaign_id, actor, "amend this brief")
    if campaign.state is CampaignState.DRAFT:
        raise InvalidTransition("campaign", campaign.state.value, "discard_amendment")
    brief = queries.draft_brief(session, campaign.id)
    if brief is not None:
        session.delete(brief)


def close(session: Session, *, campaign_id: UUID, actor: Actor, now: datetime) -> Campaign:
    """Take no more creators. What was agreed goes on; what is still open around it ends.

    Raises NotFound, NotPermitted, InvalidTransition, and Conflict for a challenge, which ends by
    itself or is called off.
    """
    campaign = _locked(session, campaign_id, actor, "close this campaign")
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
        campaign = _locked(session, campaign_id, actor, "call this challenge off")
    return _close(session, campaign, actor=actor, now=now)


def _close(session: Session, campaign: Campaign, *, actor: Actor, now: datetime) -> Campaign:
    state = LIFE.next(campaign.state, CampaignEvent.CLOSE)
    campaign.closed_at = now
    _step(session, campaign, CampaignEvent.CLOSE, state, actor=actor, now=now)
    post(session, CampaignClosed(campaign_id=campaign.id))
    return campaign


def _may_run(actor: Actor, brand_id: UUID, act: str) -> None:
    if not actor.belongs_to(brand_id):
        raise NotFound("brand")
    if not actor.may_edit(brand_id):
        raise NotPermitted(act)


def _locked(session: Session, campaign_id: UUID, actor: Actor, act: str) -> Campaign:
    campaign = queries.campaign_seen_by(session, actor, campaign_id)
    if not actor.may_edit(campaign.brand_id):
        raise NotPermitted(act)
    return lock_row(session, Campaign, campaign.id)


def _confirmed(session: Session, actor: Actor) -> None:
    if actor.user_id is None or not accounts.is_confirmed(session, actor.user_id):
        raise Conflict("Confirm your e-mail address first: the link is in the message we sent you")


def _draft_of(session: Session, campaign: Campaign) -> Brief:
    brief = queries.draft_brief(session, campaign.id)
    if brief is None:
        raise NotFound("draft of a brief")
    return brief


def _next_version(session: Session, campaign: Campaign) -> int:
    present = queries.published_brief(session, campaign.id)
    return 1 if present is None else present.version + 1


def _add_brief(
    session: Session, campaign: Campaign, *, version: int, content: BriefContent, now: datetime
) -> Brief:
    brief = Brief(
        id=new_id(),
        campaign_id=campaign.id,
        version=version,
        state=BriefState.DRAFT,
        created_at=now,
    )
    _write(brief, content)
    session.add(brief)
    return brief


def _write(brief: Brief, content: BriefContent) -> None:
    brief.summary = content.summary
    brief.dos, brief.donts = list(content.dos), list(content.donts)
    brief.deliverables = [asdict(each) for each in content.deliverables]
    brief.target_age = dict(content.target_age)
    brief.target_gender = dict(content.target_gender)
    brief.target_country = dict(content.target_country)
    brief.target_interests = list(content.target_interests)
    brief.target_words = list(content.target_words)
    brief.fee_low_minor = None if content.fee_low is None else content.fee_low.minor
    brief.fee_high_minor = None if content.fee_high is None else content.fee_high.minor
    brief.usage_media = content.usage_media
    brief.usage_days = content.usage_days
    brief.disclosure = content.disclosure
    brief.revision_rounds = content.revision_rounds


def _fix(brief: Brief, *, now: datetime) -> None:
    brief.state = BriefState.PUBLISHED
    brief.published_at = now


def _step(
    session: Session,
    campaign: Campaign,
    event: CampaignEvent,
    state: CampaignState,
    *,
    actor: Actor,
    now: datetime,
) -> None:
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
