"""The one door into the books."""

from __future__ import annotations

from marketplace.ledger.service.periods import (
    accounting_zone,
    close_period,
    reopen_period,
    take_the_books,
    use_zone,
)
from marketplace.ledger.service.rollups import roll_up
from marketplace.ledger.service.seals import (
    export_entries,
    read_seals,
    seal_finished_days,
    write_seals,
)
from marketplace.ledger.service.writing import (
    lock_accounts,
    reverse_entry,
    write_entries,
    write_entry,
)

__all__ = [
    "accounting_zone",
    "close_period",
    "export_entries",
    "lock_accounts",
    "read_seals",
    "reopen_period",
    "reverse_entry",
    "roll_up",
    "seal_finished_days",
    "take_the_books",
    "use_zone",
    "write_entries",
    "write_entry",
    "write_seals",
]
