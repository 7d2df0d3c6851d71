"""Whose payouts staff have stopped."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.kernel.errors import NotFound
from marketplace.payouts.models import (
    Freeze,
)
from marketplace.store.paging import Page, page_of
from marketplace.store.rows import among


def frozen_creators(session: Session, creator_ids: Collection[UUID]) -> set[UUID]:
    """Those of these creators whose payouts are frozen."""
    return set(
        session.scalars(
            select(Freeze.creator_id).where(
                among(Freeze.creator_id, creator_ids), Freeze.lifted_at.is_(None)
            )
        )
    )


def freezes(session: Session, *, page: int) -> Page[Freeze]:
    """Every freeze, the open ones first, then the newest."""
    statement = (
        select(Freeze)
        .options(joinedload(Freeze.creator), joinedload(Freeze.freezer), joinedload(Freeze.lifter))
        .order_by(Freeze.lifted_at.is_not(None), Freeze.frozen_at.desc(), Freeze.id)
    )
    return page_of(session, statement, number=page)


def freeze_by_id(session: Session, freeze_id: UUID) -> Freeze:
    """A freeze by its id; raises NotFound."""
    found = session.get(Freeze, freeze_id)
    if found is None:
        raise NotFound("freeze")
    return found


def freeze_of(session: Session, creator_id: UUID) -> Freeze | None:
    """The open freeze of a creator, if there is one."""
    return session.scalar(
        select(Freeze)
        .where(Freeze.creator_id == creator_id, Freeze.lifted_at.is_(None))
        .options(joinedload(Freeze.freezer))
    )
