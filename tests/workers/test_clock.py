"""When the clock rings, and how long a run waits for somebody to take it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from croniter import croniter
from redis import Redis

from tests.workers.carrying import waiting
from workers.clock import Clock
from workers.queues import QueueName, queue
from workers.schedule import SCHEDULE, Entry, sweep_named


@pytest.mark.parametrize(
    ("cron", "rang_at", "waits"),
    [
        ("* * * * *", datetime(2026, 11, 2, 8, 0, tzinfo=UTC), timedelta(hours=1)),
        ("0 */6 * * *", datetime(2026, 11, 2, 6, 0, tzinfo=UTC), timedelta(hours=6)),
        ("30 2 * * *", datetime(2026, 11, 2, 2, 30, tzinfo=UTC), timedelta(days=1)),
        ("* * * * *", None, timedelta(hours=1)),
    ],
)
def test_a_run_that_nobody_takes_is_dropped_when_the_next_does_its_work(
    redis: Redis, cron: str, rang_at: datetime | None, waits: timedelta
) -> None:
    entry = replace(SCHEDULE[0], cron=cron)
    clock = Clock(connection=redis, logging_level="WARNING")
    clock.add(entry)
    (job,) = clock.get_jobs()
    job.latest_enqueue_time = rang_at

    rung = job.enqueue(redis)

    assert rung.ttl == waits.total_seconds()
    assert 0 < redis.ttl(rung.key) <= waits.total_seconds()
    redis.delete(rung.key)  # as it ends by itself when the time is over
    assert queue(redis, entry.queue).jobs == []


@pytest.mark.parametrize("entry", SCHEDULE, ids=lambda entry: entry.name)
def test_every_periodic_job_can_be_found_and_has_a_time(entry: Entry) -> None:
    assert sweep_named(entry.name) is entry.sweep
    assert croniter.is_valid(entry.cron)
    assert entry.queue in QueueName


def test_no_two_periodic_jobs_have_one_name() -> None:
    names = [entry.name for entry in SCHEDULE]

    assert len(set(names)) == len(names)


def test_the_clock_rings_what_is_due_and_sets_its_next_time(redis: Redis) -> None:
    clock = Clock(connection=redis, logging_level="WARNING")
    clock.add(SCHEDULE[0])
    (job,) = clock.get_jobs()
    assert clock.enqueue_jobs() == []
    job.next_enqueue_time = datetime.now(UTC) - timedelta(seconds=1)  # the queue's own clock

    assert clock.enqueue_jobs() == [job]

    assert [each.args for each in waiting(redis)] == [[SCHEDULE[0].name]]
    assert job.next_enqueue_time is not None
    assert job.next_enqueue_time > datetime.now(UTC)
