"""RQ's own cron, with our queues."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final

from redis import Redis
from redis.client import Pipeline
from redis.exceptions import RedisError
from rq.cron import CronJob, CronScheduler
from rq.exceptions import StopRequested
from rq.job import Job

from marketplace.kernel.clock import utc_now
from workers.patience import patiently
from workers.queues import QueueName, queue
from workers.schedule import SCHEDULE, Entry

HOUR: Final = timedelta(hours=1)


class JsonCronJob(CronJob):
    """A periodic job that enters its queue as JSON; RQ's own would pickle it.

    seconds: how long one run may take.
    """

    seconds: int

    def enqueue(self, connection: Redis) -> Job:
        """Put one run into the queue; it is dropped where nobody takes it before the next, or HOUR.

        So days without a worker do not leave thousands of runs that all do the same.
        """
        since = self.latest_enqueue_time or utc_now()
        waits = max(HOUR, self.get_next_enqueue_time() - since)
        return queue(connection, QueueName(self.queue_name)).enqueue_call(
            self.func_name,
            args=list(self.args),
            timeout=self.seconds,
            ttl=int(waits.total_seconds()),
        )


class Clock(CronScheduler):
    """RQ's scheduler over our own table of periodic jobs."""

    def add(self, entry: Entry) -> None:
        """Ring this sweep at its times from now on."""
        job = JsonCronJob(
            queue_name=entry.queue.value,
            func_name="workers.perform.sweep",
            args=(entry.name,),
            cron=entry.cron,
            name=entry.name,
        )
        job.seconds = entry.seconds
        self._cron_jobs.append(job)

    def register_death(self, pipeline: Pipeline | None = None) -> None:
        """Say farewell where there is somebody to hear it: a Redis that is away forgets us."""
        with suppress(RedisError):
            super().register_death(pipeline)


def run_clock(connection: Redis, schedule: Sequence[Entry] = SCHEDULE) -> None:
    """Ring every periodic job at its time, until the process is told to stop.

    While Redis is away nothing rings; what was due meanwhile rings once when it is back.
    """
    clock = Clock(connection=connection, logging_level="WARNING")
    for entry in schedule:
        clock.add(entry)
    with suppress(StopRequested):  # told to while it waited
        patiently("clock")(clock.start)
