"""The queues, one for each kind of patience, and how anything gets into them."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

from redis import Redis
from rq import Queue, Retry
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer

from workers.runtime import RETRY_SECONDS


class QueueName(StrEnum):
    """Money first, then mail, then reads of the outside world."""

    MONEY = "money"
    MAIL = "mail"
    READS = "reads"


JOB_SECONDS: Final = 300
"""Longer than a call's lease and every try in it."""
FAILURE_SECONDS: Final = 24 * 3600


def queue(connection: Redis, name: QueueName) -> Queue:
    """Return the queue; jobs in it are JSON, never pickle."""
    return Queue(name.value, connection=connection, serializer=JSONSerializer)


def ring(
    connection: Redis, name: QueueName, *, job_id: str, function: str, args: list[Any]
) -> None:
    """Put a job in, unless the same one is there already."""
    try:
        queue(connection, name).enqueue_call(
            function,
            args=args,
            job_id=job_id,
            unique=True,
            timeout=JOB_SECONDS,
            failure_ttl=FAILURE_SECONDS,
            retry=Retry(max=len(RETRY_SECONDS), interval=RETRY_SECONDS),
        )
    except DuplicateJobError:
        return
