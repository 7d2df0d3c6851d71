"""Look at channels at night: whose audience nobody has described, and what their posts touch."""

from __future__ import annotations

from typing import Final

from marketplace.creators import queries
from marketplace.creators import service as creators
from workers.runtime import Run
from workers.sweeping import batch_by_batch

BATCH: Final = 1_000


def infer_audiences(run: Run) -> None:
    """Guess the audience of every silent channel once, a batch a transaction."""
    batch_by_batch(
        lambda session, last: queries.channels_without_word(session, limit=BATCH, after=last),
        lambda session, ids: creators.infer_audiences(session, channel_ids=ids, now=run.now),
    )


def find_subjects(_run: Run) -> None:
    """Look through the last posts of every channel, as the lists of words may have changed."""
    batch_by_batch(
        lambda session, last: queries.main_channels(session, limit=BATCH, after=last),
        lambda session, ids: creators.find_subjects(session, channel_ids=ids),
    )
