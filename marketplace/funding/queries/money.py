"""Where a brand's money is, by the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.collaborations import queries as collaborations
from marketplace.collaborations.models import Collaboration, Offer
from marketplace.collaborations.rules import FreeMoney, parts_of_offer
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState
from marketplace.funding.models import Charge, Chargeback, Funding, Recovery, Refund
from marketplace.funding.rules import Standing, unearned_fee
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.chart import Code
from marketplace.ledger.models import LedgerAccount, Posting
from marketplace.ledger.rules import AccountRef, EntryKind, events
from marketplace.terms.rules import PlatformTerms


@dataclass(frozen=True, slots=True)
class Unspent:
    """What a campaign may get back: budget nobody was promised, the fee taken on it, its tax.

    left: all that nobody was promised, and what of it rests: that does not go back yet.
    fee_left: all of the fee not earned. promised_fee: of it, what creators' promised fees and
    prizes will earn. frozen: budget that keeps its fee. terms: the campaign's.
    """

    left: FreeMoney
    fee_left: Money
    promised_fee: Money
    frozen: Money
    terms: PlatformTerms

    @property
    def budget(self) -> Money:
        """What of the budget may go back now."""
        return self.left.free

    @property
    def fee(self) -> Money:
        """The fee that goes back with all of the budget."""
        return self.fee_with(self.budget)

    @property
    def tax(self) -> Money:
        """The tax that goes back with that fee."""
        return self.tax_with(self.fee)

    @property
    def total(self) -> Money:
        """All together: what goes back when all does."""
        return self.budget + self.fee + self.tax

    def fee_with(self, budget: Money) -> Money:
        """The fee that goes back with so much of the budget."""
        staying = self.frozen + self.left.funds - budget
        on_staying = staying.share(basis_points=self.terms.brand_fee_bps)
        return unearned_fee(fee_left=self.fee_left, stays=self.promised_fee + on_staying)

    def tax_with(self, fee: Money) -> Money:
        """The tax that goes back with so much of the fee."""
        return fee.share(basis_points=self.terms.fee_tax_bps)


def unspent_of(session: Session, campaign: Campaign, *, now: datetime) -> Unspent:
    """What is left of a campaign's money, after what creators were promised."""

    def held(code: Code) -> Money:
        ref = AccountRef(code, campaign.id)
        return ledger.balance_of(session, ref, currency=campaign.currency)

    terms = campaigns.terms_of(session, campaign, now=now)
    on_prizes = held(Code.PRIZE_POOL).share(basis_points=terms.brand_fee_bps)
    return Unspent(
        left=collaborations.free_money(session, campaign.id, currency=campaign.currency, now=now),
        fee_left=held(Code.FEE_UNEARNED),
        promised_fee=_fee_on_promises(session, campaign.id, currency=campaign.currency) + on_prizes,
        frozen=held(Code.CAMPAIGN_FROZEN),
        terms=terms,
    )


def _fee_on_promises(session: Session, campaign_id: UUID, *, currency: str) -> Money:
    """The platform fee that stays for what creators are still promised, as it will be earned."""
    agreed = session.execute(
        select(Collaboration.id, Offer)
        .join(Offer, Offer.id == Collaboration.offer_id)
        .where(Collaboration.campaign_id == campaign_id)
    ).all()
    promised = ledger.balances_of(session, Code.COMMITTED, [row.id for row in agreed], currency)
    ended = _ended_deliverables(session, campaign_id)
    stays = Money(0, currency)
    for collaboration_id, offer in agreed:
        bonus = promised[collaboration_id]
        for position, part in enumerate(parts_of_offer(offer), start=1):
            if bonus and (collaboration_id, position) not in ended:
                stays += part.brand_fee
                bonus -= part.fee
        stays += bonus.share(basis_points=offer.brand_fee_bps)
    return stays


def _ended_deliverables(session: Session, campaign_id: UUID) -> set[tuple[UUID, int]]:
    """Which deliverables, by collaboration and position, have earned their fee or never will."""
    rows = session.scalars(select(Deliverable).where(Deliverable.campaign_id == campaign_id)).all()
    keys = {events.earning_key(row.id, revision=1): row for row in rows}
    written = ledger.written_as(session, list(keys))
    return {
        (row.collaboration_id, row.position)
        for key, row in keys.items()
        if key in written or row.state is DeliverableState.CANCELLED
    }


def funds_of(session: Session, *, campaign_id: UUID, currency: str) -> Money:
    """What a campaign has and nobody was promised, without what is frozen."""
    return ledger.balance_of(
        session, AccountRef(Code.CAMPAIGN_FUNDS, campaign_id), currency=currency
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


def standing_of(session: Session, charge: Charge) -> Standing:
    """What of a charge that was changed into another currency is still with us."""
    refunded, for_refunds = session.execute(
        select(func.sum(Refund.amount_minor), func.sum(Refund.stood_minor)).where(
            Refund.charge_id == charge.id, Refund.stood_minor.is_not(None)
        )
    ).one()
    taken, for_taken = session.execute(
        select(
            func.sum(Chargeback.amount_minor - Chargeback.returned_minor),
            func.sum(Chargeback.stood_minor),
        ).where(Chargeback.charge_id == charge.id, Chargeback.stood_minor.is_not(None))
    ).one()
    away, stood = int(refunded or 0) + int(taken or 0), int(for_refunds or 0) + int(for_taken or 0)
    return Standing(
        amount=max(charge.amount - Money(away, charge.currency), Money(0, charge.currency)),
        arrived=charge.settled - Money(stood, charge.settled.currency),
    )


def paid_of_debts(session: Session, *, brand_id: UUID, currency: str) -> Money:
    """What a brand paid of its debts, less what it was given back of that."""
    paid = session.scalar(
        select(func.sum(Recovery.amount_minor)).where(
            Recovery.brand_id == brand_id, Recovery.currency == currency
        )
    )
    given_back = session.scalar(
        select(func.sum(Posting.amount_minor))
        .join(LedgerAccount, LedgerAccount.id == Posting.credit_id)
        .where(
            Posting.kind == EntryKind.CHARGEBACK_WON,
            LedgerAccount.code == Code.BRAND_FUNDS,
            LedgerAccount.owner_id == brand_id,
            LedgerAccount.currency == currency,
        )
    )
    return Money(int(paid or 0) - int(given_back or 0), currency)
