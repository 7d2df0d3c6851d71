"""Closing the books of a month, and opening them again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput
from marketplace.kernel.sentences import Sentence
from marketplace.ledger import queries
from marketplace.ledger.models import AccountingPeriod
from marketplace.ledger.rules import PeriodState, actor_name, month_after


class _Books:
    """The zone in which the books count their days, set once at start."""

    zone = "UTC"


def use_zone(name: str) -> None:
    """Set the zone of the books. Called once, when the product starts."""
    _Books.zone = name


def accounting_zone() -> str:
    """Return the zone of the legal entity whose books these are."""
    return _Books.zone


def close_period(session: Session, *, month: date, actor: Actor, now: datetime) -> None:
    """Close a month: nothing is dated into it, or before it, any more.

    What occurred in it and is told later is booked on the first open day, and keeps its moment.
    Raises Conflict while the month goes on, after it was closed, while an earlier month with
    entries is open, and while something on the suspense account is not identified.
    """
    name = f"{month:%Y-%m}"
    if now.astimezone(ZoneInfo(_Books.zone)).date() < month_after(month):
        raise Conflict(f"{name} is not over yet")
    take_the_books(session)
    closed = queries.last_closed_month(session)
    if closed is not None and closed >= month:
        raise Conflict(f"{name} is closed already")
    if earlier := queries.open_months(session, before=month):
        raise Conflict(f"Close {_written(earlier)} first")
    if left := queries.suspense_at(session, month_after(month)):
        raise Conflict(
            Sentence(
                "On the suspense account are {left}: identify what they are first",
                left=tuple(left),
            )
        )
    session.add(AccountingPeriod(month=month, state=PeriodState.CLOSED, actor=actor_name(actor)))
    session.flush()  # the next act of this transaction has to see it


def reopen_period(session: Session, *, month: date, actor: Actor, reason: str) -> None:
    """Open the month that was closed last again.

    reason: for those who read the books later. Raises InvalidInput without one, and Conflict for
    any other month.
    """
    if not reason.strip():
        raise InvalidInput({"reason": "Say why the month is opened again."})
    take_the_books(session)
    closed = queries.last_closed_month(session)
    if closed is None or closed < month:
        raise Conflict(f"{month:%Y-%m} is not closed")
    if closed > month:
        raise Conflict(f"Open {closed:%Y-%m} first: it was closed after {month:%Y-%m}")
    session.add(
        AccountingPeriod(
            month=month,
            state=PeriodState.OPEN,
            actor=actor_name(actor),
            reason=reason.strip(),
        )
    )
    session.flush()  # the next act of this transaction has to see it


def take_the_books(session: Session) -> None:
    """Wait until nobody is writing, and let nobody begin before this transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('ledger'))"))


def _written(months: Sequence[date]) -> str:
    return ", ".join(f"{month:%Y-%m}" for month in months)
