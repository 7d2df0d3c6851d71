"""What entries of challenges came to, as far as it may be disputed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, composite, mapped_column

from marketplace.kernel.money import Money
from marketplace.store.base import Base


class EntryPrize(Base):
    """What an entry won and could have won, when the prizes were awarded. Nothing changes it."""

    __tablename__ = "entry_prizes"
    __table_args__ = (CheckConstraint("won_minor BETWEEN 0 AND most_minor", name="won_at_most"),)

    deliverable_id: Mapped[UUID] = mapped_column(ForeignKey("deliverables.id"), primary_key=True)
    won_minor: Mapped[int]
    most_minor: Mapped[int]
    """What the best entry could win."""
    currency: Mapped[str] = mapped_column(String(3))
    won: Mapped[Money] = composite("won_minor", "currency")
    most: Mapped[Money] = composite("most_minor", "currency")
    disputable_until: Mapped[datetime]
    """The end of the hold window."""
