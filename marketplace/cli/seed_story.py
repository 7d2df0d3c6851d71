"""What has happened in the demo's market before anybody looks: campaigns at several steps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.campaigns import service as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import BriefContent
from marketplace.cli.seed_briefs import (
    BACKPACKS,
    DISHES,
    LAYERS,
    LUNCHES,
    NIGHTS_OUT,
    PANTRY,
    REFILLS,
    SOAP,
    SUPPERS,
)
from marketplace.collaborations import service as collaborations
from marketplace.collaborations.models import Application
from marketplace.collaborations.rules import DueDeliverable, Terms
from marketplace.creators.rules.subjects import USUALLY_AVOIDED
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money
from marketplace.matching import queries as matching
from marketplace.matching import service as matching_service
from marketplace.matching.rules.wanted import HardRules


@dataclass(frozen=True, slots=True)
class BrandSide:
    """A brand of the demo and its owner."""

    brand_id: UUID
    owner: Actor


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts. creators: in the order they were invented; the first two can be signed in as.

    others: who else can be signed in as, staff among them. causes: organisations to give to.
    """

    brands: tuple[BrandSide, ...]
    creators: tuple[Actor, ...]
    others: tuple[Actor, ...]
    staff: tuple[Actor, Actor]
    causes: tuple[UUID, ...]


def tell(session: Session, cast: Cast, *, now: datetime) -> None:
    """Let the brands and creators of the demo do what leads to the present.

    Everything goes through the services that people use, at the moment it is said to have happened.
    """
    tin, larkmoor, pebblewash = cast.brands
    suppers = _published(
        session, tin, "Supper from a tin", Money(500_000, "USD"), SUPPERS, days_ago=9, now=now
    )
    pantry = _published(
        session, tin, "Pantry tour", Money(150_000, "USD"), PANTRY, days_ago=2, now=now
    )
    _draft(session, tin, "Lunch at the desk", Money(200_000, "USD"), LUNCHES, now=now)
    nights = _published(
        session, larkmoor, "A night outside", Money(400_000, "GBP"), NIGHTS_OUT, days_ago=6, now=now
    )
    soap = _published(
        session, pebblewash, "One bar, one week", Money(300_000, "EUR"), SOAP, days_ago=4, now=now
    )
    _keep(session, tin, pantry, HardRules(followers_least=10_000), now=now)
    _keep(session, pebblewash, soap, HardRules(lives_in=frozenset({"DE", "AT"})), now=now)
    first, second = cast.creators[:2]
    _negotiate(session, tin, suppers, cast, first=first, second=second, now=now)
    for side, campaign in ((larkmoor, nights), (pebblewash, soap)):
        _a_few_apply(session, side, campaign, cast, now=now)
    _invited(session, larkmoor, nights, first, now=now - timedelta(days=2))
    _invited(session, pebblewash, soap, second, now=now - timedelta(days=1))
    _newly_open(session, larkmoor, pebblewash, now=now)


def _newly_open(
    session: Session, larkmoor: BrandSide, pebblewash: BrandSide, *, now: datetime
) -> None:
    """What nobody has applied to yet, so that every creator finds something to choose from."""
    for side, name, budget, content in (
        (larkmoor, "Kitchen in a backpack", Money(300_000, "USD"), BACKPACKS),
        (larkmoor, "Wet day out", Money(250_000, "GBP"), LAYERS),
        (pebblewash, "The sink after supper", Money(180_000, "USD"), DISHES),
        (pebblewash, "Full again", Money(220_000, "EUR"), REFILLS),
    ):
        _published(session, side, name, budget, content, days_ago=1, now=now)


CATEGORIES: Final = {
    "A night outside": "sports",
    "One bar, one week": "beauty",
    "Kitchen in a backpack": "sports",
    "Wet day out": "clothing",
    "The sink after supper": "home",
    "Full again": "home",
}
"""What the campaigns are for that are not for food."""


def _draft(
    session: Session,
    side: BrandSide,
    name: str,
    budget: Money,
    content: BriefContent,
    *,
    now: datetime,
) -> Campaign:
    campaign = campaigns.draft_campaign(
        session,
        brand_id=side.brand_id,
        name=name,
        budget=budget,
        starts_on=now.date(),
        ends_on=(now + timedelta(days=75)).date(),
        category=CATEGORIES.get(name, "food"),
        actor=side.owner,
        now=now,
    )
    session.flush()  # the brief that follows is looked up by its campaign
    campaigns.save_brief(
        session, campaign_id=campaign.id, content=content, actor=side.owner, now=now
    )
    return campaign


