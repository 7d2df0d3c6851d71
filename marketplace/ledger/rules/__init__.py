"""Postings as pairs, the grammar of money, and every event that moves it. Pure."""

from __future__ import annotations

from marketplace.ledger.rules.entries import (
    AccountRef,
    Entry,
    InsufficientBalance,
    MalformedEntry,
    Pair,
    actor_name,
    check_entry,
    reversed_pairs,
)
from marketplace.ledger.rules.grammar import GRAMMAR, Code, EntryKind
from marketplace.ledger.rules.periods import PeriodState, month_after, month_of, parse_month

__all__ = [
    "GRAMMAR",
    "AccountRef",
    "Code",
    "Entry",
    "EntryKind",
    "InsufficientBalance",
    "MalformedEntry",
    "Pair",
    "PeriodState",
    "actor_name",
    "check_entry",
    "month_after",
    "month_of",
    "parse_month",
    "reversed_pairs",
]
