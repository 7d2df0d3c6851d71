"""What channels' last posts touch of what brands may want to avoid, and who objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final, cast
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, joinedload

from marketplace.creators.models import SubjectObjection
from marketplace.creators.rules.subjects import ObjectionState, Subject
from marketplace.creators.rules.touching import POSTS_LOOKED_AT, Finding, Post, findings
from marketplace.store.paging import Page, page_of


def findings_of(session: Session, *, channel_id: UUID) -> list[Finding]:
    """What the last posts of a channel touch, with the posts that show it."""
    return findings_in(session, channel_ids=[channel_id]).get(channel_id, [])


def findings_in(session: Session, *, channel_ids: Collection[UUID]) -> dict[UUID, list[Finding]]:
    """Channel id -> what its last posts touch, of those that exist."""
    rows = session.execute(
        _POSTS, {"channel_ids": list(channel_ids), "most": POSTS_LOOKED_AT}
    ).all()
    cleared = _cleared(session, {row.creator_id for row in rows})
    return {
        row.id: findings(
            [
                Post(datetime.fromisoformat(published_at), hashtags, caption, key)
                for published_at, hashtags, caption, key in row.posts
            ],
            cleared=cleared.get(row.creator_id, {}),
        )
        for row in rows
    }


def objections_of(session: Session, *, creator_id: UUID) -> Mapping[Subject, SubjectObjection]:
    """Subject -> the creator's last objection to what was found."""
    found = session.scalars(
        select(SubjectObjection)
        .where(SubjectObjection.creator_id == creator_id)
        .order_by(SubjectObjection.filed_at, SubjectObjection.id)
    )
    return {each.subject: each for each in found}


def waiting_objections(session: Session, *, page: int = 1) -> Page[SubjectObjection]:
    """Objections that nobody has decided, with their creators, the oldest first."""
    statement = (
        select(SubjectObjection)
        .where(SubjectObjection.state == ObjectionState.WAITING)
        .options(joinedload(SubjectObjection.creator))
        .order_by(SubjectObjection.filed_at, SubjectObjection.id)
    )
    return cast("Page[SubjectObjection]", page_of(session, statement, number=page))


def decided_objections(session: Session, *, page: int = 1) -> Page[SubjectObjection]:
    """Objections that staff have decided, with their creators, the last decided first."""
    statement = (
        select(SubjectObjection)
        .where(SubjectObjection.state != ObjectionState.WAITING)
        .options(joinedload(SubjectObjection.creator), joinedload(SubjectObjection.decider))
        .order_by(SubjectObjection.decided_at.desc(), SubjectObjection.id.desc())
    )
    return cast("Page[SubjectObjection]", page_of(session, statement, number=page))


def _cleared(
    session: Session, creator_ids: Collection[UUID]
) -> Mapping[UUID, Mapping[Subject, datetime]]:
    found: dict[UUID, dict[Subject, datetime]] = defaultdict(dict)
    rows = session.execute(
        select(
            SubjectObjection.creator_id,
            SubjectObjection.subject,
            func.max(SubjectObjection.decided_at),
        )
        .where(
            SubjectObjection.creator_id.in_(creator_ids),
            SubjectObjection.state == ObjectionState.CLEARED,
            SubjectObjection.decided_at.is_not(None),
        )
        .group_by(SubjectObjection.creator_id, SubjectObjection.subject)
    )
    for creator_id, subject, until in rows:
        assert until is not None  # what is cleared was decided
        found[creator_id][subject] = until
    return found


_WAITING: Final = SubjectObjection.state == ObjectionState.WAITING
OBJECTIONS_WAITING: Final = select(func.count()).where(_WAITING).scalar_subquery()
"""How many objections nobody has decided, as a part of another question."""
_POSTS: Final = text(
    """
    SELECT c.id, c.creator_id, coalesce(v.posts, '[]') AS posts
    FROM channels c
    LEFT JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_array(published_at, hashtags, caption, external_id)
                         ORDER BY published_at DESC, external_id DESC) AS posts
        FROM (SELECT * FROM channel_videos WHERE channel_id = c.id
              ORDER BY published_at DESC, external_id DESC LIMIT :most) last) v ON true
    WHERE c.id = ANY (CAST(:channel_ids AS uuid[]))
    """
)
