"""Postings as pairs, the entry they make, and what an entry may not be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import NewType
from uuid import UUID

from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict
from marketplace.kernel.ids import NIL
from marketplace.kernel.money import LARGEST_MINOR, Money
from marketplace.kernel.sentences import Sentence
from marketplace.ledger.rules.grammar import GRAMMAR, TAKES_WHAT_RESTS, Code, EntryKind

Free = NewType("Free", Money)
"""What of a campaign's funds may be promised or sent back: nothing that rests is in it.

Whoever locks the funds is told; an event that spends them is not made without it.
"""


@dataclass(frozen=True, slots=True)
class AccountRef:
    """Points at a ledger account, apart from its currency.

    owner: the id of the brand, campaign, creator… it belongs to; NIL for the platform's own.
    """

    code: Code
    owner: UUID = NIL


@dataclass(frozen=True, slots=True)
class Pair:
    """One posting to be: value moves from the credit account to the debit account."""

    debit: AccountRef
    credit: AccountRef
    amount: Money


@dataclass(frozen=True, slots=True)
class Entry:
    """One business event as the books take it; ``events`` makes them.

    idem_key: says which event this is, like ``fund:<charge>``; the same event has the same key
    whoever tells of it. source_ref: the processor's object that statements will name. memo: no
    names of people, entries are for ever. occurred_at: aware; None when whoever writes it says so.
    """

    kind: EntryKind
    idem_key: str
    pairs: tuple[Pair, ...]
    source_ref: str | None = None
    memo: str = ""
    occurred_at: datetime | None = None

    def at(self, moment: datetime) -> Entry:
        """Return the same event with its own moment, to be written together with others."""
        return replace(self, occurred_at=moment)


class MalformedEntry(ValueError):
    """An entry that no rule of the ledger allows; a mistake in the program, not a refusal."""


class InsufficientBalance(Conflict):
    """A ledger account with a floor would fall below zero.

    ref: the account. available: what it holds. needed: what the entry takes from it.
    """

    def __init__(self, ref: AccountRef, *, available: Money, needed: Money) -> None:
        super().__init__(
            Sentence(
                "The balance is too small: {needed} needed, {available} available",
                needed=needed,
                available=available,
            )
        )
        self.ref = ref
        self.available = available
        self.needed = needed


def check_entry(entry: Entry) -> None:
    """Raise MalformedEntry unless the grammar and the limits allow this entry."""
    if not entry.pairs:
        raise MalformedEntry("an entry has at least one posting")
    for pair in entry.pairs:
        currency, minor = pair.amount.currency, pair.amount.minor
        if not _is_currency(currency):
            raise MalformedEntry(f"{currency!r} is no currency")
        if not 0 < minor <= LARGEST_MINOR:
            raise MalformedEntry(f"{minor} is no amount of a posting")
        if (entry.kind, pair.debit.code, pair.credit.code) not in GRAMMAR:
            raise MalformedEntry(
                f"{entry.kind} does not move {pair.debit.code.value} / {pair.credit.code.value}"
            )


def check_free(kind: EntryKind, pairs: Sequence[Pair], free: Free | None) -> None:
    """Raise InsufficientBalance when postings spend more of a campaign's funds than is free.

    Raises MalformedEntry when they spend some and nobody has asked how much that is.
    """
    spent = [pair for pair in pairs if pair.debit.code is Code.CAMPAIGN_FUNDS]
    if not spent or kind in TAKES_WHAT_RESTS:
        return
    if free is None:
        raise MalformedEntry(f"{kind} spends a campaign's funds, and nobody asked what is free")
    needed = sum((pair.amount for pair in spent[1:]), spent[0].amount)
    if needed > free:
        raise InsufficientBalance(spent[0].debit, available=free, needed=needed)


@lru_cache(maxsize=256)
def _is_currency(code: str) -> bool:
    return re.fullmatch("[A-Z]{3}", code) is not None


def reversed_pairs(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    """Return the same amounts with the sides swapped, so that both together move nothing."""
    return tuple(Pair(debit=pair.credit, credit=pair.debit, amount=pair.amount) for pair in pairs)


def actor_name(actor: Actor) -> str:
    """Return how the journal names who acted: ``system`` or ``user:<id>``, never a person's name.

    Raises MalformedEntry for nobody.
    """
    if actor.is_system:
        return "system"
    if actor.user_id is None:
        raise MalformedEntry("somebody has to answer for an entry")
    return f"user:{actor.user_id}"
