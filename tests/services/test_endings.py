"""Ending a collaboration before its work is done, and what that does to its money."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import CollaborationState, Party
from marketplace.deliverables import queries, service
from marketplace.deliverables.models import Deliverable, Ending, PublishedPost
from marketplace.deliverables.rules import DeliverableState, EndingReason, EndingState, PostState
from marketplace.funding import queries as fundings
from marketplace.funding import service as funding
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import (
    Conflict,
    InvalidInput,
    InvalidTransition,
    NotFound,
    NotPermitted,
)
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.rules import Code
from marketplace.payouts import service as payouts
from marketplace.reconciliation import checks
from tests.factories.campaigns import NOON, make_campaign
from tests.factories.collaborations import BONUS, TERMS, VIDEO, make_collaboration
from tests.factories.deliverables import channel_for, hand_in, paste, walk
from tests.factories.ledger import usd
from tests.factories.money import pay_in
from tests.services.agreeing import balance, posted

S = DeliverableState
LATER = NOON + timedelta(days=1)
WEEK_LATER = NOON + timedelta(days=7)
LATE = datetime(2026, 11, 24, tzinfo=NOON.tzinfo)
"""The day after the creator is a week late with the draft."""
TWO = replace(TERMS, deliverables=(VIDEO, VIDEO), bonus=BONUS)


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    made = make_campaign(session, brand=acme, by=alice)
    pay_in(session, made, by=alice)
    return made


@pytest.fixture
def agreed(session: Session, campaign: Campaign, alice: Actor, bea: Actor) -> Collaboration:
    """Two videos for 400.00 and up to 300.00 for views; nothing handed in yet."""
    return make_collaboration(
        session, campaign=campaign, creator=bea, by=alice, offered=TWO, funded=True
    )


def owed(session: Session, agreed: Collaboration) -> list[Deliverable]:
    service.create_from_offer(session, collaboration_id=agreed.id)
    session.flush()
    return list(queries.deliverables_of(session, collaboration_id=agreed.id))


def ask(
    session: Session,
    agreed: Collaboration,
    actor: Actor,
    *,
    release: int = 70_000,
    reason: EndingReason = EndingReason.PLANS_CHANGED,
    note: str = "We moved the launch.",
    now: datetime = LATER,
) -> Ending:
    ending = service.ask_to_end(
        session,
        collaboration_id=agreed.id,
        reason=reason,
        note=note,
        release=usd(release),
        actor=actor,
        now=now,
    )
    session.flush()
    return ending


def agree(
    session: Session, ending: Ending, actor: Actor, *, release: int = 70_000, now: datetime = LATER
) -> Ending:
    service.agree_to_end(session, ending_id=ending.id, release=usd(release), actor=actor, now=now)
    session.flush()
    return ending


def funds(session: Session, agreed: Collaboration) -> tuple[Money, Money]:
    return (
        balance(session, Code.COMMITTED, agreed.id),
        balance(session, Code.CAMPAIGN_FUNDS, agreed.campaign_id),
    )


def nothing_has_changed(session: Session, agreed: Collaboration) -> bool:
    states = {each.state for each in queries.deliverables_of(session, collaboration_id=agreed.id)}
    return (
        funds(session, agreed) == (usd(70_000), usd(30_000))
        and agreed.state is CollaborationState.ACTIVE
        and S.CANCELLED not in states
    )


def all_checks_pass(session: Session) -> bool:
    return [each.name for each in checks.run_all(session) if not each.passed] == []


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


# No, later, staff


def test_a_declined_wish_changes_nothing_and_staff_can_be_called(
    session: Session, agreed: Collaboration, alice: Actor, bea: Actor, stella: Actor
) -> None:
    owed(session, agreed)
    ending = ask(session, agreed, alice)
    service.decline_to_end(
        session, ending_id=ending.id, answer="I am nearly done.", actor=bea, now=LATER
    )
    assert (ending.state, ending.answer) == (EndingState.DECLINED, "I am nearly done.")
    assert nothing_has_changed(session, agreed)

    service.call_staff(session, ending_id=ending.id, actor=alice, now=LATER)
    assert queries.endings_with_staff(session) == [ending]
    service.decide_ending(
        session,
        ending_id=ending.id,
        end=True,
        release=usd(70_000),
        answer="The launch has moved.",
        actor=stella,
        now=LATER,
    )
    session.flush()

    assert ending.state is EndingState.ENDED_BY_STAFF
    assert funds(session, agreed) == (usd(0), usd(100_000))
    assert queries.endings_with_staff(session) == []


def test_staff_may_let_it_go_on(
    session: Session, agreed: Collaboration, alice: Actor, bea: Actor, stella: Actor
) -> None:
    owed(session, agreed)
    ending = ask(session, agreed, alice)
    service.decline_to_end(session, ending_id=ending.id, answer="", actor=bea, now=LATER)
    service.call_staff(session, ending_id=ending.id, actor=alice, now=LATER)
    service.decide_ending(
        session,
        ending_id=ending.id,
        end=False,
        release=usd(70_000),
        answer="The work is nearly done.",
        actor=stella,
        now=LATER,
    )

    assert ending.state is EndingState.KEPT_BY_STAFF
    assert nothing_has_changed(session, agreed)
    assert ask(session, agreed, alice).state is EndingState.ASKED


def test_staff_are_called_only_after_the_time_to_answer(
    session: Session, agreed: Collaboration, alice: Actor
) -> None:
    owed(session, agreed)
    ending = ask(session, agreed, alice, now=NOON)

    with pytest.raises(Conflict, match="still has time to answer"):
        service.call_staff(
            session, ending_id=ending.id, actor=alice, now=WEEK_LATER - timedelta(seconds=1)
        )
    assert ending.state is EndingState.ASKED

    service.call_staff(session, ending_id=ending.id, actor=alice, now=WEEK_LATER)
    assert ending.state is EndingState.WITH_STAFF


def test_an_old_refusal_does_not_reach_staff_beside_a_new_wish(
    session: Session, agreed: Collaboration, alice: Actor, bea: Actor
) -> None:
    owed(session, agreed)
    old = ask(session, agreed, alice)
    service.decline_to_end(session, ending_id=old.id, answer="", actor=bea, now=LATER)
    ask(session, agreed, alice)

    with pytest.raises(Conflict, match="It was asked anew since"):
        service.call_staff(session, ending_id=old.id, actor=alice, now=LATER)


def test_a_wish_taken_back_is_over(
    session: Session, agreed: Collaboration, alice: Actor, bea: Actor
) -> None:
    owed(session, agreed)
    ending = ask(session, agreed, alice)
    service.withdraw_ending(session, ending_id=ending.id, actor=alice, now=LATER)

    with pytest.raises(InvalidTransition):
        agree(session, ending, bea)
    assert nothing_has_changed(session, agreed)


def test_finished_work_overtakes_a_wish_that_nobody_answered(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    single = make_collaboration(session, campaign=campaign, creator=bea, by=alice, funded=True)
    live = walk(session, single, by=alice, creator=bea, to=S.LIVE)
    ending = ask(session, single, bea, release=40_000)
    service.accept(session, actor=alice, deliverable_id=live.id, now=LATER)
    payouts.earn(session, deliverable_id=live.id)
    session.flush()

    assert payouts.complete(session, collaboration_id=single.id, now=LATER)
    assert (single.state, ending.state) == (
        CollaborationState.COMPLETED,
        EndingState.OVERTAKEN,
    )


# Refusals


def test_a_second_wish_waits_for_the_answer_to_the_first(
    session: Session, agreed: Collaboration, alice: Actor, bea: Actor
) -> None:
    owed(session, agreed)
    ask(session, agreed, alice)

    with pytest.raises(Conflict, match="asked to end this collaboration already"):
        ask(session, agreed, alice)
    assert len(session.scalars(select(Ending)).all()) == 1


def test_one_side_does_not_answer_itself(
    session: Session, agreed: Collaboration, alice: Actor, ben: Actor, bea: Actor
) -> None:
    owed(session, agreed)
    ending = ask(session, agreed, alice)

    with pytest.raises(NotPermitted):
        agree(session, ending, ben)
    with pytest.raises(NotPermitted):
        service.withdraw_ending(session, ending_id=ending.id, actor=bea, now=LATER)
    with pytest.raises(NotPermitted):
        service.call_staff(session, ending_id=ending.id, actor=bea, now=WEEK_LATER)
    assert nothing_has_changed(session, agreed)


def test_who_only_looks_or_pays_ends_nothing(
    session: Session, agreed: Collaboration, vic: Actor, fiona: Actor
) -> None:
    owed(session, agreed)
    for actor in (vic, fiona):
        with pytest.raises(NotPermitted):
            ask(session, agreed, actor)
    assert session.scalars(select(Ending)).all() == []


def test_strangers_do_not_learn_that_it_exists(
    session: Session, agreed: Collaboration, alice: Actor, mallory: Actor, carl: Actor
) -> None:
    owed(session, agreed)
    ending = ask(session, agreed, alice)
    for actor in (mallory, carl):
        with pytest.raises(NotFound):
            ask(session, agreed, actor)
        with pytest.raises(NotFound):
            agree(session, ending, actor)
    assert nothing_has_changed(session, agreed)


def test_only_staff_decide_and_they_say_why(
    session: Session, agreed: Collaboration, alice: Actor, bea: Actor, stella: Actor
) -> None:
    owed(session, agreed)
    ending = ask(session, agreed, alice, now=NOON)
    service.call_staff(session, ending_id=ending.id, actor=alice, now=WEEK_LATER)

    def decide(actor: Actor, answer: str) -> None:
        service.decide_ending(
            session,
            ending_id=ending.id,
            end=True,
            release=usd(70_000),
            answer=answer,
            actor=actor,
            now=WEEK_LATER,
        )

    with pytest.raises(NotPermitted):
        decide(bea, "Me.")
    with pytest.raises(InvalidInput):
        decide(stella, "  ")
    assert nothing_has_changed(session, agreed)


def test_another_reason_has_to_be_told(
    session: Session, agreed: Collaboration, alice: Actor
) -> None:
    owed(session, agreed)

    with pytest.raises(InvalidInput):
        ask(session, agreed, alice, reason=EndingReason.OTHER, note="  ")
    with pytest.raises(InvalidInput):
        ask(session, agreed, alice, note="x" * 2_001)
    assert session.scalars(select(Ending)).all() == []


def test_what_has_ended_does_not_end_again(
    session: Session, agreed: Collaboration, alice: Actor, bea: Actor
) -> None:
    owed(session, agreed)
    ask(session, agreed, bea)

    with pytest.raises(Conflict, match="This collaboration has ended already"):
        ask(session, agreed, alice, release=0)
    assert agreed.released_minor == 70_000


def test_the_outlook_says_from_when_each_side_needs_nobody(
    session: Session, agreed: Collaboration
) -> None:
    owed(session, agreed)
    outlook = queries.ending_outlook(session, agreed, today=LATER.date())

    assert [line.work.fee for line in outlook.lines] == [usd(35_000), usd(35_000)]
    assert outlook.release == usd(70_000)
    assert outlook.alone == {Party.BRAND: LATE.date(), Party.CREATOR: LATER.date()}
