"""Bonuses for views, and what moved them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, composite, mapped_column

from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.payouts.rules import (
    BonusState,
    Worth,
)
from marketplace.store.base import Base, StateText, one_of


class ViewBonus(Base):
    """The bonus of one accepted deliverable: its rule as agreed, and what of it is booked."""

    __tablename__ = "view_bonuses"
    __table_args__ = (
        one_of("state", BonusState),
        CheckConstraint("rate_minor > 0 AND cap_minor > 0", name="rule_is_positive"),
        CheckConstraint(
            "gross_minor BETWEEN 0 AND cap_minor AND share_minor BETWEEN 0 AND gross_minor"
            " AND on_top_minor >= 0 AND views >= 0",
            name="booked_stays_within_the_cap",
        ),
        CheckConstraint(
            "taken_minor BETWEEN 0 AND cap_minor - gross_minor", name="taken_is_within_the_rest"
        ),
        CheckConstraint("counted_until > counted_from", name="ends_after_it_starts"),
        CheckConstraint(
            "(state = 'ended') = (next_booking_at IS NULL)", name="ended_is_booked_no_more"
        ),
        Index(None, "collaboration_id"),
        Index(
            "ix_view_bonuses_due", "next_booking_at", postgresql_where=text("state = 'counting'")
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    deliverable_id: Mapped[UUID] = mapped_column(ForeignKey("deliverables.id"), unique=True)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("published_posts.id"))
    collaboration_id: Mapped[UUID] = mapped_column(ForeignKey("collaborations.id"))
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"))
    rate_minor: Mapped[int]
    cap_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    rate: Mapped[Money] = composite("rate_minor", "currency")
    """For each 1,000 views."""
    cap: Mapped[Money] = composite("cap_minor", "currency")
    creator_fee_bps: Mapped[int]
    brand_fee_bps: Mapped[int]
    withheld_bps: Mapped[int] = mapped_column(default=0)
    hold_days: Mapped[int]
    counted_from: Mapped[datetime]
    """When the post was published."""
    counted_until: Mapped[datetime]
    state: Mapped[BonusState] = mapped_column(StateText(BonusState), default=BonusState.COUNTING)
    next_booking_at: Mapped[datetime | None]
    """None once it has ended."""
    views: Mapped[int] = mapped_column(default=0)
    """What the last booking counted."""
    gross_minor: Mapped[int] = mapped_column(default=0)
    share_minor: Mapped[int] = mapped_column(default=0)
    on_top_minor: Mapped[int] = mapped_column(default=0)
    taken_minor: Mapped[int] = mapped_column(default=0, server_default="0")
    """What a dispute of the brand took back of it: nobody can earn that any more."""
    measurements: Mapped[int] = mapped_column(default=0)
    """How many bookings moved money."""
    ended_at: Mapped[datetime | None]
    is_disputed: Mapped[bool] = mapped_column(default=False, server_default="false")
    """True while a dispute about its deliverable is open: nothing is booked until it is over."""

    @property
    def left(self) -> Money:
        """What of it is neither counted nor taken back, up to its cap."""
        return Money(self.cap_minor - self.gross_minor - self.taken_minor, self.currency)

    @property
    def booked(self) -> Worth:
        """What of it is booked, all told."""
        return Worth(
            gross=Money(self.gross_minor, self.currency),
            share=Money(self.share_minor, self.currency),
            on_top=Money(self.on_top_minor, self.currency),
        )


class BonusMeasurement(Base):
    """Why one entry moved a bonus: which reading, by which rule, from what to what. Append-only."""

    __tablename__ = "bonus_measurements"
    __table_args__ = (
        UniqueConstraint("bonus_id", "number"),
        CheckConstraint("views_counted BETWEEN 0 AND views_read", name="counts_what_was_read"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    bonus_id: Mapped[UUID] = mapped_column(ForeignKey("view_bonuses.id"))
    number: Mapped[int]
    snapshot_id: Mapped[UUID] = mapped_column(ForeignKey("metric_snapshots.id"))
    views_read: Mapped[int]
    views_counted: Mapped[int]
    rule: Mapped[str]
    """The arithmetic it was booked by: "views-1"."""
    currency: Mapped[str] = mapped_column(String(3))
    gross_before_minor: Mapped[int]
    gross_after_minor: Mapped[int]
    share_before_minor: Mapped[int]
    share_after_minor: Mapped[int]
    on_top_before_minor: Mapped[int]
    on_top_after_minor: Mapped[int]
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entries.id"), unique=True)
    measured_at: Mapped[datetime]
