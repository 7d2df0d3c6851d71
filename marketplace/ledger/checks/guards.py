"""The guards that the books rest on, and whether database and program agree on the rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from marketplace.ledger.chart import CHART
from marketplace.ledger.checks.base import Check, Finding
from marketplace.ledger.models import (
    AccountingPeriod,
    JournalEntry,
    LedgerAccount,
    LedgerBalance,
    LedgerChartLine,
    LedgerRollup,
    LedgerSeal,
    Posting,
    PostingRule,
)
from marketplace.ledger.rules import GRAMMAR

READ: Final = frozenset({"SELECT"})
ADD: Final = frozenset({"SELECT", "INSERT"})
RIGHTS: Final[Mapping[str, frozenset[str]]] = {
    LedgerChartLine.__tablename__: READ,
    PostingRule.__tablename__: READ,
    LedgerAccount.__tablename__: ADD,
    JournalEntry.__tablename__: ADD,
    Posting.__tablename__: ADD,
    LedgerBalance.__tablename__: READ,
    LedgerRollup.__tablename__: READ,
    AccountingPeriod.__tablename__: ADD,
    LedgerSeal.__tablename__: ADD,
}
"""What the product's role may do with each table of the ledger: nobody changes what is there."""
WANTED_TRIGGERS: Final = frozenset(
    {
        *(
            (table, f"{table}_{guard}")
            for table in RIGHTS
            if table != LedgerRollup.__tablename__  # only a cache, and rewritten as a whole
            for guard in ("not_emptied", "not_changed")
        ),
        (LedgerBalance.__tablename__, "ledger_balances_guarded"),
        (LedgerAccount.__tablename__, "ledger_accounts_opened"),
        (Posting.__tablename__, "postings_applied"),
        (JournalEntry.__tablename__, "journal_entries_entered"),
        (JournalEntry.__tablename__, "journal_entries_open_period"),
        (JournalEntry.__tablename__, "journal_entries_open_day"),
        (AccountingPeriod.__tablename__, "accounting_periods_alone"),
        (LedgerSeal.__tablename__, "ledger_seals_alone"),
    }
)
"""(table, trigger): without every one of these the books are not safe."""
_DANGERS: Final = ("INSERT", "UPDATE", "DELETE", "TRUNCATE")


class UnguardedLedger(RuntimeError):
    """The product does not run on a database that would let its books be changed."""


def must_be_guarded(session: Session) -> None:
    """Raise UnguardedLedger, with one sentence, unless all guards and no other rights are there."""
    if missing := missing_triggers(session):
        raise UnguardedLedger(
            f"The ledger is not guarded, {', '.join(missing)} missing or switched off: bring the"
            " database to the newest migration."
        )
    if rights := dangerous_rights(session):
        role = session.scalar(text("SELECT current_user"))
        raise UnguardedLedger(
            f"The database role {role} could change the ledger ({', '.join(rights)}): let the"
            " product use a role of its own, as docs/operating.md says."
        )


def dangerous_rights(session: Session) -> list[str]:
    """Return what the session's own role could do to the ledger and must not be able to do."""
    rows = session.execute(
        text(
            "SELECT c.relname, r.name, pg_has_role(c.relowner, 'USAGE') AS owns,"
            " CASE WHEN r.name IN ('INSERT', 'UPDATE')"
            " THEN has_any_column_privilege(c.oid, r.name)"
            " ELSE has_table_privilege(c.oid, r.name) END AS may"
            " FROM pg_class c CROSS JOIN unnest(CAST(:rights AS text[])) AS r (name)"
            " WHERE c.relname = ANY(:tables) AND pg_table_is_visible(c.oid)"
        ),
        {"rights": list(_DANGERS), "tables": list(RIGHTS)},
    ).all()
    owned = sorted({f"owns {row.relname}" for row in rows if row.owns})
    return owned or sorted(
        f"{row.name} on {row.relname}"
        for row in rows
        if row.may and row.name not in RIGHTS[row.relname]
    )


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
        held="Nobody but a migration may change either table.",
    ),
)
