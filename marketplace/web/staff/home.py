"""What needs staff now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from marketplace.kernel.clock import utc_now
from marketplace.kernel.counts import counted
from marketplace.kernel.money import Money
from marketplace.ledger.checks import Cover, cover_by_currency
from marketplace.reconciliation import queries as reconciliation
from marketplace.reconciliation.checks import runs
from marketplace.reconciliation.models import ReconciliationBreak
from marketplace.reconciliation.rules import AGES, OLDEST, age_label
from marketplace.store.session import reading
from marketplace.web import render
from marketplace.web.navigation import Todo
from marketplace.web.staff.blueprint import bp
from marketplace.web.staff.proof import is_stale
from marketplace.web.staff.todos import RECENTLY, SUBJECTS


@dataclass(frozen=True, slots=True)
class AgeClass:
    """The open breaks of one age class; sums: what they differ by, one amount a currency."""

    label: str
    count: int
    sums: Sequence[Money]


@bp.get("/")
def home() -> ResponseReturnValue:
    """What needs me now?"""
    now = utc_now()
    with reading() as session:
        last_run = runs.last_outcome(session)
        covers = cover_by_currency(session)
        read_at, breaks_open, *waits = session.execute(_GLANCE, {"since": now - RECENTLY}).one()
        ages = by_age(reconciliation.open_breaks(session) if breaks_open else (), now=now)
        todos = [
            *_invariants_to_look_at(last_run, now=now),
            *_breaks_to_resolve(ages),
            *_cash_to_add(covers),
        ]
        for (_, asked), found in zip(SUBJECTS, waits, strict=True):
            todos += asked(session, now, found) if found else ()
    return render_template(
        "staff/home.html",
        todos=todos,
        last_run=last_run,
        covers=covers,
        ages=ages,
        read_at=read_at,
        now=now,
    )


def by_age(breaks: Sequence[ReconciliationBreak], *, now: datetime) -> list[AgeClass]:
    """Return every age class in order, also the empty ones; amounts count whatever their sign."""
    classes = []
    for label in [*(label for _, label in AGES), OLDEST]:
        mine = [each for each in breaks if age_label(each.opened_at, now=now) == label]
        sums: dict[str, int] = {}
        for each in mine:
            sums[each.currency] = sums.get(each.currency, 0) + abs(each.difference_minor)
        amounts = [Money(minor, currency) for currency, minor in sorted(sums.items())]
        classes.append(AgeClass(label, len(mine), amounts))
    return classes


def _invariants_to_look_at(last: runs.Outcome | None, *, now: datetime) -> list[Todo]:
    if last is None:
        return []
    found = []
    if last.broken:
        found.append(
            Todo(
                title=counted(
                    len(last.broken), "invariant does not hold", "invariants do not hold"
                ),
                detail="; ".join(last.broken),
                action_label="See the findings",
                url=url_for("staff.proof"),
            )
        )
    if is_stale(last.begun_at, now=now):
        found.append(
            Todo(
                title="The invariants were not checked last night",
                detail=f"Last checked {render.moment(last.begun_at)}",
                action_label="Check now",
                url=url_for("staff.proof"),
            )
        )
    return found


def _breaks_to_resolve(ages: Sequence[AgeClass]) -> list[Todo]:
    count = sum(each.count for each in ages)
    if not count:
        return []
    parts = [
        f"{', '.join(render.money(sum_) for sum_ in each.sums)} for {each.label}"
        for each in ages
        if each.count
    ]
    return [
        Todo(
            title=counted(count, "break is open", "breaks are open"),
            detail="; ".join(parts),
            action_label="Look at it" if count == 1 else "Look at them",
            url=url_for("staff.breaks"),
        )
    ]


def _cash_to_add(covers: Sequence[Cover]) -> list[Todo]:
    return [
        Todo(
            title=f"The platform must add cash: {render.money(cover.missing)}",
            detail=f"{render.money(cover.held)} is held, {render.money(cover.owed)} belongs to"
            " brands, creators and causes.",
            action_label="See why",
            url=url_for("staff.treasury_page"),
        )
        for cover in covers
        if cover.missing
    ]


_GLANCE: Final = select(
    reconciliation.LAST_READ_AT,
    reconciliation.ANY_OPEN_BREAK,
    *(found for found, _ in SUBJECTS),
)
"""When the statement was read last, and what there is of each subject, at one glance."""
