"""The verbs of funding: money in, and back."""

from marketplace.funding.service.asking import conclude_checkout, request_funding
from marketplace.funding.service.recording import record_expired, record_paid
from marketplace.funding.service.refunding import conclude_refund, record_refund, refund_unspent

__all__ = [
    "conclude_checkout",
    "conclude_refund",
    "record_expired",
    "record_paid",
    "record_refund",
    "refund_unspent",
    "request_funding",
]
