"""A brand asks a creator."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.collaborations import queries
from marketplace.collaborations.models import Invitation
from marketplace.collaborations.rules import (
    INVITATION_LIFE,
    MESSAGE_MOST,
    InvitationEvent,
    InvitationState,
    text_problems,
)
from marketplace.collaborations.service.exclusivity import check_free
from marketplace.collaborations.service.moves import (
    lock_open_campaign,
    tell_brand,
    tell_creator,
)
from marketplace.creators.models import Creator
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money, in_words
from marketplace.matching.rules.planner.ways import Way
from marketplace.store.locks import lock_row


def invite(
    session: Session,
    *,
    campaign_id: UUID,
    creator_id: UUID,
    message: str,
    actor: Actor,
    now: datetime,
) -> Invitation:
    """Ask a creator to apply to a published campaign; a second time raises Conflict.

    Raises NotFound, NotPermitted, Conflict, InvalidInput.
    """
    seen = campaign_to_invite_for(session, campaign_id, message=message, actor=actor)
    creator = session.get(Creator, creator_id)
    if creator is None:
        raise NotFound("creator")
    if not creator.is_here:
        why = "has not signed up here yet" if creator.user is None else "has closed their account"
        raise Conflict(f"{creator.display_name} {why}, so an invitation would reach nobody")
    campaign = lock_open_campaign(session, campaign_id, now=now)
    check_free(session, creator, campaign, actor=actor)
    ties = queries.ties_of(session, creator_id=creator_id, campaign_id=campaign_id)
    if ties.application is not None:
        raise Conflict(f"{creator.display_name} has applied to this campaign already")
    if ties.invitation is not None:
        raise Conflict(f"{creator.display_name} has been invited to this campaign already")
    return send_invitation(
        session,
        campaign,
        creator,
        brand_name=seen.brand.name,
        message=message,
        fee=None,
        way=None,
        actor=actor,
        now=now,
    )


def campaign_to_invite_for(
    session: Session, campaign_id: UUID, *, message: str, actor: Actor
) -> Campaign:
    """Return the campaign, with its brand, for which this actor may send such invitations.

    Raises NotFound, NotPermitted, InvalidInput.
    """
    seen = campaigns.campaign_seen_by(session, actor, campaign_id)
    if not actor.may_edit(seen.brand_id) or actor.user_id is None:
        raise NotPermitted("invite creators for this brand")
    if problems := text_problems("message", message, most=MESSAGE_MOST):
        raise InvalidInput(problems)
    return seen


def send_invitation(
    session: Session,
    campaign: Campaign,
    creator: Creator,
    *,
    brand_name: str,
    message: str,
    fee: Money | None,
    way: Way | None,
    actor: Actor,
    now: datetime,
) -> Invitation:
    """Write an invitation and tell the creator; the campaign is locked and open.

    fee: what the brand suggests; None leaves it to the creator. way: what this creator is asked to
    make; None for all that the brief says.
    """
    assert actor.user_id is not None  # whoever may invite is a person
    invitation = Invitation(
        id=new_id(),
        campaign_id=campaign.id,
        creator_id=creator.id,
        message=message.strip(),
        fee_minor=None if fee is None else fee.minor,
        deliverables=[] if way is None else way.rows,
        state=InvitationState.SENT,
        sent_by=actor.user_id,
        sent_at=now,
    )
    session.add(invitation)
    asked = "" if way is None else f" with {way.words}"
    suggested = "" if fee is None else f", for {in_words(fee)}"
    tell_creator(
        session,
        creator,
        kind="invitation",
        title=f"{brand_name} invites you",
        text=f"They would like you to apply to “{campaign.name}”{asked}{suggested}.",
        path=f"/creator/briefs/{campaign.id}",
        key=invitation.id,
        now=now,
    )
    return invitation


def decline_invitation(
    session: Session, *, invitation_id: UUID, actor: Actor, now: datetime
) -> Invitation:
    """Say no to an invitation; the creator may still apply later.

    Raises NotFound, NotPermitted, InvalidTransition.
    """
    seen = queries.invitation_seen_by(session, actor, invitation_id)
    if actor.creator_id != seen.creator_id:
        raise NotPermitted("answer this invitation")
    campaign, creator = seen.campaign, seen.creator
    invitation = lock_row(session, Invitation, invitation_id)
    invitation.state = INVITATION_LIFE.next(invitation.state, InvitationEvent.DECLINE)
    invitation.answered_at = now
    tell_brand(
        session,
        campaign,
        kind="invitation_declined",
        title=f"{creator.display_name} declined your invitation",
        text=f"It was for “{campaign.name}”.",
        path=f"/brand/campaigns/{campaign.id}/invitations",
        key=invitation.id,
        now=now,
    )
    return invitation
