"""From the outbox through a real Redis and RQ to the job, and what survives on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from redis import Redis
from redis.exceptions import RedisError
from rq.registry import FailedJobRegistry, ScheduledJobRegistry
from sqlalchemy import text

from marketplace.accounts.messages import PasswordChanged
from marketplace.kernel.clock import utc_now
from marketplace.matching import columns
from marketplace.payouts.messages import FeeEarned
from marketplace.reconciliation import queries as reconciliation
from marketplace.store import outbox
from marketplace.store.inbox import InboxMessage, WebhookKept
from marketplace.store.outbox import OutboxMessage
from marketplace.store.session import db, reading, transaction
from tests.conftest import TOKEN_KEY
from tests.databases import Template
from tests.factories.accounts import make_user
from tests.workers.carrying import handled, keep, make_due, messages, post, waiting, work
from workers import inbox as inbox_jobs
from workers import perform, relay
from workers import reconciliation as reconciliation_jobs
from workers.clock import Clock, JsonCronJob
from workers.queues import QueueName, queue, ring
from workers.routes import ROUTES
from workers.runtime import RETRY_SECONDS
from workers.schedule import SCHEDULE

RING_WEBHOOKS = next(e.name for e in SCHEDULE if e.sweep is inbox_jobs.ring_waiting_webhooks)


@pytest.fixture(scope="module")
def committed(template: Template) -> Iterator[str]:
    """A database of its own: what a worker commits is really committed."""
    with template.copied() as url:
        yield url


@pytest.fixture
def product(
    committed: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    """The product as a worker's process makes it, from the environment."""
    for name, value in {
        "DATABASE_URL": committed,
        "REDIS_URL": redis_url,
        "SECRET_KEY": "a secret of the tests",
        "BASE_URL": "http://localhost",
        "UPLOAD_FOLDER": str(tmp_path),
        "COLUMNS_FOLDER": str(tmp_path / "columns"),
        "MAIL_FOLDER": str(tmp_path / "mail"),
        "TOKEN_KEYS": TOKEN_KEY,
        "STRIPE_API_KEY": "sk_test_sandbox",
        "STRIPE_API_BASE": "http://127.0.0.1:1",
    }.items():
        monkeypatch.setenv(name, value)
    perform.the_app.cache_clear()
    app = perform.the_app()
    with app.app_context():
        with transaction() as session:
            session.execute(text("DELETE FROM outbox_messages"))
            session.execute(text("DELETE FROM inbox_messages"))
        yield app
        db.engine.dispose()
    perform.the_app.cache_clear()
    columns.use_folder("")


def test_a_message_becomes_one_job_of_plain_json(product: Flask, redis: Redis) -> None:
    kept = keep()

    assert relay.relay_once(redis) == 1
    assert relay.relay_once(redis) == 0

    (message,) = messages()
    assert message.relayed_at is not None
    (job,) = waiting(redis)
    assert (job.origin, job.id) == ("money", f"{message.id}-inbox-handle_webhook")
    assert job.func_name == "workers.perform.perform"
    assert list(job.args) == [
        str(message.id),
        "WebhookKept",
        "inbox-handle_webhook",
        {"inbox_id": str(kept)},
    ]
    stored = redis.hget(job.key, "data")
    assert isinstance(stored, bytes)
    assert json.loads(job.serializer.dumps(list(job.args))) == list(job.args)
    assert b"pickle" not in stored


def test_a_message_goes_through_the_queue_to_its_job(product: Flask, redis: Redis) -> None:
    kept = keep()
    relay.relay_once(redis)

    work(redis)

    assert handled(kept)
    assert waiting(redis) == []
    assert [m.failure for m in messages()] == [None]


def test_every_job_of_every_message_can_be_rung(product: Flask, redis: Redis) -> None:
    for routes in ROUTES.values():
        for route in routes:
            ring(
                redis,
                route.queue,
                job_id=f"{uuid4()}-{route.name}",
                function="workers.perform.perform",
                args=[],
            )

    assert len(waiting(redis)) == sum(len(routes) for routes in ROUTES.values())


