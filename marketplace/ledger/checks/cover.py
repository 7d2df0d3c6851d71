"""Whether what we hold covers what belongs to brands and creators."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from marketplace.kernel.money import Money, in_words
from marketplace.ledger import queries
from marketplace.ledger.checks.base import Check, Finding, once
from marketplace.ledger.rules import Code

_HELD: Final = (
    Code.PROCESSOR_BALANCE,
    Code.PLATFORM_PAYOUT_IN_FLIGHT,
    Code.BANK_CLIENT_MONEY,
    Code.TOPUP_IN_FLIGHT,
    Code.PROCESSOR_RESERVE,
    Code.CHARGEBACK_OPEN,
)
_OWED: Final = (
    Code.BRAND_FUNDS,
    Code.CAMPAIGN_FUNDS,
    Code.CAMPAIGN_FROZEN,
    Code.COMMITTED,
    Code.PRIZE_POOL,
    Code.CREATOR_PENDING,
    Code.CREATOR_PAYABLE,
    Code.PAYOUT_IN_FLIGHT,
    Code.REFUND_IN_FLIGHT,
    Code.TAX_WITHHELD,
    Code.SALES_TAX,
    Code.PLEDGED,
    Code.OWED_TO_CAUSE,
)
_CAUSES: Final = (
    (Code.OWED_BY_BRAND, 1, "Brands owe it after lost chargebacks"),
    (Code.OWED_BY_CREATOR, 1, "Creators have to give it back"),
    (Code.CHARGEBACK_FEES, 1, "Fees for chargebacks"),
    (Code.LOSSES, 1, "Losses that we bear"),
    (Code.GOODWILL, 1, "Given as goodwill"),
    (Code.PROCESSOR_FEES, 1, "Fees of the processor"),
    (Code.FEE_EARNED, -1, "Our fee, earned"),
    (Code.FEE_UNEARNED, -1, "Our fee, taken and not earned yet"),
    (Code.BANK_OPERATING, 1, "Paid out to our bank, less what we topped up"),
    (Code.EXCHANGE_RESULT, 1, "Lost by changing currencies"),
    (Code.EXCHANGE_CLEARING, -1, "Paid in one currency, arrived in another"),
    (Code.ROUNDING, 1, "Left over by roundings"),
    (Code.SUSPENSE, 1, "In suspense: nobody knows it yet"),
    (Code.OPENING_BALANCES, -1, "There when these books began"),
)
"""Every account that is neither held nor owed, with the sign by which it makes cash missing: as the
books balance, together they are what is owed less what is held, to the cent."""


@dataclass(frozen=True, slots=True)
class Cover:
    """How the money of brands and creators in one currency is covered by what we hold.

    Our own fee, even while it is not earned yet, is no client money.
    """

    held: Money
    owed: Money

    @property
    def missing(self) -> Money:
        """What the platform must add; zero when everything is covered."""
        return max(self.owed - self.held, Money(0, self.owed.currency))


def cover_by_currency(session: Session) -> list[Cover]:
    """Return the cover of each currency, by currency."""
    sums: Mapping[str, dict[Code, Money]] = defaultdict(dict)
    for line in once(session, queries.trial_balance):
        sums[line.currency][line.code] = line.balance
    return [
        Cover(held=_total(of, _HELD, currency), owed=_total(of, _OWED, currency))
        for currency, of in sums.items()
    ]


@dataclass(frozen=True, slots=True)
class Cause:
    """Why cash is missing, in words, or why there is more than enough where it is below zero."""

    words: str
    amount: Money


def causes_by_currency(session: Session) -> dict[str, list[Cause]]:
    """Currency -> why the platform must add cash, in parts that add up to owed less held."""
    causes: dict[str, list[Cause]] = defaultdict(list)
    sums = {(x.currency, x.code): x.balance for x in once(session, queries.trial_balance)}
    for currency in sorted({currency for currency, _ in sums}):
        for code, sign, words in _CAUSES:
            balance = sums.get((currency, code))
            if balance:
                causes[currency].append(Cause(words, balance if sign > 0 else -balance))
    return dict(causes)


def _total(of: Mapping[Code, Money], codes: Sequence[Code], currency: str) -> Money:
    return sum((of[code] for code in codes if code in of), Money(0, currency))


def _find_uncovered(session: Session) -> list[Finding]:
    clearing = {
        x.currency: x.balance
        for x in once(session, queries.trial_balance)
        if x.code is Code.EXCHANGE_CLEARING
    }
    return [
        Finding(
            f"currency {c.owed.currency}",
            f"The platform must add cash: {in_words(c.missing)}."
            + _changed_away(clearing.get(c.owed.currency)),
        )
        for c in cover_by_currency(session)
        if c.missing
    ]


def _changed_away(clearing: Money | None) -> str:
    """Say what was paid in in a currency and arrived in another, so that it is held there."""
    if clearing is None or clearing.minor >= 0:
        return ""
    return (
        f" Of what was paid in, {in_words(-clearing)} arrived in another currency and is held in"
        " that: it covers this at today’s rate only."
    )


def _cover_figure(session: Session) -> str:
    return (
        "; ".join(
            f"{in_words(c.held)} held, {in_words(c.owed)} owed" for c in cover_by_currency(session)
        )
        or "nothing held, nothing owed"
    )


CHECKS: Final = (
    Check(
        "I4",
        "We hold at least what belongs to brands, creators and causes",
        _find_uncovered,
        _cover_figure,
        alarm=True,
    ),
)
