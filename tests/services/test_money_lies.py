"""How long the money of brands and creators lies with us."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money
from marketplace.ledger.rules import AccountRef, Code, EntryKind
from marketplace.treasury import queries
from tests.conftest import NOON
from tests.factories.ledger import make_entry, usd
from tests.factories.money import make_paid_campaign, pay_in

DAY = timedelta(days=1)


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    """1,100.00 paid in at noon, fee and all."""
    return make_paid_campaign(session, brand=acme, by=alice)


def lying(session: Session, after: timedelta) -> list[tuple[str, Money, int]]:
    found = queries.lying_long(session, now=NOON + after)
    return [(each.name, each.amount, each.limit) for each in found]


@pytest.mark.parametrize(
    ("days", "limit"), [(60, 60), (74, 60), (75, 75), (84, 75), (85, 85), (200, 85)]
)
def test_money_is_told_of_at_each_limit(
    session: Session, campaign: Campaign, days: int, limit: int
) -> None:
    assert lying(session, days * DAY) == [(campaign.name, usd(110_000), limit)]


def test_money_is_not_told_of_a_moment_before_the_first_limit(
    session: Session, campaign: Campaign
) -> None:
    assert lying(session, 60 * DAY - timedelta(microseconds=1)) == []


def test_what_came_first_goes_out_first(session: Session, campaign: Campaign, alice: Actor) -> None:
    pay_in(session, campaign, by=alice, charge_id="ch_2", at=NOON + 50 * DAY)
    assert lying(session, 60 * DAY) == [(campaign.name, usd(220_000), 60)]

    funds = AccountRef(Code.CAMPAIGN_FUNDS, campaign.id)
    other = AccountRef(Code.REFUND_IN_FLIGHT, campaign.id)
    make_entry(session, (funds, other, usd(110_000)), kind=EntryKind.REFUND_HOLD)

    # What is left is what the second payment brought, and that is ten days old.
    assert lying(session, 60 * DAY) == []
    assert lying(session, 110 * DAY) == [(campaign.name, usd(110_000), 60)]


def test_what_is_set_aside_for_prizes_lies_here_as_well(
    session: Session, campaign: Campaign
) -> None:
    funds = AccountRef(Code.CAMPAIGN_FUNDS, campaign.id)
    prizes = AccountRef(Code.PRIZE_POOL, campaign.id)
    make_entry(session, (funds, prizes, usd(100_000)), kind=EntryKind.PRIZES_SET_ASIDE)

    assert lying(session, 60 * DAY) == [(campaign.name, usd(110_000), 60)]
