"""What platforms, creators and the channel itself tell us of an audience, and who believes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.creators import queries
from marketplace.creators.models import AudienceProof, AudienceSnapshot, Channel, Creator
from marketplace.creators.rules import (
    PROOF,
    Audience,
    AudienceSource,
    ProofEvent,
    audience_problems,
    check_picture,
    inferred_audience,
)
from marketplace.creators.service.profile import own_creator
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotPermitted
from marketplace.kernel.files import StoredFile
from marketplace.kernel.ids import new_id
from marketplace.notifications import service as notifications
from marketplace.store.locks import lock_row

OLDEST_REPORT: Final = timedelta(days=365)
CONFIRMED_AFTER: Final = timedelta(days=30)
"""So long a guess is not dated anew though new posts confirm it: it has lost a tenth by then."""
LONGEST_REASON: Final = 600


def record_audience(
    session: Session,
    *,
    channel_id: UUID,
    audience: Audience,
    sample_size: int,
    source: AudienceSource,
    taken_at: datetime,
) -> AudienceSnapshot:
    """Keep what a channel's audience was made of at one moment; older snapshots stay.

    sample_size: how many people are behind the shares, 0 when nobody says. Raises InvalidInput.
    """
    if problems := audience_problems(audience, sample_size=sample_size):
        raise InvalidInput(problems)
    snapshot = AudienceSnapshot(
        id=new_id(),
        channel_id=channel_id,
        source=source,
        sample_size=sample_size,
        taken_at=taken_at,
        age=_known(audience.age),
        gender=_known(audience.gender),
        country=_known(audience.country),
        interest=_known(audience.interest),
        language=_known(audience.language),
    )
    session.add(snapshot)
    return snapshot


def report_audience(
    session: Session,
    *,
    actor: Actor,
    audience: Audience,
    sample_size: int,
    taken_at: datetime,
    now: datetime,
    picture: StoredFile | None = None,
) -> AudienceSnapshot:
    """Keep what the actor says of their own audience; brands see whose word it is.

    taken_at: when the platform showed it to them. picture: of those statistics; staff look at it,
    and what it shows counts more. Raises NotPermitted, Conflict without a channel, InvalidInput.
    """
    creator_id = own_creator(actor, "describe this audience")
    channel = queries.channel_of(session, creator_id=creator_id)
    if channel is None:
        raise Conflict("Connect a channel first: an audience belongs to a channel")
    problems = audience_problems(audience, sample_size=sample_size)
    if taken_at > now + timedelta(days=1):
        problems["taken_on"] = "This day is in the future."
    elif taken_at < now - OLDEST_REPORT:
        problems["taken_on"] = "These figures are more than a year old: look them up again."
    if problems:
        raise InvalidInput(problems)
    snapshot = record_audience(
        session,
        channel_id=channel.id,
        audience=audience,
        sample_size=sample_size,
        source=AudienceSource.SELF_REPORTED if picture is None else AudienceSource.UPLOAD,
        taken_at=min(taken_at, now),
    )
    if picture is not None:
        session.add(
            AudienceProof(
                id=new_id(),
                snapshot=snapshot,
                file_key=picture.key,
                file_name=picture.name,
                content_type=check_picture(picture.content_type),
                size_bytes=picture.size_bytes,
                handed_in_at=now,
            )
        )
    return snapshot


def confirm_proof(session: Session, *, actor: Actor, proof_id: UUID, now: datetime) -> None:
    """Say that a picture shows the shares it came with; from now on they count fully.

    Raises NotPermitted, NotFound, InvalidTransition when somebody decided before.
    """
    proof = _decide(session, actor, proof_id, ProofEvent.CONFIRM, now)
    proof.snapshot.confirmed_at = now
    _tell(
        session,
        proof,
        title="Your audience is confirmed",
        text="We saw your shares in the picture you sent, so they count more.",
        now=now,
    )


def refuse_proof(
    session: Session, *, actor: Actor, proof_id: UUID, reason: str, now: datetime
) -> None:
    """Say that a picture does not show the shares it came with; nobody counts with them any more.

    Raises NotPermitted, NotFound, InvalidTransition when somebody decided before, InvalidInput
    without a reason.
    """
    words = reason.strip()
    if not words:
        raise InvalidInput({"reason": "Say why, so that the creator can send a better picture."})
    if len(words) > LONGEST_REASON:
        raise InvalidInput({"reason": f"Write {LONGEST_REASON} letters at most."})
    proof = _decide(session, actor, proof_id, ProofEvent.REFUSE, now)
    proof.reason = words
    proof.snapshot.set_aside_at = now
    _tell(
        session,
        proof,
        title="Your picture does not show these shares",
        text=f"So they do not count. We were told: {words}",
        now=now,
    )


def infer_audiences(session: Session, *, channel_ids: Sequence[UUID], now: datetime) -> int:
    """Guess the audiences of channels of which nobody has said anything; return how many.

    A guess is made anew when it changes, and after a month in which new posts have confirmed it: a
    second time in a row writes nothing.
    """
    told = queries.told_channels(session, channel_ids=channel_ids)
    before = queries.guesses_of(session, channel_ids=channel_ids)
    hashtags = queries.hashtags_of(session, channel_ids=channel_ids)
    written = 0
    for channel_id, country, topics in session.execute(
        select(Channel.id, Creator.country, Creator.topics)
        .join(Channel.creator)
        .where(Channel.id.in_(channel_ids))
        .order_by(Channel.id)
    ):
        if channel_id in told:
            continue
        videos = hashtags.get(channel_id, [])
        tags = [each for _, each in videos]
        guess = inferred_audience(country=country, topics=topics, hashtags=tags)
        last_at = max((published_at for published_at, _ in videos), default=None)
        if guess is None or _stands(before.get(channel_id), guess, last_at=last_at, now=now):
            continue
        record_audience(
            session,
            channel_id=channel_id,
            audience=guess,
            sample_size=len(videos),
            source=AudienceSource.INFERRED,
            taken_at=now,
        )
        written += 1
    return written


def _stands(
    before: AudienceSnapshot | None, guess: Audience, *, last_at: datetime | None, now: datetime
) -> bool:
    """Whether a guess as it was dated is still what is to be said. last_at: of the last post."""
    if before is None or queries.audience_in(before) != guess:
        return False
    confirmed = last_at is not None and last_at > before.taken_at
    return not confirmed or now < before.taken_at + CONFIRMED_AFTER


def _decide(
    session: Session, actor: Actor, proof_id: UUID, event: ProofEvent, now: datetime
) -> AudienceProof:
    if not actor.is_staff:
        raise NotPermitted("judge pictures of statistics")
    proof = lock_row(session, AudienceProof, proof_id)
    proof.state = PROOF.next(proof.state, event)
    proof.decided_at = now
    proof.decided_by = actor.user_id
    return proof


def _tell(session: Session, proof: AudienceProof, *, title: str, text: str, now: datetime) -> None:
    channel = queries.channel_by_id(session, proof.snapshot.channel_id)
    user_id = queries.user_id_of(session, channel.creator_id)
    if user_id is not None:
        notifications.tell(
            session,
            user_id=user_id,
            kind="audience_judged",
            title=title,
            text=text,
            path="/creator/audience",
            now=now,
        )


def _known(shares: Mapping[str, int]) -> dict[str, int]:
    return {label: share for label, share in shares.items() if share > 0}
