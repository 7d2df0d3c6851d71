"""What tests of services share besides the cast."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.kernel.actor import Actor
from marketplace.ledger.rules import AccountRef, Code
from marketplace.matching import columns
from tests.conftest import make_person
from tests.factories.campaigns import make_campaign
from tests.services.attacking import lawful_posting


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    """A published campaign of acme."""
    return make_campaign(session, brand=acme, by=alice)


@pytest.fixture
def brand_funds() -> AccountRef:
    return AccountRef(Code.BRAND_FUNDS, uuid4())


@pytest.fixture
def campaign_funds() -> AccountRef:
    return AccountRef(Code.CAMPAIGN_FUNDS, uuid4())


@pytest.fixture
def theo(session: Session) -> Actor:
    """The second member of staff."""
    return Actor(user_id=make_person(session, "theo", is_staff=True).id, is_staff=True)


@pytest.fixture
def posting(session: Session) -> dict[str, Any]:
    """A posting that would be lawful."""
    return lawful_posting(session)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """Where the columns of the test are kept."""
    columns.use_folder(str(tmp_path / "columns"))
    yield tmp_path / "columns"
    columns.use_folder("")
