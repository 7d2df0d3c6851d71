"""How fast are view bonuses booked: a reading for each of 100,000 posts becomes money?

A run does what the job and its helper do on two cores: each of two processes takes bonuses that are
due in batches, finds the reading each is booked by, writes the entries (three postings each), their
measurements and the creators' earnings, and commits. Three weeks are booked in turn; the median
counts. The reference is a bare INSERT of as many journal entries and postings into tables without
any key, constraint or trigger, in the same database. The server is durable.

Prints one line of JSON. BENCH_BONUSES: how many, instead of 100,000.
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final, cast

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Engine, Table, Uuid, create_engine, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand, User
from marketplace.campaigns.models import Brief, Campaign
from marketplace.cli.migrating import migrate
from marketplace.cli.postgres_server import (
    ensure_database,
    shared_postgres,
)
from marketplace.collaborations.models import Application, Collaboration, Offer
from marketplace.creators.models import Channel, Creator
from marketplace.deliverables.models import Deliverable, PublishedPost
from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.money import Money
from marketplace.ledger import checks
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Free, events
from marketplace.metrics.models import MetricSnapshot
from marketplace.payouts import service as payouts
from marketplace.payouts.models import ViewBonus
from marketplace.store.base import Base

COUNT: Final = int(os.environ.get("BENCH_BONUSES", "100000"))
CREATORS: Final = 1_000
PER_CAMPAIGN: Final = min(COUNT, CREATORS)
WEEKS: Final = 3
BATCH: Final = 2_000
WORKERS: Final = 2
TARGET_SECONDS: Final = 20
BEGIN: Final = datetime(2026, 11, 2, 12, tzinfo=UTC)
CAP: Final = 30_000
_engine: list[Engine] = []
"""Of this process, once it is a worker."""


def main() -> None:
    """Fill a market, book three weeks, and print what it took."""
    with tempfile.TemporaryDirectory() as folder, shared_postgres(Path(folder)) as server:
        url = ensure_database(server, "bonus_run")
        migrate(url)
        engine = create_engine(url)
        say(f"filling a market with {COUNT:,} bonuses")
        fill(engine)
        with ProcessPoolExecutor(WORKERS, get_context("spawn"), ready, (url,)) as pool:
            wait([pool.submit(time.sleep, 1) for _ in range(WORKERS)])  # all have started
            ours = [book(pool, BEGIN + timedelta(days=7 * week)) for week in range(1, WEEKS + 1)]
        theirs = [bare(engine) for _ in range(WEEKS)]
        with Session(engine) as session:
            broken = [each.name for each in checks.run_all(session) if each.broken]
        engine.dispose()
    assert broken == [], broken
    mine, reference = statistics.median(ours), statistics.median(theirs)
    line = {
        "benchmark": "bonus_run",
        "case": f"book {COUNT:,} deltas, batches of {BATCH:,}, {WORKERS} workers,"
        f" target {TARGET_SECONDS} s",
        "size": COUNT,
        "unit": "s",
        "ours": round(mine, 1),
        "reference": "bare INSERT of the same entries and postings",
        "theirs": round(reference, 1),
        "ratio": round(mine / reference, 2),
    }
    print(json.dumps(line), flush=True)


def say(what: str) -> None:
    """Tell whoever waits what is going on; figures go to the other stream."""
    print(f"  {what}", file=sys.stderr, flush=True)


def ready(url: str) -> None:
    """Make a process a worker, as it is before its jobs."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
    _engine.append(create_engine(url))


def book_some(now: datetime) -> int:
    """Book what is due until nothing is, as a job does; return how many that were."""
    booked = 0
    while True:
        with Session(_engine[0]) as session:
            due = payouts.book_bonuses(session, now=now, limit=BATCH)
            session.commit()
        if not due:
            return booked
        booked += due