def _published(
    session: Session,
    side: BrandSide,
    name: str,
    budget: Money,
    content: BriefContent,
    *,
    days_ago: int,
    now: datetime,
) -> Campaign:
    then = now - timedelta(days=days_ago)
    campaign = _draft(session, side, name, budget, content, now=then)
    session.flush()  # publishing reads the brief just saved
    campaigns.publish(session, campaign_id=campaign.id, actor=side.owner, now=then)
    session.flush()  # all that follows reads what was published
    return campaign


def _keep(
    session: Session, side: BrandSide, campaign: Campaign, rules: HardRules, *, now: datetime
) -> None:
    """Ask of every creator what most campaigns do not, besides the usual subjects."""
    matching_service.keep_rules(
        session,
        campaign_id=campaign.id,
        rules=replace(rules, avoided=USUALLY_AVOIDED),
        actor=side.owner,
        now=now,
    )


def _negotiate(
    session: Session,
    side: BrandSide,
    campaign: Campaign,
    cast: Cast,
    *,
    first: Actor,
    second: Actor,
    now: datetime,
) -> None:
    """An offer that waits for the first creator, an application of the second, and more."""
    _a_few_apply(session, side, campaign, cast, now=now)
    application = _apply(
        session,
        campaign,
        first,
        "I cook from tins every Thursday because that is when my fridge is empty. I would make "
        "the bean stew my neighbours keep asking for, with the recipe in the comments.",
        Money(42_000, "USD"),
        now=now - timedelta(days=5),
    )
    _apply(
        session,
        campaign,
        second,
        "Three children, one tin, ten minutes: this is our Wednesday anyway. I would film it as "
        "it is, arguing included.",
        Money(55_000, "USD"),
        now=now - timedelta(days=3),
    )
    collaborations.shortlist(
        session,
        application_id=application.id,
        actor=side.owner,
        now=now - timedelta(days=4),
    )
    due = (now + timedelta(days=14)).date()
    collaborations.make_offer(
        session,
        application_id=application.id,
        terms=Terms(
            fee=Money(40_000, "USD"),
            deliverables=(
                DueDeliverable("video", "A supper in 30 to 60 seconds", due, due + _WEEK),
                DueDeliverable("story", "The tin on your shelf", due, due + _WEEK),
            ),
            usage_media="paid",
            usage_days=60,
            revision_rounds=2,
            note="We loved the stew. Could the tin be the one with the blue label?",
        ),
        instead_of=None,
        actor=side.owner,
        now=now - timedelta(days=1),
    )


_WEEK: Final = timedelta(days=7)

PITCHES: Final = (
    "My audience asks for exactly this, and I have an idea that nobody has done yet.",
    "I have used something like it for years, so this would be an honest video.",
    "I can film this next week and have a quiet month for the rest.",
    "Short, funny, one location. I will send a storyboard if you like.",
)


def _a_few_apply(
    session: Session, side: BrandSide, campaign: Campaign, cast: Cast, *, now: datetime
) -> None:
    """The best matches but the first two creators apply; one of them is shortlisted."""
    by_id = {actor.creator_id: actor for actor in cast.creators[2:]}
    best = matching.matches_for(
        session, matching.wanted_for(session, campaign.id), campaign_id=campaign.id, now=now
    )
    chosen = [line for line in best.page.rows if line.creator_id in by_id][: len(PITCHES)]
    for number, (line, pitch) in enumerate(zip(chosen, PITCHES, strict=False)):
        application = _apply(
            session,
            campaign,
            by_id[line.creator_id],
            pitch,
            Money(20_000 + 9_500 * number, campaign.currency),
            now=now - timedelta(days=3, hours=5 * number),
        )
        if number == 0:
            collaborations.shortlist(
                session,
                application_id=application.id,
                actor=side.owner,
                now=now - timedelta(days=2),
            )


def _apply(
    session: Session, campaign: Campaign, creator: Actor, pitch: str, fee: Money, *, now: datetime
) -> Application:
    application = collaborations.apply(
        session, campaign_id=campaign.id, pitch=pitch, fee=fee, actor=creator, now=now
    )
    session.flush()  # what follows looks the application up
    return application


def _invited(
    session: Session, side: BrandSide, campaign: Campaign, creator: Actor, *, now: datetime
) -> None:
    assert creator.creator_id is not None  # the cast's creators are creators
    collaborations.invite(
        session,
        campaign_id=campaign.id,
        creator_id=creator.creator_id,
        message="Your way of telling things would suit this. Have a look at the brief?",
        actor=side.owner,
        now=now,
    )
