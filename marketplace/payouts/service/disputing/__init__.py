"""Disputes: opened, talked over, settled or decided, and what that moves."""

from marketplace.payouts.service.disputing.closing import (
    agree_in_dispute,
    decide_dispute,
    overtake_dispute,
    withdraw_dispute,
)
from marketplace.payouts.service.disputing.moves import Said
from marketplace.payouts.service.disputing.opening import open_dispute
from marketplace.payouts.service.disputing.talking import (
    disputes_to_move,
    move_disputes_on,
    say_in_dispute,
)

__all__ = [
    "Said",
    "agree_in_dispute",
    "decide_dispute",
    "disputes_to_move",
    "move_disputes_on",
    "open_dispute",
    "overtake_dispute",
    "say_in_dispute",
    "withdraw_dispute",
]
