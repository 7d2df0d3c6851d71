"""What follows from a word in a dispute: who hears of it, once, and what silence does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.config import Settings
from marketplace.deliverables.models import Deliverable
from marketplace.kernel.actor import Actor
from marketplace.notifications.models import Notification
from marketplace.payouts import queries
from marketplace.payouts.messages import DisputeMoved, DisputeRunsOut
from marketplace.payouts.models import Dispute
from marketplace.payouts.rules.disputes import DisputeState
from tests.factories.campaigns import make_campaign
from tests.factories.money import make_accepted, make_earning, pay_in
from tests.services.disputing import LATER, agree, decide, dispute, said_in, say
from workers import disputes as jobs
from workers.runtime import Run


@pytest.fixture
def run(app: Flask, settings: Settings) -> Iterator[Run]:
    with app.app_context():
        yield Run(settings=settings, gateways=app.extensions["gateways"], now=LATER)


@pytest.fixture
def work(session: Session, acme: Brand, alice: Actor, bea: Actor) -> Deliverable:
    campaign = make_campaign(session, brand=acme, by=alice)
    pay_in(session, campaign, by=alice)
    made = make_accepted(session, campaign, by=alice, creator=bea)
    make_earning(session, made, matured=False)
    return made


def tell_last(session: Session, run: Run, opened: Dispute) -> None:
    """Tell twice of what was said last."""
    step = queries.steps_of_dispute(session, opened.id)[-1]
    session.commit()
    for _ in range(2):
        jobs.tell(DisputeMoved(step_id=step.id), run)
    session.expire_all()


def heard(session: Session, actor: Actor) -> list[tuple[str, str, str]]:
    rows = session.scalars(
        select(Notification)
        .where(Notification.user_id == actor.user_id, Notification.kind.like("dispute_%"))
        .order_by(Notification.id)
    )
    return [(row.title, row.text, row.path) for row in rows]


def test_the_other_side_and_staff_hear_of_a_new_dispute_with_its_clock(
    session: Session, run: Run, work: Deliverable, alice: Actor, bea: Actor, stella: Actor
) -> None:
    opened = dispute(session, work, alice)
    tell_last(session, run, opened)

    due = (
        "An answer is due by Mon 9 Nov 2026, 12:00 UTC; without one Fairview decides on what is"
        " there."
    )
    assert heard(session, bea) == [
        (
            "Acme Kitchen disputes “A recipe in a minute”",
            "The post was removed or hidden. The post was gone on the second day."
            f" It is about USD 400.00. {due}",
            f"/creator/disputes/{opened.id}",
        )
    ]
    assert heard(session, stella) == [
        (
            "A dispute was opened: USD 400.00",
            f"The post was removed or hidden. {due}",
            f"/staff/disputes/{opened.id}",
        )
    ]
    assert heard(session, alice) == []


def test_the_side_that_opened_it_hears_the_answer_and_staff_that_it_is_theirs(
    session: Session, run: Run, work: Deliverable, alice: Actor, bea: Actor, stella: Actor
) -> None:
    opened = dispute(session, work, alice)
    say(session, opened, bea)
    tell_last(session, run, opened)

    ((title, _, path),) = heard(session, alice)
    assert title == "Bea has answered in the dispute about “A recipe in a minute”"
    assert path == f"/brand/disputes/{opened.id}"
    assert [title for title, _, _ in heard(session, stella)] == [
        "A dispute waits for our word: USD 400.00"
    ]


def test_both_sides_hear_of_a_decision_and_what_it_comes_to(
    session: Session, run: Run, work: Deliverable, alice: Actor, bea: Actor, stella: Actor
) -> None:
    opened = dispute(session, work, alice)
    say(session, opened, bea)
    decide(session, opened, stella, 2_500)
    tell_last(session, run, opened)

    for side in (alice, bea):
        ((title, text, _),) = heard(session, side)
        assert title == "Fairview has decided the dispute about “A recipe in a minute”"
        assert text == (
            "The screenshot shows it. Of USD 400.00, USD 100.00 is earned, and USD 300.00 is not."
        )


def test_whoever_did_not_agree_themselves_hears_that_it_is_settled(
    session: Session, run: Run, work: Deliverable, alice: Actor, bea: Actor
) -> None:
    opened = dispute(session, work, alice, share=5_000)
    agree(session, opened, bea, 5_000)
    tell_last(session, run, opened)

    assert [title for title, _, _ in heard(session, alice)] == [
        "The dispute about “A recipe in a minute” is settled"
    ]
    assert heard(session, bea) == []


def test_the_sweep_reminds_once_and_then_brings_in_staff_once(
    session: Session, run: Run, work: Deliverable, alice: Actor, bea: Actor
) -> None:
    opened = dispute(session, work, alice)
    due = opened.due_at
    session.commit()

    for days in (4, 4, 5, 5):
        jobs.move_on(replace(run, now=LATER + timedelta(days=days)))
    for _ in range(2):
        jobs.remind(DisputeRunsOut(dispute_id=opened.id, due_at=due.isoformat()), run)
    session.expire_all()

    assert opened.state is DisputeState.WITH_STAFF
    assert said_in(session, opened) == ["open", "run_out"]
    assert heard(session, bea) == []  # its time had come before anybody was told


def test_a_reminder_goes_to_whoever_has_the_next_word(
    session: Session, run: Run, work: Deliverable, alice: Actor, bea: Actor, stella: Actor
) -> None:
    opened = dispute(session, work, alice)
    session.commit()
    for _ in range(2):
        jobs.remind(DisputeRunsOut(dispute_id=opened.id, due_at=opened.due_at.isoformat()), run)
    session.expire_all()
    assert [title for title, _, _ in heard(session, bea)] == [
        "The dispute about “A recipe in a minute” waits for your word"
    ]

    say(session, opened, bea)
    session.commit()
    jobs.remind(DisputeRunsOut(dispute_id=opened.id, due_at=opened.due_at.isoformat()), run)
    session.expire_all()
    assert len(heard(session, stella)) == 1
