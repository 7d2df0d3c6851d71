"""Where all that a brand ever paid is, and who owes what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

_EARNED_BY: Final = (
    Code.CREATOR_PENDING,
    Code.CREATOR_PAYABLE,
    Code.OWED_BY_CREATOR,
    Code.FEE_EARNED,
)

_PUT_RIGHT_BY: Final = (Code.SUSPENSE, Code.LOSSES, Code.ROUNDING, Code.GOODWILL)


@dataclass(frozen=True, slots=True)
class Bill:
    """Where the money is that a brand ever paid in one currency.

    paid_in: charged to it. wallet: in no campaign. unspent: in campaigns, promised to nobody.
    frozen: waits for the outcome of a chargeback or a warning. promised: to creators. fees: ours,
    not earned yet. pledged: set aside for causes. spent: earned by creators and by us.
    given: owed to causes, or sent to them. taxes: on the platform fee. processor_fees: where the
    brand bears them. refunded: sent back, or on its way. charged_back: taken by banks for good.
    owed: of that, what is still to be paid by the brand. corrected: what staff have put right, more
    for the brand where it is positive.
    """

    paid_in: Money
    corrected: Money
    wallet: Money
    unspent: Money
    frozen: Money
    promised: Money
    fees: Money
    pledged: Money
    spent: Money
    given: Money
    taxes: Money
    processor_fees: Money
    refunded: Money
    charged_back: Money
    owed: Money

    @property
    def held(self) -> Money:
        """What is with us and not spent."""
        return self.wallet + self.unspent + self.frozen + self.promised + self.fees + self.pledged

    @property
    def unexplained(self) -> Money:
        """What was paid in and stands in no other line; nothing, to the cent."""
        went = self.spent + self.given + self.taxes + self.processor_fees
        back = self.refunded + self.charged_back - self.owed
        return self.paid_in + self.corrected - self.held - went - back


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
    taken = session.scalars(select(Chargeback.id).where(Chargeback.brand_id == brand_id)).all()
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
        promised=all_of(Code.COMMITTED, agreed) + all_of(Code.PRIZE_POOL, campaigns),
        fees=all_of(Code.FEE_UNEARNED, campaigns),
        pledged=all_of(Code.PLEDGED, campaigns),
        spent=-_came_in(
            session,
            {
                Code.COMMITTED: agreed,
                Code.PRIZE_POOL: campaigns,
                Code.FEE_UNEARNED: campaigns,
                Code.CAMPAIGN_FUNDS: campaigns,  # what creators give back
            },
            _EARNED_BY,
            currency,
        ),
        given=-_came_in(session, {Code.PLEDGED: campaigns}, [Code.OWED_TO_CAUSE], currency),
        taxes=-_came_in(session, {Code.CAMPAIGN_FUNDS: campaigns}, [Code.SALES_TAX], currency),
        processor_fees=-_came_in(
            session, {Code.CAMPAIGN_FUNDS: campaigns}, [Code.PROCESSOR_FEES], currency
        ),
        refunded=total(
            session.scalar(back.where(Refund.brand_id == brand_id, Refund.currency == currency))
        ),
        charged_back=total(
            session.scalar(
                lost.where(Chargeback.brand_id == brand_id, Chargeback.currency == currency)
            )
        ),
        owed=owed_by(session, brand_id=brand_id, currency=currency),
        corrected=_came_in(
            session,
            {
                Code.BRAND_FUNDS: [brand_id],
                Code.CAMPAIGN_FUNDS: campaigns,
                Code.OWED_BY_BRAND: [brand_id],
                Code.CHARGEBACK_OPEN: taken,
            },
            _PUT_RIGHT_BY,
            currency,
        ),
    )


def _came_in(
    session: Session,
    mine: Mapping[Code, Sequence[UUID]],
    others: Sequence[Code],
    currency: str,
) -> Money:
    """What came onto these accounts from accounts of other codes, less what went there."""
    accounts = select(LedgerAccount.id).where(
        LedgerAccount.currency == currency,
        or_(
            *(
                (LedgerAccount.code == code) & LedgerAccount.owner_id.in_(owners)
                for code, owners in mine.items()
            )
        ),
    )

    def moved(condition: ColumnElement[bool]) -> int:
        return int(session.scalar(select(func.sum(Posting.amount_minor)).where(condition)) or 0)

    came = moved(Posting.credit_id.in_(accounts) & Posting.debit_code.in_(others))
    went = moved(Posting.debit_id.in_(accounts) & Posting.credit_code.in_(others))
    return Money(came - went, currency)


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
