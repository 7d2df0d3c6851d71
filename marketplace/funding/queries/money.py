"""Where a brand's money is, by the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import BRAND_FEE_BPS
from marketplace.funding.models import Charge, Funding
from marketplace.funding.rules import unearned_fee
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.chart import Code
from marketplace.ledger.rules import AccountRef


@dataclass(frozen=True, slots=True)
class Unspent:
    """What a campaign may get back: budget nobody was promised, and the fee taken on it.

    fee_left: all of the fee not earned. staying: what keeps its fee: promised or frozen budget.
    """

    budget: Money
    fee_left: Money
    staying: Money

    @property
    def fee(self) -> Money:
        """The fee that goes back with all of the budget."""
        return self.fee_with(self.budget)

    @property
    def total(self) -> Money:
        """Both together: what goes back when all does."""
        return self.budget + self.fee

    def fee_with(self, budget: Money) -> Money:
        """The fee that goes back with so much of the budget."""
        return unearned_fee(
            fee_left=self.fee_left,
            staying=self.staying + self.budget - budget,
            brand_fee_bps=BRAND_FEE_BPS,
        )


def unspent_of(session: Session, *, campaign_id: UUID, currency: str) -> Unspent:
    """What is left of a campaign's money, after what creators were promised."""

    def held(code: Code) -> Money:
        return ledger.balance_of(session, AccountRef(code, campaign_id), currency=currency)

    collaborations = session.scalars(
        select(Collaboration.id).where(Collaboration.campaign_id == campaign_id)
    ).all()
    promised = ledger.balances_of(session, Code.COMMITTED, collaborations, currency)
    return Unspent(
        budget=held(Code.CAMPAIGN_FUNDS),
        fee_left=held(Code.FEE_UNEARNED),
        staying=sum(promised.values(), held(Code.CAMPAIGN_FROZEN)),
    )


def wallet_of(session: Session, *, brand_id: UUID, currency: str) -> Money:
    """What a brand has with us and put into no campaign."""
    return ledger.balance_of(session, AccountRef(Code.BRAND_FUNDS, brand_id), currency=currency)


def owed_by(session: Session, *, brand_id: UUID, currency: str) -> Money:
    """What lost chargebacks took beyond what the brand had left."""
    return ledger.balance_of(session, AccountRef(Code.OWED_BY_BRAND, brand_id), currency=currency)


def wallets_of(session: Session, *, brand_id: UUID) -> list[Money]:
    """What lies in a brand's wallet, one amount for each currency there is any of."""
    return _amounts(session, Code.BRAND_FUNDS, brand_id)


def debts_of(session: Session, *, brand_id: UUID) -> list[Money]:
    """What a brand owes, one amount for each currency."""
    return _amounts(session, Code.OWED_BY_BRAND, brand_id)


def _amounts(session: Session, code: Code, owner: UUID) -> list[Money]:
    currencies = session.scalars(
        select(Funding.currency).where(Funding.brand_id == owner).distinct()
    ).all()
    held = (
        ledger.balance_of(session, AccountRef(code, owner), currency=each)
        for each in sorted(currencies)
    )
    return [amount for amount in held if amount]


def charges_of_brand(session: Session, *, brand_id: UUID, currency: str) -> Sequence[UUID]:
    """The ids of every charge that a brand paid in a currency."""
    return session.scalars(
        select(Charge.id)
        .join(Funding, Funding.id == Charge.funding_id)
        .where(Funding.brand_id == brand_id, Charge.currency == currency)
    ).all()
