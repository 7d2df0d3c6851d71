"""Challenges and entries, by who asks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from marketplace.campaigns.models import Campaign
from marketplace.challenges.models import Challenge, ChallengeEntry
from marketplace.challenges.rules.life import ChallengeState
from marketplace.deliverables.models import PublishedPost
from marketplace.deliverables.rules import PostState
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound
from marketplace.store.paging import Page, page_of

SHOWN = (ChallengeState.OPEN, ChallengeState.AWARDED)
"""What creators and the public see of challenges."""


@dataclass(frozen=True, slots=True)
class ChallengeLine:
    """A challenge in a list, and how many creators have joined it."""

    challenge: Challenge
    joined: int


def challenge_of(session: Session, campaign_id: UUID) -> Challenge | None:
    """What a campaign has as a challenge, with campaign and brand; None before it is written."""
    return session.scalar(_whole().where(Challenge.campaign_id == campaign_id))


def challenge_by_id(session: Session, challenge_id: UUID) -> Challenge:
    """A challenge with its campaign and brand; raises NotFound."""
    found = session.scalar(_whole().where(Challenge.id == challenge_id))
    if found is None:
        raise NotFound("challenge")
    return found


def public_challenge(session: Session, campaign_id: UUID) -> Challenge:
    """A challenge that was opened and not called off, for everybody; else NotFound."""
    found = challenge_of(session, campaign_id)
    if found is None or found.state not in SHOWN:
        raise NotFound("challenge")
    return found


def open_challenges(session: Session, *, now: datetime) -> Sequence[ChallengeLine]:
    """Challenges that take entries, or will; those whose entries close first at the top."""
    rows = session.execute(
        _lines()
        .where(Challenge.state == ChallengeState.OPEN, Challenge.entries_until >= now.date())
        .order_by(Challenge.entries_until, Challenge.id)
    )
    return [ChallengeLine(*row) for row in rows]


def closed_challenges(session: Session, *, now: datetime, page: int = 1) -> Page[ChallengeLine]:
    """One page of the challenges that take no entries any more, those just closed at the top."""
    statement = (
        _lines()
        .where(Challenge.state.in_(SHOWN), Challenge.entries_until < now.date())
        .order_by(Challenge.entries_until.desc(), Challenge.id.desc())
    )
    return page_of(session, statement, number=page).each(lambda row: ChallengeLine(*row))


def challenges_of_creator(
    session: Session, *, creator_id: UUID, page: int = 1
) -> Page[ChallengeEntry]:
    """What a creator takes or took part in, with challenge, campaign, brand and post's state."""
    return page_of(
        session,
        select(ChallengeEntry)
        .where(ChallengeEntry.creator_id == creator_id)
        .options(
            joinedload(ChallengeEntry.challenge)
            .joinedload(Challenge.campaign)
            .joinedload(Campaign.brand),
            joinedload(ChallengeEntry.deliverable),
        )
        .order_by(ChallengeEntry.joined_at.desc(), ChallengeEntry.id.desc()),
        number=page,
    )


def joined_among(
    session: Session, challenge_ids: Collection[UUID], *, creator_id: UUID
) -> frozenset[UUID]:
    """Those of some challenges that a creator has joined."""
    return frozenset(
        session.scalars(
            select(ChallengeEntry.challenge_id).where(
                ChallengeEntry.creator_id == creator_id,
                ChallengeEntry.challenge_id.in_(challenge_ids),
            )
        )
    )


def to_hand_in(session: Session, *, creator_id: UUID, now: datetime) -> Sequence[ChallengeEntry]:
    """Entries of a creator without a post, to challenges that take one now; the first to close."""
    standing = exists().where(
        PublishedPost.deliverable_id == ChallengeEntry.deliverable_id,
        PublishedPost.state != PostState.REFUSED,
    )
    return session.scalars(
        select(ChallengeEntry)
        .join(ChallengeEntry.challenge)
        .where(
            ChallengeEntry.creator_id == creator_id,
            Challenge.state == ChallengeState.OPEN,
            Challenge.entries_until >= now.date(),
            ~standing,
        )
        .options(
            contains_eager(ChallengeEntry.challenge)
            .joinedload(Challenge.campaign)
            .joinedload(Campaign.brand)
        )
        .order_by(Challenge.entries_until, ChallengeEntry.id)
    ).all()


