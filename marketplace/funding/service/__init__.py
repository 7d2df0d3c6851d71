"""The verbs of funding: money in, and back."""

from marketplace.funding.service.allocating import use_wallet
from marketplace.funding.service.answering import (
    accept_loss,
    conclude_answer,
    recover_owed,
    submit_evidence,
)
from marketplace.funding.service.asking import conclude_checkout, request_funding
from marketplace.funding.service.charging_back import record_chargeback
from marketplace.funding.service.freezing import dismiss_warning, record_warning
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
    "accept_loss",
    "conclude_answer",
    "conclude_checkout",
    "conclude_refund",
    "dismiss_warning",
    "give_up_bank_transfer",
    "record_bank_transfer",
    "record_chargeback",
    "record_debit_ordered",
    "record_expired",
    "record_paid",
    "record_refund",
    "record_refused",
    "record_warning",
    "recover_owed",
    "refund_unspent",
    "refund_wallet",
    "request_funding",
    "submit_evidence",
    "take_back",
    "use_wallet",
]
