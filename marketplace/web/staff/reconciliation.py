"""The processor's statement beside the ledger, day by day, and the breaks between them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money, digits
from marketplace.ledger import queries as ledger
from marketplace.reconciliation import queries
from marketplace.reconciliation import service as reconciliation_room
from marketplace.reconciliation.messages import ReconcileWanted
from marketplace.reconciliation.models import ProcessorStatement, ReconciliationBreak, StatementLine
from marketplace.reconciliation.queries import PairedLine, owner_names
from marketplace.reconciliation.rules import BreakKind, age_label
from marketplace.store.outbox import post
from marketplace.store.session import at_one_moment, reading, transaction
from marketplace.treasury import queries as treasury
from marketplace.web import access
from marketplace.web.asked import order_asked_for
from marketplace.web.forms import BaseForm
from marketplace.web.staff.blueprint import bp
from marketplace.web.staff.home import by_age

PATIENCE: Final = timedelta(minutes=1)
"""How long the page looks again by itself for a statement that was asked for."""
YEARS: Final = range(2000, 2200)
CSV_HEAD: Final = (
    "occurred at", "balance transaction", "type", "source", "gross", "fee", "net", "currency",
    "journal entry", "entry kind", "entry key", "state",
)  # fmt: skip
BEGINS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


class ResolveForm(BaseForm):
    resolution = TextAreaField(
        "What did you find out?",
        [InputRequired("Say what you found out."), Length(max=2_000)],
    )


@bp.get("/reconciliation")
def reconciliation() -> ResponseReturnValue:
    """Did all money that the processor moved get into the books, and nothing else?"""
    now = utc_now()
    on, problem = _day_asked_for()
    asked_at = _asked_at()
    order = order_asked_for(queries.DAY_ORDERS, default="time")
    with at_one_moment() as session:
        days = queries.days_with_lines(session)
        chosen = on or (days[0][0] if days else None)
        last = queries.last_statement(session)
        return render_template(
            "staff/reconciliation.html",
            days=days,
            day=chosen,
            problem=problem,
            order=order,
            page=queries.day(
                session,
                chosen,
                page=access.page_number(),
                sort=order.key,
                descending=order.descending,
            )
            if chosen
            else None,
            sums=queries.day_sums(session, chosen) if chosen else [],
            balances=queries.compare_balances(session),
            last=last,
            open_count=len(queries.open_breaks(session)),
            looking=_looking(asked_at, last, now),
            overdue=asked_at is not None
            and not _has_come(asked_at, last)
            and now - asked_at >= PATIENCE,
        )


@bp.post("/reconciliation")
def read_statement() -> ResponseReturnValue:
    """Have the processor's statement read now."""
    now = utc_now()
    with transaction() as session:
        post(session, ReconcileWanted())
    return redirect(url_for("staff.reconciliation", asked=int(now.timestamp())), 303)


