"""Who watches a channel, and who says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final, cast
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, contains_eager, joinedload

from marketplace.creators.models import (
    AudienceProof,
    AudienceSnapshot,
    Channel,
    ChannelVideo,
)
from marketplace.creators.rules import Audience, AudienceSource, ProofState, lag_of
from marketplace.kernel.errors import NotFound
from marketplace.store.paging import PAGE_SIZE, Page, page_of


def _lag(source: AudienceSource, *, is_confirmed: bool) -> str:
    seconds = round(lag_of(source, is_confirmed=is_confirmed).total_seconds())
    return f"interval '{seconds} seconds'"


_GUESSED: Final = AudienceSnapshot.source == AudienceSource.INFERRED
STANDS_FIRST: Final = f"""
    source = 'inferred',
    taken_at - CASE
        WHEN source = 'platform' THEN interval '0'
        WHEN confirmed_at IS NOT NULL THEN {_lag(AudienceSource.UPLOAD, is_confirmed=True)}
        ELSE {_lag(AudienceSource.SELF_REPORTED, is_confirmed=False)} END DESC,
    id DESC
"""
"""The order of a channel's snapshots in SQL: what somebody said before any guess, then what counts
most a person by whose word it is and how old, then the newest."""
COUNTS: Final = AudienceSnapshot.set_aside_at.is_(None)
PROOFS_WAITING: Final = (
    select(func.count()).where(AudienceProof.state == ProofState.WAITING).scalar_subquery()
)
"""How many pictures nobody has judged, as a part of another question."""


def latest_audience(session: Session, *, channel_id: UUID) -> AudienceSnapshot | None:
    """The snapshot that stands for a channel's audience; None while nobody has given one."""
    return session.scalar(
        select(AudienceSnapshot)
        .where(AudienceSnapshot.channel_id == channel_id, COUNTS)
        .order_by(text(STANDS_FIRST))
        .limit(1)
    )


def audience_in(snapshot: AudienceSnapshot) -> Audience:
    """The shares of a snapshot, as the rules know them."""
    return Audience(
        age=snapshot.age,
        gender=snapshot.gender,
        country=snapshot.country,
        interest=snapshot.interest,
        language=snapshot.language,
    )


def latest_proof(session: Session, *, channel_id: UUID) -> AudienceProof | None:
    """The newest picture that came with an audience of this channel; None while there is none."""
    return session.scalar(
        select(AudienceProof)
        .join(AudienceProof.snapshot)
        .where(AudienceSnapshot.channel_id == channel_id)
        .options(contains_eager(AudienceProof.snapshot))
        .order_by(AudienceProof.handed_in_at.desc(), AudienceProof.id.desc())
        .limit(1)
    )


def proof_by_id(session: Session, proof_id: UUID) -> AudienceProof:
    """A picture with its audience, channel and creator; raises NotFound."""
    found = session.scalar(_PROOFS.where(AudienceProof.id == proof_id))
    if found is None:
        raise NotFound("picture")
    return found


def waiting_proofs(
    session: Session, *, page: int = 1, size: int = PAGE_SIZE
) -> Page[AudienceProof]:
    """One page of the pictures that nobody has judged, the longest waiting first."""
    total = waiting_proof_count(session)
    number = min(max(1, page), max(1, -(-total // size)))
    rows = session.scalars(
        _PROOFS.where(AudienceProof.state == ProofState.WAITING)
        .order_by(AudienceProof.handed_in_at, AudienceProof.id)
        .limit(size)
        .offset((number - 1) * size)
    ).all()
    return Page(rows=rows, number=number, total=total, size=size)


def decided_proofs(session: Session, *, page: int = 1) -> Page[AudienceProof]:
    """One page of the pictures that staff have judged, the last judged first."""
    statement = (
        _PROOFS.where(AudienceProof.state != ProofState.WAITING)
        .options(joinedload(AudienceProof.decider))
        .order_by(AudienceProof.decided_at.desc(), AudienceProof.id.desc())
    )
    return cast("Page[AudienceProof]", page_of(session, statement, number=page))


def waiting_proof_count(session: Session) -> int:
    """How many pictures nobody has judged."""
    return session.scalar(select(PROOFS_WAITING)) or 0


def channels_without_word(session: Session, *, limit: int, after: UUID | None) -> Sequence[UUID]:
    """Channels of whose audience nobody has said anything, in the order of their ids."""
    said = select(AudienceSnapshot.id).where(
        AudienceSnapshot.channel_id == Channel.id, ~_GUESSED, COUNTS
    )
    statement = select(Channel.id).where(Channel.is_main, ~said.exists())
    if after is not None:
        statement = statement.where(Channel.id > after)
    return session.scalars(statement.order_by(Channel.id).limit(limit)).all()


def told_channels(session: Session, *, channel_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of these channels of whose audience somebody has said something that counts."""
    return frozenset(
        session.scalars(
            select(AudienceSnapshot.channel_id)
            .where(AudienceSnapshot.channel_id.in_(channel_ids), ~_GUESSED, COUNTS)
            .distinct()
        )
    )


def guesses_of(
    session: Session, *, channel_ids: Collection[UUID]
) -> Mapping[UUID, AudienceSnapshot]:
    """Channel id -> the newest guess at its audience."""
    newest = session.scalars(
        select(AudienceSnapshot)
        .ext(distinct_on(AudienceSnapshot.channel_id))
        .where(AudienceSnapshot.channel_id.in_(channel_ids), _GUESSED)
        .order_by(
            AudienceSnapshot.channel_id,
            AudienceSnapshot.taken_at.desc(),
            AudienceSnapshot.id.desc(),
        )
    )
    return {each.channel_id: each for each in newest}


def hashtags_of(
    session: Session, *, channel_ids: Collection[UUID]
) -> Mapping[UUID, Sequence[tuple[datetime, Sequence[str]]]]:
    """Channel id -> when each of its past videos was published, and its hashtags."""
    found: defaultdict[UUID, list[tuple[datetime, Sequence[str]]]] = defaultdict(list)
    for channel_id, published_at, tags in session.execute(
        select(ChannelVideo.channel_id, ChannelVideo.published_at, ChannelVideo.hashtags).where(
            ChannelVideo.channel_id.in_(channel_ids)
        )
    ):
        found[channel_id].append((published_at, tags))
    return found


_PROOFS: Final = (
    select(AudienceProof)
    .join(AudienceProof.snapshot)
    .join(AudienceSnapshot.channel)
    .join(Channel.creator)
    .options(
        contains_eager(AudienceProof.snapshot)
        .contains_eager(AudienceSnapshot.channel)
        .contains_eager(Channel.creator)
    )
)
