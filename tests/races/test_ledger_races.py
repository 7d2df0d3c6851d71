"""Several writers at once: money is spent once, told once, and nobody waits in a ring.

These tests commit for real. Entries are never deleted, so each test has owners of its own.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.errors import Conflict
from marketplace.kernel.money import Money
from marketplace.ledger import checks, queries, service
from marketplace.ledger.models import JournalEntry, LedgerAccount
from marketplace.ledger.rules import (
    AccountRef,
    Code,
    Entry,
    EntryKind,
    InsufficientBalance,
    Pair,
)
from tests.databases import Template
from tests.factories.ledger import OCCURRED_AT, PROCESSOR, make_brand_funds, make_entry
from tests.races.conftest import engine_of_its_own

PATIENCE_SECONDS = 120
FEES = AccountRef(Code.PROCESSOR_FEES)


def yen(minor: int) -> Money:
    return Money(minor, "JPY")


@pytest.fixture(scope="module")
def engine(template: Template) -> Iterator[Engine]:
    """One database for the whole file: its tests look at rows of their own."""
    with engine_of_its_own(template) as engine:
        yield engine


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(max_workers=6) as pool:
        yield pool


def brand_with(engine: Engine, minor: int) -> AccountRef:
    ref = AccountRef(Code.BRAND_FUNDS, uuid4())
    with Session(engine) as session, session.begin():
        make_brand_funds(session, brand_id=ref.owner, amount=yen(minor))
    return ref


def new_campaign() -> AccountRef:
    return AccountRef(Code.CAMPAIGN_FUNDS, uuid4())


def held(engine: Engine, ref: AccountRef) -> int:
    with Session(engine) as session:
        return queries.balance_of(session, ref, currency="JPY").minor


def wait_until_blocked(engine: Engine, by: int) -> None:
    """Return once some session of the database waits for the session with this process id."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE :by = ANY(pg_blocking_pids(pid))")
    with engine.connect() as connection:
        while not connection.scalar(waiting, {"by": by}):
            assert time.monotonic() < deadline, "nobody came to wait"
            connection.rollback()
            time.sleep(0.01)


def process_id(session: Session) -> int:
    found = session.scalar(select(func.pg_backend_pid()))
    assert type(found) is int
    return found


def allocate(
    engine: Engine, brand: AccountRef, campaign: AccountRef, minor: int, key: str | None = None
) -> int:
    with Session(engine) as session, session.begin():
        return make_entry(
            session, (brand, campaign, yen(minor)), kind=EntryKind.ALLOCATE, idem_key=key
        )


def test_two_payers_race_for_the_last_unit_and_one_gets_it(
    engine: Engine, pool: ThreadPoolExecutor
) -> None:
    brand, first, second = brand_with(engine, 100), new_campaign(), new_campaign()

    with Session(engine) as session, session.begin():
        make_entry(session, (brand, first, yen(100)), kind=EntryKind.ALLOCATE)
        rival = pool.submit(allocate, engine, brand, second, 1)
        wait_until_blocked(engine, by=process_id(session))

    with pytest.raises(InsufficientBalance) as refusal:
        rival.result(PATIENCE_SECONDS)
    assert (refusal.value.available, refusal.value.needed) == (yen(0), yen(1))
    assert (held(engine, brand), held(engine, first), held(engine, second)) == (0, 100, 0)


def test_the_second_payer_gets_it_when_the_first_gives_up(
    engine: Engine, pool: ThreadPoolExecutor
) -> None:
    brand, first, second = brand_with(engine, 100), new_campaign(), new_campaign()

    with Session(engine) as session:
        make_entry(session, (brand, first, yen(100)), kind=EntryKind.ALLOCATE)
        rival = pool.submit(allocate, engine, brand, second, 100)
        wait_until_blocked(engine, by=process_id(session))
        session.rollback()

    rival.result(PATIENCE_SECONDS)
    assert (held(engine, brand), held(engine, first), held(engine, second)) == (0, 0, 100)


