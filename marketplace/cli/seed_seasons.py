"""Two campaigns of the demo that ended long ago: the same creators made a few videos for each.

All of them were followed to their last day, so that it is known how many got the views that were
expected of them; of the second, with what was known of their creators from the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import exp
from random import Random
from typing import Final

from sqlalchemy.orm import Session

from marketplace.campaigns import service as campaigns
from marketplace.cli.seed_briefs import JARS
from marketplace.cli.seed_campaign import DAY, PastCampaign, handle_of, open_bank
from marketplace.cli.seed_stage import Stage
from marketplace.cli.seed_story import BrandSide
from marketplace.creators import queries as creators
from marketplace.creators.models import Platform
from marketplace.deliverables import queries as work
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.models import Deliverable
from marketplace.funding import service as funding
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money
from marketplace.store.session import reading

LENGTH: Final = timedelta(days=215)
"""It is all over after so long: twice 90 days of reading, and what comes before and after."""
NAMES: Final = ("Three jars, one pan", "Three jars more")
VIDEOS: Final = 3
FEES: Final = (15_000, 12_000, 21_000, 14_400, 18_000, 13_200)
"""Of each creator, for all videos of one campaign."""
LUCK: Final = (-0.8, 0.6, 0.0, 0.9, -0.4, 0.3)
"""Of each creator: the logarithm of what their videos get beside what they usually got."""
SPREAD: Final = 0.7
"""Of one video's views, as a logarithm."""
LEAPS: Final = (8, 8, 83)
"""In days: silence is acceptance, the hold window ends and payouts leave, and views come."""

Works = Sequence[tuple[Actor, Sequence[Deliverable]]]
Posts = Sequence[tuple[Actor, Deliverable, tuple[str, str]]]


def play(stage: Stage, side: BrandSide, people: Sequence[Actor]) -> None:
    """Let as many creators as there are fees make their videos, be paid, and be followed."""
    chance = Random(7)  # noqa: S311 - a demo market, nothing to guess
    for number, creator in enumerate(people, start=1):
        stage.connect(creator)
        open_bank(
            stage,
            creator,
            email=f"jars-{number}@creators.test",
            holder=f"J. Account {number}",
            bank=f"US00778899{number:02}",
        )
    for name in NAMES:
        _season(stage, side, people, name=name, chance=chance)


def _season(
    stage: Stage, side: BrandSide, people: Sequence[Actor], *, name: str, chance: Random
) -> None:
    jars = PastCampaign.begun(stage, side, name, Money(200_000, "USD"), JARS)
    owed = [("video", f"Jar number {jar}", 10) for jar in range(1, VIDEOS + 1)]
    pitch = "Three jars, three evenings, and one pan for all of them."
    works = [
        (creator, jars.agree(creator, pitch, fee, owed))
        for creator, fee in zip(people, FEES, strict=True)
    ]
    stage.act(_hand_in, works=works)
    stage.act(_approve, side=side, works=works)
    posts = [
        (creator, each, _publish(stage, creator, each, factor=exp(luck + chance.gauss(0, SPREAD))))
        for (creator, made), luck in zip(works, LUCK, strict=True)
        for each in made
    ]
    stage.act(_paste, posts=posts)
    for days in LEAPS:
        stage.time.leap(days * DAY)
    stage.act(campaigns.close, campaign_id=jars.campaign.id, actor=side.owner)
    stage.act(funding.refund_unspent, campaign_id=jars.campaign.id, actor=side.owner)


def _hand_in(session: Session, *, works: Works, now: datetime) -> None:
    """Everybody hands in all of their videos."""
    for creator, made in works:
        for owed in made:
            deliverables.submit(
                session,
                actor=creator,
                deliverable_id=owed.id,
                link=f"https://drafts.example/{owed.id}",
                file=None,
                done=range(len(work.checklist_of(session, owed.collaboration_id))),
                note="",
                now=now,
            )


def _approve(session: Session, *, side: BrandSide, works: Works, now: datetime) -> None:
    """The brand approves them."""
    for _, made in works:
        for owed in made:
            deliverables.approve(
                session, actor=side.owner, deliverable_id=owed.id, version=1, comment="", now=now
            )


def _publish(stage: Stage, creator: Actor, owed: Deliverable, *, factor: float) -> tuple[str, str]:
    assert creator.creator_id is not None
    with reading() as session:
        channel = creators.channel_of(session, creator_id=creator.creator_id)
    usual = (channel and channel.median_views) or 20_000
    words = f"{owed.description} #jars #ad"
    return stage.publish(handle_of(creator), words, total_views=max(300, round(usual * factor)))


def _paste(session: Session, *, posts: Posts, now: datetime) -> None:
    """Everybody pastes the addresses of their posts."""
    for creator, owed, (key, address) in posts:
        deliverables.paste_post(
            session,
            actor=creator,
            deliverable_id=owed.id,
            platform=Platform.TIKTOK,
            external_id=key,
            address=address,
            now=now,
        )
