"""Whether what we hold covers what belongs to brands and creators."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from marketplace.kernel.money import Money
from marketplace.ledger import queries
from marketplace.ledger.checks.base import Check, Finding, once
from marketplace.ledger.rules import Code, plain

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
    Code.CREATOR_PENDING,
    Code.CREATOR_PAYABLE,
    Code.PAYOUT_IN_FLIGHT,
    Code.REFUND_IN_FLIGHT,
    Code.TAX_WITHHELD,
    Code.SALES_TAX,
)


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


def _total(of: Mapping[Code, Money], codes: Sequence[Code], currency: str) -> Money:
    return sum((of[code] for code in codes if code in of), Money(0, currency))


def _find_uncovered(session: Session) -> list[Finding]:
    return [
        Finding(f"currency {c.owed.currency}", f"The platform must add cash: {plain(c.missing)}.")
        for c in cover_by_currency(session)
        if c.missing
    ]


def _cover_figure(session: Session) -> str:
    return (
        "; ".join(f"{plain(c.held)} held, {plain(c.owed)} owed" for c in cover_by_currency(session))
        or "nothing held, nothing owed"
    )


CHECKS: Final = (
    Check(
        "I4",
        "We hold at least what belongs to brands and creators",
        _find_uncovered,
        _cover_figure,
        alarm=True,
    ),
)
