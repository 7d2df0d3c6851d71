"""Challenges at any step of their life, and those who take part, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.rules import CampaignKind
from marketplace.challenges import service
from marketplace.challenges.models import Challenge, ChallengeEntry
from marketplace.challenges.rules.prizes import Prize, Promise, Split
from marketplace.creators.models import Platform
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.models import PublishedPost
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money
from marketplace.metrics import service as metrics
from tests.factories.campaigns import BUDGET, NOON, content
from tests.factories.deliverables import channel_for, reading_at
from tests.factories.money import pay_in

OPENS: Final = date(2026, 11, 2)
ENTRIES_UNTIL: Final = date(2026, 11, 10)
ENDS: Final = date(2026, 11, 15)
COUNTED: Final = datetime(2026, 11, 16, tzinfo=UTC)
"""From then on no view counts."""


def usd(minor: int) -> Money:
    return Money(minor, "USD")


PRIZES: Final = (Prize(1, 1, usd(50_000)), Prize(2, 2, usd(20_000)), Prize(3, 5, usd(5_000)))
BY_RANK: Final = Promise(pool=usd(90_000), split=Split.RANK, prizes=PRIZES)
BY_VIEWS: Final = Promise(pool=usd(90_000), split=Split.VIEWS, least_views=100)


def draft_challenge(
    session: Session,
    *,
    brand: Brand,
    by: Actor,
    promise: Promise = BY_RANK,
    name: str = "Fold it your way",
    amplified: tuple[str, ...] = (),
    now: datetime = NOON,
) -> Challenge:
    """Return a challenge that is written and not published, with no money in it.

    It opens today, takes entries for eight days and counts views for thirteen.
    """
    opens = now.date()
    campaign = campaigns.draft_campaign(
        session,
        brand_id=brand.id,
        name=name,
        category="food",
        kind=CampaignKind.CHALLENGE,
        budget=BUDGET,
        starts_on=opens,
        ends_on=opens + (ENDS - OPENS),
        actor=by,
        now=now,
    )
    campaigns.save_brief(
        session,
        campaign_id=campaign.id,
        content=content(fee_low=None, fee_high=None, amplified_groups=amplified),
        actor=by,
        now=now,
    )
    found = service.save_promise(
        session,
        campaign_id=campaign.id,
        promise=promise,
        entries_until=opens + (ENTRIES_UNTIL - OPENS),
        actor=by,
        now=now,
    )
    session.flush()
    return found


def make_challenge(
    session: Session,
    *,
    brand: Brand,
    by: Actor,
    promise: Promise = BY_RANK,
    name: str = "Fold it your way",
    amplified: tuple[str, ...] = (),
    charge_id: str = "ch_1",
    now: datetime = NOON,
) -> Challenge:
    """Return a challenge that is paid for and open."""
    drafted = draft_challenge(
        session, brand=brand, by=by, promise=promise, name=name, amplified=amplified, now=now
    )
    pay_in(session, drafted.campaign, by=by, charge_id=charge_id)
    opened = service.open_challenge(session, campaign_id=drafted.campaign_id, actor=by, now=now)
    session.flush()
    return opened


def join(
    session: Session,
    challenge: Challenge,
    creator: Actor,
    *,
    is_named: bool = True,
    now: datetime = NOON + timedelta(hours=1),
) -> ChallengeEntry:
    """Return the entry of a creator who has a connected channel."""
    channel_for(session, creator)
    entry = service.join(
        session,
        campaign_id=challenge.campaign_id,
        is_named=is_named,
        actor=creator,
        now=now,
    )
    session.flush()
    return entry


def paste(
    session: Session,
    challenge: Challenge,
    creator: Actor,
    *,
    video_id: str,
    at: datetime = NOON + timedelta(hours=2),
) -> PublishedPost:
    """Return a post that was handed in and not checked yet."""
    post = service.hand_in(
        session,
        campaign_id=challenge.campaign_id,
        platform=Platform.TIKTOK,
        external_id=video_id,
        address=f"https://www.tiktok.com/@bea.cooks/video/{video_id}",
        actor=creator,
        now=at,
    )
    session.flush()
    return post


def enter(
    session: Session,
    challenge: Challenge,
    creator: Actor,
    *,
    video_id: str,
    at: datetime = NOON + timedelta(hours=2),
    views: Sequence[tuple[datetime, int]] = (),
) -> PublishedPost:
    """Return the live post of a creator who has joined, with readings: when, how many views."""
    join(session, challenge, creator, now=at)
    post = paste(session, challenge, creator, video_id=video_id, at=at)
    deliverables.confirm_published(session, post_id=post.id, published_at=at, address=None, now=at)
    metrics.start_tracking(session, post_id=post.id, now=at)
    read(session, post, *views)
    return post


def read(session: Session, post: PublishedPost, *views: tuple[datetime, int]) -> None:
    """Keep readings of a post."""
    for taken_at, count in views:
        metrics.record_snapshot(session, post_id=post.id, reading=reading_at(taken_at, views=count))
    session.flush()
