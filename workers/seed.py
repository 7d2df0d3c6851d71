"""Filling the demo's market, with its past: ``python -m workers seed``.

Runs before the other processes do, beside the sandbox alone: what they would do in months is
done here in one thread, and the clock of product and sandbox is moved from day to day.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

import httpx
import structlog
from flask import Flask
from sqlalchemy import bindparam, select, update

from marketplace.cli import seed_past
from marketplace.cli.seed import seed_if_empty
from marketplace.cli.seed_stage import Stage
from marketplace.cli.seed_story import Cast
from marketplace.kernel.clock import demo_offset, skip_ahead, utc_now
from marketplace.store.outbox import OutboxMessage
from marketplace.store.session import reading, transaction
from workers import (
    bonuses,
    causes,
    challenges,
    chargebacks,
    creators,
    deliverables,
    funding,
    learning,
    matching,
    metrics,
    payout_accounts,
    payouts,
    processor,
    reconciliation,
    seed_looks,
    trends,
)
from workers.routes import message_named, routes_of
from workers.runtime import Run, Sweep, TryLater

log = structlog.get_logger("workers")

STEP: Final = timedelta(hours=12)
SWEEPS: Final[tuple[Sweep, ...]] = (
    processor.ring_due_calls,
    funding.ring_open_money_in,
    challenges.award_due,
    metrics.ring_due,
    deliverables.accept_silent,
    bonuses.book_bonuses,
    causes.book_pledges,
    payouts.release_fees,
    payout_accounts.refresh_accounts_not_ready,
    payouts.pay_everybody,
)
"""What falls due while the past is played; the rest of the schedule has nothing to find in it."""
_WAITING: Final = (
    select(OutboxMessage).where(OutboxMessage.relayed_at.is_(None)).order_by(OutboxMessage.id)
)
_TAKEN: Final = (
    update(OutboxMessage)
    .where(OutboxMessage.relayed_at.is_(None), OutboxMessage.id <= bindparam("last"))
    .values(relayed_at=bindparam("now"))
    .execution_options(synchronize_session=False)
)


class OneThread:
    """Relay, worker and clock of the past, one after the other."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def settle(self) -> None:
        """Carry every message to its jobs until none is left."""
        while waiting := self._take():
            for message in waiting:
                built = message_named(message.name).from_json(message.body)
                for route in routes_of(message.name):
                    self._do(lambda run, job=route.job, built=built: job(built, run))  # type: ignore[misc]  # its defaults say what it is about

    def sleep(self, step: timedelta) -> None:
        """Let the time pass in half days, and do what falls due in each."""
        while step > timedelta(0):
            self.leap(min(step, STEP))
            step -= STEP

    def leap(self, step: timedelta) -> None:
        """Let the time pass at once, and do what has fallen due."""
        skip_ahead(step)
        for sweep in SWEEPS:
            self._do(sweep)
        self.settle()

    def arrive(self) -> None:
        """Let the rest of the time pass; then read channels, trends and what the processor says."""
        self._do(reconciliation.reconcile)  # what nobody knows of then is in suspense by now
        left = -demo_offset()
        if left > timedelta(0):
            self.sleep(left)
        self._do(creators.sweep_channels)
        self._do(chargebacks.look_for_chargebacks)
        self._do(trends.work_out)
        self.settle()
        self._do(reconciliation.reconcile)
        self.settle()

    def _take(self) -> Sequence[OutboxMessage]:
        with reading() as session:
            waiting = session.scalars(_WAITING).all()
        if waiting:
            with transaction() as session:
                session.execute(_TAKEN, {"last": waiting[-1].id, "now": utc_now()})
        return waiting

    def _do(self, job: Callable[[Run], None]) -> None:
        extensions = self._app.extensions
        try:
            job(Run(extensions["settings"], extensions["gateways"], utc_now()))
        except TryLater:
            log.info("seed_waits")  # a later sweep rings again


def fill(app: Flask, *, sandbox_url: str, say: Callable[[str], None]) -> bool:
    """Fill an empty installation; False where anybody has signed up already.

    sandbox_url: of the sandbox that the product's gateways talk to, whose webhooks are held back
    until the market is there.
    """
    settings = app.extensions["settings"]
    told: list[Cast] = []

    def past(cast: Cast) -> None:
        told.append(cast)
        seed_past.play(stage, cast, say=say)

    with app.app_context(), httpx.Client(trust_env=False) as browser:
        stage = Stage(
            gateways=app.extensions["gateways"],
            base_url=settings.base_url,
            sandbox_url=sandbox_url,
            stripe_key=settings.stripe_api_key,
            time=OneThread(app),
            browser=browser,
        )
        stage.control("sandbox/control/webhooks", paused=True)
        try:
            filled = seed_if_empty(say, past=past)
            for cast in told:
                stage.time.settle()
                seed_past.pay_for_today(stage, cast)
                seed_past.ride_on_a_trend(stage, cast)
        finally:
            stage.control("sandbox/control/webhooks", paused=False)
    return filled


def main(app: Flask, *, past: bool) -> None:
    """Fill the market that the environment describes; without a sandbox TikTok it has no past."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))

    def say(line: str) -> None:
        print(line, flush=True)  # noqa: T201  # what ``make run`` shows

    _fill_what_is_there(app, past=past, say=say)
    say("Laying the market out in columns …")
    with app.app_context():
        run = Run(app.extensions["settings"], app.extensions["gateways"], utc_now())
        for job in (
            matching.count_outcomes,
            matching.refresh_columns,
            matching.work_out_medians,
            seed_looks.look_at_matches,
            learning.report_attention,
            learning.learn_chances,
        ):
            job(run)


def _fill_what_is_there(app: Flask, *, past: bool, say: Callable[[str], None]) -> None:
    sandbox_url = os.environ.get("SANDBOX_URL", "")
    settings = app.extensions["settings"]
    if past and sandbox_url and settings.tiktok_api_base.startswith(sandbox_url):
        fill(app, sandbox_url=sandbox_url, say=say)
        return
    with app.app_context():
        seed_if_empty(say)
