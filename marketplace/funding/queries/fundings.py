"""What is known of money coming in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from marketplace.funding.models import Allocation, Funding
from marketplace.funding.rules import FundingState
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound


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
    """Every funding of a brand that was paid or is clearing, with its campaign, newest first."""
    return session.scalars(
        select(Funding)
        .where(
            Funding.brand_id == brand_id,
            Funding.state.in_((FundingState.PAID, FundingState.CLEARING)),
        )
        .options(joinedload(Funding.campaign))
        .order_by(Funding.requested_at.desc())
    ).all()


def allocations_of(session: Session, *, campaign_id: UUID) -> Sequence[Allocation]:
    """Everything that a brand put into a campaign from its wallet, newest first."""
    return session.scalars(
        select(Allocation)
        .where(Allocation.campaign_id == campaign_id)
        .order_by(Allocation.allocated_at.desc())
    ).all()


def open_checkouts(session: Session, *, asked_before: datetime) -> Sequence[UUID]:
    """Fundings asked for before then whose page was opened or whose bank has not said yet."""
    return session.scalars(
        select(Funding.id).where(
            Funding.state.in_((FundingState.CHECKOUT_OPEN, FundingState.CLEARING)),
            Funding.requested_at < asked_before,
        )
    ).all()


def failed_fundings(session: Session, *, since: datetime) -> Sequence[Funding]:
    """Fundings asked for since then that went wrong, with their campaigns, newest first."""
    return session.scalars(_FAILED, {"since": since}).all()


_FAILED: Final = (
    select(Funding)
    .where(Funding.state == FundingState.FAILED, Funding.requested_at >= bindparam("since"))
    .options(joinedload(Funding.campaign))
    .order_by(Funding.requested_at.desc())
)
ANY_FAILED_FUNDING: Final = _FAILED.exists()
