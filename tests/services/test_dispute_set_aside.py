"""What a dispute about work that was called off sets aside, uses and gives back, entry by entry."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import CollaborationState
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Dispute
from marketplace.payouts.rules.disputes import DisputeReason, DisputeState
from tests.factories.campaigns import NOON
from tests.factories.collaborations import TERMS
from tests.factories.ledger import usd
from tests.factories.money import pay_in
from tests.services.agreeing import posted
from tests.services.books import broken, told, written
from tests.services.disputing import (
    agree,
    bank_freezes,
    call_off,
    decide,
    dispute,
    fee_of,
    keep_tax,
    say,
    unaccepted,
)

DAY = timedelta(days=1)
CALLED_OFF = NOON + timedelta(days=40)
NOW = CALLED_OFF + DAY


@pytest.fixture
def work(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, stella: Actor
) -> Deliverable:
    """Work of 400.00 that the brand alone has called off, of a campaign with 1,000.00."""
    keep_tax(session, bea, stella)
    pay_in(session, campaign, by=alice)
    made = unaccepted(session, campaign, alice, bea, DeliverableState.CHANGES_REQUESTED)
    call_off(session, made, alice, now=CALLED_OFF)
    return made


def disputed(session: Session, work: Deliverable, bea: Actor, share: int = 3_333) -> Dispute:
    return dispute(session, work, bea, reason=DisputeReason.CALLED_OFF, share=share, now=NOW)


def test_what_is_given_is_earned_at_once_and_the_rest_goes_back(
    session: Session, work: Deliverable, alice: Actor, bea: Actor
) -> None:
    opened = disputed(session, work, bea)
    assert told(session, f"commit:{work.collaboration_id}:2") == (
        NOW,
        f"user:{bea.user_id}",
        "What a dispute is about",
        ["2020/2030 40000"],
    )

    agree(session, opened, alice, 3_333, now=NOW + DAY)

    who = f"user:{alice.user_id}"
    assert told(session, f"uncommit:{work.collaboration_id}:3") == (
        NOW + DAY,
        who,
        "What a dispute gave back",
        ["2030/2020 26668"],
    )
    assert told(session, f"earn:{work.id}:1") == (
        NOW + DAY,
        who,
        "Fee for “A recipe in a minute”",
        ["2030/2040 12665", "2030/4010 667", "2100/4010 1333"],
    )
    fee = fee_of(session, work)
    assert (fee.net_minor, fee.withheld_minor, fee.dispute_id) == (12_665, 1_267, opened.id)
    assert (fee.earned_at, fee.payable_at, fee.is_disputed) == (NOW + DAY, NOW + DAY, False)
    assert posted(session, "FeeEarned") == [{"earning_id": str(fee.id)}]
    agreed = session.get_one(Collaboration, work.collaboration_id)
    assert (agreed.state, agreed.released_minor) == (CollaborationState.CANCELLED, 26_668)
    assert broken(session) == []


def test_what_is_set_aside_to_the_cent_is_used_whole(
    session: Session, campaign: Campaign, work: Deliverable, alice: Actor, bea: Actor, carl: Actor
) -> None:
    bank_freezes(session, campaign, usd(80_000))
    opened = disputed(session, work, bea, 5_000)
    assert opened.set_aside == usd(20_000)
    before = written(session)

    agree(session, opened, alice, 5_000, now=NOW)

    assert opened.set_aside == usd(0)
    assert written(session) == (before[0] + 1, before[1] + 3)
    assert broken(session) == []


@pytest.mark.parametrize("share", [0, 1])
def test_a_part_of_nothing_gives_everything_back(
    session: Session,
    campaign: Campaign,
    alice: Actor,
    bea: Actor,
    stella: Actor,
    share: int,
) -> None:
    pay_in(session, campaign, by=alice)
    small = replace(TERMS, fee=usd(4_000))
    work = unaccepted(
        session, campaign, alice, bea, DeliverableState.CHANGES_REQUESTED, offered=small
    )
    call_off(session, work, alice, now=CALLED_OFF, release=usd(4_000))
    opened = disputed(session, work, bea)
    say(session, opened, alice, now=NOW)

    decide(session, opened, stella, share, now=NOW)  # 0.01 % of 40.00

    assert (opened.state, opened.result_bps) == (DisputeState.DECIDED, share)
    assert (work.state, work.disputed_at) == (DeliverableState.CANCELLED, None)
    assert told(session, f"uncommit:{work.collaboration_id}:3")[3] == ["2030/2020 4000"]
    assert (opened.set_aside, posted(session, "FeeEarned")) == (usd(0), [])
    assert broken(session) == []


def test_withdrawn_it_goes_back_in_the_name_of_whoever_withdrew_it(
    session: Session, work: Deliverable, bea: Actor
) -> None:
    opened = disputed(session, work, bea)

    payouts.withdraw_dispute(session, dispute_id=opened.id, actor=bea, now=NOW + DAY)

    assert told(session, f"uncommit:{work.collaboration_id}:3") == (
        NOW + DAY,
        f"user:{bea.user_id}",
        "What a dispute gave back",
        ["2030/2020 40000"],
    )
    assert opened.set_aside == usd(0)
    assert broken(session) == []
