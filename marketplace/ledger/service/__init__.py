"""The one door into the books."""

from __future__ import annotations

from marketplace.ledger.service.writing import (
    lock_accounts,
    reverse_entry,
    write_entries,
    write_entry,
)

__all__ = ["lock_accounts", "reverse_entry", "write_entries", "write_entry"]
