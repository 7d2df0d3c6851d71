"""How trends stand, and who rides on them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from marketplace.kernel.errors import NotFound
from marketplace.store.paging import PAGE_SIZE, Page, page_of
from marketplace.store.rows import given_in
from marketplace.trends.models import Trend, TrendKind, TrendRide, TrendSnapshot
from marketplace.trends.rules.growth import Phase


def last_taken_on(session: Session) -> date | None:
    """The day on which trends were last worked out; None before that."""
    return session.scalar(select(func.max(TrendSnapshot.taken_on)))


def living(
    session: Session, *, kind: TrendKind | None = None, page: int = 1, size: int = PAGE_SIZE
) -> Page[TrendSnapshot]:
    """One page of the trends that live, by the growth that is sure: the low end of its range."""
    statement = _newest().where(TrendSnapshot.phase != Phase.OVER)
    if kind is not None:
        statement = statement.where(Trend.kind == kind)
    return page_of(
        session,
        statement.order_by(TrendSnapshot.growth_low_bps.desc(), Trend.name, Trend.id),
        number=page,
        size=size,
    )


def all_living(session: Session) -> Sequence[TrendSnapshot]:
    """Every trend that lives, by name, for a brand to choose from."""
    return session.scalars(
        _newest().where(TrendSnapshot.phase != Phase.OVER).order_by(Trend.kind.desc(), Trend.name)
    ).all()


def snapshot_of(session: Session, trend_id: UUID) -> TrendSnapshot:
    """The newest snapshot of a trend, with it; raises NotFound."""
    found = session.scalar(
        select(TrendSnapshot)
        .where(TrendSnapshot.trend_id == trend_id)
        .options(joinedload(TrendSnapshot.trend))
        .order_by(TrendSnapshot.taken_on.desc())
        .limit(1)
    )
    if found is None:
        raise NotFound("trend")
    return found


def ride_of(session: Session, campaign_id: UUID) -> TrendRide | None:
    """The trend that a campaign rides on, with it; None for none."""
    return session.scalar(
        select(TrendRide)
        .where(TrendRide.campaign_id == campaign_id)
        .options(joinedload(TrendRide.trend))
    )


def not_warned(session: Session) -> Sequence[UUID]:
    """The campaigns that ride on a trend and were not told yet that they would miss it."""
    return session.scalars(
        select(TrendRide.campaign_id)
        .where(TrendRide.warned_on.is_(None))
        .order_by(TrendRide.campaign_id)
    ).all()


def rides_of(session: Session, campaign_ids: Collection[UUID]) -> dict[UUID, TrendSnapshot]:
    """Campaign id -> how the trend stands that it rides on."""
    rides = session.scalars(_RIDES, {"campaign_ids": list(campaign_ids)}).all()
    return {ride.campaign_id: snapshot_of(session, ride.trend_id) for ride in rides}


def _newest() -> Select[TrendSnapshot]:
    newest = select(func.max(TrendSnapshot.taken_on)).scalar_subquery()
    return (
        select(TrendSnapshot)
        .join(TrendSnapshot.trend)
        .where(TrendSnapshot.taken_on == newest)
        .options(contains_eager(TrendSnapshot.trend))
    )


_RIDES: Final = select(TrendRide).where(given_in(TrendRide.campaign_id, "campaign_ids"))
