"""Two members of staff, a creator and the clock all decide on the same views at once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from marketplace.authenticity import service
from marketplace.authenticity.models import Assessment
from marketplace.authenticity.rules.life import AssessmentState
from marketplace.deliverables.models import PublishedPost
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor
from marketplace.metrics.models import HeldViews
from marketplace.store.outbox import OutboxMessage
from tests.conftest import make_person
from tests.factories.authenticity import DAY, hold
from tests.factories.campaigns import NOON
from tests.races.stage import Act, at_once, set_up

ASKED = NOON + 4 * DAY


def appealed(engine: Engine) -> tuple[UUID, Actor, Actor]:
    """20,000 views in question, their creator, and a member of staff."""
    stage = set_up(engine, DeliverableState.LIVE)
    with Session(engine) as session:
        post = session.scalars(select(PublishedPost)).one()
        question = hold(session, post, until=NOON + 60 * DAY)
        service.appeal(session, assessment_id=question.id, words="", actor=stage.bea, now=ASKED)
        stella = Actor(user_id=make_person(session, "stella", is_staff=True).id, is_staff=True)
        session.commit()
        return question.id, stage.bea, stella


def confirm(question_id: UUID, stella: Actor, at: datetime) -> Act:
    return lambda session: service.confirm(
        session, assessment_id=question_id, reason="Bought.", actor=stella, now=at
    )


def clear(question_id: UUID, stella: Actor, at: datetime) -> Act:
    return lambda session: service.clear(
        session, assessment_id=question_id, reason="Linked.", actor=stella, now=at
    )


def outcome(engine: Engine, question_id: UUID) -> tuple[AssessmentState, int, int]:
    """Where it stands, how many views are held, and how often it was decided."""
    with Session(engine) as session:
        state = session.get_one(Assessment, question_id).state
        held = session.scalar(select(func.coalesce(func.sum(HeldViews.views), 0)))
        decided = select(func.count()).where(OutboxMessage.name == "ViewsDecided")
        return state, int(held or 0), session.scalar(decided) or 0


def test_of_two_who_decide_at_once_one_does(engine: Engine) -> None:
    question_id, _, stella = appealed(engine)

    told = at_once(engine, [confirm(question_id, stella, ASKED), clear(question_id, stella, ASKED)])

    assert told == ["conflict", "done"]
    state, held, decided = outcome(engine, question_id)
    assert (state, held) in {
        (AssessmentState.CONFIRMED, 20_000),
        (AssessmentState.CLEARED, 0),
    }
    assert decided == 1


def test_the_clock_and_staff_do_not_both_decide(engine: Engine) -> None:
    question_id, _, stella = appealed(engine)
    just_before = ASKED + 14 * DAY - (DAY / 86_400)

    at_once(
        engine,
        [
            confirm(question_id, stella, just_before),
            lambda session: service.end_silent(session, now=ASKED + 14 * DAY),
        ],
    )
    with Session(engine) as session:  # it may have been passed over while it was locked
        service.end_silent(session, now=ASKED + 14 * DAY)
        session.commit()

    state, held, decided = outcome(engine, question_id)
    assert (state, held) in {
        (AssessmentState.CONFIRMED, 20_000),
        (AssessmentState.CLEARED, 0),
    }
    assert decided == 1
