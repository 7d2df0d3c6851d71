"""A challenge of the demo: paid for, open, and entered by a few creators."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from marketplace.campaigns import service as campaigns
from marketplace.campaigns.rules import BriefContent, CampaignKind, WantedDeliverable
from marketplace.challenges import service as challenges
from marketplace.challenges.rules.prizes import Prize, Promise, Split
from marketplace.cli.seed_stage import Stage
from marketplace.cli.seed_story import BrandSide
from marketplace.creators import queries as creators
from marketplace.creators.models import Platform
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.kernel.money import Money
from marketplace.store.session import reading

BUDGET: Final = Money(120_000, "USD")
_DAY: Final = timedelta(days=1)
_HALF: Final = timedelta(hours=12)
_BRIEF: Final = BriefContent(
    summary="A whole dinner out of one tin, told in one minute. Any tin of ours, any dinner, any "
    "kitchen: make it yours, and make somebody hungry.",
    dos=("Show which tin it is", "Show the plate at the end"),
    donts=("No other brands in the picture",),
    deliverables=(WantedDeliverable("video", "One tin, one minute, one dinner", 1),),
    target_interests=("cooking",),
    usage_days=60,
)
_PROMISE: Final = Promise(
    pool=Money(100_000, "USD"),
    split=Split.RANK,
    prizes=(
        Prize(1, 1, Money(50_000, "USD")),
        Prize(2, 2, Money(20_000, "USD")),
        Prize(3, 3, Money(10_000, "USD")),
        Prize(4, 7, Money(5_000, "USD")),
    ),
    least_views=500,
)
_POSTS: Final = (
    ("Chickpeas on fire (almost) #onetin #ad", 64_000),
    ("Soup before the kettle boils #onetin #ad", 22_000),
    ("My grandmother timed me #onetin #ad", 9_000),
)


Pay = Callable[[Stage, BrandSide, UUID, Money], None]
"""Puts an amount into a campaign, and lets the time pass until it is there."""


def play(stage: Stage, side: BrandSide, pay: Pay, *, joining: Sequence[Actor], late: Actor) -> None:
    """Open a challenge, and let creators join it and hand their posts in.

    joining: creators with a connected account. late: joins, and hands nothing in yet.
    """
    campaign_id = _begin(stage, side, pay)
    for creator, (words, views) in zip(joining, _POSTS, strict=True):
        stage.act(challenges.join, campaign_id=campaign_id, is_named=True, actor=creator)
        key, address = stage.publish(_handle_of(creator), words, total_views=views)
        stage.act(
            challenges.hand_in,
            campaign_id=campaign_id,
            platform=Platform.TIKTOK,
            external_id=key,
            address=address,
            actor=creator,
        )
    stage.act(challenges.join, campaign_id=campaign_id, is_named=True, actor=late)
    stage.time.sleep(_HALF)


def _begin(stage: Stage, side: BrandSide, pay: Pay) -> UUID:
    """Draft a challenge, pay for it and open it."""
    today = utc_now().date()
    campaign = stage.act(
        campaigns.draft_campaign,
        brand_id=side.brand_id,
        name="One tin, one minute",
        kind=CampaignKind.CHALLENGE,
        budget=BUDGET,
        starts_on=today,
        ends_on=today + 16 * _DAY,
        category="food",
        actor=side.owner,
    )
    stage.act(campaigns.save_brief, campaign_id=campaign.id, content=_BRIEF, actor=side.owner)
    stage.act(
        challenges.save_promise,
        campaign_id=campaign.id,
        promise=_PROMISE,
        entries_until=today + 12 * _DAY,
        actor=side.owner,
    )
    pay(stage, side, campaign.id, BUDGET)
    stage.act(challenges.open_challenge, campaign_id=campaign.id, actor=side.owner)
    return campaign.id


def _handle_of(creator: Actor) -> str:
    """Return the handle of a creator's connected account."""
    assert creator.creator_id is not None
    with reading() as session:
        channel = creators.channel_of(session, creator_id=creator.creator_id)
    assert channel is not None
    assert channel.handle is not None
    return channel.handle
