"""A wish to end a collaboration that is declined, brought to staff, overtaken or refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import CollaborationState, Party
from marketplace.deliverables import queries, service
from marketplace.deliverables.models import Ending
from marketplace.deliverables.rules import DeliverableState, EndingReason, EndingState
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import (
    Conflict,
    InvalidInput,
    InvalidTransition,
    NotFound,
    NotPermitted,
)
from marketplace.payouts import service as payouts
from tests.factories.campaigns import NOON
from tests.factories.collaborations import make_collaboration
from tests.factories.deliverables import walk
from tests.factories.ledger import usd
from tests.factories.money import make_paid_campaign
from tests.services.ending import (
    LATE,
    LATER,
    TWO,
    WEEK_LATER,
    agree,
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
