"""Which part of a creator's audience was seen to watch others too."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.creators.models import CoAudience


def any_co_audience(session: Session) -> bool:
    """True when the common audience of any two creators was ever observed."""
    return session.scalar(select(CoAudience.creator_id).limit(1)) is not None


def co_audiences_among(session: Session, creator_ids: Collection[UUID]) -> Sequence[CoAudience]:
    """What was observed of two who are both among these creators, always in the same order."""
    ids = sorted(creator_ids)
    return session.scalars(
        select(CoAudience)
        .where(CoAudience.creator_id.in_(ids), CoAudience.other_id.in_(ids))
        .order_by(CoAudience.creator_id, CoAudience.other_id)
    ).all()
