"""Whom a brand has been shown, whom it has set aside, and what it asks of everybody."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import BigInteger, Uuid

from marketplace.kernel.ids import new_id
from marketplace.store.base import Base


class MatchShowing(Base):
    """One page of matches as somebody saw it: the log from which to learn what is chosen.

    The fits themselves are computed anew each time.
    """

    __tablename__ = "match_showings"
    __table_args__ = (
        Index(None, "campaign_id", "shown_at"),
        CheckConstraint("cardinality(creator_ids) = cardinality(fits)", name="one_fit_a_creator"),
        CheckConstraint("first_place >= 1", name="places_start_at_one"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    brief_id: Mapped[UUID] = mapped_column(ForeignKey("briefs.id"))
    shown_to: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    shown_at: Mapped[datetime]
    first_place: Mapped[int]
    """The place of the first of them; the others follow."""
    creator_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    fits: Mapped[list[int]] = mapped_column(ARRAY(BigInteger()))


class Shortlisting(Base):
    """A creator a brand has set aside for a campaign."""

    __tablename__ = "shortlistings"

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"), primary_key=True)
    added_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    added_at: Mapped[datetime]


class MatchRules(Base):
    """What a creator must be to be ranked for a campaign; the brief itself says whom to reach."""

    __tablename__ = "match_rules"
    __table_args__ = (
        CheckConstraint(
            "followers_least >= 0 AND followers_most >= followers_least",
            name="followers_are_in_order",
        ),
        CheckConstraint("followers_most >= 0", name="followers_most_is_not_negative"),
    )

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    lives_in: Mapped[list[str]]
    languages: Mapped[list[str]]
    blocked_topics: Mapped[list[str]]
    followers_least: Mapped[int | None]
    followers_most: Mapped[int | None]
    kept_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    kept_at: Mapped[datetime]
