"""What a movement in suspense can turn out to have been. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from marketplace.kernel.money import Money
from marketplace.ledger.rules import GRAMMAR, AccountRef, Code, EntryKind, Pair

BECOMES: Final[Mapping[Code, str]] = {
    Code.BRAND_FUNDS: "Money of a brand, into its wallet",
    Code.CREATOR_PAYABLE: "A creator’s: it came back from them and is payable again",
    Code.PROCESSOR_FEES: "A fee of the processor, or one that it gave back",
    Code.CHARGEBACK_FEES: "A fee for a chargeback",
    Code.BANK_OPERATING: "Our own: moved by hand between the processor and our bank",
    Code.LOSSES: "Nobody’s: we bear it as a loss",
}
"""What staff can say it was, in words for the form."""
_SENT: Final = "A creator’s: what is payable to them was sent to them by this already"


def identifying(*, net: Money, becomes: AccountRef) -> Pair | None:
    """Return the posting that takes a movement out of suspense; None when it cannot have been that.

    net: what moved, signed from our side.
    """
    suspense = AccountRef(Code.SUSPENSE)
    pair = (
        Pair(debit=suspense, credit=becomes, amount=net)
        if net.minor > 0
        else Pair(debit=becomes, credit=suspense, amount=-net)
    )
    known = (EntryKind.IDENTIFY, pair.debit.code, pair.credit.code) in GRAMMAR
    return pair if known and becomes.code in BECOMES else None


def choices(net: Money) -> dict[Code, str]:
    """Return what a movement of this sign can have been, in words."""
    words = BECOMES if net.minor > 0 else {**BECOMES, Code.CREATOR_PAYABLE: _SENT}
    return {
        code: said
        for code, said in words.items()
        if identifying(net=net, becomes=AccountRef(code)) is not None
    }
