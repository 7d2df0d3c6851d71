"""Disputes about work that the brand alone has called off."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState, EndingReason
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict
from marketplace.payouts.rules.disputes import DisputeReason, DisputeState
from tests.factories.campaigns import NOON, make_campaign
from tests.factories.collaborations import TERMS, make_collaboration
from tests.factories.ledger import usd
from tests.factories.money import pay_in
from tests.services.disputing import (
    agree,
    all_checks_pass,
    dispute,
    fee_of,
    money,
    unaccepted,
)

S = DeliverableState


DAY = timedelta(days=1)


LATE = NOON + timedelta(days=20)


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    """A campaign with 1,000.00 and the 100.00 of the platform fee."""
    made = make_campaign(session, brand=acme, by=alice)
    pay_in(session, made, by=alice)
    return made


def call_off(session: Session, work: Deliverable, by: Actor) -> None:
    deliverables.ask_to_end(
        session,
        collaboration_id=work.collaboration_id,
        reason=EndingReason.PLANS_CHANGED,
        note="",
        release=usd(40_000),
        actor=by,
        now=LATE + 20 * DAY,
    )
    session.flush()


# Work that the brand has called off


def called_off(session: Session, campaign: Campaign, alice: Actor, bea: Actor) -> Deliverable:
    work = unaccepted(session, campaign, alice, bea, S.CHANGES_REQUESTED)
    call_off(session, work, alice)
    assert work.state is S.CANCELLED
    return work


def test_work_in_dispute_cannot_be_called_off_by_one_side(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    work = unaccepted(session, campaign, alice, bea, S.CHANGES_REQUESTED)
    dispute(session, work, bea, reason=DisputeReason.OTHER, share=10_000)

    with pytest.raises(Conflict, match="open dispute about this work"):
        call_off(session, work, alice)

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
    make_collaboration(
        session,
        campaign=campaign,
        creator=carl,
        by=alice,
        offered=replace(TERMS, fee=usd(90_000)),
        funded=True,
    )
    day_after = LATE + 21 * DAY
    opened = dispute(
        session, work, bea, reason=DisputeReason.CALLED_OFF, share=5_000, now=day_after
    )
    session.flush()
    before = money(session, work)

    with pytest.raises(Conflict, match=r"only USD 100\.00 left"), session.begin_nested():
        agree(session, opened, alice, 5_000, now=day_after)

    session.refresh(opened)
    assert (opened.state, money(session, work)) == (DisputeState.ASKED, before)


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
