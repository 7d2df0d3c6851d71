"""RQ's worker, which would end where Redis is away while it has a job in hand."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType
from typing import Any

from redis import Redis
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import RedisError
from rq import Worker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer

from workers.patience import patiently
from workers.queues import QueueName, queue


class PatientWorker(Worker):
    """A worker that says whether it ended because it was told to."""

    told_to_stop = False

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Remember the first signal; RQ lets the job in hand come to its end."""
        self.told_to_stop = True
        with suppress(RedisError):  # where it wants to write this down as well
            super().request_stop(signum, frame)  # type: ignore[no-untyped-call]  # RQ has no types

    def register_death(self) -> None:
        """Say farewell where there is somebody to hear it: a Redis that is away forgets us."""
        with suppress(RedisError):
            super().register_death()  # type: ignore[no-untyped-call]  # likewise

    def unsubscribe(self) -> None:
        """Let the thread end that listens for commands, also where Redis is away."""
        thread: Any = self.pubsub_thread
        if thread is not None:
            thread.stop()
        with suppress(RedisError):
            super().unsubscribe()  # type: ignore[no-untyped-call]  # likewise


def work_for_ever(connection: Redis, names: Sequence[QueueName]) -> None:
    """Work through queues, the first named first, until the process is told to stop.

    A worker that has lost Redis ends; another begins in its place once Redis is back.
    """

    def work() -> None:
        worker = PatientWorker(
            [queue(connection, name) for name in names],
            connection=connection,
            serializer=JSONSerializer,
        )
        try:
            worker.work(with_scheduler=True, logging_level="WARNING")
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):  # the worker's own answer ends with it
                signal.signal(number, _stop)
        if not worker.told_to_stop:
            raise RedisAway("the worker has ended")

    with suppress(StopRequested):  # told to while it waited
        patiently("worker")(work)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise StopRequested
