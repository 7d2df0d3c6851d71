"""Views are counted for the last time, and become prizes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.campaigns import service as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.challenges import queries
from marketplace.challenges.messages import ChallengeAwarded
from marketplace.challenges.models import Challenge, ChallengeEntry
from marketplace.challenges.queries import LiveEntry
from marketplace.challenges.rules.life import LIFE, ChallengeEvent, Phase, phase_of
from marketplace.challenges.rules.places import Counted, Place, places
from marketplace.collaborations import service as collaborations
from marketplace.collaborations.models import Collaboration
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.models import Deliverable, PublishedPost
from marketplace.deliverables.rules import PostState
from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.money import Money
from marketplace.metrics.models import PostTracking
from marketplace.metrics.queries import CountedViews
from marketplace.payouts import service as payouts
from marketplace.payouts.rules import LAST_READING_WITHIN
from marketplace.payouts.service import Outcome
from marketplace.store.locks import lock_row, lock_rows
from marketplace.store.outbox import post


def award(session: Session, *, challenge_id: UUID, now: datetime) -> bool:
    """Give a challenge its places and prizes, once its views are final; False when they are not.

    1. Lock the campaign and the challenge; awarded ones are left alone.
    2. Wait while a post is being checked, was not found by the last look, or has no reading from
       after the end yet; a week after the end with what there is by then. Wait also while views of
       one are in question: that ends within three weeks of the reading that showed them.
    3. Work out places and prizes; what nobody won goes back to the campaign.
    4. Book the prizes, close every entry, and close the campaign.

    What was awarded is final: later readings change nothing of it. Safe to call twice.
    """
    seen = queries.challenge_by_id(session, challenge_id)
    lock_row(session, Campaign, seen.campaign_id)
    challenge = lock_row(session, Challenge, challenge_id)
    if phase_of(challenge.state, challenge.days, now=now) is not Phase.CLOSING:
        return False
    live = queries.live_entries(session, challenge)
    counting = _final_views(session, challenge, live, now=now)
    if counting is None:
        return False
    counted = [entry for entry in live if entry.post_id in counting]
    placed = places(
        [Counted(e.entry_id, counting[e.post_id].counted, e.handed_in_at) for e in counted],
        challenge.promise,
    )
    readings = {each.entry_id: counting[each.post_id] for each in counted}
    outcomes = _keep(session, challenge, placed, readings, now=now)
    payouts.book_prizes(
        session,
        outcomes,
        challenge_id=challenge.id,
        campaign_id=challenge.campaign_id,
        rest=challenge.pool - challenge.won,
        now=now,
    )
    campaigns.close_challenge(session, campaign_id=challenge.campaign_id, actor=SYSTEM, now=now)
    post(session, ChallengeAwarded(challenge_id=challenge.id))
    return True


def note_reminded(session: Session, *, challenge_id: UUID, now: datetime) -> bool:
    """Note that everybody hears today that counting ends; False when they have heard before."""
    challenge = lock_row(session, Challenge, challenge_id)
    if challenge.reminded_at is not None:
        return False
    challenge.reminded_at = now
    return True


def _final_views(
    session: Session, challenge: Challenge, live: Sequence[LiveEntry], *, now: datetime
) -> Mapping[UUID, CountedViews] | None:
    """Post id -> the reading that counts for good; None while a better one can still come.

    At the last chance a post that the last look did not find counts for nothing. Views in question
    are waited for longer, until somebody or time has decided.
    """
    end = challenge.days.counting_ends_at
    post_ids = [each.post_id for each in live]
    counting = payouts.views_that_count(session, dict.fromkeys(post_ids, end), now=now)
    unseen = set(
        session.scalars(
            select(PostTracking.post_id).where(
                PostTracking.post_id.in_(post_ids), PostTracking.missing_count > 0
            )
        )
    )
    waiting = (
        unseen
        or any(each not in counting.views for each in post_ids)
        or _checking(session, challenge)
    )
    if counting.in_question or (waiting and now < end + LAST_READING_WITHIN):
        return None
    return {post_id: views for post_id, views in counting.views.items() if post_id not in unseen}


def _checking(session: Session, challenge: Challenge) -> bool:
    found = session.scalar(
        select(PublishedPost.id)
        .join(ChallengeEntry, ChallengeEntry.deliverable_id == PublishedPost.deliverable_id)
        .where(
            ChallengeEntry.challenge_id == challenge.id,
            PublishedPost.state == PostState.CHECKING,
        )
        .limit(1)
    )
    return found is not None


def _keep(
    session: Session,
    challenge: Challenge,
    placed: Sequence[Place],
    readings: Mapping[UUID, CountedViews],
    *,
    now: datetime,
) -> list[Outcome]:
    """Write the places down and end what they were for; return what each post has come to.

    One that did not count has won nothing, and its creator may dispute that.
    """
    by_id = {
        entry.id: entry
        for entry in session.scalars(
            select(ChallengeEntry)
            .where(ChallengeEntry.challenge_id == challenge.id)
            .options(joinedload(ChallengeEntry.creator))
        )
    }
    counted = {by_id[each.entry_id].collaboration_id for each in placed}
    agreed = _end_collaborations(session, by_id.values(), counted, now=now)
    deliverables.end_entries(
        session,
        campaign_id=challenge.campaign_id,
        counted={by_id[each.entry_id].deliverable_id for each in placed},
        actor=SYSTEM,
        now=now,
    )
    won: dict[UUID, tuple[Money, str]] = {}
    for each in placed:
        entry = by_id[each.entry_id]
        entry.place, entry.views, entry.prize_minor = each.place, each.views, each.prize.minor
        entry.counted_at = readings[each.entry_id].taken_at
        won[entry.id] = each.prize, f"Place {each.place} with {each.views} views"
    nothing = Money(0, challenge.currency)
    challenge.state = LIFE.next(challenge.state, ChallengeEvent.AWARD)
    challenge.ended_at = now
    challenge.won_minor = sum((prize for prize, _ in won.values()), nothing).minor
    outcomes = []
    for entry_id in _handed_in(session, challenge) | won.keys():
        entry, (prize, memo) = by_id[entry_id], won.get(entry_id, (nothing, ""))
        offer = agreed[entry.collaboration_id].offer
        outcomes.append(
            Outcome(
                deliverable=session.get_one(Deliverable, entry.deliverable_id),
                prize=prize,
                most=challenge.promise.most,
                shares=offer.shares,
                hold_days=offer.hold_days,
                memo=memo,
            )
        )
    return sorted(outcomes, key=lambda each: (-each.prize.minor, each.deliverable.id))


def _handed_in(session: Session, challenge: Challenge) -> set[UUID]:
    """Entries with a post, whatever became of it."""
    return set(
        session.scalars(
            select(ChallengeEntry.id)
            .join(PublishedPost, PublishedPost.deliverable_id == ChallengeEntry.deliverable_id)
            .where(ChallengeEntry.challenge_id == challenge.id)
        )
    )


def _end_collaborations(
    session: Session, entries: Iterable[ChallengeEntry], counted: set[UUID], *, now: datetime
) -> Mapping[UUID, Collaboration]:
    """Complete what was counted and cancel the rest; return all of them with what was accepted."""
    found = lock_rows(session, Collaboration, [each.collaboration_id for each in entries])
    for each in found:
        if each.id in counted:
            collaborations.complete(session, collaboration_id=each.id, now=now)
        else:
            collaborations.cancel(session, each, now=now)
    return {each.id: each for each in found}
