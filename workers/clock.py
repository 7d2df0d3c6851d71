"""RQ's own cron, with our queues."""

from __future__ import annotations

from redis import Redis
from rq.cron import CronJob, CronScheduler
from rq.job import Job

from workers.queues import QueueName, queue
from workers.schedule import SCHEDULE, Entry


class JsonCronJob(CronJob):
    """A periodic job that enters its queue as JSON; RQ's own would pickle it.

    seconds: how long one run may take.
    """

    seconds: int

    def enqueue(self, connection: Redis) -> Job:
        """Put one run into the queue."""
        return queue(connection, QueueName(self.queue_name)).enqueue_call(
            self.func_name, args=list(self.args), timeout=self.seconds
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


def run_clock(connection: Redis) -> None:
    """Ring every periodic job at its time, until the process is told to stop."""
    clock = Clock(connection=connection, logging_level="WARNING")
    for entry in SCHEDULE:
        clock.add(entry)
    clock.start()  # type: ignore[no-untyped-call]  # RQ does not type it
