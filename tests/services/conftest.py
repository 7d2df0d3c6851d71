"""What tests of services share besides the cast."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.kernel.actor import Actor
from tests.factories.campaigns import make_campaign


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    """A published campaign of acme."""
    return make_campaign(session, brand=acme, by=alice)
