"""How negotiations and collaborations end when nobody acts, or everything is done."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Brief, Campaign
from marketplace.collaborations import queries
from marketplace.collaborations.models import Application, Collaboration, Invitation
from marketplace.collaborations.rules import (
    COLLABORATION_LIFE,
    INVITATION_LIFE,
    ApplicationEvent,
    ApplicationState,
    CollaborationEvent,
    DeclineReason,
    InvitationEvent,
    InvitationState,
    OfferEvent,
)
from marketplace.collaborations.service.applying import turn_down
from marketplace.collaborations.service.moves import (
    end_offer,
    lock_application,
    move_application,
    open_offer_of,
    tell_brand,
    tell_creator,
)
from marketplace.creators import service as creators
from marketplace.creators.models import Creator
from marketplace.store.locks import lock_row, lock_rows

_OPEN: Final = (*queries.WAITING, ApplicationState.OFFERED)
"""Applications about which the two sides may still agree."""


def complete(session: Session, *, collaboration_id: UUID, now: datetime) -> bool:
    """End a collaboration whose deliverables are all accepted.

    False, and nothing changes, when it has ended before. Raises NotFound.
    """
    collaboration = lock_row(session, Collaboration, collaboration_id)
    if not COLLABORATION_LIFE.allows(collaboration.state, CollaborationEvent.COMPLETE):
        return False
    collaboration.state = COLLABORATION_LIFE.next(collaboration.state, CollaborationEvent.COMPLETE)
    collaboration.ended_at = now
    return True


def cancel(session: Session, collaboration: Collaboration, *, now: datetime) -> None:
    """End a locked collaboration before its work is done, and its exclusivity with it.

    Raises InvalidTransition.
    """
    collaboration.state = COLLABORATION_LIFE.next(collaboration.state, CollaborationEvent.CANCEL)
    collaboration.ended_at = now
    creators.unbind(session, collaboration_id=collaboration.id, now=now)


def close_stale_application(session: Session, *, application_id: UUID, now: datetime) -> bool:
    """Close an application that the brand left without an answer, and tell both sides.

    False when there is nothing to do (any more). Raises NotFound.
    """
    application = lock_application(session, application_id)
    if application.state not in queries.WAITING or application.answer_by > now:
        return False
    turn_down(session, application, reason=DeclineReason.NO_REPLY, now=now)
    tell_brand(
        session,
        application.campaign,
        kind="application_closed",
        title=f"The application of {application.creator.display_name} has closed",
        text=f"Nobody answered it in time. It was for “{application.campaign.name}”.",
        path=f"/brand/applications/{application.id}",
        key=application.id,
        now=now,
    )
    return True


def end_negotiations(session: Session, *, campaign_id: UUID, now: datetime) -> int:
    """End what is still open around a closed campaign; return how many applications that were.

    Agreed collaborations go on. The second time nothing is left to do.
    """
    waiting = session.scalars(
        select(Application.id).where(
            Application.campaign_id == campaign_id, Application.state.in_(_OPEN)
        )
    )
    ended = 0
    for application in lock_rows(session, Application, waiting):
        if application.state not in _OPEN:
            continue  # somebody has ended it while this waited for its row
        ended += 1
        offer = open_offer_of(session, application)
        if offer is not None:
            end_offer(offer, OfferEvent.WITHDRAW, now=now)
            move_application(application, ApplicationEvent.RETRACT, now=now)
        turn_down(session, application, reason=DeclineReason.CAMPAIGN_CLOSED, now=now)
    sent = session.scalars(
        select(Invitation.id).where(
            Invitation.campaign_id == campaign_id, Invitation.state == InvitationState.SENT
        )
    ).all()
    for invitation in lock_rows(session, Invitation, sent):
        if INVITATION_LIFE.allows(invitation.state, InvitationEvent.EXPIRE):
            invitation.state = INVITATION_LIFE.next(invitation.state, InvitationEvent.EXPIRE)
    return ended


def tell_of_amendment(session: Session, *, brief_id: UUID, now: datetime) -> int:
    """Tell everybody who may still agree, or was invited, of a new version; return how many."""
    brief = session.get_one(Brief, brief_id)
    campaign = session.get_one(Campaign, brief.campaign_id)
    waiting = select(Application.creator_id).where(
        Application.campaign_id == campaign.id, Application.state.in_(_OPEN)
    )
    invited = select(Invitation.creator_id).where(
        Invitation.campaign_id == campaign.id, Invitation.state == InvitationState.SENT
    )
    concerned = session.scalars(
        select(Creator).where(Creator.id.in_(waiting.union(invited))).order_by(Creator.id)
    ).all()
    for creator in concerned:
        tell_creator(
            session,
            creator,
            kind="brief_amended",
            title=f"The brief of “{campaign.name}” has changed",
            text=brief.change_note,
            path=f"/creator/briefs/{campaign.id}",
            key=brief.id,
            now=now,
        )
    return len(concerned)
