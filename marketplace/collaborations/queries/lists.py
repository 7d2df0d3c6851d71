"""Lists for the pages, the homes and the sweeps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast
from uuid import UUID

from sqlalchemy import BindParameter, Select, Uuid, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.campaigns.models import Brief, Campaign
from marketplace.collaborations.models import (
    Application,
    Collaboration,
    Invitation,
    Offer,
)
from marketplace.collaborations.queries.homes import WAITING
from marketplace.collaborations.queries.scope import (
    collaboration_parts,
    has_fee,
    offer_parts,
)
from marketplace.collaborations.rules import (
    ApplicationState,
    InvitationState,
    OfferState,
)
from marketplace.creators.models import Creator
from marketplace.store.paging import Page, page_of
from marketplace.store.rows import given_in


@dataclass(frozen=True, slots=True)
class Asked:
    """How far a creator and a campaign have come: an application, else the invitation."""

    application_id: UUID | None
    state: ApplicationState | InvitationState


def applications_for(
    session: Session,
    *,
    campaign_id: UUID,
    states: Collection[ApplicationState] = (),
    page: int = 1,
) -> Page[Application]:
    """One page of a campaign's applications with their creators, those due first at the top."""
    statement = select(Application).where(Application.campaign_id == campaign_id)
    if states:
        statement = statement.where(Application.state.in_(states))
    statement = statement.options(joinedload(Application.creator)).order_by(
        Application.answered_at.is_not(None), Application.answer_by, Application.id
    )
    return cast("Page[Application]", page_of(session, statement, number=page))


def applications_of_creator(
    session: Session, *, creator_id: UUID, page: int = 1
) -> Page[Application]:
    """One page of a creator's applications with campaign and brand, newest first."""
    statement = (
        select(Application)
        .where(Application.creator_id == creator_id)
        .options(joinedload(Application.campaign).joinedload(Campaign.brand))
        .order_by(Application.applied_at.desc(), Application.id.desc())
    )
    return cast("Page[Application]", page_of(session, statement, number=page))


def application_states(session: Session, *, creator_id: UUID) -> Mapping[UUID, ApplicationState]:
    """Campaign id -> the state of a creator's application there."""
    rows = session.execute(_STATES, {"creator_id": creator_id})
    return dict(rows.all())


def offers_of(session: Session, application_id: UUID) -> Sequence[Offer]:
    """Every offer and counter-offer of an application, newest first; little of their briefs."""
    return session.scalars(_OFFERS, {"application_id": application_id}).all()


def open_offers_for_creator(session: Session, *, creator_id: UUID) -> Sequence[Offer]:
    """A creator's open offers, from either side, the first to expire at the top."""
    return session.scalars(
        select(Offer)
        .where(Offer.creator_id == creator_id, Offer.state == OfferState.OPEN)
        .options(*offer_parts())
        .order_by(Offer.expires_at, Offer.id)
    ).all()


def past_offers_for_creator(session: Session, *, creator_id: UUID, limit: int) -> Sequence[Offer]:
    """A creator's answered, superseded and expired offers, newest first."""
    return session.scalars(
        select(Offer)
        .where(
            Offer.creator_id == creator_id,
            Offer.state != OfferState.OPEN,
            Offer.application_id.is_not(None),
        )
        .options(*offer_parts())
        .order_by(Offer.made_at.desc(), Offer.id.desc())
        .limit(limit)
    ).all()


def invitations_for_campaign(
    session: Session, *, campaign_id: UUID, page: int = 1
) -> Page[Invitation]:
    """One page of a campaign's invitations with their creators, newest first."""
    statement = (
        select(Invitation)
        .where(Invitation.campaign_id == campaign_id)
        .options(joinedload(Invitation.creator))
        .order_by(Invitation.sent_at.desc(), Invitation.id.desc())
    )
    return cast("Page[Invitation]", page_of(session, statement, number=page))


def asked_creators(
    session: Session, *, campaign_id: UUID, creator_ids: Collection[UUID]
) -> Mapping[UUID, Asked]:
    """Creator id -> where they and a campaign stand; those who have no tie are left out.

    Of nobody nothing is asked: a page of creators who were imported costs no question.
    """
    if not creator_ids:
        return {}
    given = {"campaign_id": campaign_id, "creator_ids": list(creator_ids)}
    return {
        creator_id: Asked(application_id, applied or invited)
        for creator_id, application_id, applied, invited in session.execute(_ASKED, given)
    }


