"""How long it takes to read the books at five million postings.

Most entries fund one of 500 brands with two postings each; 10,000 creators have lines of their
own, one of them 10,000. They are loaded in one transaction past the triggers, whose work is then
done for all rows at once; after that a checkpoint is made and a thousand more entries are written
through the one door. Each case is run in turn with its reference, in the same session:

- trial balance: what the page shows, from checkpoints and their tail; beside it the plain sums over
  all postings by account code.
- statement: 10,000 lines of a creator with the balance after each; beside it the plain sum over all
  postings of the account.
- recount: the invariants I1 and I2 from every posting; beside it the plain sums over all postings
  by account.
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.orm import Session

from marketplace.cli.migrating import migrate
from marketplace.cli.postgres_server import (
    ensure_database,
    shared_postgres,
)
from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import checks, queries
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import AccountRef, Code, Entry, EntryKind, Pair

NOW: Final = datetime(2026, 11, 2, 12, tzinfo=UTC)
POSTINGS: Final = int(os.environ.get("BENCH_POSTINGS", "5000000"))
ROUNDS: Final = int(os.environ.get("BENCH_ROUNDS", "3"))
BRANDS: Final = 500
CREATORS: Final = 10_000
LINES: Final = 10_000
TAIL: Final = 1_000
CREATOR: Final = UUID(int=10**9 + 1)
SECONDARY: Final = (
    "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('journal_entries', 'postings')"
    " AND indexname LIKE 'ix%'"
)
ACCOUNTS: Final = """
    INSERT INTO ledger_accounts (code, owner_id, currency, strict, owned)
    SELECT code, '00000000-0000-0000-0000-000000000000', 'USD', false, false
    FROM (VALUES (1010), (5010)) AS lazy (code)
    UNION ALL
    SELECT 2010, lpad(to_hex(n), 32, '0')::uuid, 'USD', true, true
    FROM generate_series(1, :brands) AS n
    UNION ALL
    SELECT 2050, lpad(to_hex(1000000000 + n), 32, '0')::uuid, 'USD', true, true
    FROM generate_series(1, :creators) AS n
"""
ENTRIES: Final = """
    INSERT INTO journal_entries (public_id, kind, idem_key, occurred_at, accounting_date, actor)
    SELECT gen_random_uuid(), CAST(:kind AS text), CAST(:kind AS text) || ':' || n, now(),
        '2026-11-02', 'system'
    FROM generate_series(1, :count) AS n
"""
FUNDED: Final = """
    INSERT INTO postings (entry_id, line, debit_id, credit_id, debit_code, credit_code, kind,
        currency, amount_minor)
    SELECT e.id, line,
        CASE line WHEN 1 THEN :processor ELSE :fees END,
        CASE line WHEN 1 THEN :first_brand + e.id % :brands ELSE :processor END,
        CASE line WHEN 1 THEN 1010 ELSE 5010 END, CASE line WHEN 1 THEN 2010 ELSE 1010 END,
        'fund', 'USD', CASE line WHEN 1 THEN 1000 + e.id % 977 ELSE 30 END
    FROM journal_entries e CROSS JOIN generate_series(1, 2) AS line
    WHERE e.kind = 'fund'
"""
RETURNED: Final = """
    INSERT INTO postings (entry_id, line, debit_id, credit_id, debit_code, credit_code, kind,
        currency, amount_minor)
    SELECT id, 1, :processor,
        :first_creator + CASE WHEN place <= :lines THEN 0 ELSE place % :creators END,
        1010, 2050, 'transfer_reversal', 'USD', 100 + id % 97
    FROM (
        SELECT id, row_number() OVER (ORDER BY id) AS place
        FROM journal_entries WHERE kind = 'transfer_reversal'
    ) AS numbered
"""
BALANCES: Final = """
    INSERT INTO ledger_balances (account_id, code, currency, balance_minor, version)
    SELECT a.id, a.code, a.currency, coalesce(sum(p.amount_minor), 0), count(p.line)
    FROM ledger_accounts a LEFT JOIN postings p ON p.credit_id = a.id
    WHERE a.strict GROUP BY a.id
"""
PLAIN_TRIAL: Final = """
    SELECT code, currency, sum(debit), sum(credit) FROM (
        SELECT debit_code AS code, currency, amount_minor AS debit, 0 AS credit FROM postings
        UNION ALL SELECT credit_code, currency, 0, amount_minor FROM postings
    ) AS sides GROUP BY code, currency ORDER BY currency, code
"""
PLAIN_ACCOUNT: Final = """
    SELECT sum(amount_minor) FILTER (WHERE credit_id = :account)
        - sum(amount_minor) FILTER (WHERE debit_id = :account)
    FROM postings WHERE credit_id = :account OR debit_id = :account
"""
PLAIN_ACCOUNTS: Final = """
    SELECT account_id, sum(minor) FROM (
        SELECT debit_id AS account_id, amount_minor AS minor FROM postings
        UNION ALL SELECT credit_id, -amount_minor FROM postings
    ) AS sides GROUP BY account_id
