"""Balances, statements of an account and the journal, shaped for those who read them."""

from marketplace.ledger.queries.balances import (
    OwnedAccount,
    balance_of,
    balances_of,
    gone_minor,
    kept_minor,
    owned_accounts,
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
from marketplace.ledger.queries.periods import (
    PeriodStep,
    last_closed_month,
    open_months,
    period_steps,
    suspense_at,
)
from marketplace.ledger.queries.recorded import (
    first_day,
    recorded_about,
    recorded_on,
    seals,
    totals_about,
)
from marketplace.ledger.queries.statement import AccountLine, statement
from marketplace.ledger.queries.totals import (
    TrialLine,
    recounted_by_account,
    recounted_trial_balance,
    totals_of,
    trial_balance,
)

__all__ = [
    "AccountLine",
    "EntryLine",
    "EntryView",
    "OwnedAccount",
    "PeriodStep",
    "TrialLine",
    "Written",
    "balance_of",
    "balances_of",
    "entries",
    "entry",
    "entry_by_key",
    "first_day",
    "gone_minor",
    "kept_balances",
    "kept_minor",
    "last_closed_month",
    "lines_of",
    "open_months",
    "owned_accounts",
    "pairs_of",
    "period_steps",
    "recorded_about",
    "recorded_on",
    "recounted_by_account",
    "recounted_trial_balance",
    "seals",
    "statement",
    "suspense_at",
    "totals_about",
    "totals_of",
    "trial_balance",
    "written_as",
]
