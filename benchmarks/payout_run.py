"""How fast is a payout run: reserving everything payable, and sending it?

Ten thousand creators, each with one payable fee. ``reserve`` is the periodic job itself, on a
PostgreSQL that keeps its word; the reference is the same job one creator at a time. Memory is what
the process has grown by at its highest; the reference is a run over a tenth of the creators.
``send`` is a sample of the transfers, through several workers, to the sandbox; the reference is the
pace that all workers together keep. Medians of three runs.

Prints one line of JSON for each case.
"""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil  # type: ignore[import-untyped]
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import create_engine, func, insert, make_url, select, text, update
from sqlalchemy.orm import Session

from marketplace.app import create_app
from marketplace.cli.migrating import migrate
from marketplace.cli.postgres_server import (
    ensure_database,
    shared_postgres,
)
from marketplace.config import Settings
from marketplace.creators.models import Creator, CreatorSource
from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.clock import CLOCK_FILE_VARIABLE, skip_ahead, utc_now
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Pair, events
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Earning, Payout, PayoutAccount
from marketplace.payouts.rules import EarningKind, EarningState, PayoutState
from marketplace.processor.messages import CallDue
from marketplace.processor.models import ProcessorCall
from marketplace.processor.rules import SENDS_A_SECOND
from marketplace.store.session import db, reading, transaction
from tests.gateways.sandbox_server import RunningSandbox, running_sandbox
from tests.gateways.stripe_road import onboarded_account, paid_session
from workers.payouts import pay_everybody
from workers.processor import make_call
from workers.runtime import Run

CREATORS = 10_000
SINGLY = 100
"""So many creators one at a time are enough to know how fast that is."""
SENT = 200
WORKERS = 4
RUNS = 3
NET = Money(38_000, "USD")


