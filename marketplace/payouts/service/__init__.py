"""From an accepted deliverable to money at the creator."""

from marketplace.payouts.service.accounts import conclude_account, open_account, record_account
from marketplace.payouts.service.bonuses import book_bonuses
from marketplace.payouts.service.completing import complete
from marketplace.payouts.service.concluding import conclude_transfer
from marketplace.payouts.service.earning import earn, mature_due
from marketplace.payouts.service.gathering import gather, ring_payable

__all__ = [
    "book_bonuses",
    "complete",
    "conclude_account",
    "conclude_transfer",
    "earn",
    "gather",
    "mature_due",
    "open_account",
    "record_account",
    "ring_payable",
]
