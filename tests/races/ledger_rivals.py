"""One of several processes that write random events on the same accounts, for a while."""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from uuid import UUID

from psycopg.errors import DeadlockDetected, SerializationFailure
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import AccountRef, Code, Entry, EntryKind, InsufficientBalance, Pair

ACCOUNTS = 20
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
PROCESSOR = AccountRef(Code.PROCESSOR_BALANCE)


def accounts(seed: int) -> tuple[list[AccountRef], list[AccountRef]]:
    """Ten brands and ten campaigns, the same for every process."""
    return (
        [AccountRef(Code.BRAND_FUNDS, UUID(int=seed + n)) for n in range(ACCOUNTS // 2)],
        [AccountRef(Code.CAMPAIGN_FUNDS, UUID(int=seed + 100 + n)) for n in range(ACCOUNTS // 2)],
    )


def event(chance: random.Random, brands: list[AccountRef], campaigns: list[AccountRef]) -> Entry:
    """Money comes to some brands, goes on to some campaigns, or comes back as an adjustment."""
    amount = Money(chance.randint(1, 60), "USD")
    brand, campaign = chance.choice(brands), chance.choice(campaigns)
    kind, pair = chance.choice(
        [
            (EntryKind.FUND, Pair(PROCESSOR, brand, amount)),
            (EntryKind.ALLOCATE, Pair(brand, campaign, amount)),
            (EntryKind.ALLOCATE, Pair(brand, campaign, amount)),
            (EntryKind.ADJUST, Pair(campaign, AccountRef(Code.GOODWILL), amount)),
        ]
    )
    return Entry(kind, f"rival:{new_id()}", (pair,))


def tell(engine: Engine, parts: list[list[Entry]], counted: Counter[str]) -> bool:
    """Write all parts in one transaction, again and again while it is the victim of a ring.

    Returns False when the ledger refused them.
    """
    while True:
        try:
            with Session(engine) as session, session.begin():
                for part in parts:
                    ledger.write_entries(session, part, occurred_at=NOON, actor=SYSTEM)
        except InsufficientBalance:
            return False
        except OperationalError as failure:
            if not isinstance(failure.orig, (DeadlockDetected, SerializationFailure)):
                raise
            counted["tried again"] += 1
        else:
            return True


def main(url: str, number: int, seconds: float, seed: int) -> None:
    """Write until time is up; print what was written, refused, told twice and tried again."""
    chance, counted = random.Random(seed * 100 + number), Counter[str]()
    moved = Counter[str]()
    brands, campaigns = accounts(seed)
    engine = create_engine(url)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        # By two calls accounts are locked in no common order: that is where rings come from.
        parts = [
            [event(chance, brands, campaigns) for _ in range(chance.choice([1, 1, 3]))]
            for _ in range(chance.choice([1, 1, 2]))
        ]
        if not tell(engine, parts, counted):
            counted["refused"] += 1
            continue
        written = [entry for part in parts for entry in part]
        counted["written"] += len(written)
        for pair in (pair for entry in written for pair in entry.pairs):
            moved[str(pair.debit.owner)] -= pair.amount.minor
            moved[str(pair.credit.owner)] += pair.amount.minor
        if chance.random() < 0.05:
            assert tell(engine, [written], counted)
            counted["told twice"] += 1
    engine.dispose()
    sys.stdout.write(json.dumps({"counted": counted, "moved": moved}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
