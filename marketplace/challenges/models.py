"""Challenges, and who takes part in them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from marketplace.campaigns.models import Campaign
from marketplace.challenges.rules.life import ChallengeState, Days
from marketplace.challenges.rules.prizes import Promise, Split, prizes_of
from marketplace.collaborations.models import Collaboration
from marketplace.creators.models import Creator
from marketplace.deliverables.models import Deliverable
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.store.base import Base, Json, StateText, one_of


class Challenge(Base):
    """What a campaign of this kind has beside its brief: prizes, and until when entries are taken.

    Nothing of it changes once it is open. Its first and last day are the campaign's.
    """

    __tablename__ = "challenges"
    __table_args__ = (
        one_of("state", ChallengeState),
        one_of("split", Split),
        CheckConstraint("pool_minor > 0", name="pool_is_positive"),
        CheckConstraint("cap_minor BETWEEN 1 AND pool_minor", name="cap_is_within_the_pool"),
        CheckConstraint("least_views >= 1", name="nobody_wins_unseen"),
        CheckConstraint("state <> 'open' OR opened_at IS NOT NULL", name="open_since_a_moment"),
        CheckConstraint(
            "(state IN ('awarded', 'called_off')) = (ended_at IS NOT NULL)",
            name="ended_at_a_moment",
        ),
        CheckConstraint(
            "won_minor >= 0 AND won_minor <= pool_minor AND (won_minor = 0 OR state = 'awarded')",
            name="won_within_the_pool",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"), unique=True)
    campaign: Mapped[Campaign] = relationship()
    state: Mapped[ChallengeState] = mapped_column(
        StateText(ChallengeState), default=ChallengeState.DRAFT
    )
    currency: Mapped[str] = mapped_column(String(3))
    pool_minor: Mapped[int]
    pool: Mapped[Money] = composite("pool_minor", "currency")
    split: Mapped[Split] = mapped_column(StateText(Split))
    prizes: Mapped[list[Json]] = mapped_column(default=list)
    """By place, in their order: {"first": 1, "last": 1, "minor": 50000}; none by views."""
    cap_minor: Mapped[int | None]
    least_views: Mapped[int] = mapped_column(default=1)
    entries_until: Mapped[date] = mapped_column(Date)
    opened_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    """When everybody in it was told that counting ends tomorrow."""
    won_minor: Mapped[int] = mapped_column(default=0)
    """What of the pool was won; the rest went back to the campaign."""

    @property
    def promise(self) -> Promise:
        """What it pays."""
        return Promise(
            pool=self.pool,
            split=self.split,
            prizes=prizes_of(self.prizes, self.currency),
            cap=None if self.cap_minor is None else Money(self.cap_minor, self.currency),
            least_views=self.least_views,
        )

    @property
    def days(self) -> Days:
        """Its days; the campaign is loaded."""
        return Days(
            opens_on=self.campaign.starts_on,
            entries_until=self.entries_until,
            counting_ends_on=self.campaign.ends_on,
        )

    @property
    def won(self) -> Money:
        """What of the pool was won."""
        return Money(self.won_minor, self.currency)


class ChallengeEntry(Base):
    """A creator who takes part. What they hand in is the post of the deliverable."""

    __tablename__ = "challenge_entries"
    __table_args__ = (
        UniqueConstraint("challenge_id", "creator_id"),
        UniqueConstraint("challenge_id", "place"),
        Index(None, "creator_id"),
        CheckConstraint("place >= 1 AND views >= 0 AND prize_minor >= 0", name="a_place_is_one"),
        CheckConstraint(
            "num_nulls(place, views, prize_minor, counted_at) IN (0, 4)", name="placed_as_a_whole"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    challenge_id: Mapped[UUID] = mapped_column(ForeignKey("challenges.id"))
    challenge: Mapped[Challenge] = relationship()
    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"))
    creator: Mapped[Creator] = relationship()
    collaboration_id: Mapped[UUID] = mapped_column(ForeignKey("collaborations.id"), unique=True)
    collaboration: Mapped[Collaboration] = relationship()
    deliverable_id: Mapped[UUID] = mapped_column(ForeignKey("deliverables.id"), unique=True)
    deliverable: Mapped[Deliverable] = relationship()
    is_named: Mapped[bool]
    """Whether the public leaderboard shows the creator's name."""
    joined_at: Mapped[datetime]
    place: Mapped[int | None]
    """From here on: what the awards fixed; None before, and for an entry that did not count."""
    views: Mapped[int | None]
    prize_minor: Mapped[int | None]
    counted_at: Mapped[datetime | None]
    """When the reading was taken that counted."""

    @property
    def prize(self) -> Money:
        """What it won; nothing before the awards. The challenge is loaded."""
        return Money(self.prize_minor or 0, self.challenge.currency)
