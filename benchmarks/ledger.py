"""How many journal entries a second the ledger takes, beside a bare INSERT of the same rows.

An entry moves an amount of one of 3,500 creators from pending to payable: one row of
``journal_entries`` and one of ``postings``, with keys, grammar, floors and balances checked. The
clock runs from the event to the commit, with the session that the product uses.

The reference writes the same two rows, every column, ready to send: one INSERT a table from arrays
as psycopg passes them, prepared, in the same database, as many rows a statement and as many a
commit, into tables that have no key, no index, no constraint and no trigger. It makes its keys and
ids in the same loop. The two balances that an entry moves besides are ours alone to keep.

The server is durable. Both are run in turn by the same number of processes. Those of ours want the
same few accounts, so that in batches nearly every transaction waits for another; bare rows do not.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import psycopg
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session

from marketplace.cli.migrating import migrate
from marketplace.cli.postgres_server import (
    ensure_database,
    shared_postgres,
)
from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import checks
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, EntryKind, Pair, events

NOW: Final = datetime(2026, 11, 2, 12, tzinfo=UTC)
CREATORS: Final = 3_500
ROUNDS: Final = int(os.environ.get("BENCH_ROUNDS", "3"))
SECONDS: Final = float(os.environ.get("BENCH_SECONDS", "4"))
PENDING: Final = 10**8
SPAWN: Final = multiprocessing.get_context("spawn")
CASES: Final = (("single", 8, 1), ("batch 100", 2, 100), ("batch 500", 2, 500))
"""Name, processes that write at once, entries a commit."""
BARE_TABLES: Final = """
    CREATE TABLE bare_entries AS SELECT * FROM journal_entries WITH NO DATA;
    CREATE TABLE bare_postings AS SELECT * FROM postings WITH NO DATA;
"""
BARE_ENTRIES: Final = """
    INSERT INTO bare_entries (id, public_id, kind, idem_key, occurred_at, recorded_at, recorded_in,
        accounting_date, actor, memo)
    SELECT * FROM unnest(%s::bigint[], %s::uuid[], %s::text[], %s::text[], %s::timestamptz[],
        %s::timestamptz[], %s::bigint[], %s::date[], %s::text[], %s::text[])
"""
BARE_POSTINGS: Final = """
    INSERT INTO bare_postings (entry_id, line, debit_id, credit_id, debit_code, credit_code, kind,
        currency, amount_minor)
    SELECT * FROM unnest(%s::bigint[], %s::smallint[], %s::bigint[], %s::bigint[], %s::smallint[],
        %s::smallint[], %s::text[], %s::text[], %s::bigint[])
