"""The guards that the books rest on, and whether database and program agree on the rules."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from marketplace.ledger.chart import CHART
from marketplace.ledger.checks.base import Check, Finding
from marketplace.ledger.models import (
    JournalEntry,
    LedgerAccount,
    LedgerBalance,
    LedgerChartLine,
    Posting,
    PostingRule,
)
from marketplace.ledger.rules import GRAMMAR

WANTED_TRIGGERS: Final = frozenset(
    {
        *(
            (table, f"{table}_{guard}")
            for table in (
                LedgerChartLine.__tablename__,
                PostingRule.__tablename__,
                LedgerAccount.__tablename__,
                JournalEntry.__tablename__,
                Posting.__tablename__,
                LedgerBalance.__tablename__,
            )
            for guard in ("not_emptied", "not_changed")
        ),
        (LedgerBalance.__tablename__, "ledger_balances_guarded"),
        (LedgerAccount.__tablename__, "ledger_accounts_opened"),
        (Posting.__tablename__, "postings_applied"),
    }
)
"""(table, trigger): without every one of these the books are not safe."""


def missing_triggers(session: Session) -> list[str]:
    """Return the guards that the database lacks or has switched off; the product needs them all."""
    installed = {
        (row.relname, row.tgname)
        for row in session.execute(
            text(
                "SELECT pg_class.relname, pg_trigger.tgname"
                " FROM pg_trigger JOIN pg_class ON pg_class.oid = pg_trigger.tgrelid"
                " WHERE NOT pg_trigger.tgisinternal AND pg_trigger.tgenabled IN ('O', 'A')"
                " AND pg_table_is_visible(pg_class.oid)"
            )
        )
    }
    return sorted(trigger for table, trigger in WANTED_TRIGGERS - installed)


def _find_missing_guards(session: Session) -> list[Finding]:
    return [Finding(name, "The guard is missing.") for name in missing_triggers(session)]


def _find_chart_drift(session: Session) -> list[Finding]:
    known: set[tuple[Any, ...]] = {tuple(row) for row in session.execute(_CHART)}
    ours: set[tuple[Any, ...]] = {
        (ln.code, ln.name, ln.side, ln.strict, ln.owned) for ln in CHART.values()
    }
    rules: set[tuple[Any, ...]] = {tuple(row) for row in session.execute(_GRAMMAR)}
    return [
        Finding(f"account {line[0].value}", "The database and the program describe it differently.")
        for line in sorted(known ^ ours)
    ] + [
        Finding(
            f"{kind}: {debit.value} / {credit.value}",
            "Only one of the database and the program allows this movement.",
        )
        for kind, debit, credit in sorted(rules ^ GRAMMAR)
    ]


_CHART: Final = select(
    LedgerChartLine.code,
    LedgerChartLine.name,
    LedgerChartLine.side,
    LedgerChartLine.strict,
    LedgerChartLine.owned,
)
_GRAMMAR: Final = select(PostingRule.kind, PostingRule.debit_code, PostingRule.credit_code)

CHECKS: Final = (
    Check(
        "G1",
        "Every guard of the ledger is in place",
        _find_missing_guards,
        lambda _: f"{len(WANTED_TRIGGERS)} guards",
        held="The product does not start without them.",
    ),
    Check(
        "G2",
        "The database and the program have one chart and one grammar of money",
        _find_chart_drift,
        lambda _: f"{len(CHART)} accounts, {len(GRAMMAR)} movements",
    ),
)
