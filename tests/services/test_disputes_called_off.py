"""Disputes about work that the brand alone has called off."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.collaborations.queries import campaign_money
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState
from marketplace.funding import queries as funding
from marketplace.funding.service import take_back
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput
from marketplace.kernel.ids import new_id
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Dispute
from marketplace.payouts.rules.disputes import DisputeReason, DisputeState
from tests.factories.campaigns import NOON
from tests.factories.collaborations import TERMS, make_collaboration
from tests.factories.ledger import usd
from tests.factories.money import make_paid_campaign, pay_in
from tests.services.books import written
from tests.services.disputing import (
    agree,
    all_checks_pass,
    bank_freezes,
    call_off,
    decide,
    dispute,
    fee_of,
    money,
    say,
    unaccepted,
)

S = DeliverableState


DAY = timedelta(days=1)


LATE = NOON + timedelta(days=20)


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    """A campaign with 1,000.00 and the 100.00 of the platform fee."""
    return make_paid_campaign(session, brand=acme, by=alice)


# Work that the brand has called off


def called_off(session: Session, campaign: Campaign, alice: Actor, bea: Actor) -> Deliverable:
    work = unaccepted(session, campaign, alice, bea, S.CHANGES_REQUESTED)
    call_off(session, work, alice, now=LATE + 20 * DAY)
    assert work.state is S.CANCELLED
    return work


def test_work_in_dispute_cannot_be_called_off_by_one_side(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    work = unaccepted(session, campaign, alice, bea, S.CHANGES_REQUESTED)
    dispute(session, work, bea, reason=DisputeReason.OTHER, share=10_000)

    with pytest.raises(Conflict, match="open dispute about this work"):
        call_off(session, work, alice, now=LATE + 20 * DAY)

    assert work.state is S.CHANGES_REQUESTED


def test_wrongly_called_off_work_is_paid_from_what_the_campaign_has(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    work = called_off(session, campaign, alice, bea)
    day_after = LATE + 21 * DAY
    opened = dispute(
        session, work, bea, reason=DisputeReason.CALLED_OFF, share=5_000, now=day_after
    )

    agree(session, opened, alice, 5_000, now=day_after)

    assert (work.state, fee_of(session, work).net_minor) == (S.ACCEPTED, 19_000)
    assert money(session, work) == {
        "free": usd(80_000), "promised": usd(0), "held": usd(19_000), "fee left": usd(8_000)
    }  # fmt: skip
    assert all_checks_pass(session)


def test_a_campaign_without_the_money_cannot_settle_and_nothing_changes(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, carl: Actor
) -> None:
    work = called_off(session, campaign, alice, bea)
    bank_freezes(session, campaign, usd(90_000))
    day_after = LATE + 21 * DAY
    opened = dispute(
        session, work, bea, reason=DisputeReason.CALLED_OFF, share=5_000, now=day_after
    )
    session.flush()
    before = money(session, work)

    assert opened.set_aside == usd(10_000)
    refused = pytest.raises(Conflict, match=r"0\.00 left, and this takes USD 100\.00 more")
    with refused, session.begin_nested():
        agree(session, opened, alice, 5_000, now=day_after)

    session.refresh(opened)
    assert (opened.state, money(session, work)) == (DisputeState.ASKED, before)


def in_dispute(session: Session, work: Deliverable, bea: Actor, share: int = 5_000) -> Dispute:
    return dispute(
        session, work, bea, reason=DisputeReason.CALLED_OFF, share=share, now=LATE + 21 * DAY
    )


def test_disputed_money_cannot_be_sent_back_or_promised_to_somebody_else(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, carl: Actor
) -> None:
    work = called_off(session, campaign, alice, bea)
    opened = in_dispute(session, work, bea)

    assert opened.set_aside == usd(40_000)
    assert money(session, work) == {
        "free": usd(60_000), "promised": usd(40_000), "held": usd(0), "fee left": usd(10_000)
    }  # fmt: skip
    assert campaign_money(session, campaign, now=LATE).committed == usd(40_000)
    unspent = funding.unspent_of(session, campaign, now=LATE)
    assert (unspent.budget, unspent.fee) == (usd(60_000), usd(6_000))
    with pytest.raises(InvalidInput), session.begin_nested():
        take_back(
            session,
            actor=alice,
            campaign_id=campaign.id,
            budget=usd(60_001),
            asked_as=new_id(),
            now=LATE + 21 * DAY,
        )
    with pytest.raises(Conflict), session.begin_nested():
        make_collaboration(
            session,
            campaign=campaign,
            creator=carl,
            by=alice,
            offered=replace(TERMS, fee=usd(60_001)),
            funded=True,
        )
    assert money(session, work)["promised"] == usd(40_000)
    assert all_checks_pass(session)


def test_withdrawn_all_of_it_is_free_again(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    work = called_off(session, campaign, alice, bea)
    before = money(session, work), campaign_money(session, campaign, now=LATE)
    opened = in_dispute(session, work, bea)

    payouts.withdraw_dispute(session, dispute_id=opened.id, actor=bea, now=LATE + 22 * DAY)

    session.flush()
    assert (money(session, work), campaign_money(session, campaign, now=LATE)) == before
    assert (opened.set_aside, work.state) == (usd(0), S.CANCELLED)
    assert all_checks_pass(session)


def test_decided_against_the_creator_all_of_it_is_free_again(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, stella: Actor
) -> None:
    work = called_off(session, campaign, alice, bea)
    opened = in_dispute(session, work, bea)
    say(session, opened, alice, now=LATE + 22 * DAY)

    decide(session, opened, stella, 0, now=LATE + 22 * DAY)

    assert money(session, work) == {
        "free": usd(100_000), "promised": usd(0), "held": usd(0), "fee left": usd(10_000)
    }  # fmt: skip
    assert (opened.set_aside, work.state) == (usd(0), S.CANCELLED)
    assert all_checks_pass(session)


def test_what_a_dispute_gave_counts_as_earned_in_its_campaign(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    work = called_off(session, campaign, alice, bea)
    opened = in_dispute(session, work, bea)

    agree(session, opened, alice, 5_000, now=LATE + 22 * DAY)

    now = campaign_money(session, campaign, now=LATE)
    assert (now.funded, now.available) == (usd(100_000), usd(80_000))
    assert (now.committed, now.earned) == (usd(0), usd(20_000))


def test_more_than_was_left_is_taken_once_the_brand_has_added_funds(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, carl: Actor
) -> None:
    work = called_off(session, campaign, alice, bea)
    bank_freezes(session, campaign, usd(90_000))
    opened = in_dispute(session, work, bea)
    pay_in(session, campaign, by=alice, charge_id="ch_2")

    agree(session, opened, alice, 5_000, now=LATE + 22 * DAY)

    assert money(session, work) == {
        "free": usd(90_000), "promised": usd(0), "held": usd(19_000), "fee left": usd(18_000)
    }  # fmt: skip
    assert campaign_money(session, campaign, now=LATE).funded == usd(110_000)
    assert all_checks_pass(session)


def test_a_campaign_that_spent_it_all_sets_nothing_aside(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, carl: Actor
) -> None:
    work = called_off(session, campaign, alice, bea)
    bank_freezes(session, campaign, usd(100_000))
    before = written(session)

    opened = in_dispute(session, work, bea)

    assert (opened.set_aside, written(session)) == (usd(0), before)
    payouts.withdraw_dispute(session, dispute_id=opened.id, actor=bea, now=LATE + 22 * DAY)
    assert written(session) == before


def test_a_week_after_it_was_called_off_it_is_too_late(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    work = called_off(session, campaign, alice, bea)
    with pytest.raises(Conflict):
        dispute(
            session,
            work,
            bea,
            reason=DisputeReason.CALLED_OFF,
            share=5_000,
            now=LATE + 27 * DAY,
        )