"""


def main() -> None:
    """Measure each case in turn with the reference, and see that the books are sound after it."""
    with database() as url:
        creators = fill(url)
        for case, clients, batch in CASES:
            ours, theirs = [], []
            for _ in range(ROUNDS):
                ours.append(rate(write, url, creators, clients=clients, batch=batch))
                theirs.append(rate(write_bare, url, creators, clients=clients, batch=batch))
            report(case, statistics.median(ours), statistics.median(theirs), clients=clients)
        engine = create_engine(url)
        with Session(engine) as session:
            assert [found for found in checks.run_all(session) if found.broken] == []
        engine.dispose()


def report(case: str, ours: float, theirs: float, *, clients: int) -> None:
    line = {
        "benchmark": "ledger",
        "case": case,
        "size": f"{clients} clients",
        "unit": "entries/s",
        "ours": round(ours),
        "reference": "bare INSERT of the same rows",
        "theirs": round(theirs),
        "ratio": round(ours / theirs, 2),
    }
    print(json.dumps(line), flush=True)


class Clock:
    """Lets all processes begin together, and tells each when to end."""

    def __init__(self, clients: int) -> None:
        self.start = SPAWN.Barrier(clients)

    def turns(self) -> Iterator[None]:
        self.start.wait(60)
        end = time.perf_counter() + SECONDS
        while time.perf_counter() < end:
            yield


def rate(
    work: Callable[..., int], url: str, creators: list[UUID], *, clients: int, batch: int
) -> float:
    """Let some processes write for a while and return how many entries a second they did."""
    results, clock = SPAWN.Queue(), Clock(clients)
    processes = [
        SPAWN.Process(target=run, args=(work, url, creators, number, batch, clock, results))
        for number in range(clients)
    ]
    for process in processes:
        process.start()
    counts: list[int] = [results.get(timeout=SECONDS + 60) for _ in processes]
    for process in processes:
        process.join()
    return sum(counts) / SECONDS


def run(
    work: Callable[..., int],
    url: str,
    creators: list[UUID],
    number: int,
    batch: int,
    clock: Clock,
    results: Any,
) -> None:
    gc.collect()
    gc.freeze()  # as wsgi.py does
    gc.set_threshold(20_000, 10, 10)
    results.put(work(url, creators, random.Random(number), batch, clock))


def write(url: str, creators: list[UUID], chance: random.Random, batch: int, clock: Clock) -> int:
    """Write through the one door."""
    engine = create_engine(url)
    count = 0
    for _ in clock.turns():
        told = [
            events.matured(earning_id=new_id(), creator_id=chance.choice(creators), amount=usd(1))
            for _ in range(batch)
        ]
        with Session(engine) as session, session.begin():
            ledger.write_entries(session, told, occurred_at=NOW, actor=SYSTEM)
        count += batch
    engine.dispose()
    return count


def write_bare(
    url: str, creators: list[UUID], chance: random.Random, batch: int, clock: Clock
) -> int:
    """Write rows that are ready to send, past every rule."""
    count = 0
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    many = (NOW, NOW.date(), "mature", "system", "", "USD", 1, 2040, 2050)
    moments, days, kinds, actors, memos, currencies, ones, pending, payable = (
        [each] * batch for each in many
    )
    with psycopg.connect(plain) as connection:
        for _ in clock.turns():
            ids = list(range(count, count + batch))
            accounts = [chance.randrange(len(creators)) for _ in ids]
            keys = [f"mature:{new_id()}" for _ in ids]
            public_ids = [new_id() for _ in ids]
            connection.execute(
                BARE_ENTRIES,
                [ids, public_ids, kinds, keys, moments, moments, ids, days, actors, memos],
            )
            connection.execute(
                BARE_POSTINGS,
                [ids, ones, accounts, accounts, pending, payable, kinds, currencies, ones],
            )
            connection.commit()
            count += batch
    return count


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def fill(url: str) -> list[UUID]:
    """Let every creator have money pending, and an account for what is payable."""
    creators = [new_id() for _ in range(CREATORS)]
    brand, campaign, agreed = (new_id() for _ in range(3))
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(BARE_TABLES))
    with Session(engine) as session, session.begin():
        whole, each = usd(PENDING * CREATORS), usd(PENDING)
        steps = [
            (EntryKind.FUND, events.AT_PROCESSOR, events.brand_funds(brand), whole),
            (
                EntryKind.ALLOCATE,
                events.brand_funds(brand),
                events.campaign_funds(campaign),
                whole,
            ),
            (EntryKind.COMMIT, events.campaign_funds(campaign), events.committed_to(agreed), whole),
            *(
                (EntryKind.EARN, events.committed_to(agreed), events.creator_pending(who), each)
                for who in creators
            ),
            *(
                (EntryKind.MATURE, events.creator_pending(who), events.creator_payable(who), usd(1))
                for who in creators
            ),
        ]
        told = [
            Entry(kind, f"fill:{new_id()}", (Pair(debit, credit, amount),))
            for kind, debit, credit, amount in steps
        ]
        ledger.write_entries(session, told, occurred_at=NOW, actor=SYSTEM)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()
    return creators


@contextmanager
def database() -> Iterator[str]:
    """A migrated database on a durable server of its own, which is gone afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="fairview-bench-") as folder,
        shared_postgres(Path(folder), durable=True) as server,
    ):
        url = ensure_database(server, "bench")
        migrate(url)
        yield url


if __name__ == "__main__":
    main()
