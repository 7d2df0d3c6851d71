"""A creator asks a brand, and the brand answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts import queries as accounts
from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.models import Brief, Campaign
from marketplace.collaborations import queries
from marketplace.collaborations.models import Application, Invitation
from marketplace.collaborations.rules import (
    APPLICATION_LIFE,
    BRAND_REASONS,
    INVITATION_LIFE,
    PITCH_MOST,
    REASON_SENTENCES,
    REPLY_DAYS,
    ApplicationEvent,
    ApplicationState,
    DeclineReason,
    InvitationEvent,
    OfferEvent,
    Party,
    text_problems,
)
from marketplace.collaborations.service.exclusivity import check_free
from marketplace.collaborations.service.moves import (
    end_offer,
    lock_application,
    lock_open_campaign,
    move_application,
    open_offer_of,
    tell_brand,
    tell_creator,
)
from marketplace.creators.models import Creator
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money, in_words


def apply(
    session: Session, *, campaign_id: UUID, pitch: str, fee: Money, actor: Actor, now: datetime
) -> Application:
    """Ask to make what a published campaign wants, for this fee.

    Pins the version of the brief that counts now. Applying twice raises Conflict, except after
    withdrawing: then the application comes back with the new words. The actor's e-mail address
    must be confirmed, and they must not have promised the time to another brand. Raises NotFound,
    NotPermitted, Conflict, InvalidInput.
    """
    if actor.creator_id is None or actor.user_id is None:
        raise NotPermitted("apply to campaigns; creators can")
    brief = campaigns.published_brief(session, campaign_id)
    if brief is None:
        raise NotFound("campaign")
    if actor.belongs_to(brief.campaign.brand_id):
        raise NotPermitted("apply to a campaign of your own brand")
    if not accounts.is_confirmed(session, actor.user_id):
        raise Conflict("Confirm your e-mail address first: the link is in the message we sent you")
    campaign = lock_open_campaign(session, campaign_id, now=now)
    _check(pitch, fee, campaign)
    creator = session.get_one(Creator, actor.creator_id)
    check_free(session, creator, campaign, actor=actor)
    ties = queries.ties_of(session, creator_id=actor.creator_id, campaign_id=campaign_id)
    if ties.application is None:
        application = Application(
            id=new_id(),
            campaign_id=campaign_id,
            creator_id=actor.creator_id,
            state=ApplicationState.SUBMITTED,
        )
        _write(application, brief, pitch=pitch, fee=fee, now=now)
        session.add(application)
    elif APPLICATION_LIFE.allows(ties.application.state, ApplicationEvent.APPLY_AGAIN):
        application = lock_application(session, ties.application.id)
        move_application(application, ApplicationEvent.APPLY_AGAIN, now=now)
        _write(application, brief, pitch=pitch, fee=fee, now=now)
    else:
        raise Conflict("You have applied to this campaign already")
    _answer_invitation(ties.invitation, now=now)
    tell_brand(
        session,
        campaign,
        kind="application",
        title=f"{creator.display_name} applied",
        text=f"For “{campaign.name}”, asking {in_words(fee)}.",
        path=f"/brand/applications/{application.id}",
        key=f"{application.id}:{now.isoformat()}",
        now=now,
    )
    return application


def withdraw(session: Session, *, application_id: UUID, actor: Actor, now: datetime) -> Application:
    """Take an application back, and answer the open offer with no if there is one.

    Raises NotFound, NotPermitted, InvalidTransition.
    """
    seen = queries.application_seen_by(session, actor, application_id)
    if actor.creator_id != seen.creator_id:
        raise NotPermitted("withdraw this application")
    application = lock_application(session, application_id)
    APPLICATION_LIFE.next(application.state, ApplicationEvent.WITHDRAW)
    offer = open_offer_of(session, application)
    if offer is not None:
        mine = offer.made_by is Party.CREATOR
        end_offer(offer, OfferEvent.WITHDRAW if mine else OfferEvent.DECLINE, now=now)
    move_application(application, ApplicationEvent.WITHDRAW, now=now)
    tell_brand(
        session,
        application.campaign,
        kind="application_withdrawn",
        title=f"{application.creator.display_name} withdrew",
        text=f"The application to “{application.campaign.name}” was taken back.",
        path=f"/brand/applications/{application.id}",
        key=f"{application.id}:{now.isoformat()}",
        now=now,
    )
    return application


def shortlist(
    session: Session, *, application_id: UUID, actor: Actor, now: datetime
) -> Application:
    """Set an application aside as a good one; the time to reply starts anew.

    Raises NotFound, NotPermitted, InvalidTransition.
    """
    application = _answerable(session, application_id, actor)
    move_application(application, ApplicationEvent.SHORTLIST, now=now)
    tell_creator(
        session,
        application.creator,
        kind="application_shortlisted",
        title="You are on the shortlist",
        text=f"“{application.campaign.name}” will answer you within {REPLY_DAYS} days.",
        path="/creator/applications",
        key=f"{application.id}:{application.applied_at.isoformat()}",
        now=now,
    )
    return application


def decline(
    session: Session,
    *,
    application_id: UUID,
    reason: DeclineReason,
    actor: Actor,
    now: datetime,
) -> Application:
    """Say no, with a reason that the applicant reads.

    Raises NotFound, NotPermitted, InvalidTransition, InvalidInput.
    """
    if reason not in BRAND_REASONS:
        raise InvalidInput({"reason": "Choose one of the reasons in the list."})
    application = _answerable(session, application_id, actor)
    turn_down(session, application, reason=reason, now=now)
    return application


def turn_down(
    session: Session, application: Application, *, reason: DeclineReason, now: datetime
) -> None:
    """End a locked application with a reason and tell its creator; raises InvalidTransition."""
    move_application(application, ApplicationEvent.DECLINE, now=now)
    application.decline_reason = reason.value
    tell_creator(
        session,
        application.creator,
        kind="application_declined",
        title=f"No from “{application.campaign.name}”",
        text=REASON_SENTENCES[reason],
        path="/creator/applications",
        key=application.id,
        now=now,
    )


def _answerable(session: Session, application_id: UUID, actor: Actor) -> Application:
    seen = queries.application_seen_by(session, actor, application_id)
    if not actor.may_edit(seen.campaign.brand_id):
        raise NotPermitted("answer this application")
    return lock_application(session, application_id)


def _check(pitch: str, fee: Money, campaign: Campaign) -> None:
    problems = text_problems("pitch", pitch, most=PITCH_MOST)
    if not pitch.strip():
        problems["pitch"] = "Say in a few sentences what you would make."
    if fee.currency != campaign.currency:
        problems["fee"] = f"The fee is in the campaign’s currency, {campaign.currency}."
    elif fee.minor <= 0:
        problems["fee"] = "The fee must be more than 0."
    elif fee > campaign.budget:
        problems["fee"] = "The fee is more than the campaign’s whole budget."
    if problems:
        raise InvalidInput(problems)


def _write(
    application: Application, brief: Brief, *, pitch: str, fee: Money, now: datetime
) -> None:
    application.brief_id = brief.id
    application.pitch = pitch.strip()
    application.fee = fee
    application.decline_reason = ""
    application.applied_at = now
    application.answer_by = now + timedelta(days=REPLY_DAYS)
    application.answered_at = None


def _answer_invitation(invitation: Invitation | None, *, now: datetime) -> None:
    if invitation is not None and INVITATION_LIFE.allows(invitation.state, InvitationEvent.APPLY):
        invitation.state = INVITATION_LIFE.next(invitation.state, InvitationEvent.APPLY)
        invitation.answered_at = now
