"""Runs of every invariant, kept: pages read the last one and count nothing themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Text, case, cast, func, select, update
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.orm import Session, joinedload

from marketplace.kernel.errors import NotFound
from marketplace.kernel.ids import new_id
from marketplace.ledger import checks as ledger
from marketplace.ledger.checks import Check, CheckResult
from marketplace.reconciliation.checks import ALL
from marketplace.reconciliation.messages import InvariantsWanted
from marketplace.reconciliation.models import InvariantResult, InvariantRun
from marketplace.reconciliation.service import AHEAD
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post

GIVEN_UP_AFTER: Final = timedelta(hours=1)
"""A run that has not ended by then does not keep another from beginning."""
FINDINGS_KEPT: Final = 100
SHOWN_RUNS: Final = 14


@dataclass(frozen=True, slots=True)
class KeptRun:
    """A run with what it has found so far, in the order in which it is shown."""

    run: InvariantRun
    results: Sequence[InvariantResult]

    @property
    def green(self) -> int:
        """How many of its invariants hold."""
        return sum(1 for each in self.results if each.passed)


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run in the history. green: how many held. red: names of those that did not."""

    run: InvariantRun
    green: int
    red: Sequence[str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out of a run. green: how many of so many held. broken: titles of what is wrong."""

    begun_at: datetime
    green: int
    total: int
    broken: Sequence[str]


def begin(session: Session, *, asked_by: UUID | None, now: datetime) -> InvariantRun:
    """Have every invariant checked by a job; one that is under way is returned instead.

    A run that is dated hours ahead, because the machine's clock was, is dated before this one:
    else it would stay the newest, and every reading of the statement would be old beside it.
    """
    _date_anew(session, now)
    under_way = running(session, now=now)
    if under_way is not None:
        return under_way.run
    run = InvariantRun(id=new_id(), begun_at=now, asked_by_id=asked_by, check_count=len(ALL))
    session.add(run)
    post(session, InvariantsWanted(run_id=run.id))
    return run


def _date_anew(session: Session, now: datetime) -> None:
    before = now - AHEAD
    session.execute(
        update(InvariantRun)
        .where(InvariantRun.begun_at > now + AHEAD)
        .values(begun_at=before, ended_at=case((InvariantRun.ended_at.is_not(None), before)))
        .execution_options(synchronize_session=False)
    )


def still_to_check(session: Session, run_id: UUID) -> Sequence[Check]:
    """The invariants a run has not checked yet: a job that died goes on where it was."""
    done = set(
        session.scalars(select(InvariantResult.name).where(InvariantResult.run_id == run_id))
    )
    return [check for check in ALL if check.name not in done]


def look(session: Session, check: Check) -> CheckResult:
    """Check one invariant; reads only."""
    (result,) = ledger.run(session, (check,))
    return result


def keep(
    session: Session, *, run_id: UUID, check: Check, result: CheckResult, now: datetime
) -> None:
    """Keep how an invariant stood; of two results for one run the first stays."""
    session.execute(
        insert(InvariantResult)
        .values(
            run_id=run_id,
            name=check.name,
            position=ALL.index(check),
            title=check.title,
            held=check.held,
            alarm=check.alarm,
            figure=result.figure,
            finding_count=len(result.findings),
            findings=[asdict(found) for found in result.findings[:FINDINGS_KEPT]],
            checked_at=now,
        )
        .on_conflict_do_nothing()
    )


def end(session: Session, *, run_id: UUID, now: datetime) -> KeptRun | None:
    """End a run and return it; None when it had ended before."""
    run = lock_row(session, InvariantRun, run_id)
    if run.ended_at is not None:
        return None
    run.ended_at = now
    return KeptRun(run, _results_of(session, run.id))


def last(session: Session) -> KeptRun | None:
    """The newest run that has ended."""
    run = session.scalar(
        select(InvariantRun)
        .where(InvariantRun.ended_at.is_not(None))
        .options(joinedload(InvariantRun.asked_by))
        .order_by(InvariantRun.begun_at.desc())
        .limit(1)
    )
    return KeptRun(run, _results_of(session, run.id)) if run is not None else None


def last_outcome(session: Session) -> Outcome | None:
    """What came out of the newest run that has ended, in one small row."""
    row = session.execute(_LAST_OUTCOME).first()
    return None if row is None else Outcome(*row)


def one(session: Session, run_id: UUID) -> KeptRun:
    """A run by its id; raises NotFound."""
    run = session.get(InvariantRun, run_id, options=[joinedload(InvariantRun.asked_by)])
    if run is None:
        raise NotFound("run of the invariants")
    return KeptRun(run, _results_of(session, run.id))


def running(session: Session, *, now: datetime) -> KeptRun | None:
    """The run that is under way."""
    run = session.scalar(
        select(InvariantRun)
        .where(InvariantRun.ended_at.is_(None), InvariantRun.begun_at > now - GIVEN_UP_AFTER)
        .order_by(InvariantRun.begun_at.desc())
        .limit(1)
    )
    return KeptRun(run, _results_of(session, run.id)) if run is not None else None


def history(session: Session) -> list[PastRun]:
    """The newest runs that have ended, newest first."""
    runs = session.scalars(
        select(InvariantRun)
        .where(InvariantRun.ended_at.is_not(None))
        .options(joinedload(InvariantRun.asked_by))
        .order_by(InvariantRun.begun_at.desc())
        .limit(SHOWN_RUNS)
    ).all()
    red: dict[UUID, list[str]] = {run.id: [] for run in runs}
    for run_id, name in session.execute(
        select(InvariantResult.run_id, InvariantResult.name)
        .where(InvariantResult.run_id.in_(red), InvariantResult.finding_count > 0)
        .order_by(InvariantResult.position)
    ):
        red[run_id].append(name)
    return [PastRun(run, run.check_count - len(red[run.id]), red[run.id]) for run in runs]


def held_in_a_row(session: Session) -> dict[str, int]:
    """Name -> in how many of the newest runs it held without a gap, up to ``SHOWN_RUNS``."""
    newest = (
        select(InvariantRun.id)
        .where(InvariantRun.ended_at.is_not(None))
        .order_by(InvariantRun.begun_at.desc())
        .limit(SHOWN_RUNS)
    )
    rows = session.execute(
        select(InvariantResult.name, InvariantResult.finding_count)
        .join(InvariantRun, InvariantRun.id == InvariantResult.run_id)
        .where(InvariantRun.id.in_(newest))
        .order_by(InvariantRun.begun_at.desc())
    )
    found: dict[str, int] = {}
    over: set[str] = set()
    for name, finding_count in rows:
        if finding_count:
            over.add(name)
        found[name] = found.get(name, 0) + (name not in over)
    return found


def _results_of(session: Session, run_id: UUID) -> Sequence[InvariantResult]:
    return session.scalars(
        select(InvariantResult)
        .where(InvariantResult.run_id == run_id)
        .order_by(InvariantResult.position)
    ).all()


_NEWEST: Final = (
    select(InvariantRun.id, InvariantRun.begun_at)
    .where(InvariantRun.ended_at.is_not(None))
    .order_by(InvariantRun.begun_at.desc())
    .limit(1)
    .subquery()
)
_LAST_OUTCOME: Final = (
    select(
        _NEWEST.c.begun_at,
        func.count().filter(InvariantResult.passed),
        func.count(InvariantResult.name),
        func.coalesce(
            func.array_agg(
                aggregate_order_by(InvariantResult.title, InvariantResult.position)
            ).filter(InvariantResult.broken),
            cast([], ARRAY(Text)),
        ),
    )
    .outerjoin(InvariantResult, InvariantResult.run_id == _NEWEST.c.id)
    .group_by(_NEWEST.c.begun_at)
)
