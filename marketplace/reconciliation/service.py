"""Keep the processor's statement, pair it with the ledger, open and resolve breaks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.reconciliation import queries
from marketplace.reconciliation.messages import BreakOpened
from marketplace.reconciliation.models import (
    Pairing,
    ProcessorStatement,
    ReconciliationBreak,
    StatementLine,
)
from marketplace.reconciliation.ports import StatementLineFacts
from marketplace.reconciliation.rules import BreakKind, BreakState, Found, PairingRule, pair
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post
from marketplace.treasury import queries as suspense
from marketplace.treasury import service as treasury

AHEAD: Final = timedelta(hours=1)
"""A reading that is so far ahead was dated by a clock that was: none takes so long."""


def import_statement(
    session: Session,
    *,
    lines: Sequence[StatementLineFacts],
    balances: Mapping[str, Money],
    from_at: datetime,
    until_at: datetime,
    now: datetime,
) -> ProcessorStatement:
    """Keep what the processor says of a span of time; lines that are known stay as they are.

    balances: currency -> all we had there when it was read. A reading that is dated hours ahead,
    because the machine's clock was, is dated before this one: else it would stay the newest.
    """
    _date_anew(session, now)
    statement = ProcessorStatement(
        id=new_id(),
        from_at=from_at,
        until_at=until_at,
        read_at=now,
        line_count=len(lines),
        new_line_count=0,
        balances={currency: amount.minor for currency, amount in balances.items()},
    )
    session.add(statement)
    session.flush()  # its lines go in by one statement of their own, which needs its row
    if lines:
        fresh = session.scalars(
            insert(StatementLine)
            .on_conflict_do_nothing(index_elements=["stripe_balance_transaction_id"])
            .returning(StatementLine.id),
            [_row(line, statement.id) for line in lines],
        ).all()
        statement.new_line_count = len(fresh)
    return statement


def _date_anew(session: Session, now: datetime) -> None:
    session.execute(
        update(ProcessorStatement)
        .where(ProcessorStatement.read_at > now + AHEAD)
        .values(
            read_at=now - AHEAD,
            from_at=func.least(ProcessorStatement.from_at, now - AHEAD),
            until_at=func.least(ProcessorStatement.until_at, now),
        )
        .execution_options(synchronize_session=False)
    )


def reconcile(session: Session, *, now: datetime) -> int:
    """Pair everything that is not paired yet; return how many breaks are open after it.

    1. Pair lines with entries. 2. Book what is left over and nobody else will book: by its type, or
    into suspense. 3. Pair again. 4. Open and resolve breaks; suspense is one until it is known.
    Runs one at a time. Breaks found again stay open and say by how much the two differ now;
    breaks found no more are resolved by themselves. Safe to run twice.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('reconciliation'))"))
    breaks = _pair(session, now=now)
    missing = [x.reference for x in breaks if x.kind is BreakKind.MISSING_IN_LEDGER]
    movements = queries.movements_named(session, missing)
    if treasury.book_movements(session, movements=movements, now=now):
        breaks = _pair(session, now=now)
    found = [*breaks, *_balance_breaks(session), *_suspense_breaks(session)]
    _look_at_known(session, found, now)
    for one in found:
        _open(session, one, now)
    return len(found)


def resolve_break(
    session: Session, *, actor: Actor, break_id: UUID, resolution: str, now: datetime
) -> ReconciliationBreak:
    """Close a break with a note of what was found out.

    A break that is still there is opened anew by the next run. Raises NotFound, NotPermitted,
    InvalidInput (no note), Conflict (resolved already).
    """
    if not actor.is_staff:
        raise NotPermitted("resolve breaks")
    if not resolution:
        raise InvalidInput({"resolution": "Say what you found out."})
    found = lock_row(session, ReconciliationBreak, break_id)
    if found.state is BreakState.RESOLVED:
        raise Conflict("This break is resolved already")
    found.state = BreakState.RESOLVED
    found.resolved_at = now
    found.resolution = resolution
    return found


