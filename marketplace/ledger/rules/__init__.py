"""Postings as pairs, the grammar of money, and every event that moves it. Pure."""

from __future__ import annotations

from marketplace.ledger.rules.entries import (
    AccountRef,
    Entry,
    Free,
    InsufficientBalance,
    MalformedEntry,
    Pair,
    actor_name,
    check_entry,
    check_free,
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
    "Free",
    "InsufficientBalance",
    "MalformedEntry",
    "Pair",
    "PeriodState",
    "actor_name",
    "check_entry",
    "check_free",
    "month_after",
    "month_of",
    "parse_month",
    "reversed_pairs",
]
