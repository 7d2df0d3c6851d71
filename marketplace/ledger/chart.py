"""The chart of accounts: what each account is for, whose it is and on which side it grows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from marketplace.kernel.ids import NIL
from marketplace.ledger.rules import Code, MalformedEntry, Pair

__all__ = ["CHART", "ChartLine", "Code", "Family", "OwnerKind", "Side", "check_owners", "family"]


class Side(StrEnum):
    """The side on which an account grows."""

    DEBIT = "D"
    CREDIT = "C"


class OwnerKind(StrEnum):
    """Whose account it is."""

    PLATFORM = "platform"
    BRAND = "brand"
    CAMPAIGN = "campaign"
    COLLABORATION = "collaboration"
    CREATOR = "creator"
    PAYOUT = "payout"
    REFUND = "refund"
    CHARGEBACK = "chargeback"
    ORGANISATION = "organisation"


class Family(StrEnum):
    """The first digit of a code, in words."""

    ASSETS = "assets"
    LIABILITIES = "liabilities"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSES = "expenses"


@dataclass(frozen=True, slots=True)
class ChartLine:
    """One line of the chart.

    strict: has a cached balance that never falls below zero; others are summed when asked for.
    meaning: what is on it, in words for the finance pages.
    """

    code: Code
    name: str
    owner: OwnerKind
    side: Side
    strict: bool
    meaning: str

    @property
    def owned(self) -> bool:
        """True when each account of this code belongs to somebody; false for the platform's own."""
        return self.owner is not OwnerKind.PLATFORM


def _line(code: Code, name: str, owner: OwnerKind, side: Side, meaning: str) -> ChartLine:
    # What belongs to somebody has a floor; the platform's own accounts are busy and have none.
    strict = owner is not OwnerKind.PLATFORM
    return ChartLine(code, name, owner, side, strict, meaning)


_D: Final = Side.DEBIT
_C: Final = Side.CREDIT
_O: Final = OwnerKind