def _pair(session: Session, *, now: datetime) -> list[Found]:
    """Write down every pairing there is now, and return what is left over as breaks."""
    lines = queries.unpaired_lines(session)
    entries = queries.unpaired_entries(session)
    outcome = pair(lines, entries, now=now)
    for line_id, entry_id in outcome.pairs:
        session.add(
            Pairing(line_id=line_id, entry_id=entry_id, rule=PairingRule.SAME_SOURCE, paired_at=now)
        )
    session.flush()  # what is unpaired is asked of the database again
    return outcome.breaks


def _suspense_breaks(session: Session) -> list[Found]:
    return [
        Found(
            BreakKind.UNIDENTIFIED,
            movement.key,
            movement.net,
            f"{movement.memo or 'Nobody knows what this was'}. Say what it was.",
            entry_id=movement.entry_id,
        )
        for movement in suspense.suspended_movements(session)
    ]


def _row(line: StatementLineFacts, statement_id: UUID) -> dict[str, object]:
    return {
        "id": new_id(),
        "statement_id": statement_id,
        "stripe_balance_transaction_id": line.line_id,
        "kind": line.kind,
        "source_id": line.source_id,
        "amount_minor": line.amount.minor,
        "fee_minor": line.fee.minor,
        "net_minor": line.net.minor,
        "currency": line.net.currency,
        "occurred_at": line.occurred_at,
        "available_on": line.available_on,
        "raw": dict(line.raw),
    }


def _balance_breaks(session: Session) -> list[Found]:
    return [
        Found(
            BreakKind.BALANCE_DIFFERS,
            compared.difference.currency,
            compared.difference,
            "The processor’s balance is not the ledger’s, even less what is not paired yet.",
        )
        for compared in queries.compare_balances(session)
        if compared.difference
    ]


def _look_at_known(session: Session, found: Sequence[Found], now: datetime) -> None:
    """Resolve the open breaks that are not found any more; the others say what they are now."""
    still = {(one.kind, one.reference): one for one in found}
    set_aside = {one.entry_id for one in found if one.kind is BreakKind.UNIDENTIFIED}
    open_breaks = session.scalars(
        select(ReconciliationBreak).where(ReconciliationBreak.state == BreakState.OPEN)
    )
    for known in open_breaks:
        one = still.get((known.kind, known.reference))
        if one is None:
            known.state = BreakState.RESOLVED
            known.resolved_at = now
            known.resolution = _what_became_of(session, known, set_aside=set_aside)
        else:
            known.difference_minor, known.currency = one.difference.minor, one.difference.currency
            known.detail, known.line_id, known.entry_id = one.detail, one.line_id, one.entry_id


def _what_became_of(
    session: Session, known: ReconciliationBreak, *, set_aside: Collection[int | None]
) -> str:
    """Return in a sentence why a break is not found any more. set_aside: entries in suspense."""
    if known.kind is BreakKind.UNIDENTIFIED and known.entry_id is not None:
        said_by = suspense.identified_by(session, known.entry_id)
        if said_by is not None:
            return f"Somebody has said what it was: entry {said_by}."
    booked = session.scalar(select(Pairing.entry_id).where(Pairing.line_id == known.line_id))
    if booked in set_aside:
        return "It is in suspense now, as a movement that nobody knows."
    return "Agrees now: found by the next run."


def _open(session: Session, found: Found, now: datetime) -> None:
    opened = session.scalar(
        insert(ReconciliationBreak)
        .values(
            id=new_id(),
            kind=found.kind,
            reference=found.reference,
            line_id=found.line_id,
            entry_id=found.entry_id,
            difference_minor=found.difference.minor,
            currency=found.difference.currency,
            detail=found.detail,
            state=BreakState.OPEN,
            opened_at=now,
            resolution="",
        )
        .on_conflict_do_nothing(
            index_elements=["kind", "reference"], index_where=text("state = 'open'")
        )
        .returning(ReconciliationBreak.id)
    )
    if opened is not None:
        post(session, BreakOpened(break_id=opened))
