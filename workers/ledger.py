"""Keep the books quick to read, and seal what is finished."""

from __future__ import annotations

from pathlib import Path

import structlog

from marketplace.ledger import queries
from marketplace.ledger import service as ledger
from marketplace.store.session import reading, transaction
from workers.runtime import Run

log = structlog.get_logger("ledger")


def roll_up(run: Run) -> None:
    """Move the checkpoints of all balances ahead."""
    del run
    with transaction() as session:
        count = ledger.roll_up(session)
    log.info("rolled_up", accounts=count)


def seal_days(run: Run) -> None:
    """Seal the days that are over, and then keep their seals outside the database too."""
    with transaction() as session:
        ledger.take_the_books(session)
    with transaction() as session:
        days = ledger.seal_finished_days(session)
    with reading() as session:
        seals = queries.seals(session)
    written = ledger.write_seals(seals, Path(run.settings.seal_folder))
    log.info("days_sealed", days=len(days), written=written)
