"""What people were told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.ids import new_id
from marketplace.store.base import Base


class Notification(Base):
    """One piece of news for one person."""

    __tablename__ = "notifications"
    __table_args__ = (
        Index(None, "user_id", "created_at"),
        Index("ix_notifications_unread", "user_id", postgresql_where=text("read_at IS NULL")),
        CheckConstraint("path LIKE '/%' AND path NOT LIKE '//%'", name="path_is_local"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str]
    title: Mapped[str]
    text: Mapped[str]
    path: Mapped[str]
    """Where to act on it, as a path of this site."""
    once_key: Mapped[str | None] = mapped_column(unique=True)
    """Telling the same thing again is told once."""
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    emailed_at: Mapped[datetime | None]
