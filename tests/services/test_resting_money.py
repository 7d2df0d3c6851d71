"""Money of work that the brand called off alone stays while the creator may dispute that."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState
from marketplace.funding import queries
from marketplace.funding import service as funding
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput
from marketplace.kernel.ids import new_id
from marketplace.payouts.rules.disputes import DisputeReason
from marketplace.reconciliation import checks
from tests.factories.campaigns import NOON
from tests.factories.ledger import usd
from tests.factories.money import make_paid_campaign
from tests.services.disputing import (
    call_off,
    dispute,
    promise_elsewhere,
    unaccepted,
)

DAY = timedelta(days=1)
CALLED_OFF = NOON + 40 * DAY
WEEK_AFTER = CALLED_OFF + 7 * DAY
SOON = WEEK_AFTER - timedelta(microseconds=1)


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    """A campaign with 1,000.00 and the 100.00 of the platform fee."""
    return make_paid_campaign(session, brand=acme, by=alice)


@pytest.fixture
def work(session: Session, campaign: Campaign, alice: Actor, bea: Actor) -> Deliverable:
    """Work for 400.00 that the brand called off alone."""
    made = unaccepted(session, campaign, alice, bea, DeliverableState.CHANGES_REQUESTED)
    call_off(session, made, alice, now=CALLED_OFF)
    return made


def test_it_goes_back_only_when_the_creator_can_no_longer_dispute(
    session: Session, campaign: Campaign, work: Deliverable, alice: Actor
) -> None:
    before = queries.unspent_of(session, campaign, now=SOON)
    after = queries.unspent_of(session, campaign, now=WEEK_AFTER)

    assert work.fee == usd(40_000)
    assert (before.funds, before.resting, before.rests_until) == (
        usd(100_000), usd(40_000), WEEK_AFTER
    )  # fmt: skip
    assert (before.budget, before.fee, before.total) == (usd(60_000), usd(6_000), usd(66_000))
    assert (after.resting, after.rests_until) == (usd(0), None)
    assert (after.budget, after.fee, after.total) == (usd(100_000), usd(10_000), usd(110_000))


def test_a_closed_campaign_sends_back_the_rest_first_and_it_a_week_later(
    session: Session, campaign: Campaign, work: Deliverable, alice: Actor
) -> None:
    campaigns.close(session, campaign_id=campaign.id, actor=alice, now=CALLED_OFF)

    first = funding.refund_unspent(session, actor=alice, campaign_id=campaign.id, now=SOON)
    with pytest.raises(Conflict, match=r"USD 400\.00 stays in the campaign until Sat 19 Dec 2026"):
        funding.refund_unspent(session, actor=alice, campaign_id=campaign.id, now=SOON)
    second = funding.refund_unspent(session, actor=alice, campaign_id=campaign.id, now=WEEK_AFTER)
    with pytest.raises(Conflict, match="nothing left"):
        funding.refund_unspent(session, actor=alice, campaign_id=campaign.id, now=WEEK_AFTER)

    assert [each.amount for each in first] == [usd(66_000)]
    assert [each.amount for each in second] == [usd(44_000)]
    # All of our fee went back, so what the processor kept of the payment is ours to add.
    assert [each.name for each in checks.run_all(session) if not each.passed] == ["I4"]


def test_no_more_than_the_rest_is_taken_back_meanwhile_and_nothing_changes(
    session: Session, campaign: Campaign, work: Deliverable, alice: Actor
) -> None:
    def take(minor: int) -> None:
        funding.take_back(
            session,
            actor=alice,
            campaign_id=campaign.id,
            budget=usd(minor),
            asked_as=new_id(),
            now=SOON,
        )

    with pytest.raises(InvalidInput) as refused:
        take(60_001)
    assert refused.value.problems["amount"].startswith(
        "Only USD 600.00 can go back now. USD 400.00 stays in the campaign until "
    )
    assert queries.refunds_of(session, campaign_id=campaign.id) == []

    take(60_000)
    assert queries.unspent_of(session, campaign, now=SOON).total == usd(0)


def test_what_a_dispute_has_taken_again_does_not_rest_a_second_time(
    session: Session, campaign: Campaign, work: Deliverable, bea: Actor
) -> None:
    dispute(session, work, bea, reason=DisputeReason.CALLED_OFF, share=5_000, now=CALLED_OFF + DAY)

    unspent = queries.unspent_of(session, campaign, now=CALLED_OFF + DAY)

    assert (unspent.funds, unspent.resting, unspent.budget) == (usd(60_000), usd(0), usd(60_000))


def test_what_both_or_the_creator_ended_goes_back_at_once(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    made = unaccepted(session, campaign, alice, bea, DeliverableState.CHANGES_REQUESTED)
    call_off(session, made, bea, now=CALLED_OFF)

    unspent = queries.unspent_of(session, campaign, now=CALLED_OFF)

    assert made.state is DeliverableState.CANCELLED
    assert (unspent.resting, unspent.total) == (usd(0), usd(110_000))


def test_money_that_was_promised_to_somebody_else_does_not_make_it_negative(
    session: Session, campaign: Campaign, work: Deliverable, alice: Actor, carl: Actor
) -> None:
    promise_elsewhere(session, campaign, carl, alice, usd(90_000))

    unspent = queries.unspent_of(session, campaign, now=SOON)

    assert (unspent.funds, unspent.resting, unspent.budget) == (usd(10_000), usd(10_000), usd(0))
