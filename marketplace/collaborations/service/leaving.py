"""A creator leaves: nothing of theirs waits for an answer any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.collaborations import queries
from marketplace.collaborations.models import Application, Invitation
from marketplace.collaborations.rules import ApplicationState, InvitationState
from marketplace.collaborations.service.applying import withdraw
from marketplace.collaborations.service.inviting import decline_invitation
from marketplace.kernel.actor import Actor


def withdraw_from_all(session: Session, *, actor: Actor, now: datetime) -> None:
    """Take back a creator's applications, with the offers about them, and decline invitations.

    What was agreed goes on. A second time nothing is left to do.
    """
    applications = session.scalars(
        select(Application.id)
        .where(
            Application.creator_id == actor.creator_id,
            Application.state.in_((*queries.WAITING, ApplicationState.OFFERED)),
        )
        .order_by(Application.id)
    ).all()
    for application_id in applications:
        withdraw(session, application_id=application_id, actor=actor, now=now)
    invitations = session.scalars(
        select(Invitation.id)
        .where(Invitation.creator_id == actor.creator_id, Invitation.state == InvitationState.SENT)
        .order_by(Invitation.id)
    ).all()
    for invitation_id in invitations:
        decline_invitation(session, invitation_id=invitation_id, actor=actor, now=now)
