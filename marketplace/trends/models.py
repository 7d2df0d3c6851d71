"""Trends, how they stood day by day, and the campaigns that ride on one."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.campaigns.models import Campaign
from marketplace.creators.rules.formats import BAND_WORDS, LengthBand
from marketplace.kernel.ids import new_id
from marketplace.store.base import Base, StateText, one_of
from marketplace.trends.rules.growth import Estimate, Phase


class TrendKind(StrEnum):
    """What is posted more or less."""

    HASHTAG = "hashtag"
    FORMAT = "format"
    SOUND = "sound"


SIGNS: Final = {TrendKind.HASHTAG: "#", TrendKind.SOUND: "♬ "}
"""What stands before a name."""


class Trend(Base):
    """A hashtag, a form of video, or a sound."""

    __tablename__ = "trends"
    __table_args__ = (
        one_of("kind", TrendKind),
        UniqueConstraint("kind", "name"),
        CheckConstraint("name <> ''", name="name_is_not_empty"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[TrendKind] = mapped_column(StateText(TrendKind))
    name: Mapped[str]
    """The key of the hashtag (``kernel.words``); the band of lengths; the sound's name."""
    spelling: Mapped[str]
    """How most posts spelled it when it was last counted; of all but hashtags the name itself."""
    first_seen_on: Mapped[date] = mapped_column(Date)

    @property
    def shown(self) -> str:
        """Its name for people: "#beans", a sound, or a band of lengths in words."""
        if self.kind is TrendKind.FORMAT:
            return BAND_WORDS[LengthBand(self.name)]
        return SIGNS[self.kind] + self.spelling


class TrendSnapshot(Base):
    """How a trend stood on a day: what was counted, and what follows from it. Never changed."""

    __tablename__ = "trend_snapshots"
    __table_args__ = (
        one_of("phase", Phase),
        Index(None, "taken_on", "phase"),
        CheckConstraint(
            "posts >= 0 AND channels >= 0 AND pace_milli >= 0", name="counts_are_counts"
        ),
        CheckConstraint(
            "growth_bps BETWEEN growth_low_bps AND growth_high_bps", name="growth_is_in_its_range"
        ),
        CheckConstraint(
            "days_low >= 0 AND (days_left IS NULL OR days_left >= days_low)"
            " AND (days_high IS NULL OR days_high >= days_left)",
            name="life_is_in_its_range",
        ),
    )

    trend_id: Mapped[UUID] = mapped_column(ForeignKey("trends.id"), primary_key=True)
    trend: Mapped[Trend] = relationship()
    taken_on: Mapped[date] = mapped_column(Date, primary_key=True)
    """The day before is the last that was counted."""
    counts: Mapped[list[int]] = mapped_column(JSONB)
    """Posts a day, the oldest first."""
    posts: Mapped[int]
    channels: Mapped[int]
    """How many different channels posted in these days."""
    phase: Mapped[Phase] = mapped_column(StateText(Phase))
    pace_milli: Mapped[int]
    growth_bps: Mapped[int]
    growth_low_bps: Mapped[int]
    growth_high_bps: Mapped[int]
    days_left: Mapped[int | None]
    days_low: Mapped[int]
    days_high: Mapped[int | None]

    @property
    def estimate(self) -> Estimate:
        """What the rule made of the counts."""
        return Estimate(
            phase=self.phase,
            pace_milli=self.pace_milli,
            growth_bps=self.growth_bps,
            growth_low_bps=self.growth_low_bps,
            growth_high_bps=self.growth_high_bps,
            days_left=self.days_left,
            days_low=self.days_low,
            days_high=self.days_high,
        )


class TrendRide(Base):
    """A campaign that means to be part of a trend while it lives."""

    __tablename__ = "trend_rides"
    __table_args__ = (Index(None, "trend_id"),)

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    campaign: Mapped[Campaign] = relationship()
    trend_id: Mapped[UUID] = mapped_column(ForeignKey("trends.id"))
    trend: Mapped[Trend] = relationship()
    chosen_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    chosen_at: Mapped[datetime]
    warned_on: Mapped[date | None] = mapped_column(Date)
    """When the brand was told that it would miss the trend; told once."""
