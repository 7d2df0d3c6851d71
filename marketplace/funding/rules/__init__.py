"""The lives of fundings and refunds, ways of paying, and what the numbers may be. Pure."""

from marketplace.funding.rules.lives import (
    LIFE,
    REFUND_LIFE,
    FundingEvent,
    FundingState,
    RefundEvent,
    RefundState,
)
from marketplace.funding.rules.methods import (
    CARD,
    Lot,
    Method,
    Part,
    Way,
    clears_by,
    debit_problem,
    method_of,
    refund_problem,
    spread_refund,
    way_back,
)
from marketplace.funding.rules.numbers import (
    Quote,
    largest_budget,
    price_of,
    quote,
    unearned_fee,
)

__all__ = [
    "CARD",
    "LIFE",
    "REFUND_LIFE",
    "FundingEvent",
    "FundingState",
    "Lot",
    "Method",
    "Part",
    "Quote",
    "RefundEvent",
    "RefundState",
    "Way",
    "clears_by",
    "debit_problem",
    "largest_budget",
    "method_of",
    "price_of",
    "quote",
    "refund_problem",
    "spread_refund",
    "unearned_fee",
    "way_back",
]
