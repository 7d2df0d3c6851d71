"""What is known of invitations, applications, offers and collaborations, scoped by who asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, bindparam, or_, select, true
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.interfaces import ORMOption

from marketplace.campaigns.models import Campaign
from marketplace.collaborations.models import (
    Application,
    Collaboration,
    Invitation,
    Offer,
)
from marketplace.collaborations.rules import (
    DueDeliverable,
    Party,
)
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Ties:
    """What there is between one creator and one campaign."""

    invitation: Invitation | None
    application: Application | None
    collaboration: Collaboration | None

    @property
    def none(self) -> bool:
        """True when the two have nothing to do with each other."""
        return self.invitation is None and self.application is None


def party_of(actor: Actor, *, brand_id: UUID, creator_id: UUID) -> Party | None:
    """Which side of an agreement the actor may act for; None for onlookers.

    Somebody who stands on both sides acts for neither: nobody agrees with themselves.
    """
    for_brand, for_creator = actor.may_edit(brand_id), actor.creator_id == creator_id
    if for_brand == for_creator:
        return None
    return Party.BRAND if for_brand else Party.CREATOR


def _of_side(actor: Actor, creator_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    if actor.is_staff or actor.is_system:
        return true()
    return or_(Campaign.brand_id.in_(list(actor.brands)), creator_id == actor.creator_id)


def application_parts() -> Sequence[ORMOption]:
    return (
        joinedload(Application.campaign).joinedload(Campaign.brand),
        joinedload(Application.creator),
    )


def application_seen_by(session: Session, actor: Actor, application_id: UUID) -> Application:
    """The application with campaign, brand and creator, for its two sides; else NotFound."""
    found = session.scalar(
        select(Application)
        .join(Campaign, Campaign.id == Application.campaign_id)
        .where(
            Application.id == application_id,
            _of_side(actor, Application.creator_id.expression),
        )
        .options(*application_parts())
    )
    if found is None:
        raise NotFound("application")
    return found


def invitation_seen_by(session: Session, actor: Actor, invitation_id: UUID) -> Invitation:
    """The invitation with campaign, brand and creator, for its two sides; else NotFound."""
    found = session.scalar(
        select(Invitation)
        .join(Campaign, Campaign.id == Invitation.campaign_id)
        .where(Invitation.id == invitation_id, _of_side(actor, Invitation.creator_id.expression))
        .options(
            joinedload(Invitation.campaign).joinedload(Campaign.brand),
            joinedload(Invitation.creator),
        )
    )
    if found is None:
        raise NotFound("invitation")
    return found


def offer_seen_by(session: Session, actor: Actor, offer_id: UUID) -> Offer:
    """The offer with its application, campaign, brand, creator and brief; else NotFound."""
    found = session.scalar(
        select(Offer)
        .join(Campaign, Campaign.id == Offer.campaign_id)
        .where(
            Offer.id == offer_id,
            Offer.application_id.is_not(None),
            _of_side(actor, Offer.creator_id.expression),
        )
        .options(*offer_parts())
    )
    if found is None:
        raise NotFound("offer")
    return found


def offer_parts() -> Sequence[ORMOption]:
    application = joinedload(Offer.application)
    return (
        application.joinedload(Application.campaign).joinedload(Campaign.brand),
        application.joinedload(Application.creator),
        joinedload(Offer.brief),
    )


def collaboration_seen_by(session: Session, actor: Actor, collaboration_id: UUID) -> Collaboration:
    """The collaboration with campaign, brand, creator and agreed terms; else NotFound."""
    found = session.scalar(
        select(Collaboration)
        .join(Campaign, Campaign.id == Collaboration.campaign_id)
        .where(
            Collaboration.id == collaboration_id,
            has_fee(),
            _of_side(actor, Collaboration.creator_id.expression),
        )
        .options(*collaboration_parts())
    )
    if found is None:
        raise NotFound("collaboration")
    return found


def has_fee() -> ColumnElement[bool]:
    """True of a collaboration that two sides agreed on; an entry to a challenge is none."""
    return Collaboration.offer.has(Offer.application_id.is_not(None))


def collaboration_parts() -> Sequence[ORMOption]:
    return (
        joinedload(Collaboration.campaign).joinedload(Campaign.brand),
        joinedload(Collaboration.creator),
        joinedload(Collaboration.offer).joinedload(Offer.brief),
    )


def owed_under(offer: Offer) -> tuple[DueDeliverable, ...]:
    """What is owed under an offer, as the rules know it."""
    return tuple(
        DueDeliverable(
            format=each["format"],
            description=each["description"],
            draft_due_on=date.fromisoformat(each["draft_due_on"]),
            publish_by_on=date.fromisoformat(each["publish_by_on"]),
        )
        for each in offer.deliverables
    )


def ties_of(session: Session, *, creator_id: UUID, campaign_id: UUID) -> Ties:
    """What there is between a creator and a campaign."""
    found = session.execute(
        _TIES, {"creator_id": creator_id, "campaign_id": campaign_id}
    ).one_or_none()
    return Ties(None, None, None) if found is None else Ties(*found)


_CREATOR: Final = bindparam("creator_id", type_=Uuid)
_TIES: Final = (
    select(Invitation, Application, Collaboration)
    .select_from(Campaign)
    .outerjoin(
        Invitation,
        (Invitation.campaign_id == Campaign.id) & (Invitation.creator_id == _CREATOR),
    )
    .outerjoin(
        Application,
        (Application.campaign_id == Campaign.id) & (Application.creator_id == _CREATOR),
    )
    .outerjoin(
        Collaboration,
        (Collaboration.campaign_id == Campaign.id) & (Collaboration.creator_id == _CREATOR),
    )
    .where(Campaign.id == bindparam("campaign_id"))
)