def test_a_message_that_was_not_committed_never_goes_out(product: Flask, redis: Redis) -> None:
    def change_of_mind() -> None:
        with transaction() as session:
            outbox.post(session, WebhookKept(inbox_id=uuid4()))
            raise ValueError("on second thoughts")

    with pytest.raises(ValueError, match="on second thoughts"):
        change_of_mind()

    assert relay.relay_once(redis) == 0
    assert waiting(redis) == []


def test_a_crash_between_ringing_and_marking_rings_once(product: Flask, redis: Redis) -> None:
    keep()
    relay.relay_once(redis)
    with transaction() as session:
        session.execute(text("UPDATE outbox_messages SET relayed_at = NULL"))

    assert relay.relay_once(redis) == 1

    assert len(waiting(redis)) == 1
    assert [m.relayed_at is None for m in messages()] == [False]


def test_a_message_that_nobody_knows_does_not_hold_up_the_others(
    product: Flask, redis: Redis
) -> None:
    with transaction() as session:
        session.add(OutboxMessage(id=UUID(int=1), name="OfARelease", body={}))
    kept = keep()

    assert relay.relay_once(redis) == 2
    work(redis)

    assert handled(kept)
    unknown = messages()[0]
    assert (unknown.name, unknown.failed_job, unknown.failure) == (
        "OfARelease",
        "relay",
        "No message of this name is known.",
    )
    assert unknown.relayed_at is not None


def test_more_than_one_batch_is_carried_in_order(product: Flask, redis: Redis) -> None:
    for _ in range(relay.BATCH + 1):
        post(WebhookKept(inbox_id=uuid4()))

    assert [relay.relay_once(redis) for _ in range(3)] == [relay.BATCH, 1, 0]

    assert [job.args[0] for job in waiting(redis)] == [str(m.id) for m in messages()]


def test_a_redis_that_is_away_loses_no_message(product: Flask, redis: Redis) -> None:
    keep()
    with Redis.from_url("redis://127.0.0.1:1/0") as away, pytest.raises(RedisError):
        relay.relay_once(away)

    assert [m.relayed_at for m in messages()] == [None]
    assert relay.relay_once(redis) == 1


def test_what_a_flushed_redis_has_forgotten_is_carried_again(product: Flask, redis: Redis) -> None:
    assert relay.ring_what_was_lost(redis) == 0
    kept = keep()
    relay.relay_once(redis)
    redis.flushall()
    assert relay.relay_once(redis) == 0

    assert relay.ring_what_was_lost(redis) == 1
    assert relay.ring_what_was_lost(redis) == 0
    relay.relay_once(redis)
    work(redis)

    assert handled(kept)


def test_a_letter_goes_out_once_whatever_redis_forgets(
    product: Flask, redis: Redis, tmp_path: Path
) -> None:
    with transaction() as session:
        user = make_user(session, email=f"{uuid4()}@example.test")
    relay.ring_what_was_lost(redis)
    post(PasswordChanged(user_id=user.id))
    relay.relay_once(redis)
    work(redis)
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1

    redis.flushall()
    kept = keep()
    relay.relay_once(redis)
    redis.flushall()
    assert relay.ring_what_was_lost(redis) == 1
    relay.relay_once(redis)
    work(redis)
    (letter, _) = messages()
    perform.perform(str(letter.id), letter.name, "notifications-send_password_changed", letter.body)

    assert handled(kept)
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1


def test_a_redis_that_remembers_is_left_alone(product: Flask, redis: Redis) -> None:
    relay.ring_what_was_lost(redis)
    keep()
    relay.relay_once(redis)
    work(redis)

    assert relay.ring_what_was_lost(redis) == 0
    assert relay.relay_once(redis) == 0


def test_messages_of_long_ago_are_not_carried_again(product: Flask, redis: Redis) -> None:
    keep()
    relay.relay_once(redis)
    with transaction() as session:
        session.execute(
            text("UPDATE outbox_messages SET relayed_at = :then"),
            {"then": utc_now() - relay.MEMORY - timedelta(minutes=1)},
        )
    redis.flushall()

    assert relay.ring_what_was_lost(redis) == 0