def book(pool: ProcessPoolExecutor, now: datetime) -> float:
    """Book everything that is due as the workers do; return the seconds it took."""
    start = time.perf_counter()
    booked = sum(pool.map(book_some, [now] * WORKERS))
    took = time.perf_counter() - start
    assert booked == COUNT
    say(f"{booked:,} booked in {took:.1f} s")
    return took


def bare(engine: Engine) -> float:
    """Copy the entries and postings of one week into bare tables; return the seconds it took."""
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS bare_entries, bare_postings"))
        for name, of in (("bare_entries", "journal_entries"), ("bare_postings", "postings")):
            connection.execute(text(f"CREATE TABLE {name} AS TABLE {of} WITH NO DATA"))
    week = "SELECT id FROM journal_entries WHERE kind = 'bonus' ORDER BY id LIMIT :count"
    start = time.perf_counter()
    with engine.begin() as connection:
        for name, of, key in (
            ("bare_entries", "journal_entries", "id"),
            ("bare_postings", "postings", "entry_id"),
        ):
            connection.execute(
                text(f"INSERT INTO {name} SELECT * FROM {of} WHERE {key} IN ({week})"),
                {"count": COUNT},
            )
    return time.perf_counter() - start


def fill(engine: Engine) -> None:
    """Make brands, creators, agreements, live posts and their readings, and promise the money."""
    campaigns = -(-COUNT // PER_CAMPAIGN)
    campaign, creator = f"((n - 1) / {PER_CAMPAIGN} + 1)", f"((n - 1) % {PER_CAMPAIGN} + 1)"
    one = "the_id('{}', {})".format
    agreed = {"campaign_id": one("campaigns", campaign), "creator_id": one("creators", creator)}
    own = {"currency": "'USD'"}
    deal = agreed | {"collaboration_id": one("collaborations", "n")}
    offer = {"fee_minor": "40000", "bonus_rate_minor": "500", "bonus_cap_minor": str(CAP)}
    with engine.begin() as connection:
        connection.execute(
            text(
                "CREATE FUNCTION the_id(what text, n bigint) RETURNS uuid IMMUTABLE LANGUAGE sql"
                " AS $$ SELECT md5(what || n)::uuid $$"
            )
        )

        def rows(model: type[Base], count: int, **given: str) -> None:
            _insert(connection, model, count, given)

        rows(User, 1, email="'a@example.test'")
        rows(Brand, 1)
        rows(Creator, PER_CAMPAIGN, source="'signed_up'", topics="'[]'")
        rows(
            Campaign,
            campaigns,
            brand_id=one("brands", "1"),
            kind="'agreements'",
            state="'published'",
            budget_minor="100000000",
            created_by=one("users", "1"),
            **own,
        )
        rows(
            Brief,
            campaigns,
            campaign_id=one("campaigns", "n"),
            version="1",
            created_by=one("users", "1"),
            usage_media="'paid'",
            state="'published'",
            **own,
        )
        brief = {"brief_id": one("briefs", campaign)}
        rows(Application, COUNT, state="'agreed'", fee_minor="40000", **agreed, **brief, **own)
        rows(
            Offer,
            COUNT,
            application_id=one("applications", "n"),
            number="1",
            made_by="'brand'",
            usage_media="'paid'",
            state="'accepted'",
            bonus_days="28",
            hold_days="7",
            **offer,
            **agreed,
            **brief,
            **own,
        )
        rows(
            Collaboration,
            COUNT,
            brand_id=one("brands", "1"),
            offer_id=one("offers", "n"),
            state="'active'",
            **agreed,
        )
        rows(
            Deliverable,
            COUNT,
            brand_id=one("brands", "1"),
            position="1",
            fee_minor="40000",
            state="'accepted'",
            **deal,
            **own,
        )
        rows(
            Channel,
            PER_CAMPAIGN,
            creator_id=one("creators", "n"),
            platform="'tiktok'",
            state="'connected'",
            external_id="'t' || n",
        )
        rows(
            PublishedPost,
            COUNT,
            deliverable_id=one("deliverables", "n"),
            external_id="'v' || n",
            channel_id=one("channels", creator),
            platform="'tiktok'",
            state="'verified'",
        )
        for week in range(1, WEEKS + 1):
            rows(
                MetricSnapshot,
                COUNT,
                id=one(f"snapshot{week}-", "n"),
                post_id=one("published_posts", "n"),
                definition="'tiktok.display.v2'",
                taken_at=f"timestamptz '{BEGIN}' + interval '{7 * week - 1} days'",
                views=f"{week} * (1000 + n % 7000)",
            )
        rows(
            ViewBonus,
            COUNT,
            deliverable_id=one("deliverables", "n"),
            state="'counting'",
            post_id=one("published_posts", "n"),
            rate_minor="500",
            cap_minor=str(CAP),
            creator_fee_bps="500",
            brand_fee_bps="1000",
            hold_days="7",
            counted_from=f"timestamptz '{BEGIN}'",
            counted_until=f"timestamptz '{BEGIN}' + interval '28 days'",
            next_booking_at=f"timestamptz '{BEGIN}' + interval '7 days'",
            **deal,
            **own,
        )
    with Session(engine) as session:
        promise(session, campaigns)
        session.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def promise(session: Session, campaigns: int) -> None:
    """Fund every campaign, take the platform fee and commit each bonus."""
    id_of = text("SELECT the_id(:what, n) FROM generate_series(1, :count) n ORDER BY n")
    (brand,) = session.scalars(id_of, {"what": "brands", "count": 1})
    mine = list(session.scalars(id_of, {"what": "campaigns", "count": campaigns}))
    deals = list(session.scalars(id_of, {"what": "collaborations", "count": COUNT}))
    each, fee = Money(PER_CAMPAIGN * CAP, "USD"), Money(PER_CAMPAIGN * CAP // 10, "USD")
    entries = []
    for campaign in mine:
        entries += [
            events.funded(
                stripe_charge_id=f"ch_{campaign}",
                brand_id=brand,
                gross=each + fee,
                processor_fee=Money(0, "USD"),
            ),
            events.allocated(
                allocation_id=campaign, brand_id=brand, campaign_id=campaign, amount=each + fee
            ),
            events.fee_taken(
                campaign_id=campaign,
                number="1",
                fee=fee,
                tax=Money(0, "USD"),
                processor_fee=Money(0, "USD"),
            ),
        ]
    entries += [
        events.committed(
            collaboration_id=deal,
            revision=1,
            campaign_id=mine[place // PER_CAMPAIGN],
            amount=Money(CAP, "USD"),
            free=Free(Money(CAP, "USD")),
        )
        for place, deal in enumerate(deals)
    ]
    for begin in range(0, len(entries), BATCH):
        part = entries[begin : begin + BATCH]
        ledger.write_entries(session, part, occurred_at=BEGIN, actor=SYSTEM)


def _insert(connection: Any, model: type[Base], count: int, given: dict[str, str]) -> None:
    """Insert so many rows of a model: what is not given is empty, nothing, or now."""
    table = cast("Table", model.__table__)
    values = {"id": f"the_id('{table.name}', n)"} | given
    for column in table.columns:
        if column.name not in values and not column.nullable and column.identity is None:
            values[column.name] = _plain(column.type)
    known = {name: value for name, value in values.items() if name in table.columns}
    connection.execute(
        text(
            f"INSERT INTO {table.name} ({', '.join(known)})"
            f" SELECT {', '.join(known.values())} FROM generate_series(1, {count}) n"
        )
    )


def _plain(kind: Any) -> str:
    kinds: list[tuple[type[Any], str]] = [
        (Uuid, "the_id('users', 1)"),
        (BigInteger, "0"),
        (Boolean, "false"),
        (DateTime, f"timestamptz '{BEGIN}'"),
        (Date, "current_date"),
        (JSONB, "'[]'"),
    ]
    return next((value for of, value in kinds if isinstance(kind, of)), "'x'")


if __name__ == "__main__":
    main()
