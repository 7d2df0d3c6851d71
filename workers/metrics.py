"""Read what happens to live posts, on the schedule that the rules set."""

from __future__ import annotations

from typing import Final

from marketplace.creators.messages import ChannelConnected
from marketplace.creators.ports import Failure, FailureKind, FailureScope
from marketplace.metrics import queries
from marketplace.metrics import service as metrics
from marketplace.metrics.messages import ReadingsDue
from marketplace.store.session import reading, transaction
from workers.access import ask_posts, raise_for
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
    for one in due:
        answer = NOT_CONNECTED if answers is None else answers[one.external_id]
        with transaction() as session:
            if isinstance(answer, Failure):
                metrics.flag_gap(session, post_id=one.post_id, failure=answer, now=run.now)
            else:
                metrics.record_snapshot(session, post_id=one.post_id, reading=answer.reading)
    for failure in (answers or {}).values():
        if isinstance(failure, Failure) and failure.kind is FailureKind.REQUEST_REJECTED:
            raise_for(failure)


def resume_readings(message: ChannelConnected, run: Run) -> None:
    """Read the posts of a channel at once when it is connected again."""
    with transaction() as session:
        metrics.resume_readings(session, channel_id=message.channel_id, now=run.now)


def ring_due(run: Run) -> None:
    """Ring for every channel with posts to be read."""
    with transaction() as session:
        metrics.ring_due(session, now=run.now)
