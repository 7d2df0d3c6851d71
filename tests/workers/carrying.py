"""What the tests of the relay ask again and again."""

from __future__ import annotations

import signal
from typing import Any
from uuid import UUID, uuid4

from redis import Redis
from rq import SimpleWorker
from rq.job import Job
from rq.registry import ScheduledJobRegistry
from rq.serializers import JSONSerializer
from sqlalchemy import select

from marketplace.kernel.clock import utc_now
from marketplace.kernel.messages import Message
from marketplace.store import inbox, outbox
from marketplace.store.inbox import InboxMessage
from marketplace.store.outbox import OutboxMessage
from marketplace.store.session import reading, transaction
from workers.queues import QueueName, queue


def keep(kind: str = "tax.settings.updated", body: dict[str, Any] | None = None) -> UUID:
    """A webhook that was kept and rung for."""
    with transaction() as session:
        kept = inbox.keep_once(
            session,
            sender="stripe",
            sender_id=f"evt_{uuid4().hex}",
            kind=kind,
            body=body or {},
            now=utc_now(),
        )
    assert kept is not None
    return kept


def post(message: Message) -> None:
    with transaction() as session:
        outbox.post(session, message)


def messages() -> list[OutboxMessage]:
    with reading() as session:
        return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def handled(inbox_id: UUID) -> bool:
    with reading() as session:
        return session.get_one(InboxMessage, inbox_id).handled_at is not None


def waiting(redis: Redis) -> list[Job]:
    return [job for name in QueueName for job in queue(redis, name).jobs]


def work(redis: Redis) -> None:
    """Work until the queues are empty."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        SimpleWorker(
            [queue(redis, name) for name in QueueName],
            connection=redis,
            serializer=JSONSerializer,
        ).work(burst=True, logging_level="WARNING")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def make_due(redis: Redis) -> int:
    """Bring every job that waits for its next try to its queue; return how many."""
    count = 0
    for name in QueueName:
        mine = queue(redis, name)
        registry = ScheduledJobRegistry(queue=mine)
        for job_id in registry.get_job_ids():
            registry.remove(job_id)
            mine.enqueue_job(Job.fetch(job_id, connection=redis, serializer=JSONSerializer))
            count += 1
    return count
