"""Two members judge at the same moment; two tabs hand in at the same moment."""

from __future__ import annotations

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from marketplace.deliverables import service
from marketplace.deliverables.models import Deliverable, DeliverableStep, Review, Submission
from marketplace.deliverables.rules import DeliverableEvent, DeliverableState
from marketplace.kernel.actor import Actor
from marketplace.store.outbox import OutboxMessage
from tests.factories.campaigns import NOON
from tests.factories.deliverables import LINK
from tests.races.stage import Act, Stage, at_once, set_up

S, E = DeliverableState, DeliverableEvent


def approving(stage: Stage, actor: Actor) -> Act:
    return lambda session: service.approve(
        session,
        actor=actor,
        deliverable_id=stage.deliverable_id,
        version=1,
        comment="",
        now=NOON,
    )


def asking(stage: Stage, actor: Actor) -> Act:
    return lambda session: service.request_changes(
        session,
        actor=actor,
        deliverable_id=stage.deliverable_id,
        version=1,
        comment="Louder",
        now=NOON,
    )


def handing_in(stage: Stage) -> Act:
    return lambda session: service.submit(
        session,
        actor=stage.bea,
        deliverable_id=stage.deliverable_id,
        link=LINK,
        file=None,
        done=(0, 1, 2),
        note="",
        now=NOON,
    )


def test_of_an_approval_and_a_wish_for_changes_at_once_only_one_counts(engine: Engine) -> None:
    stage = set_up(engine, S.IN_REVIEW)

    told = at_once(engine, [approving(stage, stage.alice), asking(stage, stage.ben)])

    with Session(engine) as session:
        owed = session.get_one(Deliverable, stage.deliverable_id)
        reviews = session.scalars(select(Review)).all()
        judged = session.scalar(
            select(func.count())
            .select_from(DeliverableStep)
            .where(DeliverableStep.event.in_([E.APPROVE, E.REQUEST_CHANGES]))
        )
        sent = session.scalar(
            select(func.count())
            .select_from(OutboxMessage)
            .where(OutboxMessage.name == "SubmissionReviewed")
        )
        assert told == ["conflict", "done"]
        assert (len(reviews), judged, sent) == (1, 1, 1)
        assert owed.rounds_used == (1 if owed.state is S.CHANGES_REQUESTED else 0)
        assert reviews[0].verdict.value == owed.state.value


def test_four_wishes_for_changes_at_once_use_one_round(engine: Engine) -> None:
    stage = set_up(engine, S.IN_REVIEW)

    told = at_once(engine, [asking(stage, actor) for actor in (stage.alice, stage.ben) * 2])

    with Session(engine) as session:
        owed = session.get_one(Deliverable, stage.deliverable_id)
        assert told == ["conflict"] * 3 + ["done"]
        assert (owed.state, owed.rounds_used) == (S.CHANGES_REQUESTED, 1)
        assert len(session.scalars(select(Review)).all()) == 1


def test_two_tabs_that_hand_in_at_once_make_one_version(engine: Engine) -> None:
    stage = set_up(engine, S.AWAITING_SUBMISSION)

    told = at_once(engine, [handing_in(stage)] * 3)

    with Session(engine) as session:
        assert told == ["conflict"] * 2 + ["done"]
        assert [one.number for one in session.scalars(select(Submission))] == [1]


def test_a_post_accepted_by_a_person_and_by_silence_at_once_earns_once(engine: Engine) -> None:
    stage = set_up(engine, S.LIVE)
    overdue = NOON.replace(month=12)

    at_once(
        engine,
        [
            lambda session: service.accept(
                session, actor=stage.alice, deliverable_id=stage.deliverable_id, now=overdue
            ),
            lambda session: service.accept_silent(session, now=overdue),
        ],
    )

    with Session(engine) as session:
        owed = session.get_one(Deliverable, stage.deliverable_id)
        sent = session.scalar(
            select(func.count())
            .select_from(OutboxMessage)
            .where(OutboxMessage.name == "DeliverableAccepted")
        )
        assert (owed.state, sent) == (S.ACCEPTED, 1)
