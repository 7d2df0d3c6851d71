"""What was asked for and decided, what lies in suspense, and our own money."""

from marketplace.treasury.queries.ages import Lying, lying_long
from marketplace.treasury.queries.bank import (
    bank_move_by_id,
    bank_moves,
    moves_at,
    moves_to_look_at,
    own_money_by_currency,
    own_money_in,
    setting,
)
from marketplace.treasury.queries.owners import (
    FoundOwners,
    balances_by_currency,
    currencies,
    owner_named,
    owners_found,
)
from marketplace.treasury.queries.requests import (
    ANY_OPEN_REQUEST,
    decided_requests,
    open_request_about,
    open_requests,
    request_by_id,
)
from marketplace.treasury.queries.suspense import (
    Suspended,
    identified_by,
    suspended_movement,
    suspended_movements,
)

__all__ = [
    "ANY_OPEN_REQUEST",
    "FoundOwners",
    "Lying",
    "Suspended",
    "balances_by_currency",
    "bank_move_by_id",
    "bank_moves",
    "currencies",
    "decided_requests",
    "identified_by",
    "lying_long",
    "moves_at",
    "moves_to_look_at",
    "open_request_about",
    "open_requests",
    "own_money_by_currency",
    "own_money_in",
    "owner_named",
    "owners_found",
    "request_by_id",
    "setting",
    "suspended_movement",
    "suspended_movements",
]
