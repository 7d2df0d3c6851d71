"""A brand's campaigns; and its pages look at the clock, which here stands close to noon."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.creators.models import Creator
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import CLOCK_FILE_VARIABLE
from tests.conftest import NOON, make_person
from tests.factories.campaigns import make_campaign
from tests.factories.creators import (
    make_audience,
    make_channel,
    make_creator,
    make_rate,
    make_video,
)


@pytest.fixture
def noon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Set the product's clock back, or ahead, to NOON of the tests."""
    ahead = int((NOON - datetime.now(UTC)).total_seconds()) + 1
    clock = tmp_path / "clock"
    clock.write_text(str(ahead), encoding="ascii")
    monkeypatch.setenv(CLOCK_FILE_VARIABLE, str(clock))
    return NOON


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
        interest={"home": 1_234}, sample_size=10**9,
    )  # fmt: skip
    make_rate(session, creator_id=creator.id)
    make_video(session, channel_id=channel.id, hashtags=["soup"], views=12_345)
    return creator
