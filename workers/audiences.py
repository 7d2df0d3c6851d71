"""Look at channels at night: whose audience nobody has described, and what their posts touch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.creators import queries
from marketplace.creators import service as creators
from marketplace.store.session import reading, transaction
from workers.runtime import Run

BATCH: Final = 1_000


class After(Protocol):
    """Asks for the next so many channels after one."""

    def __call__(self, session: Session, *, limit: int, after: UUID | None) -> Sequence[UUID]: ...


def infer_audiences(run: Run) -> None:
    """Guess the audience of every silent channel once, a batch a transaction."""
    for batch in _batches(queries.channels_without_word):
        with transaction() as session:
            creators.infer_audiences(session, channel_ids=batch, now=run.now)


def find_subjects(_run: Run) -> None:
    """Look through the last posts of every channel, as the lists of words may have changed."""
    for batch in _batches(queries.main_channels):
        with transaction() as session:
            creators.find_subjects(session, channel_ids=batch)


def _batches(ask: After) -> Iterator[Sequence[UUID]]:
    last: UUID | None = None
    while True:
        with reading() as session:
            batch = ask(session, limit=BATCH, after=last)
        if not batch:
            return
        yield batch
        last = batch[-1]
