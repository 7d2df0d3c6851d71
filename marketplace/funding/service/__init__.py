"""The verbs of funding: money in, and back."""

from marketplace.funding.service.allocating import use_wallet
from marketplace.funding.service.asking import conclude_checkout, request_funding
from marketplace.funding.service.paying_back import (
    conclude_refund,
    give_up_bank_transfer,
    record_bank_transfer,
    record_refund,
)
from marketplace.funding.service.recording import (
    record_debit_ordered,
    record_expired,
    record_paid,
    record_refused,
)
from marketplace.funding.service.refunding import refund_unspent, refund_wallet, take_back

__all__ = [
    "conclude_checkout",
    "conclude_refund",
    "give_up_bank_transfer",
    "record_bank_transfer",
    "record_debit_ordered",
    "record_expired",
    "record_paid",
    "record_refund",
    "record_refused",
    "refund_unspent",
    "refund_wallet",
    "request_funding",
    "take_back",
    "use_wallet",
]
