"""By hand, and what nobody asked for."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from marketplace.kernel.money import Money
from marketplace.ledger.rules.entries import AccountRef, Entry, Free, Pair, check_free
from marketplace.ledger.rules.events.making import entry_of, signed_entry
from marketplace.ledger.rules.events.refs import SUSPENSE
from marketplace.ledger.rules.grammar import Code, EntryKind


def adjusted(
    *, request_id: UUID, pairs: Sequence[Pair], memo: str, free: Free | None = None
) -> Entry:
    """23. What one member of staff asked for and another approved, to the letter.

    27, the leftover of a division that is nobody's, is such a pair against the rounding account.
    free: of the funds of a campaign that is to hold less.
    """
    check_free(EntryKind.ADJUST, pairs, free)
    return Entry(EntryKind.ADJUST, f"adj:{request_id}", tuple(pairs), memo=memo)


def processor_moved(
    *, stripe_balance_transaction_id: str, source_ref: str | None, against: Code, net: Money
) -> Entry:
    """25. The processor charged or kept something by itself. net: signed from our side.

    against: the processor's fees or its reserve, or our income where it collected that for us.
    """
    return signed_entry(
        EntryKind.PROCESSOR_MOVEMENT,
        f"bt:{stripe_balance_transaction_id}",
        AccountRef(against),
        net,
        source_ref=source_ref or stripe_balance_transaction_id,
    )


def unidentified(
    *, stripe_balance_transaction_id: str, source_ref: str | None, net: Money, memo: str = ""
) -> Entry:
    """26. A movement that nobody knows. net: signed from our side."""
    return signed_entry(
        EntryKind.SUSPENSE,
        f"bt:{stripe_balance_transaction_id}",
        SUSPENSE,
        net,
        source_ref=source_ref or stripe_balance_transaction_id,
        memo=memo,
    )


def identified(*, movement: str, pair: Pair) -> Entry:
    """26. It is known now what it was. movement: the key of the entry that set it aside."""
    return Entry(EntryKind.IDENTIFY, f"ident:{movement}", (pair,))


def opened(*, name: str, account: Code, amount: Money) -> Entry:
    """What was there when these books began."""
    return entry_of(
        EntryKind.OPENING,
        f"opening:{name}",
        (AccountRef(account), AccountRef(Code.OPENING_BALANCES), amount),
    )
