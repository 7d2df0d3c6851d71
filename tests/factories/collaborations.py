"""Applications, offers and collaborations for tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.collaborations import service as collaborations
from marketplace.collaborations.models import Application, Collaboration, Offer
from marketplace.collaborations.rules import Bonus, DueDeliverable, OfferState, Party, Terms
from marketplace.deliverables import service as deliverables
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.money import Money
from tests.factories.campaigns import NOON, fund

VIDEO: Final = DueDeliverable(
    format="video",
    description="A recipe in a minute",
    draft_due_on=date(2026, 11, 16),
    publish_by_on=date(2026, 11, 23),
)
TERMS: Final = Terms(
    fee=Money(40_000, "USD"),
    deliverables=(VIDEO,),
    usage_media="paid",
    usage_days=30,
    revision_rounds=2,
    note="We liked your soup.",
)
BONUS: Final = Bonus(rate=Money(500, "USD"), cap=Money(30_000, "USD"), days=14)
"""5.00 for each 1,000 views, 300.00 at most."""


def terms(
    *, fee: Money = TERMS.fee, deliverables: tuple[DueDeliverable, ...] = TERMS.deliverables
) -> Terms:
    """Return terms for one video unless told otherwise."""
    return replace(TERMS, fee=fee, deliverables=deliverables)


def make_application(
    session: Session,
    *,
    campaign: Campaign,
    creator: Actor,
    fee: Money = TERMS.fee,
    pitch: str = "I cook on a fire outside.",
    now: datetime = NOON,
) -> Application:
    """Return a creator's application to a published campaign."""
    application = collaborations.apply(
        session,
        campaign_id=campaign.id,
        pitch=pitch,
        fee=Money(fee.minor, campaign.currency),
        actor=creator,
        now=now,
    )
    session.flush()
    return application


def make_offer(
    session: Session,
    *,
    application: Application,
    by: Actor,
    offered: Terms = TERMS,
    now: datetime = NOON,
) -> Offer:
    """Return the brand's open offer to an applicant, in place of the one that stands."""
    stands = session.scalar(
        select(Offer.id).where(
            Offer.application_id == application.id, Offer.state == OfferState.OPEN
        )
    )
    brand = Actor(user_id=by.user_id, brands={application.campaign.brand_id: Role.OWNER})
    offer = collaborations.make_offer(
        session,
        application_id=application.id,
        terms=replace(offered, fee=Money(offered.fee.minor, application.campaign.currency)),
        instead_of=stands,
        actor=brand,
        now=now,
    )
    assert offer.made_by is Party.BRAND
    session.flush()
    return offer


def make_collaboration(
    session: Session,
    *,
    campaign: Campaign,
    creator: Actor,
    by: Actor,
    offered: Terms = TERMS,
    funded: bool = False,
    now: datetime = NOON,
) -> Collaboration:
    """Return an agreed collaboration, its work owed. funded: the campaign has the money already."""
    application = make_application(
        session, campaign=campaign, creator=creator, fee=offered.fee, now=now
    )
    offer = make_offer(session, application=application, by=by, offered=offered, now=now)
    if not funded:
        fund(session, campaign, offer.most, key=str(offer.id))
    collaboration = deliverables.accept_offer(session, offer_id=offer.id, actor=creator, now=now)
    session.flush()
    return collaboration
