"""Money of work that the brand called off alone stays while the creator may dispute that."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.collaborations.rules import FreeMoney, Rest, RestReason
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState
from marketplace.funding import queries
from marketplace.funding import service as funding
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput
from marketplace.payouts import service as payouts
from marketplace.payouts.rules.disputes import DisputeReason
from marketplace.reconciliation import checks
from tests.factories.campaigns import NOON
from tests.factories.collaborations import BONUS, TERMS
from tests.factories.ledger import usd
from tests.factories.money import make_paid_campaign, pay_in
from tests.services.books import broken, written
from tests.services.disputing import (
    agree,
    bank_freezes,
    call_off,
    dispute,
    fee_of,
    unaccepted,
)
from tests.services.resting import SECOND, take, take_all

DAY = timedelta(days=1)
CALLED_OFF = NOON + 40 * DAY
WEEK_AFTER = CALLED_OFF + 7 * DAY
SOON = WEEK_AFTER - SECOND


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


def left(session: Session, campaign: Campaign, now: datetime) -> FreeMoney:
    return queries.unspent_of(session, campaign, now=now).left


def test_it_goes_back_only_when_the_creator_can_no_longer_dispute(
    session: Session, campaign: Campaign, work: Deliverable
) -> None:
    before = queries.unspent_of(session, campaign, now=SOON)
    after = queries.unspent_of(session, campaign, now=WEEK_AFTER)

    assert work.fee == usd(40_000)
    assert before.left == FreeMoney(
        usd(100_000), (Rest(RestReason.CALLED_OFF, usd(40_000), WEEK_AFTER),)
    )
    assert (before.budget, before.fee, before.total) == (usd(60_000), usd(6_000), usd(66_000))
    assert after.left == FreeMoney(usd(100_000))
    assert (after.budget, after.fee, after.total) == (usd(100_000), usd(10_000), usd(110_000))


def test_a_closed_campaign_sends_back_the_rest_first_and_it_a_week_later(
    session: Session, campaign: Campaign, work: Deliverable, alice: Actor
) -> None:
    campaigns.close(session, campaign_id=campaign.id, actor=alice, now=CALLED_OFF)

    first = funding.refund_unspent(session, actor=alice, campaign_id=campaign.id, now=SOON)
    with pytest.raises(Conflict, match=r"USD 400\.00 rests in the campaign until Sat 19 Dec 2026"):
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
    before = written(session)
    with pytest.raises(InvalidInput) as refused:
        take(session, campaign, alice, usd(60_001), now=SOON)
    assert refused.value.problems["amount"] == (
        "Only USD 600.00 can go back now. USD 400.00 rests in the campaign until Sat 19 Dec 2026,"
        " 12:00 UTC, as creators may dispute work that was called off until then."
    )
    assert (queries.refunds_of(session, campaign_id=campaign.id), written(session)) == ([], before)

    take(session, campaign, alice, usd(60_000), now=SOON)
    assert queries.unspent_of(session, campaign, now=SOON).total == usd(0)


def test_a_dispute_on_the_last_day_finds_all_of_it_and_is_paid(
    session: Session, campaign: Campaign, work: Deliverable, alice: Actor, bea: Actor
) -> None:
    take_all(session, campaign, alice, resting=usd(40_000), now=SOON)

    opened = dispute(session, work, bea, reason=DisputeReason.CALLED_OFF, share=10_000, now=SOON)
    assert opened.set_aside == usd(40_000)
    take_all(session, campaign, alice, resting=usd(0), now=WEEK_AFTER)
    agree(session, opened, alice, 10_000, now=WEEK_AFTER)

    assert fee_of(session, work).net_minor == 38_000
    assert left(session, campaign, WEEK_AFTER) == FreeMoney(usd(0))
    assert broken(session) == []


def test_a_second_later_it_goes_back_and_a_dispute_is_too_late(
    session: Session, campaign: Campaign, work: Deliverable, alice: Actor, bea: Actor
) -> None:
    take_all(session, campaign, alice, resting=usd(40_000), now=SOON)

    with pytest.raises(Conflict, match="for 7 days about what was called off"):
        dispute(session, work, bea, reason=DisputeReason.CALLED_OFF, share=1, now=WEEK_AFTER)
    take(session, campaign, alice, usd(40_000), now=WEEK_AFTER)

    assert left(session, campaign, WEEK_AFTER) == FreeMoney(usd(0))


def test_what_a_dispute_has_taken_again_does_not_rest_a_second_time(
    session: Session, campaign: Campaign, work: Deliverable, bea: Actor
) -> None:
    dispute(session, work, bea, reason=DisputeReason.CALLED_OFF, share=5_000, now=CALLED_OFF + DAY)

    assert left(session, campaign, CALLED_OFF + DAY) == FreeMoney(usd(60_000))


def test_a_dispute_that_is_withdrawn_leaves_it_at_rest_as_before(
    session: Session, campaign: Campaign, work: Deliverable, alice: Actor, bea: Actor
) -> None:
    for _ in range(2):
        opened = dispute(
            session, work, bea, reason=DisputeReason.CALLED_OFF, share=5_000, now=CALLED_OFF + DAY
        )
        payouts.withdraw_dispute(session, dispute_id=opened.id, actor=bea, now=CALLED_OFF + DAY)

    assert left(session, campaign, SOON).resting == usd(40_000)
    assert left(session, campaign, WEEK_AFTER) == FreeMoney(usd(100_000))


def test_withdrawn_after_its_time_it_is_free_at_once(
    session: Session, campaign: Campaign, work: Deliverable, bea: Actor
) -> None:
    opened = dispute(session, work, bea, reason=DisputeReason.CALLED_OFF, share=1, now=SOON)
    payouts.withdraw_dispute(session, dispute_id=opened.id, actor=bea, now=WEEK_AFTER)

    assert left(session, campaign, WEEK_AFTER) == FreeMoney(usd(100_000))


def test_once_it_was_ruled_on_what_goes_back_is_free(
    session: Session, campaign: Campaign, work: Deliverable, alice: Actor, bea: Actor
) -> None:
    opened = dispute(
        session, work, bea, reason=DisputeReason.CALLED_OFF, share=5_000, now=CALLED_OFF + DAY
    )
    agree(session, opened, alice, 5_000, now=CALLED_OFF + DAY)

    assert left(session, campaign, CALLED_OFF + DAY) == FreeMoney(usd(80_000))


def test_what_the_creator_ended_goes_back_at_once(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    made = unaccepted(session, campaign, alice, bea, DeliverableState.CHANGES_REQUESTED)
    call_off(session, made, bea, now=CALLED_OFF)

    assert made.state is DeliverableState.CANCELLED
    assert left(session, campaign, CALLED_OFF) == FreeMoney(usd(100_000))


def test_a_bonus_of_work_that_was_called_off_is_nobodys_and_free(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    offered = replace(TERMS, bonus=BONUS)
    wanted = DeliverableState.CHANGES_REQUESTED
    made = unaccepted(session, campaign, alice, bea, wanted, offered=offered)
    call_off(session, made, alice, now=CALLED_OFF, release=usd(70_000))

    assert left(session, campaign, CALLED_OFF).resting == usd(40_000)


def test_a_bank_freezes_what_is_free_before_what_rests(
    session: Session, campaign: Campaign, work: Deliverable
) -> None:
    bank_freezes(session, campaign, usd(60_000))

    assert left(session, campaign, SOON) == FreeMoney(
        usd(40_000), (Rest(RestReason.CALLED_OFF, usd(40_000), WEEK_AFTER),)
    )


def test_a_bank_may_freeze_what_rests_and_no_more_rests_than_there_is(
    session: Session, campaign: Campaign, work: Deliverable, alice: Actor, bea: Actor
) -> None:
    bank_freezes(session, campaign, usd(90_000))
    assert left(session, campaign, SOON) == FreeMoney(
        usd(10_000), (Rest(RestReason.CALLED_OFF, usd(10_000), WEEK_AFTER),)
    )
    opened = dispute(session, work, bea, reason=DisputeReason.CALLED_OFF, share=1, now=SOON)
    assert opened.set_aside == usd(10_000)

    pay_in(session, campaign, by=alice, charge_id="ch_2")
    assert left(session, campaign, SOON) == FreeMoney(usd(100_000))
