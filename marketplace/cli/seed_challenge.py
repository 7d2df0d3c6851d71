"""Challenges of the demo: one over, its prizes won, and one open; a few creators enter both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from marketplace.campaigns import service as campaigns
from marketplace.campaigns.rules import BriefContent, CampaignKind, WantedDeliverable
from marketplace.challenges import service as challenges
from marketplace.challenges.rules.prizes import Prize, Promise, Split
from marketplace.cli.seed_campaign import DAY, handle_of, pay_later
from marketplace.cli.seed_stage import Stage
from marketplace.cli.seed_story import BrandSide
from marketplace.cli.seed_views import FEW_LIKES
from marketplace.creators.models import Platform
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Contest:
    """What a challenge asks for and pays, how many days it takes entries and counts views.

    posts: what the creators publish for it, and the views that each will have, in their order.
    few_likes: the place of the one that hardly anybody will like.
    """

    name: str
    budget: Money
    brief: BriefContent
    promise: Promise
    taking_days: int
    counting_days: int
    posts: tuple[tuple[str, int], ...]
    few_likes: int


RAIN_OR_SHINE: Final = Contest(
    name="Rain or shine",
    budget=Money(25_000, "USD"),
    brief=BriefContent(
        summary="Eat outside, whatever falls from the sky, and show us the first bite.",
        dos=("Show the weather", "Show which tin it is"),
        deliverables=(WantedDeliverable("video", "One meal, one weather", 1),),
        target_interests=("cooking", "outdoors"),
        usage_days=30,
    ),
    promise=Promise(
        pool=Money(20_000, "USD"),
        split=Split.RANK,
        prizes=(
            Prize(1, 1, Money(10_000, "USD")),
            Prize(2, 2, Money(6_000, "USD")),
            Prize(3, 3, Money(4_000, "USD")),
        ),
        least_views=500,
    ),
    taking_days=4,
    counting_days=7,
    posts=(
        ("Beans in the hail #rainorshine #ad", 41_000),
        ("Soup with a rainbow #rainorshine #ad", 27_000),
        ("A cold tin on a hot roof #rainorshine #ad", 12_000),
        ("We were the only ones there #rainorshine #ad", 6_000),
    ),
    few_likes=3,
)
ONE_TIN: Final = Contest(
    name="One tin, one minute",
    budget=Money(120_000, "USD"),
    brief=BriefContent(
        summary="A whole dinner out of one tin, told in one minute. Any tin of ours, any dinner, "
        "any kitchen: make it yours, and make somebody hungry.",
        dos=("Show which tin it is", "Show the plate at the end"),
        donts=("No other brands in the picture",),
        deliverables=(WantedDeliverable("video", "One tin, one minute, one dinner", 1),),
        target_interests=("cooking",),
        usage_days=60,
    ),
    promise=Promise(
        pool=Money(100_000, "USD"),
        split=Split.RANK,
        prizes=(
            Prize(1, 1, Money(50_000, "USD")),
            Prize(2, 2, Money(20_000, "USD")),
            Prize(3, 3, Money(10_000, "USD")),
            Prize(4, 7, Money(5_000, "USD")),
        ),
        least_views=500,
    ),
    taking_days=12,
    counting_days=16,
    posts=(
        ("Chickpeas on fire (almost) #onetin #ad", 64_000),
        ("Soup before the kettle boils #onetin #ad", 22_000),
        ("My grandmother timed me #onetin #ad", 9_000),
    ),
    few_likes=1,
)


def play(stage: Stage, side: BrandSide, contest: Contest, *, entering: Sequence[Actor]) -> UUID:
    """Open a challenge, and let creators with a connected account enter it; returns its campaign.

    entering: in the order of the contest's posts; who comes after the last joins without one yet.
    """
    campaign_id = _begin(stage, side, contest)
    for number, creator in enumerate(entering):
        stage.act(challenges.join, campaign_id=campaign_id, is_named=True, actor=creator)
        if number == len(contest.posts):
            break
        words, views = contest.posts[number]
        key, address = stage.publish(
            handle_of(creator),
            words,
            total_views=views,
            like_bps=FEW_LIKES if number == contest.few_likes else None,
        )
        stage.act(
            challenges.hand_in,
            campaign_id=campaign_id,
            platform=Platform.TIKTOK,
            external_id=key,
            address=address,
            actor=creator,
        )
    return campaign_id


def _begin(stage: Stage, side: BrandSide, contest: Contest) -> UUID:
    """Draft a challenge, pay for it and open it."""
    today = utc_now().date()
    campaign = stage.act(
        campaigns.draft_campaign,
        brand_id=side.brand_id,
        name=contest.name,
        kind=CampaignKind.CHALLENGE,
        budget=contest.budget,
        starts_on=today,
        ends_on=today + contest.counting_days * DAY,
        category="food",
        actor=side.owner,
    )
    stage.act(
        campaigns.save_brief, campaign_id=campaign.id, content=contest.brief, actor=side.owner
    )
    stage.act(
        challenges.save_promise,
        campaign_id=campaign.id,
        promise=contest.promise,
        entries_until=today + contest.taking_days * DAY,
        actor=side.owner,
    )
    pay_later(stage, side, campaign.id, contest.budget)
    stage.act(challenges.open_challenge, campaign_id=campaign.id, actor=side.owner)
    return campaign.id
