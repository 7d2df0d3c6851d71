"""From moves of amounts to an entry."""

from __future__ import annotations

from collections.abc import Iterable

from marketplace.kernel.money import Money
from marketplace.ledger.rules.entries import AccountRef, Entry, MalformedEntry, Pair
from marketplace.ledger.rules.events.refs import AT_PROCESSOR
from marketplace.ledger.rules.grammar import EntryKind


def entry_of(
    kind: EntryKind,
    idem_key: str,
    *moves: tuple[AccountRef, AccountRef, Money],
    source_ref: str | None = None,
    memo: str = "",
) -> Entry:
    """Make an entry of (debit, credit, amount): parts of nothing are left out.

    Raises MalformedEntry for a part below nothing.
    """
    return Entry(kind, idem_key, _pairs(moves), source_ref=source_ref, memo=memo)


def _pairs(moves: Iterable[tuple[AccountRef, AccountRef, Money]]) -> tuple[Pair, ...]:
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
