"""From a pasted address to a post that the platform confirms, and may lose again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.collaborations.rules import ACCEPT_DAYS
from marketplace.creators.models import Platform
from marketplace.deliverables import queries
from marketplace.deliverables.messages import PostPasted, PostPublished, PostRefused
from marketplace.deliverables.models import Deliverable, PublishedPost
from marketplace.deliverables.rules import DeliverableEvent, DeliverableState, PostState
from marketplace.deliverables.service.moves import take_step
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.store.locks import lock_row, lock_rows
from marketplace.store.outbox import post
from marketplace.store.rows import among

CONFIRMABLE: Final = (Platform.TIKTOK,)
"""Where we can ask whether a post exists and whose it is."""
RING_AGAIN: Final = timedelta(minutes=5)
"""A pasted post that was not checked by then is rung for again."""


def paste_post(
    session: Session,
    *,
    actor: Actor,
    deliverable_id: UUID,
    platform: Platform,
    external_id: str,
    address: str,
    now: datetime,
) -> PublishedPost:
    """Take the address of the live post; a job asks the platform whether it is the creator's.

    A short link is taken with its code as the id, until the job has followed it.
    Raises NotFound, NotPermitted, Conflict (not approved yet, or one is being checked or live),
    InvalidInput (a platform we cannot ask, no connected channel there, or the same post stands for
    another deliverable).
    """
    deliverable = queries.deliverable_seen_by(session, actor, deliverable_id)
    if deliverable.creator_id != actor.creator_id:
        raise NotPermitted("publish for this deliverable; only its creator can")
    if deliverable.is_entry:
        raise Conflict("Hand this post in on the page of its challenge")
    return take_post(
        session,
        deliverable_id=deliverable_id,
        platform=platform,
        external_id=external_id,
        address=address,
        now=now,
    )


def take_post(
    session: Session,
    *,
    deliverable_id: UUID,
    platform: Platform,
    external_id: str,
    address: str,
    now: datetime,
) -> PublishedPost:
    """Take a post's address for a deliverable whose turn it is; the caller knows who may.

    Raises Conflict, InvalidInput as ``paste_post`` does.
    """
    deliverable = queries.deliverable_seen_by(session, SYSTEM, deliverable_id)
    deliverable = lock_row(session, Deliverable, deliverable.id)
    if queries.standing_post(session, deliverable_id=deliverable.id) is not None:
        raise Conflict("A post for this deliverable is being checked or live already")
    if deliverable.state is not DeliverableState.APPROVED:
        raise Conflict("The brand has to approve the draft before the post is checked")
    if platform not in CONFIRMABLE:
        raise InvalidInput(
            {"address": "Fairview checks TikTok posts for now. Paste the post’s TikTok address."}
        )
    channel = queries.connected_channel(
        session, creator_id=deliverable.creator_id, platform=platform
    )
    if channel is None:
        raise InvalidInput(
            {"address": "Connect your TikTok account first, then paste the address again."}
        )
    taken: PublishedPost | None = session.scalar(
        insert(PublishedPost)
        .values(
            id=new_id(),
            deliverable_id=deliverable.id,
            channel_id=channel.id,
            platform=platform,
            external_id=external_id,
            address=address,
            state=PostState.CHECKING,
            refusal="",
            pasted_at=now,
        )
        .on_conflict_do_nothing()
        .returning(PublishedPost)
    )
    if taken is None:
        raise InvalidInput({"address": "This post already stands for another deliverable."})
    post(session, PostPasted(post_id=taken.id))
    return taken


def name_post(session: Session, *, post_id: UUID, external_id: str, address: str) -> bool:
    """Write down which post a short link led to.

    False when that post stands for another deliverable, or is no longer being checked.
    """
    found = lock_row(session, PublishedPost, post_id)
    if found.state is not PostState.CHECKING:
        return False
    try:
        with session.begin_nested():
            found.external_id, found.address = external_id, address
    except IntegrityError:  # one post stands for one deliverable
        return False
    return True


def confirm_published(
    session: Session,
    *,
    post_id: UUID,
    published_at: datetime | None,
    address: str | None,
    now: datetime,
) -> bool:
    """Write down that the platform confirms the post: the deliverable is live.

    The brand's time to object begins; nobody objects to an entry of a challenge. published_at,
    address: as the platform says; None where it does not. False, and nothing happens, when the
    post was confirmed or refused before.
    """
    pasted_for = queries.post_by_id(session, post_id).deliverable_id
    # The deliverable first: whoever ends a collaboration locks the two in this order.
    deliverable = lock_row(session, Deliverable, pasted_for)
    found = lock_row(session, PublishedPost, post_id)
    if found.state is not PostState.CHECKING:
        return False
    take_step(session, deliverable, DeliverableEvent.CONFIRM_POST, actor=SYSTEM, now=now)
    deliverable.answer_by = None if deliverable.is_entry else now + timedelta(days=ACCEPT_DAYS)
    found.state = PostState.VERIFIED
    found.checked_at = now
    found.published_at = published_at
    found.address = address or found.address
    post(session, PostPublished(post_id=found.id))
    return True


def refuse_post(session: Session, *, post_id: UUID, reason: str, now: datetime) -> None:
    """Write down why the pasted address does not count; the creator may paste another.

    reason: a plain sentence for the creator. The second time nothing happens.
    """
    found = lock_row(session, PublishedPost, post_id)
    if found.state is PostState.CHECKING:
        found.state = PostState.REFUSED
        found.refusal = reason
        found.checked_at = now
        post(session, PostRefused(post_id=found.id))


def mark_not_visible(session: Session, *, post_id: UUID) -> bool:
    """Note that a confirmed post is gone or private. False when that is known, or it never was."""
    found = lock_row(session, PublishedPost, post_id)
    if found.state is not PostState.VERIFIED:
        return False
    found.state = PostState.NOT_VISIBLE
    return True


def lock_gone(session: Session, *, post_ids: Collection[UUID]) -> set[UUID]:
    """Lock the deliverables of those of these posts that are gone, and return these posts.

    For whoever locks posts and may mark them visible: the deliverable always comes first.
    """
    gone = session.execute(
        select(PublishedPost.id, PublishedPost.deliverable_id).where(
            among(PublishedPost.id, post_ids), PublishedPost.state == PostState.NOT_VISIBLE
        )
    ).all()
    if gone:
        lock_rows(session, Deliverable, [each.deliverable_id for each in gone])
    return {each.id for each in gone}


def mark_visible(session: Session, *, post_id: UUID, now: datetime) -> bool:
    """Note that a post that was gone is back; the brand's time to object begins anew.

    False when it was never gone.
    """
    deliverable_id = queries.post_by_id(session, post_id).deliverable_id
    deliverable = lock_row(session, Deliverable, deliverable_id)
    found = lock_row(session, PublishedPost, post_id)
    if found.state is not PostState.NOT_VISIBLE:
        return False
    found.state = PostState.VERIFIED
    if deliverable.state is DeliverableState.LIVE and not deliverable.is_entry:
        deliverable.answer_by = now + timedelta(days=ACCEPT_DAYS)
    return True


def ring_unchecked(session: Session, *, now: datetime) -> int:
    """Ring again for every pasted post that nobody has checked; return how many."""
    waiting = session.scalars(
        select(PublishedPost.id).where(
            PublishedPost.state == PostState.CHECKING, PublishedPost.pasted_at <= now - RING_AGAIN
        )
    ).all()
    for post_id in waiting:
        post(session, PostPasted(post_id=post_id))
    return len(waiting)
