"""Balances, statements of an account and the journal, shaped for those who read them."""

from marketplace.ledger.queries.balances import (
    AccountLine,
    Movement,
    OwnedAccount,
    TrialLine,
    balance_of,
    balances_of,
    entries_touching,
    kept_minor,
    owned_accounts,
    statement,
    trial_balance,
)
from marketplace.ledger.queries.journal import (
    EntryLine,
    EntryView,
    Written,
    entries,
    entry,
    entry_by_key,
    lines_of,
    pairs_of,
    written_as,
)

__all__ = [
    "AccountLine",
    "EntryLine",
    "EntryView",
    "Movement",
    "OwnedAccount",
    "TrialLine",
    "Written",
    "balance_of",
    "balances_of",
    "entries",
    "entries_touching",
    "entry",
    "entry_by_key",
    "kept_minor",
    "lines_of",
    "owned_accounts",
    "pairs_of",
    "statement",
    "trial_balance",
    "written_as",
]