@bp.get("/reconciliation.csv")
def reconciliation_csv() -> ResponseReturnValue:
    """The lines of one day as a file."""
    on, problem = _day_asked_for()
    if on is None:
        raise InvalidInput({"day": problem or "Choose a day first."})
    answer = Response(stream_with_context(_csv(on)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f"attachment; filename=statement-{on.isoformat()}.csv"
    return answer


@bp.get("/breaks")
def breaks() -> ResponseReturnValue:
    """What does not agree, how old is it, and what is it worth?"""
    now = utc_now()
    with reading() as session:
        still_open = queries.open_breaks(session)
        return render_template(
            "staff/breaks.html",
            open_breaks=[(each, age_label(each.opened_at, now=now)) for each in still_open],
            ages=by_age(still_open, now=now),
            resolved=queries.resolved_breaks(session, page=access.page_number()),
            money_of=_difference,
        )


@bp.get("/breaks/<uuid:break_id>", endpoint="break")
def break_page(break_id: UUID) -> ResponseReturnValue:
    """What disagrees here, and what did we find out?"""
    return _break_page(break_id, ResolveForm())


@bp.post("/breaks/<uuid:break_id>")
def resolve_break(break_id: UUID) -> ResponseReturnValue:
    """Close a break with what was found out."""
    form = ResolveForm()
    if not form.validate_on_submit():
        return _break_page(break_id, form), 422
    try:
        with transaction() as session:
            reconciliation_room.resolve_break(
                session,
                actor=access.actor(),
                break_id=break_id,
                resolution=form.resolution.data,
                now=utc_now(),
            )
    except InvalidInput as refusal:
        form.show(refusal)
        return _break_page(break_id, form), 422
    flash(
        "The break is resolved. Should it still be there, the next reading opens it anew.", "info"
    )
    return redirect(url_for("staff.breaks"), 303)


def _break_page(break_id: UUID, form: ResolveForm) -> str:
    now = utc_now()
    with reading() as session:
        found = queries.break_by_id(session, break_id)
        line = _line_of(session, found)
        entry = ledger.entry(session, found.entry_id) if found.entry_id is not None else None
        return render_template(
            "staff/break.html",
            found=found,
            difference=_difference(found),
            age=age_label(found.opened_at, now=found.resolved_at or now),
            line=line,
            line_net=Money(line.net_minor, line.currency) if line else None,
            line_day=line.occurred_at.astimezone(UTC).date().isoformat() if line else None,
            entry=entry,
            owners=owner_names(session, (each.ref for each in entry.lines)) if entry else {},
            is_unidentified=entry is not None and found.kind is BreakKind.UNIDENTIFIED,
            said_by=None if entry is None else treasury.identified_by(session, entry.id),
            form=form,
        )


def _difference(found: ReconciliationBreak) -> Money:
    """The processor's amount less ours."""
    return Money(found.difference_minor, found.currency)


def _day_asked_for() -> tuple[date | None, str]:
    """Return the day in the address, or why there is none; neither when nobody asks."""
    text = request.args.get("day", "").strip()
    if not text:
        return None, ""
    try:
        on = date.fromisoformat(text)
    except ValueError:
        return None, f"“{text[:40]}” is not a day. Write it like 2026-11-02."
    if on.year not in YEARS:
        return None, f"There are no statements of the year {on.year}."
    return on, ""


def _asked_at() -> datetime | None:
    seconds = request.args.get("asked", type=int)
    now = utc_now()
    if seconds is None or not 0 <= seconds <= now.timestamp():
        return None
    return datetime.fromtimestamp(seconds, tz=now.tzinfo)


def _has_come(asked_at: datetime, last: ProcessorStatement | None) -> bool:
    return last is not None and last.read_at >= asked_at


def _looking(asked_at: datetime | None, last: ProcessorStatement | None, now: datetime) -> bool:
    """Whether a statement that was asked for a moment ago has not come yet."""
    return asked_at is not None and not _has_come(asked_at, last) and now - asked_at < PATIENCE


def _csv(on: date) -> Iterator[str]:
    yield _row(CSV_HEAD)
    with at_one_moment() as session:
        for paired in queries.whole_day(session, on):
            yield _row(_cells(paired))


def _cells(paired: PairedLine) -> tuple[str, ...]:
    line = paired.line
    return (
        line.occurred_at.isoformat(),
        _harmless(line.stripe_balance_transaction_id),
        _harmless(line.kind),
        _harmless(line.source_id or ""),
        digits(paired.amount),
        digits(paired.fee),
        digits(paired.net),
        line.currency,
        str(paired.entry_id or ""),
        paired.entry_kind or "",
        _harmless(paired.entry_key or ""),
        _state(paired),
    )


def _state(paired: PairedLine) -> str:
    if paired.entry_id is not None:
        return "paired"
    return "unpaired" if paired.net else "moved nothing"


def _harmless(text: str) -> str:
    """Keep a spreadsheet from running a text that begins like a formula."""
    return f"'{text}" if text.startswith(BEGINS_A_FORMULA) else text


def _row(cells: tuple[str, ...]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def _line_of(session: Session, found: ReconciliationBreak) -> StatementLine | None:
    """The line that a break is about: its own, or the one its entry was booked for."""
    if found.line_id is not None:
        return queries.line_by_id(session, found.line_id)
    if found.entry_id is not None:
        return queries.line_paired_with(session, found.entry_id)
    return None
