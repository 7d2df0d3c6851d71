"""Questions about the views of posts: what was found, what the creator says, what became of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.authenticity.rules.life import AssessmentState
from marketplace.deliverables.models import PublishedPost
from marketplace.kernel.ids import new_id
from marketplace.store.base import Base, Json, StateText, one_of


class Assessment(Base):
    """A question about views of one post: do they count? Its findings are in ``Evidence``."""

    __tablename__ = "assessments"
    __table_args__ = (
        one_of("state", AssessmentState),
        Index(None, "post_id"),
        Index(
            "ix_assessments_open",
            "decide_by",
            postgresql_where=text("state IN ('held', 'appealed')"),
        ),
        CheckConstraint(
            "(state IN ('held', 'appealed')) = (decide_by IS NOT NULL)"
            " AND (state IN ('held', 'appealed')) = (decided_at IS NULL)",
            name="open_until_a_moment",
        ),
        CheckConstraint(
            "decided_by IS NULL OR (decided_at IS NOT NULL AND reason <> '')",
            name="who_decides_says_why",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("published_posts.id"))
    post: Mapped[PublishedPost] = relationship()
    state: Mapped[AssessmentState] = mapped_column(
        StateText(AssessmentState), default=AssessmentState.HELD
    )
    asked_at: Mapped[datetime]
    held_from: Mapped[datetime]
    """The first reading that it is about."""
    decide_by: Mapped[datetime | None]
    """Until when whoever has the word has it: the creator while held, then staff."""
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    """None for what time decided."""
    reason: Mapped[str] = mapped_column(default="")


class Evidence(Base):
    """What one look at a post has found, at one reading. Never overwritten."""

    __tablename__ = "assessment_evidence"
    __table_args__ = (
        UniqueConstraint("post_id", "found_at"),
        Index(None, "assessment_id"),
        CheckConstraint("views > 0", name="views_are_positive"),
        CheckConstraint("jsonb_array_length(signs) > 0", name="something_was_seen"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id"))
    post_id: Mapped[UUID] = mapped_column(ForeignKey("published_posts.id"))
    found_at: Mapped[datetime]
    """When the reading was taken that showed it; from there on the views are held."""
    views: Mapped[int]
    """How many more views it put in question."""
    rule: Mapped[str]
    usual: Mapped[Json]
    """The creator's own likes per 1,000 views: {"middle", "low", "high", "posts"}.

    Under "comments" the same of comments, where they are what is missing.
    """
    signs: Mapped[list[Json]]
    """``rules.signs.Sign`` by the names of its fields, moments as text.

    What was found by the rule "likes-1" says nothing of comments.
    """


class Appeal(Base):
    """A creator's word on views in question. Never changed."""

    __tablename__ = "appeals"
    __table_args__ = (CheckConstraint("length(words) <= 1000", name="words_are_short"),)

    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id"), primary_key=True)
    words: Mapped[str]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    maker: Mapped[User] = relationship()
    made_at: Mapped[datetime]