def collaborations_of_campaign(session: Session, campaign_id: UUID) -> Sequence[Collaboration]:
    """A campaign's collaborations with creators and terms, in the order they were agreed."""
    return session.scalars(
        _in_campaign(campaign_id).order_by(Collaboration.agreed_at, Collaboration.id)
    ).all()


def _in_campaign(campaign_id: UUID) -> Select[Collaboration]:
    return (
        select(Collaboration)
        .where(Collaboration.campaign_id == campaign_id, has_fee())
        .options(*collaboration_parts())
    )


def collaborations_in_campaign(
    session: Session, *, campaign_id: UUID, page: int = 1
) -> Page[Collaboration]:
    """One page of the same, newest first."""
    statement = _in_campaign(campaign_id).order_by(
        Collaboration.agreed_at.desc(), Collaboration.id.desc()
    )
    return cast("Page[Collaboration]", page_of(session, statement, number=page))


def collaborations_of_creator(
    session: Session, *, creator_id: UUID, page: int = 1
) -> Page[Collaboration]:
    """One page of a creator's collaborations with campaign, brand and terms, newest first."""
    statement = (
        select(Collaboration)
        .where(Collaboration.creator_id == creator_id, has_fee())
        .options(*collaboration_parts())
        .order_by(Collaboration.agreed_at.desc(), Collaboration.id.desc())
    )
    return cast("Page[Collaboration]", page_of(session, statement, number=page))


def application_counts(
    session: Session, campaign_ids: Collection[UUID]
) -> Mapping[UUID, Mapping[ApplicationState, int]]:
    """Campaign id -> how many applications are in each state; states without any are left out."""
    rows = session.execute(_COUNTS, {"campaign_ids": list(campaign_ids)})
    counts: dict[UUID, dict[ApplicationState, int]] = defaultdict(dict)
    for campaign_id, state, count in rows:
        counts[campaign_id][state] = count
    return counts


def invitation_counts(session: Session, campaign_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """Campaign id -> how many creators were invited; campaigns without any are left out."""
    rows = session.execute(_INVITED, {"campaign_ids": list(campaign_ids)})
    return dict(rows.all())


def expired_offer_ids(session: Session, *, now: datetime) -> Sequence[UUID]:
    """Open offers whose time to answer is over."""
    return session.scalars(
        select(Offer.id)
        .where(Offer.state == OfferState.OPEN, Offer.expires_at <= now)
        .order_by(Offer.id)
    ).all()


def stale_application_ids(session: Session, *, now: datetime) -> Sequence[UUID]:
    """Applications that the brand did not answer in time."""
    return session.scalars(
        select(Application.id)
        .where(Application.state.in_(WAITING), Application.answer_by <= now)
        .order_by(Application.id)
    ).all()


_CAMPAIGN_IDS: Final[BindParameter[list[UUID]]] = bindparam("campaign_ids", expanding=True)
_STATES: Final = select(Application.campaign_id, Application.state).where(
    Application.creator_id == bindparam("creator_id")
)
_COUNTS: Final = (
    select(Application.campaign_id, Application.state, func.count())
    .where(Application.campaign_id.in_(_CAMPAIGN_IDS))
    .group_by(Application.campaign_id, Application.state)
)
_INVITED: Final = (
    select(Invitation.campaign_id, func.count())
    .where(Invitation.campaign_id.in_(_CAMPAIGN_IDS))
    .group_by(Invitation.campaign_id)
)
_OFFERS: Final = (
    select(Offer)
    .where(Offer.application_id == bindparam("application_id"))
    .options(joinedload(Offer.brief).load_only(Brief.version, Brief.disclosure))
    .order_by(Offer.number.desc())
)
_CAMPAIGN: Final = bindparam("campaign_id", type_=Uuid)
_ASKED: Final = (
    select(Creator.id, Application.id, Application.state, Invitation.state)
    .outerjoin(
        Application,
        and_(Application.creator_id == Creator.id, Application.campaign_id == _CAMPAIGN),
    )
    .outerjoin(
        Invitation, and_(Invitation.creator_id == Creator.id, Invitation.campaign_id == _CAMPAIGN)
    )
    .where(
        given_in(Creator.id, "creator_ids"),
        or_(Application.id.is_not(None), Invitation.id.is_not(None)),
    )
)
