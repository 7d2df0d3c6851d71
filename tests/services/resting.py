"""What the tests of money that rests do again and again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import pytest
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.funding import queries
from marketplace.funding import service as funding
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from tests.services.books import written

SECOND: Final = timedelta(seconds=1)


def take(
    session: Session, campaign: Campaign, alice: Actor, amount: Money, *, now: datetime
) -> None:
    """The brand takes so much of a campaign's budget back, with one form that is sent twice."""
    form = new_id()
    for _ in range(2):
        funding.take_back(
            session,
            actor=alice,
            campaign_id=campaign.id,
            budget=amount,
            asked_as=form,
            now=now,
        )
        session.flush()


def take_all(
    session: Session, campaign: Campaign, alice: Actor, *, resting: Money, now: datetime
) -> None:
    """The brand tries to take everything back, and gets all but exactly what rests."""
    left = queries.unspent_of(session, campaign, now=now).left
    assert left.resting == resting
    if resting:
        before = written(session)
        with pytest.raises(InvalidInput, match="rests in the campaign until"):
            take(session, campaign, alice, left.free + Money(1, resting.currency), now=now)
        assert written(session) == before
    if left.free:
        take(session, campaign, alice, left.free, now=now)
