"""Committed outbox rows -> RQ, once."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Final

import structlog
from redis import Redis
from sqlalchemy import select, update

from marketplace.kernel.clock import utc_now
from marketplace.store.outbox import OutboxMessage
from marketplace.store.session import transaction
from workers.patience import patiently
from workers.queues import ring
from workers.routes import routes_of

log = structlog.get_logger("relay")

BATCH: Final = 200
IDLE_SECONDS: Final = 0.2
MARK: Final = "fairview:relay"
MEMORY: Final = timedelta(days=1)
"""Longer than any job waits in Redis."""


def relay_once(connection: Redis) -> int:
    """Carry one batch over; return how many messages it held.

    Rings before it marks: a crash between the two rings twice, and the second is refused as a
    duplicate or finds its work done.
    """
    with transaction() as session:
        waiting = session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.relayed_at.is_(None))
            .order_by(OutboxMessage.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        ).all()
        for message in waiting:
            _ring_for(connection, message)
            message.relayed_at = utc_now()
        return len(waiting)


def ring_what_was_lost(connection: Redis) -> int:
    """Take back what was carried into a Redis that has lost its memory; return how much.

    Redis holds a mark of ours; where it is missing, every message of the last day is carried
    again. Jobs are safe to run twice, so what was done before finds its work done; a mail that
    went out is not asked for again.
    """
    if connection.exists(MARK):
        return 0
    with transaction() as session:
        lost = session.scalars(
            update(OutboxMessage)
            .where(OutboxMessage.relayed_at > utc_now() - MEMORY, OutboxMessage.mailed_at.is_(None))
            .values(relayed_at=None)
            .returning(OutboxMessage.id)
        ).all()
    connection.set(MARK, utc_now().isoformat())
    if lost:
        log.warning("redis_had_forgotten", messages=len(lost))
    return len(lost)


def _ring_for(connection: Redis, message: OutboxMessage) -> None:
    try:
        routes = routes_of(message.name)
    except KeyError:  # of a newer or older release; it must not hold up the others
        log.error("message_unknown", message=message.name, message_id=str(message.id))
        message.failed_job, message.failure = "relay", "No message of this name is known."
        return
    for route in routes:
        ring(
            connection,
            route.queue,
            job_id=f"{message.id}-{route.name}",
            function="workers.perform.perform",
            args=[str(message.id), message.name, route.name, message.body],
        )


def relay_for_ever(connection: Redis) -> None:
    """Relay until the process is told to stop; waits out a database or a Redis that is away."""
    wait_out = patiently("relay")
    while True:
        wait_out(ring_what_was_lost, connection)
        if wait_out(relay_once, connection) == 0:
            time.sleep(IDLE_SECONDS)
