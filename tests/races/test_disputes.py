"""A dispute is opened, settled or decided at the same moment as something else happens to it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState
from marketplace.funding import queries as funding
from marketplace.funding.service import take_back
from marketplace.kernel.actor import Actor
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger.models import JournalEntry
from marketplace.ledger.rules import EntryKind
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Dispute, DisputeStep, Earning
from marketplace.payouts.rules import EarningState
from marketplace.payouts.rules.disputes import DisputeEvent, DisputeReason, DisputeState
from marketplace.reconciliation import checks
from tests.factories.campaigns import NOON
from tests.races.stage import Stage, at_once, set_up
from tests.services.disputing import HOLD_ENDS, agree, call_off, decide, dispute, say

LATE = NOON + timedelta(days=40)
LAST_MOMENT = HOLD_ENDS - timedelta(seconds=1)


def earned(engine: Engine) -> Stage:
    """A fee of 400.00 in its hold window."""
    stage = set_up(engine, DeliverableState.ACCEPTED)
    with Session(engine) as session:
        payouts.earn(session, deliverable_id=stage.deliverable_id)
        session.commit()
    return stage


def disputed(engine: Engine, *, share: int, answered: bool = False) -> Stage:
    stage = earned(engine)
    with Session(engine) as session:
        opened = dispute(session, work(session, stage), stage.alice, share=share)
        if answered:
            say(session, opened, stage.bea, share=7_500)
        session.commit()
    return stage


def work(session: Session, stage: Stage) -> Deliverable:
    return session.get_one(Deliverable, stage.deliverable_id)


def the_dispute(session: Session) -> Dispute:
    return session.scalars(select(Dispute)).one()


def how_often(session: Session, kind: EntryKind) -> int | None:
    return session.scalar(
        select(func.count()).select_from(JournalEntry).where(JournalEntry.kind == kind)
    )


def broken(session: Session) -> list[str]:
    return [each.name for each in checks.run_all(session) if not each.passed]


@pytest.mark.parametrize("_", range(6))
def test_a_fee_is_released_or_disputed_but_never_both(engine: Engine, _: int) -> None:
    """The clock of one process is a second ahead, so that both may."""
    stage = earned(engine)

    at_once(
        engine,
        [
            lambda session: payouts.mature_due(session, now=HOLD_ENDS),
            lambda session: dispute(session, work(session, stage), stage.alice, now=LAST_MOMENT),
            lambda session: payouts.mature_due(session, now=HOLD_ENDS),
        ],
    )

    with Session(engine) as session:
        fee = session.scalars(select(Earning)).one()
        opened = session.scalars(select(Dispute)).all()
        assert (fee.state, fee.is_disputed, len(opened)) in (
            (EarningState.PENDING, True, 1),
            (EarningState.PAYABLE, False, 0),
        )
        assert how_often(session, EntryKind.MATURE) == 1 - len(opened)


@pytest.mark.parametrize("_", range(3))
def test_two_tabs_open_one_dispute(engine: Engine, _: int) -> None:
    stage = earned(engine)

    told = at_once(
        engine,
        [
            lambda session, by=by: dispute(session, work(session, stage), by)
            for by in (stage.alice, stage.alice, stage.ben)
        ],
    )

    assert told == ["conflict", "conflict", "done"]
    with Session(engine) as session:
        assert the_dispute(session).number == 1


@pytest.mark.parametrize("_", range(3))
def test_a_dispute_is_settled_in_one_tab_of_two(engine: Engine, _: int) -> None:
    stage = disputed(engine, share=5_000)

    told = at_once(
        engine, [lambda session: agree(session, the_dispute(session), stage.bea, 5_000)] * 2
    )

    assert told == ["conflict", "done"]
    with Session(engine) as session:
        assert how_often(session, EntryKind.REVERSAL) == 1
        assert session.scalars(select(Earning)).one().net_minor == 19_000
        assert broken(session) == []


@pytest.mark.parametrize("_", range(6))
def test_a_dispute_ends_once_whoever_ends_it(engine: Engine, _: int) -> None:
    stage = disputed(engine, share=5_000, answered=True)
    stella = Actor(user_id=stage.ben.user_id, is_staff=True)

    told = at_once(
        engine,
        [
            lambda session: agree(session, the_dispute(session), stage.bea, 5_000),
            lambda session: decide(session, the_dispute(session), stella, 0),
            lambda session: payouts.withdraw_dispute(
                session, dispute_id=the_dispute(session).id, actor=stage.alice, now=NOON
            ),
        ],
    )

    assert told == ["conflict", "conflict", "done"]
    with Session(engine) as session:
        ended = the_dispute(session)
        fee = session.scalars(select(Earning)).one()
        assert (ended.state, fee.net_minor) in {
            (DisputeState.SETTLED, 19_000),
            (DisputeState.DECIDED, 0),
            (DisputeState.WITHDRAWN, 38_000),
        }
        assert not fee.is_disputed
        assert broken(session) == []


@pytest.mark.parametrize("_", range(4))
def test_silence_and_an_answer_at_the_last_moment_bring_in_staff_once(
    engine: Engine, _: int
) -> None:
    stage = disputed(engine, share=0)

    def sweep(session: Session) -> object:
        return payouts.move_disputes_on(session, now=the_dispute(session).due_at)

    at_once(
        engine,
        [sweep, lambda session: say(session, the_dispute(session), stage.bea), sweep],
    )

    with Session(engine) as session:
        moved = session.scalars(
            select(DisputeStep.event).where(
                DisputeStep.event.in_([DisputeEvent.ANSWER, DisputeEvent.RUN_OUT])
            )
        ).all()
        assert len(moved) == 1
        assert the_dispute(session).state is DisputeState.WITH_STAFF


@pytest.mark.parametrize("_", range(4))
def test_called_off_money_is_sent_back_or_set_aside_and_never_both(engine: Engine, _: int) -> None:
    """The clock of one process is a second ahead, so that both may."""
    stage = set_up(engine, DeliverableState.CHANGES_REQUESTED)
    with Session(engine) as session:
        owed = work(session, stage)
        campaign_id = owed.campaign_id
        call_off(session, owed, stage.alice, now=LATE)
        free = unspent(session, campaign_id)
        session.commit()
    fee, keys = Money(40_000, "USD"), (new_id(), new_id())

    def send_back(session: Session, key: UUID) -> object:
        return take_back(
            session,
            actor=stage.alice,
            campaign_id=campaign_id,
            budget=free,
            asked_as=key,
            now=LATE + timedelta(days=7),
        )

    told = at_once(
        engine,
        [
            lambda session: send_back(session, keys[0]),
            lambda session: dispute(
                session,
                work(session, stage),
                stage.bea,
                reason=DisputeReason.CALLED_OFF,
                share=5_000,
                now=LATE + timedelta(days=7, seconds=-1),
            ),
            lambda session: send_back(session, keys[1]),
        ],
    )

    with Session(engine) as session:
        opened, left = the_dispute(session), unspent(session, campaign_id)
        assert (opened.set_aside, left) in ((fee, free - fee), (fee - fee, free - free))
        assert told.count("done") == (1 if opened.set_aside else 2)
        assert broken(session) == []


def unspent(session: Session, campaign_id: UUID) -> Money:
    return funding.funds_of(session, campaign_id=campaign_id, currency="USD")
