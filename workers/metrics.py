"""Read what happens to live posts, on the schedule that the rules set."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from marketplace.creators.messages import ChannelConnected
from marketplace.creators.ports import Failure, FailureKind, FailureScope
from marketplace.metrics import queries
from marketplace.metrics import service as metrics
from marketplace.metrics.messages import ReadingsDue
from marketplace.metrics.rules.readings import Reading
from marketplace.store.session import reading, transaction
from workers.access import ask_posts, raise_for
from workers.authenticity import assess_read
from workers.runtime import Run

NOT_CONNECTED: Final = Failure(
    FailureKind.AUTH_REVOKED, FailureScope.CONNECTION, "channel_not_connected"
)


def read_posts(message: ReadingsDue, run: Run) -> None:
    """Read every post of a channel that is due, and keep each reading or the reason for none."""
    with reading() as session:
        due = queries.posts_due(session, channel_id=message.channel_id, now=run.now)
    if not due:
        return
    answers = ask_posts(message.channel_id, [one.external_id for one in due], run)
    readings: dict[UUID, Reading] = {}
    failures: dict[UUID, Failure] = {}
    for one in due:
        answer = NOT_CONNECTED if answers is None else answers[one.external_id]
        if isinstance(answer, Failure):
            failures[one.post_id] = answer
        else:
            readings[one.post_id] = answer.reading
    if readings:
        with transaction() as session:
            kept = metrics.record_snapshots(session, readings=readings)
            assess_read(session, kept, now=run.now)
    for post_id, failure in failures.items():
        with transaction() as session:
            metrics.flag_gap(session, post_id=post_id, failure=failure, now=run.now)
    for failure in failures.values():
        if failure.kind is FailureKind.REQUEST_REJECTED:
            raise_for(failure)


def resume_readings(message: ChannelConnected, run: Run) -> None:
    """Read the posts of a channel at once when it is connected again."""
    with transaction() as session:
        metrics.resume_readings(session, channel_id=message.channel_id, now=run.now)


def ring_due(run: Run) -> None:
    """Ring for every channel with posts to be read."""
    with transaction() as session:
        metrics.ring_due(session, now=run.now)
