"""A brand's campaigns."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.creators.models import Creator
from marketplace.creators.rules import AudienceSource
from marketplace.kernel.actor import Actor
from tests.conftest import make_person
from tests.factories.campaigns import make_campaign
from tests.factories.creators import (
    make_audience,
    make_channel,
    make_creator,
    make_rate,
    make_video,
)


@pytest.fixture
def published(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice)


@pytest.fixture
def draft(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice, state=CampaignState.DRAFT)


@pytest.fixture
def cleo(session: Session) -> Creator:
    """Reaches half of the ages and two thirds of the country asked for."""
    creator = make_creator(
        session, display_name="Cleo Marr", user_id=make_person(session, "cleo").id
    )
    channel = make_channel(session, creator_id=creator.id)
    make_audience(
        session, channel_id=channel.id, age={"18-24": 5_000}, country={"US": 6_600},
        interest={"home": 1_234}, sample_size=10**9, source=AudienceSource.PLATFORM,
    )  # fmt: skip
    make_rate(session, creator_id=creator.id)
    make_video(session, channel_id=channel.id, hashtags=["soup"], views=12_345)
    return creator
