"""Where all that a brand ever paid is, and who owes what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.collaborations.models import Collaboration
from marketplace.funding.models import Charge, Chargeback, Funding, Refund
from marketplace.funding.queries.money import owed_by, wallet_of
from marketplace.funding.rules import ChargebackState, RefundState
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.chart import Code
from marketplace.ledger.models import LedgerAccount, LedgerBalance, Posting

_EARNED_BY = (Code.CREATOR_PENDING, Code.CREATOR_PAYABLE, Code.OWED_BY_CREATOR, Code.FEE_EARNED)


@dataclass(frozen=True, slots=True)
class Bill:
    """Where the money is that a brand ever paid in one currency.

    paid_in: charged to it. wallet: in no campaign. unspent: in campaigns, promised to nobody.
    frozen: waits for the outcome of a chargeback or a warning. promised: to creators. fees: ours,
    not earned yet. pledged: set aside for causes. spent: earned by creators and by us.
    given: owed to causes, or sent to them. refunded: sent back, or on its way.
    charged_back: taken by banks for good. owed: of that, what is still to be paid by the brand.
    """

    paid_in: Money
    wallet: Money
    unspent: Money
    frozen: Money
    promised: Money
    fees: Money
    pledged: Money
    spent: Money
    given: Money
    refunded: Money
    charged_back: Money
    owed: Money

    @property
    def held(self) -> Money:
        """What is with us and not spent."""
        return self.wallet + self.unspent + self.frozen + self.promised + self.fees + self.pledged


def bills_of(session: Session, *, brand_id: UUID) -> list[Bill]:
    """Where a brand's money is, one bill for each currency it ever paid in."""
    currencies = session.scalars(
        select(Charge.currency)
        .join(Funding, Funding.id == Charge.funding_id)
        .where(Funding.brand_id == brand_id)
        .distinct()
        .order_by(Charge.currency)
    ).all()
    return [_bill(session, brand_id, each) for each in currencies]


def _bill(session: Session, brand_id: UUID, currency: str) -> Bill:
    campaigns = session.scalars(select(Campaign.id).where(Campaign.brand_id == brand_id)).all()
    agreed = session.scalars(
        select(Collaboration.id).where(Collaboration.brand_id == brand_id)
    ).all()
    paid = select(func.sum(Charge.amount_minor)).join(Funding, Funding.id == Charge.funding_id)
    back = select(func.sum(Refund.amount_minor)).where(
        Refund.state.not_in((RefundState.FAILED, RefundState.CAME_BACK))
    )
    lost = select(func.sum(Chargeback.amount_minor - Chargeback.returned_minor)).where(
        Chargeback.state.in_((ChargebackState.LOST, ChargebackState.WON)),
        Chargeback.withdrawn_at.is_not(None),
    )

    def total(minor: int | None) -> Money:
        return Money(int(minor or 0), currency)

    def all_of(code: Code, owners: Sequence[UUID]) -> Money:
        held = ledger.balances_of(session, code, owners, currency)
        return sum(held.values(), Money(0, currency))

    return Bill(
        paid_in=total(
            session.scalar(paid.where(Funding.brand_id == brand_id, Charge.currency == currency))
        ),
        wallet=wallet_of(session, brand_id=brand_id, currency=currency),
        unspent=all_of(Code.CAMPAIGN_FUNDS, campaigns),
        frozen=all_of(Code.CAMPAIGN_FROZEN, campaigns),
        promised=all_of(Code.COMMITTED, agreed),
        fees=all_of(Code.FEE_UNEARNED, campaigns),
        pledged=all_of(Code.PLEDGED, campaigns),
        spent=_spent(session, campaigns, agreed, currency),
        given=_given(session, campaigns, currency),
        refunded=total(
            session.scalar(back.where(Refund.brand_id == brand_id, Refund.currency == currency))
        ),
        charged_back=total(
            session.scalar(
                lost.where(Chargeback.brand_id == brand_id, Chargeback.currency == currency)
            )
        ),
        owed=owed_by(session, brand_id=brand_id, currency=currency),
    )


def _spent(
    session: Session, campaigns: Sequence[UUID], agreed: Sequence[UUID], currency: str
) -> Money:
    """What went from promises and fees to creators and to us, less what came back."""
    mine = select(LedgerAccount.id).where(
        LedgerAccount.currency == currency,
        or_(
            (LedgerAccount.code == Code.COMMITTED) & LedgerAccount.owner_id.in_(agreed),
            (LedgerAccount.code == Code.FEE_UNEARNED) & LedgerAccount.owner_id.in_(campaigns),
        ),
    )

    def moved(condition: ColumnElement[bool]) -> int:
        return int(session.scalar(select(func.sum(Posting.amount_minor)).where(condition)) or 0)

    went = moved(Posting.debit_id.in_(mine) & Posting.credit_code.in_(_EARNED_BY))
    came = moved(Posting.credit_id.in_(mine) & Posting.debit_code.in_(_EARNED_BY))
    return Money(went - came, currency)


def _given(session: Session, campaigns: Sequence[UUID], currency: str) -> Money:
    """What of the campaigns' pledges became the causes' own."""
    mine = select(LedgerAccount.id).where(
        LedgerAccount.currency == currency,
        LedgerAccount.code == Code.PLEDGED,
        LedgerAccount.owner_id.in_(campaigns),
    )
    given = select(func.sum(Posting.amount_minor)).where(
        Posting.debit_id.in_(mine), Posting.credit_code == Code.OWED_TO_CAUSE
    )
    return Money(int(session.scalar(given) or 0), currency)


def debts_by_brand(session: Session) -> dict[UUID, list[Money]]:
    """Brand id -> what it owes, for every brand that owes anything."""
    found: dict[UUID, list[Money]] = {}
    for brand_id, currency, minor in session.execute(_DEBTS):
        found.setdefault(brand_id, []).append(Money(minor, currency))
    return found


_DEBTS: Final = (
    select(LedgerAccount.owner_id, LedgerAccount.currency, LedgerBalance.balance_minor)
    .join(LedgerBalance, LedgerBalance.account_id == LedgerAccount.id)
    .where(LedgerAccount.code == Code.OWED_BY_BRAND, LedgerBalance.balance_minor > 0)
    .order_by(LedgerAccount.owner_id, LedgerAccount.currency)
)
ANY_DEBT: Final = _DEBTS.exists()