def test_after_a_flush_the_sweep_rings_for_what_is_due(product: Flask, redis: Redis) -> None:
    kept = keep()
    relay.relay_once(redis)
    redis.flushall()
    with transaction() as session:
        row = session.get_one(InboxMessage, kept)
        row.received_at = utc_now() - inbox_jobs.PATIENCE - timedelta(seconds=1)

    perform.sweep(RING_WEBHOOKS)
    relay.relay_once(redis)
    work(redis)

    assert handled(kept)


def test_a_refusal_is_written_for_the_operator_and_not_tried_again(
    product: Flask, redis: Redis
) -> None:
    post(FeeEarned(earning_id=uuid4()))
    relay.relay_once(redis)

    work(redis)

    (message,) = messages()
    assert (message.failed_job, message.failure) == ("payouts-tell_earned", "no such earning")
    assert make_due(redis) == 0
    assert FailedJobRegistry(queue=queue(redis, QueueName.MAIL)).count == 0


def test_a_job_for_which_it_is_too_early_is_tried_again(product: Flask, redis: Redis) -> None:
    kept = keep("transfer.created", {"data": {"object": {"id": "tr_1"}}})  # nobody answers
    relay.relay_once(redis)

    work(redis)

    registry = ScheduledJobRegistry(queue=queue(redis, QueueName.MONEY))
    (job_id,) = registry.get_job_ids()
    wait = registry.get_scheduled_time(job_id) - datetime.now(UTC)  # the queue's own clock
    assert timedelta(0) < wait <= timedelta(seconds=RETRY_SECONDS[0])
    assert not handled(kept)
    assert [m.failure for m in messages()] == [None]
    with transaction() as session:
        session.get_one(InboxMessage, kept).kind = "tax.settings.updated"
    assert make_due(redis) == 1
    work(redis)
    assert handled(kept)


def test_a_failure_is_written_and_forgotten_once_the_job_goes_through(
    product: Flask, redis: Redis
) -> None:
    inbox_id = uuid4()
    post(WebhookKept(inbox_id=inbox_id))
    relay.relay_once(redis)
    work(redis)
    (message,) = messages()
    assert message.failed_job == "inbox-handle_webhook"
    assert str(message.failure).startswith("NoResultFound")

    with transaction() as session:
        session.add(
            InboxMessage(
                id=inbox_id,
                sender="stripe",
                sender_id="evt_late",
                kind="tax.settings.updated",
                body={},
                received_at=utc_now(),
            )
        )
    assert make_due(redis) == 1
    work(redis)

    (message,) = messages()
    assert (message.failed_job, message.failure) == (None, None)
    assert handled(inbox_id)


# Periodic jobs.


def test_a_periodic_job_for_which_it_is_too_early_waits_for_its_next_time(
    product: Flask, redis: Redis
) -> None:
    perform.sweep(next(e.name for e in SCHEDULE if e.sweep is reconciliation_jobs.reconcile))

    with reading() as session:
        assert reconciliation.last_statement(session) is None


def test_a_periodic_job_enters_its_queue_as_json_and_runs(product: Flask, redis: Redis) -> None:
    clock = Clock(connection=redis, logging_level="WARNING")
    for entry in SCHEDULE:
        clock.add(entry)
    assert [job.name for job in clock.get_jobs()] == [entry.name for entry in SCHEDULE]

    job = next(each for each in clock.get_jobs() if each.name == RING_WEBHOOKS)
    assert isinstance(job, JsonCronJob)
    kept = keep()
    with transaction() as session:
        row = session.get_one(InboxMessage, kept)
        row.received_at = utc_now() - inbox_jobs.PATIENCE - timedelta(seconds=1)
        session.execute(text("DELETE FROM outbox_messages"))
    rung = job.enqueue(redis)
    assert (rung.func_name, list(rung.args)) == ("workers.perform.sweep", [job.name])

    work(redis)

    assert [m.name for m in messages()] == ["WebhookKept"]