def test_many_payers_at_once_spend_what_is_there_and_no_more(
    engine: Engine, pool: ThreadPoolExecutor
) -> None:
    brand = brand_with(engine, 50)
    campaigns = [new_campaign() for _ in range(6)]
    start = Barrier(6)

    def spend(campaign: AccountRef) -> int:
        start.wait(PATIENCE_SECONDS)
        won = 0
        for _ in range(5):
            try:
                allocate(engine, brand, campaign, 3)
            except InsufficientBalance:
                continue
            won += 3
        return won

    spent = [
        future.result(PATIENCE_SECONDS) for future in [pool.submit(spend, c) for c in campaigns]
    ]

    assert sum(spent) == 48
    assert held(engine, brand) == 2
    assert [held(engine, campaign) for campaign in campaigns] == spent


def fund(engine: Engine, key: str, brand: AccountRef, minor: int) -> int:
    with Session(engine) as session, session.begin():
        return make_entry(
            session, (PROCESSOR, brand, yen(minor)), kind=EntryKind.FUND, idem_key=key
        )


def processor_fee(engine: Engine, key: str, _: AccountRef, minor: int) -> int:
    """An entry without any account that is locked: only the key keeps the two apart."""
    with Session(engine) as session, session.begin():
        return make_entry(
            session, (FEES, PROCESSOR, yen(minor)), kind=EntryKind.PROCESSOR_MOVEMENT, idem_key=key
        )


@pytest.mark.parametrize("tell", [fund, processor_fee])
def test_one_event_told_by_two_at_once_is_written_once(
    engine: Engine,
    pool: ThreadPoolExecutor,
    tell: Callable[[Engine, str, AccountRef, int], int],
) -> None:
    brand, key = AccountRef(Code.BRAND_FUNDS, uuid4()), f"race:{uuid4()}"
    fund(engine, f"race:{uuid4()}", brand, 1)
    processor_fee(engine, f"race:{uuid4()}", brand, 1)
    pairs = (PROCESSOR, brand) if tell is fund else (FEES, PROCESSOR)
    kind = EntryKind.FUND if tell is fund else EntryKind.PROCESSOR_MOVEMENT

    with Session(engine) as session, session.begin():
        first = make_entry(session, (*pairs, yen(70)), kind=kind, idem_key=key)
        same = pool.submit(tell, engine, key, brand, 70)
        other = pool.submit(tell, engine, key, brand, 71)
        wait_until_blocked(engine, by=process_id(session))

    assert same.result(PATIENCE_SECONDS) == first
    with pytest.raises(Conflict):
        other.result(PATIENCE_SECONDS)
    with Session(engine) as session:
        count = select(func.count()).where(JournalEntry.idem_key == key)
        assert session.scalar(count) == 1
    assert held(engine, brand) == (71 if tell is fund else 1)


def test_an_account_opened_by_two_at_once_is_one_account(
    engine: Engine, pool: ThreadPoolExecutor
) -> None:
    brand = AccountRef(Code.BRAND_FUNDS, uuid4())

    with Session(engine) as session, session.begin():
        make_brand_funds(session, brand_id=brand.owner, amount=yen(10))
        rival = pool.submit(fund, engine, f"race:{uuid4()}", brand, 5)
        wait_until_blocked(engine, by=process_id(session))

    rival.result(PATIENCE_SECONDS)
    assert held(engine, brand) == 15
    with Session(engine) as session:
        count = select(func.count()).where(LedgerAccount.owner_id == brand.owner)
        assert session.scalar(count) == 1


def test_entries_that_name_the_same_accounts_the_other_way_round_never_deadlock(
    engine: Engine, pool: ThreadPoolExecutor
) -> None:
    brands = [brand_with(engine, 1_000) for _ in range(4)]
    campaigns = [new_campaign() for _ in range(4)]
    pairs = [(b, c, yen(1)) for b, c in zip(brands, campaigns, strict=True)]
    start = Barrier(4)

    def write(number: int) -> None:
        shuffled = random.Random(number)
        start.wait(PATIENCE_SECONDS)
        for _ in range(25):
            with Session(engine) as session, session.begin():
                make_entry(session, *shuffled.sample(pairs, 4), kind=EntryKind.ALLOCATE)

    for future in [pool.submit(write, number) for number in range(4)]:
        future.result(PATIENCE_SECONDS)

    assert [held(engine, brand) for brand in brands] == [900] * 4
    assert [held(engine, campaign) for campaign in campaigns] == [100] * 4


