"""The clock and a worker outlive a Redis that is away for a while, and are still told to stop."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError
from rq.job import JobStatus

from marketplace.cli.redis_server import RedisServer
from workers.queues import QueueName, queue

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60
CLOCK = """
from dataclasses import replace
from redis import Redis
from workers.clock import run_clock
from workers.schedule import SCHEDULE
run_clock(Redis.from_url({url!r}), [replace(SCHEDULE[0], cron="* * * * * *")])
"""
WORKER = """
from redis import Redis
from workers.queues import QueueName
from workers.working import work_for_ever
work_for_ever(Redis.from_url({url!r}), [QueueName.MONEY])
"""


@pytest.fixture
def server(tmp_path: Path) -> RedisServer:
    return RedisServer(tmp_path / "redis")


@contextmanager
def running(server: RedisServer) -> Iterator[Redis]:
    """A Redis that begins with nothing, until the block ends."""
    child = subprocess.Popen([*server.command(), "--save", ""], stdout=subprocess.DEVNULL)
    try:
        until(server.answers)
        with Redis.from_url(server.url) as connection:
            yield connection
    finally:
        child.kill()
        child.wait()
        server.socket.unlink(missing_ok=True)


@dataclass
class Living:
    """A process, and where all that it says is kept."""

    process: subprocess.Popen[bytes]
    said: Path

    def waits(self) -> bool:
        assert self.process.poll() is None, self.said.read_text()
        return "_waits" in self.said.read_text()

    def ends_when_told(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE_SECONDS)


@contextmanager
def living(code: str, server: RedisServer) -> Iterator[Living]:
    said = server.folder.parent / "said"
    with said.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-u", "-c", code.format(url=server.url)],
            cwd=ROOT,
            stdout=output,
            stderr=output,
        )
    try:
        until(server.answers)
        yield Living(process, said)
    finally:
        process.kill()
        process.wait()


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        with suppress(RedisError):
            if condition():
                return
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.05)


def rings(redis: Redis) -> bool:
    return queue(redis, QueueName.MONEY).count > 0


def test_the_clock_goes_on_ringing_when_redis_is_back(server: RedisServer) -> None:
    with running(server) as redis, living(CLOCK, server) as clock:
        until(lambda: rings(redis))
        server.dismiss()
        until(clock.waits)
        with running(server) as again:
            until(lambda: rings(again))
            assert clock.ends_when_told() == 0


def test_the_clock_is_told_to_stop_while_redis_is_away(server: RedisServer) -> None:
    with running(server) as redis, living(CLOCK, server) as clock:
        until(lambda: rings(redis))
        server.dismiss()
        until(clock.waits)
        assert clock.ends_when_told() == 0


def test_a_worker_goes_on_when_redis_went_away_under_its_job(server: RedisServer) -> None:
    with running(server) as redis, living(WORKER, server) as worker:
        job = queue(redis, QueueName.MONEY).enqueue_call("time.sleep", args=[2])
        until(lambda: job.get_status() is JobStatus.STARTED)
        server.dismiss()
        until(worker.waits)
        with running(server) as again:
            job = queue(again, QueueName.MONEY).enqueue_call("time.time")
            until(lambda: job.get_status() is JobStatus.FINISHED)
            assert worker.ends_when_told() == 0


def test_a_worker_is_told_to_stop_while_redis_is_away(server: RedisServer) -> None:
    with running(server) as redis, living(WORKER, server) as worker:
        job = queue(redis, QueueName.MONEY).enqueue_call("time.sleep", args=[2])
        until(lambda: job.get_status() is JobStatus.STARTED)
        server.dismiss()
        until(worker.waits)
        assert worker.ends_when_told() == 0
