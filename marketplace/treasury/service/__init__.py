"""What finance asks for, approves and declines."""

from marketplace.treasury.service.asking import (
    ask_adjustment,
    ask_identification,
    ask_write_off,
)
from marketplace.treasury.service.moving import book_movements
from marketplace.treasury.service.requests import approve, ask, decline, withdraw

__all__ = [
    "approve",
    "ask",
    "ask_adjustment",
    "ask_identification",
    "ask_write_off",
    "book_movements",
    "decline",
    "withdraw",
]
