"""What is known of a brand's money: in, back, and where it is."""

from marketplace.funding.queries.fundings import (
    allocations_of,
    charge_of,
    failed_fundings,
    funding_seen_by,
    fundings_of,
    fundings_of_brand,
    open_checkouts,
)
from marketplace.funding.queries.money import (
    Unspent,
    charges_of_brand,
    debts_of,
    owed_by,
    unspent_of,
    wallet_of,
    wallets_of,
)
from marketplace.funding.queries.refunds import (
    bank_transfers_due,
    failed_refunds,
    open_refunds,
    refund_by_id,
    refunds_asked_as,
    refunds_of,
    refunds_of_brand,
)

__all__ = [
    "Unspent",
    "allocations_of",
    "bank_transfers_due",
    "charge_of",
    "charges_of_brand",
    "debts_of",
    "failed_fundings",
    "failed_refunds",
    "funding_seen_by",
    "fundings_of",
    "fundings_of_brand",
    "open_checkouts",
    "open_refunds",
    "owed_by",
    "refund_by_id",
    "refunds_asked_as",
    "refunds_of",
    "refunds_of_brand",
    "unspent_of",
    "wallet_of",
    "wallets_of",
]