CHART: Final[Mapping[Code, ChartLine]] = {
    line.code: line
    for line in (
        _line(Code.PROCESSOR_BALANCE, "Processor balance", _O.PLATFORM, _D,
              "Money on our balance at the payment processor"),
        _line(Code.PLATFORM_PAYOUT_IN_FLIGHT, "Platform payout under way", _O.PLATFORM, _D,
              "Sent from the processor to our bank, not yet there"),
        _line(Code.BANK_OPERATING, "Bank, operating", _O.PLATFORM, _D,
              "Our own money at the bank"),
        _line(Code.BANK_CLIENT_MONEY, "Bank, client money", _O.PLATFORM, _D,
              "Money at the bank that belongs to brands and creators"),
        _line(Code.TOPUP_IN_FLIGHT, "Top-up under way", _O.PLATFORM, _D,
              "Sent from our bank to the processor, not yet there"),
        _line(Code.OWED_BY_BRAND, "Owed by brand", _O.BRAND, _D,
              "A lost chargeback beyond what the brand had left"),
        _line(Code.OWED_BY_CREATOR, "Owed by creator", _O.CREATOR, _D,
              "A clawback not yet recovered"),
        _line(Code.CHARGEBACK_OPEN, "Withdrawn by a chargeback", _O.CHARGEBACK, _D,
              "Taken by the card network, outcome open"),
        _line(Code.PROCESSOR_RESERVE, "Processor reserve", _O.PLATFORM, _D,
              "Kept back by the processor as a reserve"),
        _line(Code.SUSPENSE, "Suspense", _O.PLATFORM, _D,
              "Moved at the processor, reason not known yet; nothing at the close of a month"),
        _line(Code.BRAND_FUNDS, "Brand funds", _O.BRAND, _C,
              "Funded by a brand, not allocated to a campaign"),
        _line(Code.CAMPAIGN_FUNDS, "Campaign funds", _O.CAMPAIGN, _C,
              "Allocated to a campaign, not promised to a creator"),
        _line(Code.CAMPAIGN_FROZEN, "Campaign funds, frozen", _O.CAMPAIGN, _C,
              "Set aside while a chargeback or a review is open"),
        _line(Code.COMMITTED, "Committed", _O.COLLABORATION, _C,
              "Promised to the creator of a collaboration, not earned yet"),
        _line(Code.PRIZE_POOL, "Prize pool", _O.CAMPAIGN, _C,
              "Set aside for the prizes of a challenge, not awarded yet"),
        _line(Code.CREATOR_PENDING, "Creator, pending", _O.CREATOR, _C,
              "Earned, still in the hold window"),
        _line(Code.CREATOR_PAYABLE, "Creator, payable", _O.CREATOR, _C,
              "Earned and released, waiting for a payout"),
        _line(Code.PAYOUT_IN_FLIGHT, "Payout in flight", _O.PAYOUT, _C,
              "Reserved for one payout; nothing once it has ended"),
        _line(Code.REFUND_IN_FLIGHT, "Refund in flight", _O.REFUND, _C,
              "Held for one refund to a brand; nothing once it has ended"),
        _line(Code.TAX_WITHHELD, "Tax withheld", _O.PLATFORM, _C,
              "Kept back from payouts for the tax authority"),
        _line(Code.SALES_TAX, "Sales tax", _O.PLATFORM, _C,
              "Tax on our fee, owed to the tax authority"),
        _line(Code.FEE_UNEARNED, "Platform fee, unearned", _O.CAMPAIGN, _C,
              "Our fee on a campaign, taken but not earned yet"),
        _line(Code.PLEDGED, "Pledged", _O.CAMPAIGN, _C,
              "Set aside for a campaign’s cause, not owed yet"),
        _line(Code.OWED_TO_CAUSE, "Owed to a cause", _O.ORGANISATION, _C,
              "An organisation’s own, waiting for a bank transfer"),
        _line(Code.OPENING_BALANCES, "Opening balances", _O.PLATFORM, _C,
              "What was there when these books began"),
        _line(Code.EXCHANGE_CLEARING, "Exchange clearing", _O.PLATFORM, _C,
              "Where two currencies of one payment meet"),
        _line(Code.FEE_EARNED, "Platform fee earned", _O.PLATFORM, _C,
              "Our income"),
        _line(Code.PROCESSOR_FEES, "Processor fees", _O.PLATFORM, _D,
              "What the payment processor charges us"),
        _line(Code.CHARGEBACK_FEES, "Chargeback fees", _O.PLATFORM, _D,
              "What a chargeback costs beside the money it takes"),
        _line(Code.LOSSES, "Losses", _O.PLATFORM, _D,
              "What we gave up collecting"),
        _line(Code.EXCHANGE_RESULT, "Exchange result", _O.PLATFORM, _D,
              "Won or lost by changing currencies"),
        _line(Code.ROUNDING, "Rounding", _O.PLATFORM, _D,
              "Left over by a division and nobody’s"),
        _line(Code.GOODWILL, "Goodwill", _O.PLATFORM, _D,
              "Given by us without having to"),
    )
}  # fmt: skip
"""Every account there is, by code."""

_OWNED: Final = frozenset(code for code, line in CHART.items() if line.owned)
_FAMILIES: Final = tuple(Family)


def family(code: Code) -> Family:
    """Return which part of the books the account belongs to."""
    return _FAMILIES[code // 1000 - 1]


def check_owners(pairs: Sequence[Pair]) -> None:
    """Raise MalformedEntry when an owner is missing, or given where the platform owns."""
    for pair in pairs:
        for ref in (pair.debit, pair.credit):
            if (ref.code in _OWNED) is (ref.owner.int == NIL.int):
                raise MalformedEntry(f"{ref.code.value} belongs to one {CHART[ref.code].owner}")
