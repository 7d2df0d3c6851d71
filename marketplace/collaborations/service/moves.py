"""What the verbs share: locks in the house's order, moves, sides, and whom to tell."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts import queries as accounts
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignKind, is_open
from marketplace.collaborations import queries
from marketplace.collaborations.models import Application, Collaboration, Offer
from marketplace.collaborations.rules import (
    APPLICATION_LIFE,
    OFFER_LIFE,
    REPLY_DAYS,
    ApplicationEvent,
    OfferEvent,
    OfferState,
    Party,
)
from marketplace.creators.models import Creator
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import Conflict, NotPermitted
from marketplace.notifications import service as notifications
from marketplace.store.locks import lock_row

RUNNERS = (Role.OWNER, Role.MANAGER)
"""Who hears of a brand's negotiations."""


def lock_open_campaign(session: Session, campaign_id: UUID, *, now: datetime) -> Campaign:
    """Lock a campaign that agrees with creators; raises Conflict when it does not (any more)."""
    campaign = lock_row(session, Campaign, campaign_id)
    if campaign.kind is CampaignKind.CHALLENGE:
        raise Conflict("This is a challenge: creators join it, and nobody agrees on a fee")
    if not is_open(state=campaign.state, ends_on=campaign.ends_on, now=now):
        raise Conflict("This campaign does not take creators any more")
    return campaign


def lock_application(session: Session, application_id: UUID) -> Application:
    """Lock an application: whoever moves it or its offers does this first."""
    return lock_row(session, Application, application_id)


def open_offer_of(session: Session, application: Application) -> Offer | None:
    """Return the offer that waits for its answer, fresh; the application is locked before."""
    return session.scalar(
        select(Offer)
        .where(Offer.application_id == application.id, Offer.state == OfferState.OPEN)
        .execution_options(populate_existing=True)
    )


def move_application(application: Application, event: ApplicationEvent, *, now: datetime) -> None:
    """Take a step of an application; raises InvalidTransition.

    Where the brand has the next word again, its time to reply starts anew.
    """
    application.state = APPLICATION_LIFE.next(application.state, event)
    if event in (ApplicationEvent.SHORTLIST, ApplicationEvent.RETRACT):
        application.answer_by = now + timedelta(days=REPLY_DAYS)
    else:
        application.answered_at = now


def end_offer(offer: Offer, event: OfferEvent, *, now: datetime) -> None:
    """Close an open offer; raises InvalidTransition."""
    offer.state = OFFER_LIFE.next(offer.state, event)
    offer.answered_at = now


def side_of(offer: Offer, actor: Actor) -> Party:
    """The side of an offer that this actor is on; raises NotPermitted on neither."""
    brand_id = offer.application.campaign.brand_id
    party = queries.party_of(actor, brand_id=brand_id, creator_id=offer.creator_id)
    if party is None:
        raise NotPermitted("act on this offer")
    return party


def answering(offer: Offer, actor: Actor, act: str) -> Party:
    """The side that may answer an open offer: not the one that made it, or NotPermitted."""
    party = side_of(offer, actor)
    if party is offer.made_by:
        raise NotPermitted(f"{act}: your side made it, so the other side answers")
    return party


def name_of(offer: Offer, party: Party) -> str:
    """The name of one side of an offer."""
    application = offer.application
    if party is Party.BRAND:
        return application.campaign.brand.name
    return application.creator.display_name


def tell_brand(
    session: Session,
    campaign: Campaign,
    *,
    kind: str,
    title: str,
    text: str,
    path: str,
    key: UUID | str,
    now: datetime,
) -> None:
    """Tell those who run the brand's campaigns, each once for this kind and key."""
    notifications.tell_each(
        session,
        accounts.people_who(session, campaign.brand_id, RUNNERS),
        kind=kind,
        about=key,
        title=title,
        text=text,
        path=path,
        now=now,
    )


def tell_creator(
    session: Session,
    creator: Creator,
    *,
    kind: str,
    title: str,
    text: str,
    path: str,
    key: UUID | str,
    now: datetime,
) -> None:
    """Tell a creator once for this kind and key; one who has not signed up hears nothing."""
    if creator.user_id is not None:
        notifications.tell(
            session,
            user_id=creator.user_id,
            kind=kind,
            title=title,
            text=text,
            path=path,
            now=now,
            once_key=f"{kind}:{key}:{creator.user_id}",
        )


def tell_party(
    session: Session,
    about: Application | Collaboration,
    party: Party,
    *,
    kind: str,
    title: str,
    text: str,
    page: str,
    key: UUID | str,
    now: datetime,
) -> None:
    """Tell one side. page: below the side's own pages, where both have one."""
    path = f"/{party.value}/{page}"
    if party is Party.BRAND:
        tell_brand(
            session, about.campaign, kind=kind, title=title, text=text, path=path, key=key, now=now
        )
    else:
        tell_creator(
            session, about.creator, kind=kind, title=title, text=text, path=path, key=key, now=now
        )