"""


def main() -> None:
    """Load the books once, and measure each case in turn with its reference."""
    gc.collect()
    gc.freeze()  # as wsgi.py does: what was loaded to get here is not looked through again
    gc.set_threshold(20_000, 10, 10)
    with database() as engine:
        load(engine)
        write_tail(engine)
        with Session(engine) as session:
            account = session.scalar(
                text("SELECT id FROM ledger_accounts WHERE owner_id = :owner"), {"owner": CREATOR}
            )
            recounted = [each for each in checks.CHECKS if each.name in {"I1", "I2"}]

            def trial_balance() -> None:
                lines = queries.trial_balance(session)
                assert lines[0].code is Code.PROCESSOR_BALANCE

            def statement() -> None:
                ref = AccountRef(Code.CREATOR_PAYABLE, CREATOR)
                lines = queries.statement(session, ref, currency="USD", limit=LINES)
                assert len(lines) == LINES

            def recount() -> None:
                assert all(result.passed for result in checks.run(session, recounted))

            def plain(statement: str, **values: object) -> Callable[[], object]:
                return lambda: session.execute(text(statement), values).all()

            assert queries.trial_balance(session) == queries.recounted_trial_balance(session)
            for case, ours, reference, theirs in (
                ("trial balance", trial_balance, "plain sums by code", plain(PLAIN_TRIAL)),
                (
                    "statement",
                    statement,
                    "plain sum of the account",
                    plain(PLAIN_ACCOUNT, account=account),
                ),
                ("recount", recount, "plain sums by account", plain(PLAIN_ACCOUNTS)),
            ):
                report(case, ours, reference, theirs)


def report(
    case: str, ours: Callable[[], object], reference: str, theirs: Callable[[], object]
) -> None:
    mine, other = [], []
    for _ in range(ROUNDS):
        mine.append(milliseconds(ours))
        other.append(milliseconds(theirs))
    line = {
        "benchmark": "books",
        "case": case,
        "size": LINES if case == "statement" else POSTINGS,
        "unit": "ms",
        "ours": round(statistics.median(mine), 1),
        "reference": reference,
        "theirs": round(statistics.median(other), 1),
        "ratio": round(statistics.median(mine) / statistics.median(other), 2),
    }
    print(json.dumps(line), flush=True)


def milliseconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1_000


def load(engine: Engine) -> None:
    """Write all postings in one transaction, and then what the triggers would have kept."""
    returned = CREATORS + LINES
    funded = (POSTINGS - returned) // 2
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        indexes = connection.execute(text(SECONDARY)).all()
        for name, _ in indexes:
            connection.execute(text(f"DROP INDEX {name}"))
        connection.execute(text(ACCOUNTS), {"brands": BRANDS, "creators": CREATORS})
        for kind, count in (("fund", funded), ("transfer_reversal", returned)):
            connection.execute(text(ENTRIES), {"kind": kind, "count": count})
        accounts = {
            "processor": first_id(connection, 1010),
            "fees": first_id(connection, 5010),
            "first_brand": first_id(connection, 2010),
            "brands": BRANDS,
        }
        connection.execute(text(FUNDED), accounts)
        connection.execute(
            text(RETURNED),
            {
                "processor": accounts["processor"],
                "first_creator": first_id(connection, 2050),
                "creators": CREATORS,
                "lines": LINES,
            },
        )
        connection.execute(text(BALANCES))
        for _, definition in indexes:
            connection.execute(text(definition))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def first_id(connection: Connection, code: int) -> int:
    found = connection.scalar(
        text("SELECT min(id) FROM ledger_accounts WHERE code = :code"), {"code": code}
    )
    assert type(found) is int
    return found


def write_tail(engine: Engine) -> None:
    """Make a checkpoint, and let more entries come after it."""
    with Session(engine) as session, session.begin():
        assert ledger.roll_up(session) == 2 + BRANDS + CREATORS
    processor, amount = AccountRef(Code.PROCESSOR_BALANCE), Money(100, "USD")
    told = [
        Entry(
            EntryKind.FUND,
            f"fund:{new_id()}",
            (Pair(processor, AccountRef(Code.BRAND_FUNDS, UUID(int=1 + n % BRANDS)), amount),),
        )
        for n in range(TAIL)
    ]
    with Session(engine) as session, session.begin():
        ledger.write_entries(session, told, occurred_at=NOW, actor=SYSTEM)


@contextmanager
def database() -> Iterator[Engine]:
    """A migrated database on a server of its own, which is gone afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="fairview-bench-") as folder,
        shared_postgres(Path(folder), durable=False) as server,
    ):
        url = ensure_database(server, "bench")
        migrate(url)
        engine = create_engine(url)
        yield engine
        engine.dispose()


if __name__ == "__main__":
    main()
