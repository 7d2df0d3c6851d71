"""Runs of the matching and what they found."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.creators.models import Creator
from marketplace.kernel.ids import new_id
from marketplace.store.base import Base, Json


class MatchRun(Base):
    """One computation of the matches of one version of a brief."""

    __tablename__ = "match_runs"
    __table_args__ = (Index(None, "campaign_id", "ran_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    brief_id: Mapped[UUID] = mapped_column(ForeignKey("briefs.id"))
    ran_at: Mapped[datetime]
    creator_count: Mapped[int]
    """How many creators were looked at."""
    left_out: Mapped[Json]
    """Rule -> how many creators it removed."""


class Match(Base):
    """A creator's fit to a brief, with the parts that make it."""

    __tablename__ = "matches"
    __table_args__ = (
        UniqueConstraint("run_id", "creator_id"),
        Index(None, "run_id", "fit_bps"),
        Index(None, "creator_id"),
        CheckConstraint("fit_bps BETWEEN 0 AND 10000", name="fit_is_a_share"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("match_runs.id", ondelete="CASCADE"))
    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"))
    creator: Mapped[Creator] = relationship()
    fit_bps: Mapped[int]
    parts: Mapped[list[Json]]
    """Each {"name", "value_bps", "weight_bps", "evidence"}; the fit is their weighted sum."""


class Shortlisting(Base):
    """A creator a brand has set aside for a campaign."""

    __tablename__ = "shortlistings"

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"), primary_key=True)
    added_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    added_at: Mapped[datetime]