def main() -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fairview-")))
        folder.chmod(0o711)
        os.environ[CLOCK_FILE_VARIABLE] = str(folder / "clock")
        server = stack.enter_context(shared_postgres(folder / "pg"))
        sandbox = stack.enter_context(running_sandbox(folder / "sandbox"))
        template = ensure_database(server, "filled")
        migrate(template)
        fill(template)
        together, singly, grown, grown_less, sent = [], [], [], [], []
        for _ in range(RUNS):
            with market(server, sandbox) as app:
                singly.append(SINGLY / measured(app, one_at_a_time).seconds)
            with market(server, sandbox) as app:
                keep(app, CREATORS // 10)
                grown_less.append(measured(app, pay_everybody).megabytes)
            with market(server, sandbox) as app:
                run = measured(app, pay_everybody)
                together.append(CREATORS / run.seconds)
                grown.append(run.megabytes)
                assert reserved(app) == CREATORS
                sent.append(send_some(app, sandbox))
    line("reserve", CREATORS, "creators/s", together, "the same, one creator at a time", singly)
    seconds = [CREATORS / rate for rate in together]
    line("reserve, seconds in all", CREATORS, "s", seconds, "what it may take", [5.0])
    line("reserve, memory grown", CREATORS, "MB", grown, "a tenth of the creators", grown_less)
    line("send", SENT, "transfers/s", sent, "the pace of all workers", [float(SENDS_A_SECOND)])


def line(
    case: str, size: int, unit: str, ours: list[float], reference: str, theirs: list[float]
) -> None:
    mine, other = statistics.median(ours), statistics.median(theirs)
    told = {
        "benchmark": "payout_run",
        "case": case,
        "size": size,
        "unit": unit,
        "ours": round(mine, 1),
        "reference": reference,
        "theirs": round(other, 1),
        "ratio": round(mine / other, 3) if other else None,
    }
    print(json.dumps(told), flush=True)


@dataclass(frozen=True, slots=True)
class Measured:
    """How long something took, and by how much the process had grown at its highest."""

    seconds: float
    megabytes: float


def measured(app: Flask, job: Any) -> Measured:
    process, over = psutil.Process(), threading.Event()
    before = highest = process.memory_info().rss

    def watch() -> None:
        nonlocal highest
        while not over.wait(0.02):
            highest = max(highest, process.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    start = time.perf_counter()
    with app.app_context():
        job(run_of(app))
    took = time.perf_counter() - start
    over.set()
    watcher.join()
    return Measured(took, (highest - before) / 1_000_000)


def run_of(app: Flask) -> Run:
    settings, gateways = app.extensions["settings"], app.extensions["gateways"]
    return Run(settings=settings, gateways=gateways, now=utc_now())


def one_at_a_time(run: Run) -> None:
    with reading() as session:
        ids = session.scalars(select(PayoutAccount.creator_id).limit(SINGLY)).all()
    for creator_id in ids:
        with transaction() as session:
            payouts.gather(session, creator_ids=[creator_id], now=run.now)


def send_some(app: Flask, sandbox: RunningSandbox) -> float:
    """Send a sample through some workers at once; return how many a second that were."""
    with app.app_context(), reading() as session:
        found = session.execute(
            select(ProcessorCall.id, ProcessorCall.params).order_by(ProcessorCall.id).limit(SENT)
        ).all()
    ready(sandbox, [params["account_id"] for _, params in found])

    def send(call_id: UUID) -> None:
        with app.app_context():
            make_call(CallDue(call_id=call_id), run_of(app))

    start = time.perf_counter()
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(send, [call_id for call_id, _ in found]))
    took = time.perf_counter() - start
    with app.app_context(), reading() as session:
        settled = select(func.count()).where(Payout.state == PayoutState.SETTLED)
        assert session.scalar(settled) == SENT
    return SENT / took


def ready(sandbox: RunningSandbox, account_ids: list[str]) -> None:
    """Accounts at the sandbox that can take transfers, and the money for them."""
    paid_session(sandbox, NET.minor * SENT * 2)
    skip_ahead(timedelta(days=8))
    like = sandbox.store.get("account", onboarded_account(sandbox))
    assert like is not None
    with sandbox.store.transaction():
        for account_id in account_ids:
            sandbox.store.put("account", account_id, {**like, "id": account_id})


def reserved(app: Flask) -> int:
    with app.app_context(), reading() as session:
        return session.scalar(select(func.count()).select_from(Payout)) or 0


def keep(app: Flask, creators: int) -> None:
    """Leave only so many creators something to be paid."""
    with app.app_context(), transaction() as session:
        ids = select(Earning.id).order_by(Earning.id).limit(creators).scalar_subquery()
        session.execute(
            update(Earning).where(Earning.id.not_in(ids)).values(state=EarningState.PENDING)
        )


@contextmanager
def market(server: str, sandbox: RunningSandbox) -> Iterator[Flask]:
    """The product over a fresh copy of the filled database."""
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS run WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE run TEMPLATE filled"))
    admin.dispose()
    url = make_url(server).set(database="run").render_as_string(hide_password=False)
    app = create_app(
        Settings(
            database_url=url,
            redis_url="",
            secret_key="a secret of the benchmark",
            base_url="http://localhost",
            upload_folder="",
            token_keys=(Fernet.generate_key().decode(),),
            stripe_api_key="sk_test_sandbox",
            stripe_api_base=sandbox.base_url,
        )
    )
    try:
        yield app
    finally:
        with app.app_context():
            db.engine.dispose()


def fill(url: str) -> None:
    """Creators with accounts and a payable fee each, in the books and beside them."""
    now = utc_now()
    ids = [new_id() for _ in range(CREATORS)]
    engine = create_engine(url)
    with Session(engine) as session:
        session.execute(
            insert(Creator),
            [
                {
                    "id": one, "display_name": f"Creator {place}",
                    "name_words": f"Creator {place}", "topics": [],
                    "source": CreatorSource.SEEDED, "created_at": now,
                }
                for place, one in enumerate(ids)
            ],
        )  # fmt: skip
        session.execute(
            insert(PayoutAccount),
            [
                {
                    "id": new_id(), "creator_id": one, "country": "US", "requirements": [],
                    "stripe_account_id": f"acct_{one.hex}", "transfers_active": True,
                    "opened_at": now,
                }
                for one in ids
            ],
        )  # fmt: skip
        # The run looks at no deliverable and no campaign, so there are none.
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(
            insert(Earning),
            [
                {
                    "id": new_id(), "kind": EarningKind.FEE, "deliverable_id": new_id(),
                    "campaign_id": new_id(), "creator_id": one, "fee_minor": NET.minor,
                    "platform_share_minor": 0, "net_minor": NET.minor, "withheld_minor": 0,
                    "currency": NET.currency, "state": EarningState.PAYABLE, "earned_at": now,
                    "payable_at": now,
                }
                for one in ids
            ],
        )  # fmt: skip
        session.execute(text("SET LOCAL session_replication_role = DEFAULT"))
        for at in range(0, CREATORS, 500):
            ledger.write_entries(
                session,
                [
                    events.identified(
                        movement=f"bt:{one}",
                        pair=Pair(events.SUSPENSE, events.creator_payable(one), NET),
                    )
                    for one in ids[at : at + 500]
                ],
                occurred_at=now,
                actor=SYSTEM,
            )
        session.commit()
    engine.dispose()


if __name__ == "__main__":
    main()
