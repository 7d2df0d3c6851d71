"""Keep the books quick to read, and seal what is finished."""

from __future__ import annotations

import structlog

from marketplace.ledger import service as ledger
from marketplace.store.session import transaction
from workers.runtime import Run

log = structlog.get_logger("ledger")


def roll_up(run: Run) -> None:
    """Move the checkpoints of all balances ahead."""
    del run
    with transaction() as session:
        count = ledger.roll_up(session)
    log.info("rolled_up", accounts=count)
