"""From an accepted deliverable to money at the creator."""

from marketplace.payouts.service.accounts import (
    conclude_account,
    open_account,
    record_account,
    record_bank_payout,
    ring_accounts,
)
from marketplace.payouts.service.bonuses import (
    BATCH,
    book_bonuses,
    due_bonuses,
    views_that_count,
)
from marketplace.payouts.service.clawing_back import forgive, open_case
from marketplace.payouts.service.completing import complete
from marketplace.payouts.service.concluding import book_found_paid, conclude_transfer
from marketplace.payouts.service.disputing import (
    Said,
    agree_in_dispute,
    decide_dispute,
    disputes_to_move,
    move_disputes_on,
    open_dispute,
    say_in_dispute,
    withdraw_dispute,
)
from marketplace.payouts.service.earning import earn, mature_due, mature_ids
from marketplace.payouts.service.freezing import freeze, unfreeze
from marketplace.payouts.service.gathering import gather
from marketplace.payouts.service.identifying import give_back, take_as_paid
from marketplace.payouts.service.leaving import close_account, pay_left_over
from marketplace.payouts.service.prizes import Outcome, book_prizes
from marketplace.payouts.service.reversing import ask_reversal, conclude_reversal

__all__ = [
    "BATCH",
    "Outcome",
    "Said",
    "agree_in_dispute",
    "ask_reversal",
    "book_bonuses",
    "book_found_paid",
    "book_prizes",
    "close_account",
    "complete",
    "conclude_account",
    "conclude_reversal",
    "conclude_transfer",
    "decide_dispute",
    "disputes_to_move",
    "due_bonuses",
    "earn",
    "forgive",
    "freeze",
    "gather",
    "give_back",
    "mature_due",
    "mature_ids",
    "move_disputes_on",
    "open_account",
    "open_case",
    "open_dispute",
    "pay_left_over",
    "record_account",
    "record_bank_payout",
    "ring_accounts",
    "say_in_dispute",
    "take_as_paid",
    "unfreeze",
    "views_that_count",
    "withdraw_dispute",
]
