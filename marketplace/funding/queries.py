"""What is known of money coming in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import BRAND_FEE_BPS
from marketplace.funding.models import Charge, Funding, Refund
from marketplace.funding.rules import FundingState, RefundState, unearned_fee
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.chart import Code
from marketplace.ledger.rules import AccountRef


@dataclass(frozen=True, slots=True)
class Unspent:
    """What a campaign may get back: budget nobody was promised, and the fee taken on it."""

    budget: Money
    fee: Money

    @property
    def total(self) -> Money:
        """Both together: what goes back to the cards."""
        return self.budget + self.fee


def funding_seen_by(session: Session, actor: Actor, funding_id: UUID) -> Funding:
    """The funding, if this actor may know of it; otherwise NotFound."""
    statement = (
        select(Funding).where(Funding.id == funding_id).options(joinedload(Funding.campaign))
    )
    if not actor.is_staff and not actor.is_system:
        statement = statement.where(Funding.brand_id.in_(actor.brands))
    found = session.scalar(statement)
    if found is None:
        raise NotFound("funding")
    return found


def fundings_of(session: Session, *, campaign_id: UUID) -> Sequence[Funding]:
    """Every funding of a campaign, newest first."""
    return session.scalars(
        select(Funding)
        .where(Funding.campaign_id == campaign_id)
        .order_by(Funding.requested_at.desc())
    ).all()


def fundings_of_brand(session: Session, *, brand_id: UUID) -> Sequence[Funding]:
    """Every paid funding of a brand with its campaign, newest first."""
    return session.scalars(
        select(Funding)
        .where(Funding.brand_id == brand_id, Funding.state == FundingState.PAID)
        .options(joinedload(Funding.campaign))
        .order_by(Funding.paid_at.desc())
    ).all()


def refunds_of(session: Session, *, campaign_id: UUID) -> Sequence[Refund]:
    """Every refund of a campaign, newest first."""
    return session.scalars(
        select(Refund).where(Refund.campaign_id == campaign_id).order_by(Refund.asked_at.desc())
    ).all()


def refund_by_id(session: Session, refund_id: UUID) -> Refund:
    """A refund with the charge, funding and campaign it belongs to; raises NotFound."""
    whole = joinedload(Refund.charge).joinedload(Charge.funding).joinedload(Funding.campaign)
    found = session.scalar(select(Refund).where(Refund.id == refund_id).options(whole))
    if found is None:
        raise NotFound("refund")
    return found


def refund_count(session: Session, campaign_id: UUID) -> int:
    """How many refunds a campaign has asked for, whatever became of them."""
    return (
        session.scalar(
            select(func.count()).select_from(Refund).where(Refund.campaign_id == campaign_id)
        )
        or 0
    )


def unspent_of(session: Session, *, campaign_id: UUID, currency: str) -> Unspent:
    """What is left of a campaign's money, after what creators were promised."""
    budget = ledger.balance_of(
        session, AccountRef(Code.CAMPAIGN_FUNDS, campaign_id), currency=currency
    )
    fee_left = ledger.balance_of(
        session, AccountRef(Code.FEE_UNEARNED, campaign_id), currency=currency
    )
    collaborations = session.scalars(
        select(Collaboration.id).where(Collaboration.campaign_id == campaign_id)
    ).all()
    promised = ledger.balances_of(session, Code.COMMITTED, collaborations, currency)
    committed = sum(promised.values(), Money(0, currency))
    fee = unearned_fee(fee_left=fee_left, committed=committed, brand_fee_bps=BRAND_FEE_BPS)
    return Unspent(budget=budget, fee=fee)


def open_checkouts(session: Session, *, asked_before: datetime) -> Sequence[UUID]:
    """Fundings whose payment page was opened before then and whose end we have not heard of."""
    return session.scalars(
        select(Funding.id).where(
            Funding.state == FundingState.CHECKOUT_OPEN, Funding.requested_at < asked_before
        )
    ).all()


def open_refunds(session: Session) -> Sequence[UUID]:
    """Refunds that the processor took and whose end we have not heard of."""
    return session.scalars(
        select(Refund.id).where(
            Refund.state == RefundState.ASKED, Refund.stripe_refund_id.is_not(None)
        )
    ).all()


def failed_fundings(session: Session, *, since: datetime) -> Sequence[Funding]:
    """Fundings asked for since then that went wrong, with their campaigns, newest first."""
    return session.scalars(
        select(Funding)
        .where(Funding.state == FundingState.FAILED, Funding.requested_at >= since)
        .options(joinedload(Funding.campaign))
        .order_by(Funding.requested_at.desc())
    ).all()


def failed_refunds(session: Session, *, since: datetime) -> Sequence[Refund]:
    """Refunds that failed since then, with the campaigns they came from, newest first."""
    whole = joinedload(Refund.charge).joinedload(Charge.funding).joinedload(Funding.campaign)
    return session.scalars(
        select(Refund)
        .where(Refund.state == RefundState.FAILED, Refund.ended_at >= since)
        .options(whole)
        .order_by(Refund.ended_at.desc())
    ).all()


def charge_of(session: Session, funding_id: UUID) -> Charge | None:
    """The charge that paid a funding."""
    return session.scalar(select(Charge).where(Charge.funding_id == funding_id))
