"""Write a brief in versions: the first, and its amendments."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.campaigns import queries
from marketplace.campaigns.messages import BriefAmended
from marketplace.campaigns.models import Brief, BriefState, Campaign
from marketplace.campaigns.rules import (
    LIFE,
    LINE_MOST,
    OTHER,
    BriefContent,
    CampaignEvent,
    CampaignKind,
    CampaignState,
    draft_problems,
    missing,
)
from marketplace.campaigns.service.moves import locked, must_be_confirmed, take_step
from marketplace.creators.rules.groups import Group
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, InvalidTransition, NotFound
from marketplace.kernel.ids import new_id
from marketplace.store.outbox import post


def save_brief(
    session: Session, *, campaign_id: UUID, content: BriefContent, actor: Actor, now: datetime
) -> Brief:
    """Save the version being written, complete or not.

    For a published campaign this begins, or goes on with, the draft of an amendment; the published
    versions never change. Raises NotFound, NotPermitted, InvalidTransition, InvalidInput.
    """
    campaign = locked(session, campaign_id, actor, "change this brief")
    if campaign.state is CampaignState.CLOSED:
        raise InvalidTransition("campaign", campaign.state.value, "edit")
    if campaign.kind is CampaignKind.CHALLENGE and campaign.state is CampaignState.PUBLISHED:
        raise Conflict("The rules of a challenge do not change once it is published")
    if problems := draft_problems(content, budget=campaign.budget):
        raise InvalidInput(problems)
    brief = queries.draft_brief(session, campaign.id)
    if brief is None:
        return add_brief(
            session, campaign, version=_next_version(session, campaign), content=content, now=now
        )
    _write(brief, content)
    return brief


def amend_brief(
    session: Session, *, campaign_id: UUID, change_note: str, actor: Actor, now: datetime
) -> Brief:
    """Publish the draft of an amendment as a new version.

    Who has agreed stays bound to the version in their offer. change_note: what is different, for
    creators to read. Raises NotFound, NotPermitted, InvalidTransition, Conflict, InvalidInput.
    """
    campaign = locked(session, campaign_id, actor, "amend this brief")
    state = LIFE.next(campaign.state, CampaignEvent.AMEND)
    must_be_confirmed(session, actor)
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
    fix(brief, now=now)
    take_step(session, campaign, CampaignEvent.AMEND, state, actor=actor, now=now)
    post(session, BriefAmended(campaign_id=campaign.id, brief_id=brief.id))
    return brief


def discard_amendment(session: Session, *, campaign_id: UUID, actor: Actor) -> None:
    """Throw away the draft of an amendment; a second time does nothing.

    Raises NotFound, NotPermitted, InvalidTransition for a campaign that was never published.
    """
    campaign = locked(session, campaign_id, actor, "amend this brief")
    if campaign.state is CampaignState.DRAFT:
        raise InvalidTransition("campaign", campaign.state.value, "discard_amendment")
    brief = queries.draft_brief(session, campaign.id)
    if brief is not None:
        session.delete(brief)


def draft_of(session: Session, campaign: Campaign) -> Brief:
    """Return the version being written; raises NotFound."""
    brief = queries.draft_brief(session, campaign.id)
    if brief is None:
        raise NotFound("draft of a brief")
    return brief


def _next_version(session: Session, campaign: Campaign) -> int:
    present = queries.published_brief(session, campaign.id)
    return 1 if present is None else present.version + 1


def add_brief(
    session: Session, campaign: Campaign, *, version: int, content: BriefContent, now: datetime
) -> Brief:
    """Begin a version with what it says."""
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
    brief.amplified_groups = [each for each in Group if each in content.amplified_groups]
    brief.fee_low_minor = None if content.fee_low is None else content.fee_low.minor
    brief.fee_high_minor = None if content.fee_high is None else content.fee_high.minor
    brief.usage_media = content.usage_media
    brief.usage_days = content.usage_days
    brief.disclosure = content.disclosure
    brief.revision_rounds = content.revision_rounds


def fix(brief: Brief, *, now: datetime) -> None:
    """Publish a version: it never changes again."""
    brief.state = BriefState.PUBLISHED
    brief.published_at = now
