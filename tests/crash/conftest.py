"""A whole market of real processes: PostgreSQL that keeps its word, Redis, sandbox, workers."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.app import create_app
from marketplace.cli.local import PRODUCT_ROLE
from marketplace.cli.migrating import migrate
from marketplace.cli.postgres_server import (
    ensure_database,
    ensure_role,
    postgres_program,
    shared_postgres,
)
from marketplace.cli.redis_server import embedded_redis
from marketplace.cli.server_account import server_account
from marketplace.collaborations.rules import DueDeliverable
from marketplace.config import Settings
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.clock import CLOCK_FILE_VARIABLE, skip_ahead, utc_now
from marketplace.payouts import service as payouts
from marketplace.payouts.messages import PayoutsWanted
from marketplace.payouts.models import Payout
from marketplace.payouts.rules import PayoutState
from marketplace.processor.models import ProcessorAttempt, ProcessorCall
from marketplace.processor.rules import CallKind, CallState
from marketplace.store.outbox import post
from marketplace.store.session import db
from tests.conftest import ROOT, TOKEN_KEY
from tests.databases import server_folder
from tests.factories.accounts import make_brand, make_member, make_user
from tests.factories.campaigns import make_campaign
from tests.factories.collaborations import make_collaboration, terms
from tests.factories.creators import make_creator
from tests.gateways.openapi_contract import faults_in
from tests.gateways.sandbox_server import running_sandbox
from tests.workers.conftest import World
from tests.workers.road import Road, usd
from workers.relay import MARK

REPETITIONS = int(os.environ.get("CRASH_REPETITIONS", "2"))
"""How often each row of the matrix is played; 20 at night."""
TOGETHER = 10
"""Posts of one agreement."""
FEE = 2_000
PATIENCE_SECONDS = 120
"""How long what must happen may take: a busy machine starts a worker late, and where nothing is
late it costs no time."""
IDLE_SECONDS, BUSY_SECONDS = 0.6, 5.0
HOLD = timedelta(days=8)
SECOND = timedelta(seconds=1)


@dataclass
class Market:
    """What runs, and what can be done to it."""

    world: World
    road: Road
    postgres: Path
    redis: Redis
    nursery: subprocess.Popen[str]
    waiting: list[Deliverable]
    workers: set[int] = field(default_factory=set)
    payouts_made: int = 0

    @property
    def session(self) -> Session:
        return self.world.session

    @property
    def queue(self) -> Queue:
        return Queue("money", connection=self.redis, serializer=JSONSerializer)

    # what people and the clock do

    def make_payable(self) -> None:
        """One more fee that can be paid out."""
        self.session.rollback()
        if not self.waiting:
            old = self.road
            self.road = funded(self.world, old.brand, old.owner, old.creator)
            skip_ahead(timedelta(days=8))
            self.waiting = work_to_do(self.road)
        due = self.waiting.pop()
        deliverables.accept(
            self.session, actor=self.road.owner, deliverable_id=due.id, now=utc_now()
        )
        payouts.earn(self.session, deliverable_id=due.id)
        payouts.mature_due(self.session, now=utc_now() + HOLD)
        self.session.execute(text("UPDATE outbox_messages SET relayed_at = '2000-01-01'"))
        self.session.commit()
        self.payouts_made += 1

    def want_payout(self) -> None:
        """Ring for the creator."""
        assert self.road.creator.creator_id is not None
        post(self.session, PayoutsWanted(creator_id=self.road.creator.creator_id))
        self.session.commit()

    def reserve(self) -> None:
        """Put what is payable into a payout, without any worker."""
        assert self.road.creator.creator_id is not None
        payouts.gather(self.session, creator_ids=[self.road.creator.creator_id], now=utc_now())
        self.session.commit()

    def sweep(self, name: str) -> None:
        """Ring a periodic job, as the clock does."""
        self.queue.enqueue_call("workers.perform.sweep", args=[name])

    # what happens to processes

    def worker(self, *, dies: str = "-") -> int:
        pid = self._fork(f"work {dies}")
        self.workers.add(pid)
        return pid

    def relay(self) -> int:
        return self._fork("relay")

    def killed(self, *, at: str) -> None:
        """Let a worker work until it dies at that point."""
        self.await_death(self.worker(dies=at))

    def await_death(self, pid: int) -> None:
        until(lambda: not alive(pid), f"worker {pid} lives on")
        self.workers.discard(pid)

    def dismiss_workers(self) -> None:
        for pid in self.workers:
            if alive(pid):
                end_family(psutil.Process(pid))
        self.workers.clear()

    def restart_postgres(self) -> None:
        """Stop it without a word to anybody, and start it again."""
        account = server_account()
        subprocess.run(
            [
                postgres_program("pg_ctl"), "restart", "-D", self.postgres / "data", "-m",
                "immediate", "-w", "-s", "-l", self.postgres / "data" / "server.log",
            ],
            check=True, cwd="/", user=account, group=account,
            extra_groups=None if account is None else [], stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def _fork(self, wish: str) -> int:
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        print(wish, file=self.nursery.stdin, flush=True)
        return int(self.nursery.stdout.readline())

    # what can be seen

    def payout(self) -> Payout | None:
        self.session.rollback()
        self.session.expire_all()
        return self.session.scalar(select(Payout).order_by(Payout.reserved_at.desc()).limit(1))

    def call(self) -> ProcessorCall:
        self.session.rollback()
        return self.road.call(CallKind.TRANSFER)

    def attempts(self) -> list[ProcessorAttempt]:
        return self.road.attempts(self.call())

    def is_settled(self) -> bool:
        count = self.session.scalars(select(Payout.state)).all()
        self.session.rollback()
        return len(count) == self.payouts_made and set(count) == {PayoutState.SETTLED}

    # how it goes on

    def let_time_pass(self, *, sweep: str = "processor.ring_due_calls") -> None:
        """Sweep, and skip whatever has to be waited for, until all payouts have settled."""
        if not self.workers:
            self.worker()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.is_settled():
            assert time.monotonic() < deadline, f"{self.call().standing} after all this time"
            if self.queue.is_empty():  # else a slow worker is given sweeps alone to do
                self.sweep(sweep)
            began = time.monotonic()
            while not self.is_settled() and time.monotonic() < began + self._rest():
                time.sleep(0.02)
            self._skip_what_is_waited_for()

    def _rest(self) -> float:
        """Seconds for workers to do what was rung; more while one is at it, but not for ever."""
        busy = any(map(at_work, self.workers))
        return BUSY_SECONDS if busy or not self.queue.is_empty() else IDLE_SECONDS

    def _skip_what_is_waited_for(self) -> None:
        if self.payout() is None or self.is_settled():
            return
        call = self.call()
        target = call.lease_until if call.state is CallState.SENDING else call.next_try_at
        if call.ended_at is None and target is not None and target > utc_now():
            skip_ahead(target - utc_now() + SECOND)


def end_family(parent: psutil.Process) -> None:
    """Kill a process and all it has started; any of them may end by itself meanwhile."""
    with suppress(psutil.NoSuchProcess):
        family = [*parent.children(recursive=True), parent]
        for each in family:
            with suppress(psutil.NoSuchProcess):
                each.kill()


def alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def at_work(pid: int) -> bool:
    """Whether a worker has a job in hand: each runs in a process of its own."""
    try:
        return bool(psutil.Process(pid).children())
    except psutil.NoSuchProcess:
        return False


def until(condition: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.02)


@pytest.fixture(scope="module")
def whole_market() -> Iterator[Market]:
    with server_folder() as folder, pytest.MonkeyPatch.context() as patch:
        folder.chmod(0o711)
        patch.setenv(CLOCK_FILE_VARIABLE, str(folder / "clock"))
        with (
            ExitStack() as closing,
            shared_postgres(folder / "pg") as server,
            embedded_redis(folder / "redis") as redis_url,
            running_sandbox(folder / "sandbox", record_path=folder / "stripe.jsonl") as sandbox,
        ):
            owner = ensure_database(server, "crash")
            product = ensure_role(owner, PRODUCT_ROLE)
            migrate(owner, product_role=PRODUCT_ROLE)
            environment = {
                "DATABASE_URL": product,
                "REDIS_URL": redis_url,
                "SECRET_KEY": "a secret of the tests",
                "BASE_URL": "http://localhost",
                "UPLOAD_FOLDER": str(folder / "uploads"),
                "MAIL_FOLDER": str(folder / "mail"),
                "TOKEN_KEYS": TOKEN_KEY,
                "FAIRVIEW_DEMO": "1",
                "STRIPE_API_KEY": "sk_test_sandbox",
                "STRIPE_API_BASE": sandbox.base_url,
                "STRIPE_WEBHOOK_SECRET": "whsec_platform",
                "STRIPE_CONNECT_WEBHOOK_SECRET": "whsec_connect",
                "TIKTOK_API_BASE": f"{sandbox.base_url}/tiktok",
            }
            settings = Settings.from_env(environment)
            app = create_app(settings)
            app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
            with app.app_context():
                engine = db.engine.execution_options(isolation_level="READ COMMITTED")
            closing.callback(engine.dispose)
            with (
                Session(engine, expire_on_commit=False) as session,
                a_nursery({**os.environ, **environment}) as nursery,
            ):
                road = a_road(World(app, session, sandbox, settings))
                redis = Redis.from_url(redis_url)
                redis.set(MARK, "the messages of the setting up are done")
                market = Market(road.world, road, folder / "pg", redis, nursery, work_to_do(road))
                market.relay()
                yield market
                redis.close()
        assert faults_in(folder / "stripe.jsonl") == []


@contextmanager
def a_nursery(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.crash.nursery"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as nursery:
        try:
            assert nursery.stdout is not None
            assert nursery.stdout.readline() == "ready\n"
            yield nursery
        finally:
            end_family(psutil.Process(nursery.pid))


@pytest.fixture
def market(whole_market: Market) -> Iterator[Market]:
    """The market with one more fee that is payable, and no worker."""
    whole_market.make_payable()
    yield whole_market
    whole_market.dismiss_workers()
    whole_market.redis.delete("rq:queue:money")
    whole_market.world.sandbox.sandbox.stripe.faults.clear()


def a_road(world: World) -> Road:
    """A creator whose account is ready, and a campaign with money and an agreement."""
    session = world.session
    brand = make_brand(session)
    owner = make_member(session, brand=brand, role=Role.OWNER)
    user = make_user(session, name="Bea")
    creator = make_creator(session, display_name="Bea", user_id=user.id)
    make_user(session, name="Stella", is_staff=True)
    road = funded(world, brand, owner, Actor(user_id=user.id, creator_id=creator.id))
    skip_ahead(timedelta(days=8))  # until what was charged is available
    account = road.open_account()
    road.finish_account(account)
    world.webhooks()
    world.drain()
    return road


def funded(world: World, brand: Brand, owner: Actor, creator: Actor) -> Road:
    day = utc_now().date()
    campaign = make_campaign(
        world.session,
        brand=brand,
        by=owner,
        starts_on=day + timedelta(days=1),
        ends_on=day + timedelta(days=60),
        now=utc_now(),
    )
    world.drain(twice=False)
    road = Road(world, brand, owner, creator, campaign)
    road.fund(FEE * TOGETHER)
    return road


def work_to_do(road: Road) -> list[Deliverable]:
    """Live posts that only have to be accepted."""
    day = utc_now().date()
    due = DueDeliverable(
        format="video",
        description="A recipe in a minute",
        draft_due_on=day + timedelta(days=5),
        publish_by_on=day + timedelta(days=10),
    )
    collaboration = make_collaboration(
        road.session,
        campaign=road.campaign,
        creator=road.creator,
        by=road.owner,
        offered=terms(fee=usd(FEE * TOGETHER), deliverables=(due,) * TOGETHER),
        funded=True,
        now=utc_now(),
    )
    road.world.drain(twice=False)
    made = road.session.scalars(
        select(Deliverable).where(Deliverable.collaboration_id == collaboration.id)
    ).all()
    for each in made:
        each.state = DeliverableState.LIVE
    road.session.commit()
    return list(made)
