"""What follows from a wish to end a collaboration: who hears of it, and where the money goes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.collaborations.models import Collaboration
from marketplace.config import Settings
from marketplace.deliverables import service
from marketplace.deliverables.messages import CollaborationEnded, EndingMoved
from marketplace.deliverables.models import Ending
from marketplace.kernel.actor import Actor
from marketplace.notifications.models import Notification
from tests.factories.campaigns import make_campaign
from tests.factories.collaborations import make_collaboration
from tests.factories.ledger import usd
from tests.factories.money import pay_in
from tests.services.ending import LATER, TWO, agree, all_checks_pass, ask, funds, owed
from workers import endings as jobs
from workers.runtime import Run


@pytest.fixture
def run(app: Flask, settings: Settings) -> Iterator[Run]:
    with app.app_context():
        yield Run(settings=settings, gateways=app.extensions["gateways"], now=LATER)


@pytest.fixture
def agreed(session: Session, acme: Brand, alice: Actor, bea: Actor) -> Collaboration:
    """Two videos for 400.00 and up to 300.00 for views; nothing handed in yet."""
    campaign = make_campaign(session, brand=acme, by=alice)
    pay_in(session, campaign, by=alice)
    made = make_collaboration(
        session, campaign=campaign, creator=bea, by=alice, offered=TWO, funded=True
    )
    owed(session, made)
    return made


def tell(session: Session, run: Run, ending: Ending) -> None:
    """Run the job twice for what the ending says now."""
    message = EndingMoved(ending_id=ending.id, state=ending.state.value)
    session.commit()
    for _ in range(2):
        jobs.tell(message, run)
    session.expire_all()


def heard(session: Session, actor: Actor) -> list[tuple[str, str]]:
    rows = session.scalars(
        select(Notification)
        .where(Notification.user_id == actor.user_id, Notification.kind.like("ending_%"))
        .order_by(Notification.id)
    )
    return [(row.title, row.text) for row in rows]


def test_the_other_side_hears_of_a_wish_with_its_reason_and_what_it_does_to_the_money(
    session: Session, run: Run, agreed: Collaboration, alice: Actor, bea: Actor
) -> None:
    tell(session, run, ask(session, agreed, alice))

    assert heard(session, bea) == [
        (
            "Acme Kitchen wants to end “Beans in a minute”",
            "Plans have changed. We moved the launch. If it ends, USD 700.00 for work"
            " that is not accepted goes back to the campaign.",
        )
    ]
    assert heard(session, alice) == []


def test_whoever_asked_hears_that_the_other_side_agrees_and_the_money_goes_back_once(
    session: Session, run: Run, agreed: Collaboration, alice: Actor, bea: Actor
) -> None:
    ending = agree(session, ask(session, agreed, alice), bea)
    tell(session, run, ending)

    ((title, text),) = heard(session, alice)
    assert title == "“Beans in a minute” has ended, as you asked"
    assert text.endswith(
        "USD 700.00 for work that was not accepted is the campaign’s again; what was accepted stays"
        " earned."
    )
    assert heard(session, bea) == []

    for _ in range(2):
        jobs.settle(CollaborationEnded(collaboration_id=agreed.id), run)
    session.expire_all()

    assert funds(session, agreed) == (usd(0), usd(100_000))
    assert all_checks_pass(session)


def test_a_wish_that_is_declined_is_told_with_the_answer_and_moves_nothing(
    session: Session, run: Run, agreed: Collaboration, alice: Actor, bea: Actor
) -> None:
    ending = ask(session, agreed, alice)
    service.decline_to_end(
        session, ending_id=ending.id, answer="I have filmed already.", actor=bea, now=LATER
    )
    before = funds(session, agreed)
    tell(session, run, ending)

    assert heard(session, alice) == [
        (
            "Bea does not want to end “Beans in a minute”",
            "I have filmed already. The work and its dates stay as agreed.",
        )
    ]
    assert funds(session, agreed) == before


def test_a_wish_that_was_taken_back_is_told_to_who_was_asked(
    session: Session, run: Run, agreed: Collaboration, alice: Actor, bea: Actor
) -> None:
    ending = ask(session, agreed, alice)
    service.withdraw_ending(session, ending_id=ending.id, actor=alice, now=LATER)
    tell(session, run, ending)

    ((title, _),) = heard(session, bea)
    assert title == "“Beans in a minute” goes on: Acme Kitchen has taken the wish to end it back"
    assert heard(session, alice) == []


def test_staff_hear_that_they_are_to_decide_and_both_sides_what_they_decided(
    session: Session,
    run: Run,
    agreed: Collaboration,
    alice: Actor,
    bea: Actor,
    stella: Actor,
) -> None:
    ending = ask(session, agreed, alice)
    service.decline_to_end(
        session, ending_id=ending.id, answer="I have filmed already.", actor=bea, now=LATER
    )
    service.call_staff(session, ending_id=ending.id, actor=alice, now=LATER)
    tell(session, run, ending)
    assert heard(session, stella) == [
        (
            "Two sides do not agree whether to end a collaboration",
            "It is about “Beans in a minute”.",
        )
    ]

    service.decide_ending(
        session,
        ending_id=ending.id,
        end=False,
        release=usd(70_000),
        answer="The film exists.",
        actor=stella,
        now=LATER,
    )
    tell(session, run, ending)

    said = (
        "“Beans in a minute” goes on, Fairview has decided",
        "The film exists. The work and its dates stay as agreed.",
    )
    assert heard(session, alice)[-1] == said
    assert heard(session, bea)[-1] == said
