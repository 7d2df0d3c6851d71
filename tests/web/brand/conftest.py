"""A brand's campaigns; and its pages look at the clock, which here stands close to noon."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import CLOCK_FILE_VARIABLE
from tests.conftest import NOON
from tests.factories.campaigns import make_campaign


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
