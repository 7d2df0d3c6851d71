"""Ending a collaboration before its work is done, and what that does to its money."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import CollaborationState
from marketplace.deliverables import queries, service
from marketplace.deliverables.models import PublishedPost
from marketplace.deliverables.rules import DeliverableState, EndingReason, EndingState, PostState
from marketplace.funding import queries as fundings
from marketplace.funding import service as funding
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import (
    Conflict,
)
from marketplace.ledger import queries as ledger
from marketplace.ledger.rules import Code
from marketplace.payouts import service as payouts
from tests.factories.campaigns import NOON
from tests.factories.collaborations import make_collaboration
from tests.factories.deliverables import channel_for, hand_in, paste, walk
from tests.factories.ledger import usd
from tests.factories.money import make_paid_campaign
from tests.services.agreeing import balance, posted
from tests.services.ending import (
    LATE,
    LATER,
    TWO,
    agree,
    all_checks_pass,
    ask,
    funds,
    nothing_has_changed,
    owed,
)

S = DeliverableState


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_paid_campaign(session, brand=acme, by=alice)


@pytest.fixture
def agreed(session: Session, campaign: Campaign, alice: Actor, bea: Actor) -> Collaboration:
    """Two videos for 400.00 and up to 300.00 for views; nothing handed in yet."""
    return make_collaboration(
        session, campaign=campaign, creator=bea, by=alice, offered=TWO, funded=True
    )


# Alone


def test_a_creator_ends_alone_what_nobody_has_to_judge(
    session: Session, agreed: Collaboration, bea: Actor
) -> None:
    works = owed(session, agreed)
    ending = ask(session, agreed, bea, reason=EndingReason.NO_TIME)

    assert ending.state is EndingState.ALONE
    assert [each.state for each in works] == [S.CANCELLED, S.CANCELLED]
    assert (agreed.state, agreed.ended_at) == (CollaborationState.CANCELLED, LATER)
    assert funds(session, agreed) == (usd(0), usd(100_000))
    assert agreed.released_minor == 70_000
    assert posted(session, "CollaborationEnded") == [{"collaboration_id": str(agreed.id)}]
    assert posted(session, "EndingMoved") == [{"ending_id": str(ending.id), "state": "alone"}]
    assert queries.outcomes(session) == {bea.creator_id: (0, 1)}
    assert all_checks_pass(session)


def test_the_platform_fee_stays_with_the_campaign_and_can_be_refunded(
    session: Session, campaign: Campaign, agreed: Collaboration, alice: Actor, bea: Actor
) -> None:
    owed(session, agreed)
    ask(session, agreed, bea)
    assert balance(session, Code.FEE_UNEARNED, campaign.id) == usd(10_000)
    entry = ledger.entry_by_key(session, f"uncommit:{agreed.id}:1")
    assert entry is not None
    assert [
        (pair.debit.code, pair.credit.code, pair.amount)
        for pair in ledger.pairs_of(session, entry.id)
    ] == [(Code.COMMITTED, Code.CAMPAIGN_FUNDS, usd(70_000))]

    campaigns.close(session, campaign_id=campaign.id, actor=alice, now=LATER)
    session.flush()
    unspent = fundings.unspent_of(session, campaign, now=LATER)

    assert (unspent.budget, unspent.fee) == (usd(100_000), usd(10_000))
    refunds = funding.refund_unspent(session, actor=alice, campaign_id=campaign.id, now=LATER)
    assert [each.amount for each in refunds] == [usd(110_000)]


def test_a_brand_ends_alone_once_the_creator_is_a_week_late(
    session: Session, agreed: Collaboration, alice: Actor
) -> None:
    owed(session, agreed)
    ending = ask(session, agreed, alice, reason=EndingReason.NO_ANSWER, now=LATE)

    assert ending.state is EndingState.ALONE
    assert agreed.state is CollaborationState.CANCELLED


def test_a_brand_cannot_end_alone_the_day_before(
    session: Session, agreed: Collaboration, alice: Actor
) -> None:
    owed(session, agreed)
    ending = ask(session, agreed, alice, now=LATE - timedelta(seconds=1))

    assert ending.state is EndingState.ASKED
    assert nothing_has_changed(session, agreed)


def test_work_in_review_takes_both(
    session: Session, agreed: Collaboration, alice: Actor, bea: Actor
) -> None:
    hand_in(session, owed(session, agreed)[0], creator=bea)

    ending = ask(session, agreed, bea)

    assert ending.state is EndingState.ASKED
    assert nothing_has_changed(session, agreed)


# Both


def test_both_agree_and_all_that_is_not_accepted_is_called_off(
    session: Session, agreed: Collaboration, alice: Actor, bea: Actor
) -> None:
    works = owed(session, agreed)
    hand_in(session, works[0], creator=bea)
    ending = agree(session, ask(session, agreed, alice), bea)

    assert (ending.state, ending.answered_by_id) == (EndingState.AGREED, bea.user_id)
    assert [each.state for each in works] == [S.CANCELLED, S.CANCELLED]
    assert funds(session, agreed) == (usd(0), usd(100_000))
    assert all_checks_pass(session)


def test_accepted_work_stays_earned_and_its_bonus_goes_on(
    session: Session, agreed: Collaboration, alice: Actor, bea: Actor
) -> None:
    accepted = walk(session, agreed, by=alice, creator=bea, to=S.ACCEPTED)
    payouts.earn(session, deliverable_id=accepted.id)
    session.flush()
    ask(session, agreed, bea, release=35_000)

    assert accepted.state is S.ACCEPTED
    assert agreed.state is CollaborationState.CANCELLED
    assert funds(session, agreed) == (usd(15_000), usd(65_000))
    assert not payouts.complete(session, collaboration_id=agreed.id, now=LATER)

    payouts.book_bonuses(session, now=NOON + timedelta(days=21))
    session.flush()
    payouts.complete(session, collaboration_id=agreed.id, now=NOON + timedelta(days=21))
    session.flush()

    assert funds(session, agreed) == (usd(0), usd(80_000))
    assert (agreed.state, agreed.released_minor) == (CollaborationState.CANCELLED, 50_000)
    assert agreed.ended_at == LATER
    assert all_checks_pass(session)


def test_agreeing_twice_ends_once(
    session: Session, agreed: Collaboration, alice: Actor, bea: Actor
) -> None:
    owed(session, agreed)
    ending = agree(session, ask(session, agreed, alice), bea)

    with pytest.raises(Conflict, match="This collaboration has ended already"):
        agree(session, ending, bea)

    assert funds(session, agreed) == (usd(0), usd(100_000))
    assert len(posted(session, "CollaborationEnded")) == 1


def test_what_was_shown_is_what_happens_or_nothing_does(
    session: Session, agreed: Collaboration, alice: Actor, bea: Actor
) -> None:
    ending = ask(session, agreed, alice) if owed(session, agreed) else None
    assert ending is not None
    walk(session, agreed, by=alice, creator=bea, to=S.ACCEPTED)

    with pytest.raises(Conflict) as refusal:
        agree(session, ending, bea)

    assert refusal.value.reason == (
        "The work has moved since you looked: now USD 350.00 would go back to the campaign."
        " Look at it again"
    )
    assert ending.state is EndingState.ASKED
    assert nothing_has_changed(session, agreed)


def test_a_post_that_is_being_checked_when_it_ends_does_not_count(
    session: Session, agreed: Collaboration, alice: Actor, bea: Actor
) -> None:
    approved = walk(session, agreed, by=alice, creator=bea, to=S.APPROVED)
    channel_for(session, bea)
    pasted = paste(session, approved, creator=bea)
    ask(session, agreed, bea)
    session.refresh(pasted)

    assert (pasted.state, pasted.refusal) == (
        PostState.REFUSED,
        "The collaboration was ended.",
    )
    assert not service.confirm_published(
        session, post_id=pasted.id, published_at=LATER, address=None, now=LATER
    )
    assert approved.state is S.CANCELLED


def test_a_live_post_can_be_called_off_by_both(
    session: Session, agreed: Collaboration, alice: Actor, bea: Actor
) -> None:
    live = walk(session, agreed, by=alice, creator=bea, to=S.LIVE)
    agree(session, ask(session, agreed, bea), alice)

    assert (live.state, live.answer_by) == (S.CANCELLED, None)
    assert session.scalars(select(PublishedPost.state)).one() is PostState.VERIFIED
    assert service.accept_silent(session, now=NOON + timedelta(days=90)) == 0
