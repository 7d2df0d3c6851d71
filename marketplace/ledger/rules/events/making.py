"""From moves of amounts to an entry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from marketplace.kernel.money import Money
from marketplace.ledger.rules.entries import (
    AccountRef,
    Entry,
    Free,
    MalformedEntry,
    Pair,
    check_free,
)
from marketplace.ledger.rules.events.refs import AT_PROCESSOR, EXCHANGE, EXCHANGE_RESULT
from marketplace.ledger.rules.grammar import EntryKind

Move = tuple[AccountRef, AccountRef, Money]
"""Debit, credit, amount."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What moved at the processor where that is another currency than the one it is about.

    moved: what left or came. stood: what had arrived for it when it was paid in, in that same
    currency; what differs was won or lost by the exchange.
    """

    moved: Money
    stood: Money


def out_of_processor(to: AccountRef, amount: Money, changed: Changed | None) -> list[Move]:
    """Money of ours leaves the processor, for what this account is about."""
    if changed is None:
        return [(to, AT_PROCESSOR, amount)]
    return [
        (to, EXCHANGE, amount),
        (EXCHANGE, AT_PROCESSOR, changed.moved),
        _result(changed.moved - changed.stood),
    ]


def into_processor(of: AccountRef, amount: Money, changed: Changed | None) -> list[Move]:
    """Money that had left the processor is there again."""
    if changed is None:
        return [(AT_PROCESSOR, of, amount)]
    return [
        (AT_PROCESSOR, EXCHANGE, changed.moved),
        (EXCHANGE, of, amount),
        _result(changed.stood - changed.moved),
    ]


def _result(lost: Money) -> Move:
    """What an exchange lost, or won where it is below nothing."""
    if lost.minor < 0:
        return (EXCHANGE, EXCHANGE_RESULT, -lost)
    return (EXCHANGE_RESULT, EXCHANGE, lost)


def entry_of(
    kind: EntryKind,
    idem_key: str,
    *moves: Move,
    source_ref: str | None = None,
    memo: str = "",
    free: Free | None = None,
) -> Entry:
    """Make an entry of (debit, credit, amount): parts of nothing are left out.

    free: of the campaign's funds, for an event that spends them. Raises MalformedEntry for a part
    below nothing, and what ``check_free`` raises.
    """
    pairs = _pairs(moves)
    check_free(kind, pairs, free)
    return Entry(kind, idem_key, pairs, source_ref=source_ref, memo=memo)


def _pairs(moves: Iterable[Move]) -> tuple[Pair, ...]:
    pairs = []
    for debit, credit, amount in moves:
        if amount.minor < 0:
            raise MalformedEntry(f"{amount.minor} is no amount of a posting")
        if amount:
            pairs.append(Pair(debit, credit, amount))
    return tuple(pairs)


def signed_entry(
    kind: EntryKind,
    idem_key: str,
    other: AccountRef,
    net: Money,
    *,
    source_ref: str,
    memo: str = "",
) -> Entry:
    """One move between our balance at the processor and another account; net from our side."""
    move = (AT_PROCESSOR, other, net) if net.minor > 0 else (other, AT_PROCESSOR, -net)
    return entry_of(kind, idem_key, move, source_ref=source_ref, memo=memo)
