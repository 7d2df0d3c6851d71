"""What was asked for and decided, and what lies in suspense."""

from marketplace.treasury.queries.owners import (
    FoundOwner,
    balances_by_currency,
    currencies,
    owner_named,
    owners_found,
)
from marketplace.treasury.queries.requests import (
    decided_requests,
    open_requests,
    request_by_id,
)
from marketplace.treasury.queries.suspense import Suspended, suspended_movement, suspended_movements

__all__ = [
    "FoundOwner",
    "Suspended",
    "balances_by_currency",
    "currencies",
    "decided_requests",
    "open_requests",
    "owner_named",
    "owners_found",
    "request_by_id",
    "suspended_movement",
    "suspended_movements",
]
