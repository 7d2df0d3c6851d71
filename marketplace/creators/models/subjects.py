"""What creators object to in what was found in their posts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.creators.models.creators import Creator
from marketplace.creators.rules.subjects import ObjectionState, Subject
from marketplace.kernel.ids import new_id
from marketplace.store.base import Base, StateText, one_of


class SubjectObjection(Base):
    """A creator says that their posts do not touch a subject; staff look at them and decide."""

    __tablename__ = "subject_objections"
    __table_args__ = (
        one_of("subject", Subject),
        one_of("state", ObjectionState),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided_or_waiting"),
        Index(
            "uq_subject_objections_waiting",
            "creator_id",
            "subject",
            unique=True,
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(None, "state", "filed_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"))
    creator: Mapped[Creator] = relationship()
    subject: Mapped[Subject] = mapped_column(StateText(Subject))
    words: Mapped[str]
    """The creator's own."""
    state: Mapped[ObjectionState] = mapped_column(
        StateText(ObjectionState), default=ObjectionState.WAITING
    )
    filed_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    """Posts up to this moment do not count for the subject once it is cleared."""
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    decider: Mapped[User | None] = relationship()
