"""For whom alone they work."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Brand
from marketplace.store.base import Base


class Exclusivity(Base):
    """That a creator works for one brand alone in a category, for a time.

    Agreed with the terms of a collaboration; the rooms above write it down.
    """

    __tablename__ = "exclusivities"
    __table_args__ = (
        CheckConstraint("until_on >= starts_on", name="ends_after_it_starts"),
        Index(
            "ix_exclusivities_in_force",
            "creator_id",
            "until_on",
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    collaboration_id: Mapped[UUID] = mapped_column(primary_key=True)
    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"))
    brand_id: Mapped[UUID] = mapped_column(ForeignKey("brands.id"))
    brand: Mapped[Brand] = relationship()
    category: Mapped[str]
    starts_on: Mapped[date] = mapped_column(Date)
    until_on: Mapped[date] = mapped_column(Date)
    """The last day."""
    ended_at: Mapped[datetime | None]
    """When it ended before its time, with a collaboration that was cancelled."""
