"""How long a run that the clock has rung waits for somebody to take it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis

from marketplace.cli.redis_server import embedded_redis
from workers.clock import Clock
from workers.queues import queue
from workers.schedule import SCHEDULE


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    with (
        embedded_redis(tmp_path_factory.mktemp("redis")) as url,
        Redis.from_url(url) as connection,
    ):
        yield connection


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