def test_batches_of_the_same_events_in_another_order_never_deadlock(
    engine: Engine, pool: ThreadPoolExecutor
) -> None:
    told = [
        Entry(EntryKind.PROCESSOR_MOVEMENT, f"race:{uuid4()}", (Pair(FEES, PROCESSOR, yen(1)),))
        for _ in range(40)
    ]
    start = Barrier(4)

    def write(number: int) -> dict[str, int]:
        mine = random.Random(number).sample(told, 40)
        start.wait(PATIENCE_SECONDS)
        with Session(engine) as session, session.begin():
            ids = service.write_entries(session, mine, occurred_at=OCCURRED_AT, actor=SYSTEM)
        return dict(zip([entry.idem_key for entry in mine], ids, strict=True))

    answers = [
        future.result(PATIENCE_SECONDS) for future in [pool.submit(write, n) for n in range(4)]
    ]

    assert answers[1:] == answers[:-1]
    with Session(engine) as session:
        count = select(func.count()).where(JournalEntry.idem_key.in_(answers[0]))
        assert session.scalar(count) == 40


def test_even_a_bare_posting_locks_balances_in_the_order_of_accounts(
    engine: Engine, pool: ThreadPoolExecutor
) -> None:
    low, high = brand_with(engine, 100), new_campaign()
    allocate(engine, low, high, 10)
    # Touch the older balance last, so that the table itself holds them the other way round.
    with Session(engine) as session, session.begin():
        make_brand_funds(session, brand_id=low.owner, amount=yen(1))
    with Session(engine) as session:
        ids = {
            ref: session.scalars(
                select(LedgerAccount.id).where(LedgerAccount.owner_id == ref.owner)
            ).one()
            for ref in (low, high)
        }
    assert ids[low] < ids[high]
    lock = text("SELECT FROM ledger_balances WHERE account_id = :id FOR UPDATE NOWAIT")

    def post() -> None:
        with Session(engine) as session, session.begin():
            session.execute(
                text(
                    "WITH entry AS (INSERT INTO journal_entries (public_id, kind, idem_key,"
                    " occurred_at, accounting_date, actor)"
                    " VALUES (:public_id, 'allocate', :key, now(), now(), 'system') RETURNING id)"
                    " INSERT INTO postings SELECT id, 1, :low, :high, 2010, 2020, 'allocate',"
                    " 'JPY', 5 FROM entry"
                ),
                {"public_id": uuid4(), "key": uuid4().hex, "low": ids[low], "high": ids[high]},
            )

    with Session(engine) as session, session.begin():
        session.execute(text("SET LOCAL ROLE NONE"))  # the product has no right to lock by hand
        session.execute(lock, {"id": ids[low]})
        rival = pool.submit(post)
        wait_until_blocked(engine, by=process_id(session))
        session.execute(lock, {"id": ids[high]})

    rival.result(PATIENCE_SECONDS)
    assert (held(engine, low), held(engine, high)) == (86, 15)


def test_services_that_lock_first_may_write_in_any_order(
    engine: Engine, pool: ThreadPoolExecutor
) -> None:
    one, other = brand_with(engine, 100), brand_with(engine, 100)
    campaign = new_campaign()

    def write(*brands: AccountRef) -> None:
        with Session(engine) as session, session.begin():
            service.lock_accounts(session, refs=brands, currency="JPY")
            for brand in brands:
                make_entry(session, (brand, campaign, yen(1)), kind=EntryKind.ALLOCATE)

    with Session(engine) as session, session.begin():
        service.lock_accounts(session, refs=[other, one], currency="JPY")
        rivals: list[Future[None]] = [
            pool.submit(write, one, other),
            pool.submit(write, other, one),
        ]
        wait_until_blocked(engine, by=process_id(session))
        for brand in (other, one):
            make_entry(session, (brand, campaign, yen(1)), kind=EntryKind.ALLOCATE)

    for rival in rivals:
        rival.result(PATIENCE_SECONDS)
    assert (held(engine, one), held(engine, other), held(engine, campaign)) == (97, 97, 6)


def test_after_all_the_races_the_books_are_sound(engine: Engine) -> None:
    with Session(engine) as session:
        assert [result for result in checks.run_all(session) if result.broken] == []
