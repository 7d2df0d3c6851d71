"""What finance asks for, approves and declines, and our own money."""

from marketplace.treasury.service.asking import (
    ask_adjustment,
    ask_cause_payment,
    ask_clawback,
    ask_dispute_decision,
    ask_forgiveness,
    ask_identification,
    ask_ruling,
    ask_write_off,
)
from marketplace.treasury.service.bank import (
    ask_payout,
    ask_topup,
    conclude_bank_move,
    record_bank_move,
    record_schedule,
)
from marketplace.treasury.service.moving import book_movements
from marketplace.treasury.service.requests import approve, ask, decline, withdraw

__all__ = [
    "approve",
    "ask",
    "ask_adjustment",
    "ask_cause_payment",
    "ask_clawback",
    "ask_dispute_decision",
    "ask_forgiveness",
    "ask_identification",
    "ask_payout",
    "ask_ruling",
    "ask_topup",
    "ask_write_off",
    "book_movements",
    "conclude_bank_move",
    "decline",
    "record_bank_move",
    "record_schedule",
    "withdraw",
]
