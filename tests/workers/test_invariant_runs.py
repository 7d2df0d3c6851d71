"""Every invariant checked by a job, one after the other, and kept."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import NotFound
from marketplace.kernel.ids import new_id
from marketplace.ledger.rules import AccountRef, Code, EntryKind
from marketplace.notifications.models import Notification
from marketplace.reconciliation.checks import ALL, runs
from marketplace.reconciliation.messages import InvariantsWanted
from marketplace.reconciliation.models import InvariantResult, InvariantRun
from tests.factories.ledger import PROCESSOR, make_brand_funds, make_entry, usd
from tests.workers.conftest import Skip, World
from workers import housekeeping


def uncover(session: Session, brand: Brand) -> None:
    """A fee of the processor that no fee of ours covers, taken just now."""
    now, fees = utc_now(), AccountRef(Code.PROCESSOR_FEES)
    make_brand_funds(session, brand_id=brand.id, amount=usd(1_000), occurred_at=now)
    make_entry(
        session,
        (fees, PROCESSOR, usd(250)),
        kind=EntryKind.PROCESSOR_MOVEMENT,
        occurred_at=now,
    )


def told(session: Session) -> list[tuple[UUID, str, str]]:
    rows = session.execute(
        select(Notification.user_id, Notification.title, Notification.text).where(
            Notification.kind == "invariant_broken"
        )
    )
    return [tuple(row) for row in rows]


def test_a_night_checks_every_invariant_once_and_keeps_it(world: World) -> None:
    world.sweep(housekeeping.begin_check)
    world.drain()

    kept = runs.last(world.session)
    assert kept is not None
    assert [each.name for each in kept.results] == [check.name for check in ALL]
    assert [each.title for each in kept.results] == [check.title for check in ALL]
    assert (kept.green, kept.run.check_count) == (len(ALL), len(ALL))
    assert kept.run.asked_by is None
    assert world.session.scalars(select(InvariantRun.id)).all() == [kept.run.id]
    assert told(world.session) == []


def test_what_does_not_hold_is_kept_with_its_findings_and_told_once(
    world: World, acme: Brand, stella: Actor
) -> None:
    uncover(world.session, acme)
    for _ in range(2):
        world.sweep(housekeeping.begin_check)
        world.drain()

    kept = runs.last(world.session)
    assert kept is not None
    (cover,) = [each for each in kept.results if not each.passed]
    assert (cover.name, cover.finding_count, cover.alarm, cover.broken) == ("I4", 1, True, False)
    assert cover.findings == [
        {"subject": "currency USD", "text": "The platform must add cash: USD 2.50."}
    ]
    assert cover.figure == "USD 7.50 held, USD 10.00 owed"
    assert told(world.session) == [
        (
            stella.user_id,
            "Invariant I4 does not hold",
            "We hold at least what belongs to brands, creators and causes",
        )
    ]


def test_a_run_whose_job_died_goes_on_where_it_was(world: World) -> None:
    now = utc_now()
    run = runs.begin(world.session, asked_by=None, now=now)
    first = ALL[0]
    before = runs.look(world.session, first)
    runs.keep(world.session, run_id=run.id, check=first, result=before, now=now)
    under_way = runs.running(world.session, now=now)
    assert under_way is not None
    assert [each.name for each in under_way.results] == [first.name]
    assert runs.last(world.session) is None

    world.perform(housekeeping.check_invariants, InvariantsWanted(run_id=run.id))
    world.perform(housekeeping.check_invariants, InvariantsWanted(run_id=run.id))

    results = world.session.scalars(
        select(InvariantResult).where(InvariantResult.run_id == run.id)
    ).all()
    assert sorted(each.name for each in results) == sorted(check.name for check in ALL)
    assert next(each.checked_at for each in results if each.name == first.name) == now
    assert runs.running(world.session, now=utc_now()) is None


def test_asking_again_while_a_run_is_under_way_begins_no_second(
    session: Session, stella: Actor
) -> None:
    now = utc_now()
    first = runs.begin(session, asked_by=stella.user_id, now=now)
    session.flush()

    assert runs.begin(session, asked_by=None, now=now + timedelta(minutes=59)) is first
    later = runs.begin(session, asked_by=None, now=now + runs.GIVEN_UP_AFTER)
    assert later is not first


def test_a_run_that_was_begun_while_the_clock_was_ahead_keeps_none_from_beginning(
    session: Session, stella: Actor
) -> None:
    now = utc_now()
    ahead = runs.begin(session, asked_by=stella.user_id, now=now + timedelta(days=30))
    session.flush()

    later = runs.begin(session, asked_by=None, now=now)
    session.flush()

    assert later is not ahead
    under_way = runs.running(session, now=now)
    assert under_way is not None
    assert under_way.run is later
    session.refresh(ahead)
    assert (ahead.begun_at, ahead.ended_at) == (now - timedelta(hours=1), None)


def test_the_history_says_who_asked_what_failed_and_for_how_long_each_has_held(
    world: World, acme: Brand, stella: Actor, skip: Skip
) -> None:
    world.sweep(housekeeping.begin_check)
    world.drain()
    skip(timedelta(days=1))
    uncover(world.session, acme)
    runs.begin(world.session, asked_by=stella.user_id, now=utc_now())
    world.drain()

    newest, oldest = runs.history(world.session)
    assert (newest.green, newest.red) == (len(ALL) - 1, ["I4"])
    assert (oldest.green, oldest.red) == (len(ALL), [])
    assert newest.run.asked_by is not None
    assert (newest.run.asked_by_id, oldest.run.asked_by) == (stella.user_id, None)
    in_a_row = runs.held_in_a_row(world.session)
    assert (in_a_row["I1"], in_a_row["I4"]) == (2, 0)


def test_a_run_that_there_is_not_cannot_be_seen(session: Session) -> None:
    with pytest.raises(NotFound):
        runs.one(session, new_id())
