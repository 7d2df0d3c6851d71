"""Guess the audiences of channels of which nobody has said anything."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from marketplace.creators import queries
from marketplace.creators import service as creators
from marketplace.store.session import reading, transaction
from workers.runtime import Run

BATCH: Final = 1_000


def infer_audiences(run: Run) -> None:
    """Look at every silent channel once, a batch a transaction."""
    after: UUID | None = None
    while True:
        with reading() as session:
            batch = queries.channels_without_word(session, limit=BATCH, after=after)
        if not batch:
            return
        with transaction() as session:
            creators.infer_audiences(session, channel_ids=batch, now=run.now)
        after = batch[-1]