def running_of(session: Session, *, brand_id: UUID) -> Sequence[Challenge]:
    """A brand's open challenges with their campaigns, the one that ends first at the top."""
    return session.scalars(
        select(Challenge)
        .join(Challenge.campaign)
        .where(Challenge.state == ChallengeState.OPEN, Campaign.brand_id == brand_id)
        .options(contains_eager(Challenge.campaign))
        .order_by(Campaign.ends_on, Challenge.id)
    ).all()


def entry_of(
    session: Session, *, challenge_id: UUID, creator_id: UUID | None
) -> ChallengeEntry | None:
    """A creator's entry to a challenge with its deliverable; None without one."""
    return session.scalar(
        _entries().where(
            ChallengeEntry.challenge_id == challenge_id, ChallengeEntry.creator_id == creator_id
        )
    )


def entry_by_id(session: Session, entry_id: UUID) -> ChallengeEntry:
    """An entry with creator and deliverable; raises NotFound."""
    found = session.scalar(_entries().where(ChallengeEntry.id == entry_id))
    if found is None:
        raise NotFound("entry")
    return found


def entry_seen_by(
    session: Session, actor: Actor, entry_id: UUID
) -> tuple[Challenge, ChallengeEntry]:
    """An entry with its challenge, for the brand's people and staff; else NotFound."""
    entry = entry_by_id(session, entry_id)
    found = challenge_by_id(session, entry.challenge_id)
    if not (actor.is_staff or actor.belongs_to(found.campaign.brand_id)):
        raise NotFound("entry")
    return found, entry


def entry_count(session: Session, challenge_id: UUID) -> int:
    """How many creators have joined a challenge."""
    counted = select(func.count()).where(ChallengeEntry.challenge_id == challenge_id)
    return session.scalar(counted) or 0


def due_for_awards(session: Session, *, now: datetime) -> Sequence[UUID]:
    """Open challenges whose views no longer count."""
    return session.scalars(
        select(Challenge.id)
        .join(Challenge.campaign)
        .where(Challenge.state == ChallengeState.OPEN, Campaign.ends_on < now.date())
        .order_by(Challenge.id)
    ).all()


def due_for_reminding(session: Session, *, now: datetime) -> Sequence[UUID]:
    """Open challenges whose last day is tomorrow, or today, and of which nobody was reminded."""
    tomorrow = now.date() + timedelta(days=1)
    return session.scalars(
        select(Challenge.id)
        .join(Challenge.campaign)
        .where(
            Challenge.state == ChallengeState.OPEN,
            Challenge.reminded_at.is_(None),
            Campaign.ends_on.between(now.date(), tomorrow),
        )
        .order_by(Challenge.id)
    ).all()


def _lines() -> Select[Challenge, int]:
    joined = (
        select(func.count())
        .where(ChallengeEntry.challenge_id == Challenge.id)
        .correlate(Challenge)
        .scalar_subquery()
    )
    return (
        select(Challenge, joined)
        .join(Challenge.campaign)
        .join(Campaign.brand)
        .options(contains_eager(Challenge.campaign).contains_eager(Campaign.brand))
    )


def _whole() -> Select[Challenge]:
    return select(Challenge).options(joinedload(Challenge.campaign).joinedload(Campaign.brand))


def _entries() -> Select[ChallengeEntry]:
    return select(ChallengeEntry).options(
        joinedload(ChallengeEntry.creator), joinedload(ChallengeEntry.deliverable)
    )
