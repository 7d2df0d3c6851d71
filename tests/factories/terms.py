"""Terms of the platform for tests: as every installation begins, unless told otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.gateways.stripe_currencies import smallest_charge
from marketplace.kernel.actor import Actor
from marketplace.kernel.currencies import exponent
from marketplace.kernel.money import Money
from marketplace.terms import queries, service
from marketplace.terms.rules import Bearer, DisputeDays, Limits, PlatformTerms, Shares


class Stripe:
    """What the processor takes, as the gateway knows it."""

    def smallest_charge(self, currency: str) -> Money:
        """Return the least that can be charged."""
        return smallest_charge(currency)


SHARES: Final = Shares(brand=1_000, creator=500)


def limits(currency: str, *, unit: int = 1, offered: bool = True) -> Limits:
    """Return limits of 50 to 100,000 times so many whole units, and payouts from 10 times."""

    def amount(hundredths: int) -> Money:
        return Money(hundredths * unit * 10 ** exponent(currency) // 100, currency)

    return Limits(
        offered=offered,
        funding_least=amount(5_000),
        funding_most=amount(10_000_000),
        payout_least=amount(1_000),
        processor_fixed=amount(30),
        dispute_alone=amount(50_000),
        identify_alone=amount(10_000),
    )


LIMITS: Final[Mapping[str, Limits]] = {
    "USD": limits("USD"),
    "EUR": limits("EUR"),
    "JPY": limits("JPY", unit=100),
    "KWD": limits("KWD"),
}


def set_terms(session: Session, *, by: Actor, at: datetime, now: datetime, **changes: Any) -> UUID:
    """Set everybody's terms from a moment on, as they are now but for the changes."""
    present = queries.terms_of(queries.version_at(session, at=now))
    version = service.set_terms(
        session,
        actor=by,
        terms=replace(present, **changes),
        valid_from=at,
        why="We looked at our costs.",
        looked_at=queries.last_set(session),
        processor=Stripe(),
        now=now,
    )
    session.flush()
    return version.id


def platform_terms(**changes: Any) -> PlatformTerms:
    """Return terms with 10 % of the brand, 5 % of the creator, and a week of holding."""
    return replace(
        PlatformTerms(
            brand_fee_bps=1_000,
            creator_fee_bps=500,
            hold_days=7,
            dispute_days=DisputeDays(answer=5, decide=5, to_open=7),
            processor_fees_by=Bearer.PLATFORM,
            processor_fee_bps=290,
            fee_tax_bps=0,
            limits=LIMITS,
        ),
        **changes,
    )
