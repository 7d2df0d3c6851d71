"""The product beside a sandbox, and the relay and the workers in one thread."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.app import pick_gateways
from marketplace.cli.redis_server import embedded_redis
from marketplace.config import Settings
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState
from marketplace.gateways.tiktok_links import TikTokLinks
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import CLOCK_FILE_VARIABLE, skip_ahead, utc_now
from marketplace.kernel.messages import Message
from marketplace.sandbox.stripe_webhooks import signature
from marketplace.store.outbox import OutboxMessage
from tests.factories.deliverables import make_deliverable
from tests.gateways.openapi_contract import faults_in
from tests.gateways.sandbox_server import RunningSandbox, running_sandbox
from tests.gateways.tiktok_sandbox import SandboxTikTok, running_tiktok
from tests.workers.posting import connect
from workers.routes import message_named, routes_of
from workers.runtime import Run, Sweep, TryLater

Skip = Callable[[timedelta], datetime]


@dataclass
class World:
    """The product, the sandbox, and what carries messages between them.

    done: how often each job ran. later: jobs that said that now is not the time.
    """

    app: Flask
    session: Session
    sandbox: RunningSandbox
    settings: Settings
    done: Counter[str] = field(default_factory=Counter)
    later: list[str] = field(default_factory=list)
    _carried: set[UUID] = field(default_factory=set)
    _delivered: set[str] = field(default_factory=set)

    def run(self) -> Run:
        gateways = self.app.extensions["gateways"]
        return Run(settings=self.settings, gateways=gateways, now=utc_now())

    def drain(self, *, twice: bool = True, mail: bool = False) -> None:
        """Carry every message to its jobs until none is left.

        twice: each job runs two times in a row, as the queue allows itself.
        mail: whether the jobs run that only tell people.
        """
        for _ in range(50):
            self.session.commit()
            self.session.expire_all()
            waiting = [m for m in self._messages() if m.id not in self._carried]
            if not waiting:
                return
            for message in waiting:
                self._carried.add(message.id)
                self._carry(message, twice=twice, mail=mail)
        raise AssertionError("the messages do not come to an end")

    def lose(self) -> None:
        """Forget every message that waits, as a Redis does that is flushed."""
        self.session.commit()
        self._carried |= {message.id for message in self._messages()}

    def sweep(self, *sweeps: Sweep) -> None:
        """Run periodic jobs, in this order."""
        self.session.commit()
        for each in sweeps:
            with self.app.app_context():
                each(self.run())
        self.session.expire_all()

    def perform(self, job: Callable[..., None], message: Message) -> None:
        """Run one job for one message."""
        self.session.commit()
        with self.app.app_context():
            job(message, self.run())
        self.session.expire_all()

    def webhooks(self, *, again: bool = False) -> int:
        """Feed the sandbox's events to the hooks, oldest first; again: all of them once more."""
        self.session.commit()
        sent = 0
        for event in reversed(self.sandbox.store.newest("event")):
            if event["id"] in self._delivered and not again:
                continue
            self._delivered.add(event["id"])
            self.hook(event)
            sent += 1
        return sent

    def hook(self, event: dict[str, object]) -> None:
        connect = "account" in event
        secret = (
            self.settings.stripe_connect_webhook_secret
            if connect
            else self.settings.stripe_webhook_secret
        )
        body = json.dumps(event).encode()
        answer = self.app.test_client().post(
            "/hooks/stripe-connect" if connect else "/hooks/stripe",
            data=body,
            headers={"Stripe-Signature": signature(body, secret=secret, at=int(time.time()))},
        )
        assert answer.status_code == 200, answer.text

    def script(self, **trouble: object) -> None:
        """Have the sandbox spoil its next answer."""
        self.sandbox.control("script", trouble)

    def _messages(self) -> list[OutboxMessage]:
        return list(self.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))

    def _carry(self, message: OutboxMessage, *, twice: bool, mail: bool) -> None:
        built = message_named(message.name).from_json(message.body)
        for route in routes_of(message.name):
            if route.queue.value == "mail" and not mail:
                continue
            for _ in range(2 if twice else 1):
                self.done[route.name] += 1
                try:
                    with self.app.app_context():
                        route.job(built, self.run())
                except TryLater:
                    self.later.append(route.name)


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with embedded_redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url) as connection:
        connection.flushall()
        yield connection


@pytest.fixture
def skip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Skip:
    """Moves the clock of the product and the sandbox ahead."""
    monkeypatch.setenv(CLOCK_FILE_VARIABLE, str(tmp_path / "clock"))
    return skip_ahead


@pytest.fixture
def world(
    app: Flask, session: Session, settings: Settings, tmp_path: Path, skip: Skip
) -> Iterator[World]:
    record = tmp_path / "stripe.jsonl"
    with running_sandbox(tmp_path, record_path=record) as sandbox:
        pointed = replace(
            settings,
            stripe_api_base=sandbox.base_url,
            tiktok_api_base=f"{sandbox.base_url}/tiktok",
            tiktok_authorize_base=f"{sandbox.base_url}/tiktok",
            mail_folder=str(tmp_path / "mail"),
        )
        before = app.extensions["gateways"]
        app.extensions["gateways"] = pick_gateways(pointed)
        try:
            yield World(app, session, sandbox, pointed)
        finally:
            app.extensions["gateways"] = before
    assert faults_in(record) == []


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxTikTok]:
    with running_tiktok(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def tiktok(
    running: SandboxTikTok, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> SandboxTikTok:
    """The sandbox with a clock of the test's own."""
    monkeypatch.setenv(CLOCK_FILE_VARIABLE, str(tmp_path / "clock"))
    return running


@pytest.fixture
def run(app: Flask, settings: Settings, tiktok: SandboxTikTok) -> Iterator[Run]:
    gateways = replace(
        app.extensions["gateways"], tiktok=tiktok.gateway(), tiktok_links=TikTokLinks(tiktok.base)
    )
    with app.app_context():
        yield Run(settings=settings, gateways=gateways, now=utc_now())


@pytest.fixture
def owed(
    session: Session, run: Run, tiktok: SandboxTikTok, acme: Brand, alice: Actor, bea: Actor
) -> Deliverable:
    """An approved deliverable of a creator whose channel is a sandbox account."""
    made = make_deliverable(
        session, brand=acme, by=alice, creator=bea, state=DeliverableState.APPROVED
    )
    connect(session, bea, tiktok, now=run.now)
    return made
