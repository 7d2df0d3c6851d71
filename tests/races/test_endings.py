"""A post is accepted in one tab while the collaboration is ended in another."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import CollaborationState
from marketplace.deliverables import service
from marketplace.deliverables.models import Deliverable, Ending
from marketplace.deliverables.rules import DeliverableState, EndingReason, EndingState
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import JournalEntry
from marketplace.ledger.rules import AccountRef, Code, EntryKind
from marketplace.payouts import service as payouts
from tests.factories.campaigns import NOON
from tests.factories.ledger import usd
from tests.races.stage import Stage, at_once, set_up

S = DeliverableState


def asked(engine: Engine, stage: Stage) -> None:
    with Session(engine) as session:
        ask(session, stage)
        session.commit()


def ask(session: Session, stage: Stage) -> Ending:
    owed = session.get_one(Deliverable, stage.deliverable_id)
    return service.ask_to_end(
        session,
        collaboration_id=owed.collaboration_id,
        reason=EndingReason.PLANS_CHANGED,
        note="",
        release=usd(40_000),
        actor=stage.bea,
        now=NOON,
    )


def agree(session: Session, stage: Stage) -> Ending:
    ending = session.scalars(select(Ending)).one()
    return service.agree_to_end(
        session, ending_id=ending.id, release=usd(40_000), actor=stage.ben, now=NOON
    )


@pytest.mark.parametrize("_", range(8))
def test_a_post_is_accepted_or_the_collaboration_ends_but_never_both(
    engine: Engine, _: int
) -> None:
    stage = set_up(engine, S.LIVE)
    asked(engine, stage)

    told = at_once(
        engine,
        [
            lambda session: service.accept(
                session, actor=stage.alice, deliverable_id=stage.deliverable_id, now=NOON
            ),
            lambda session: agree(session, stage),
        ],
    )

    assert told == ["conflict", "done"]
    with Session(engine) as session:
        owed = session.get_one(Deliverable, stage.deliverable_id)
        agreed = session.get_one(Collaboration, owed.collaboration_id)
        ending = session.scalars(select(Ending)).one()
        promised = AccountRef(Code.COMMITTED, agreed.id)
        left = ledger.balance_of(session, promised, currency="USD")
        if owed.state is S.ACCEPTED:
            assert (agreed.state, ending.state) == (CollaborationState.ACTIVE, EndingState.ASKED)
            assert left == usd(40_000)
            payouts.earn(session, deliverable_id=owed.id)
        else:
            assert owed.state is S.CANCELLED
            assert (agreed.state, ending.state) == (
                CollaborationState.CANCELLED,
                EndingState.AGREED,
            )
            assert (left, agreed.released_minor) == (usd(0), 40_000)


def test_four_tabs_that_agree_end_it_once(engine: Engine) -> None:
    stage = set_up(engine, S.IN_REVIEW)
    asked(engine, stage)

    told = at_once(engine, [lambda session: agree(session, stage)] * 4)

    assert told == ["conflict"] * 3 + ["done"]
    with Session(engine) as session:
        released = session.scalar(
            select(func.count())
            .select_from(JournalEntry)
            .where(JournalEntry.kind == EntryKind.RELEASE_COMMITMENT)
        )
        assert released == 1


def test_both_who_ask_at_once_make_one_wish(engine: Engine) -> None:
    stage = set_up(engine, S.IN_REVIEW)

    told = at_once(engine, [lambda session: ask(session, stage)] * 3)

    assert told == ["conflict"] * 2 + ["done"]
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Ending)) == 1
