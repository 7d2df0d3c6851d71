"""What is known of money going back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from marketplace.funding.models import Charge, Refund
from marketplace.funding.rules import RefundState
from marketplace.kernel.errors import NotFound

_WHOLE = (
    joinedload(Refund.campaign),
    joinedload(Refund.charge).joinedload(Charge.funding),
)


def refund_by_id(session: Session, refund_id: UUID) -> Refund:
    """A refund with the charge and the campaign it belongs to; raises NotFound."""
    found = session.scalar(select(Refund).where(Refund.id == refund_id).options(*_WHOLE))
    if found is None:
        raise NotFound("refund")
    return found


def refunds_of(session: Session, *, campaign_id: UUID) -> Sequence[Refund]:
    """Every refund of a campaign, newest first."""
    return session.scalars(
        select(Refund)
        .where(Refund.campaign_id == campaign_id)
        .options(*_WHOLE)
        .order_by(Refund.asked_at.desc())
    ).all()


def refunds_of_brand(session: Session, *, brand_id: UUID) -> Sequence[Refund]:
    """Every refund of a brand with its campaign, newest first."""
    return session.scalars(
        select(Refund)
        .where(Refund.brand_id == brand_id)
        .options(*_WHOLE)
        .order_by(Refund.asked_at.desc())
    ).all()


def refunds_asked_as(session: Session, *, brand_id: UUID, asked_as: UUID) -> list[Refund]:
    """What one request of a brand came to, if it was made before."""
    return list(
        session.scalars(
            select(Refund).where(Refund.brand_id == brand_id, Refund.asked_as == asked_as)
        )
    )


def open_refunds(session: Session) -> Sequence[UUID]:
    """Refunds that the processor took and whose end we have not heard of."""
    return session.scalars(
        select(Refund.id).where(
            Refund.state == RefundState.ASKED, Refund.stripe_refund_id.is_not(None)
        )
    ).all()


def refunds_at(session: Session, stripe_refund_ids: Collection[str]) -> Sequence[UUID]:
    """The refunds that the processor knows by these ids."""
    return session.scalars(
        select(Refund.id).where(Refund.stripe_refund_id.in_(stripe_refund_ids)).order_by(Refund.id)
    ).all()


def bank_transfers_due(session: Session) -> Sequence[Refund]:
    """Refunds that finance staff have to send from the bank, oldest first."""
    return session.scalars(_BANK_TRANSFERS_DUE).all()


def failed_refunds(session: Session, *, since: datetime) -> Sequence[Refund]:
    """Refunds that failed or came back since then, with their campaigns, newest first."""
    return session.scalars(_FAILED, {"since": since}).all()


_BANK_TRANSFERS_DUE: Final = (
    select(Refund)
    .where(Refund.state == RefundState.BANK_TRANSFER_DUE)
    .options(*_WHOLE)
    .order_by(Refund.asked_at)
)
_FAILED: Final = (
    select(Refund)
    .where(
        Refund.state.in_((RefundState.FAILED, RefundState.CAME_BACK)),
        Refund.ended_at >= bindparam("since"),
    )
    .options(*_WHOLE)
    .order_by(Refund.ended_at.desc())
)
ANY_BANK_TRANSFER_DUE: Final = _BANK_TRANSFERS_DUE.exists()
ANY_FAILED_REFUND: Final = _FAILED.exists()
