"""Creators: who they are, what they ask, and what came of their work here."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Identity,
    Index,
    String,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.creators.rules.groups import Group
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.store.base import Base, StateText, one_of
from marketplace.store.names import NameWords, follows


class CreatorSource(StrEnum):
    """How a creator came to be known here."""

    SIGNED_UP = "signed_up"
    IMPORTED = "imported"
    SEEDED = "seeded"


class Creator(Base):
    """Somebody who makes videos and can be hired."""

    __tablename__ = "creators"
    __table_args__ = (
        one_of("source", CreatorSource),
        Index(None, "country"),
        Index(None, "name_words", postgresql_using="gin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), unique=True)
    user: Mapped[User | None] = relationship()
    display_name: Mapped[str]
    name_words: Mapped[str] = mapped_column(NameWords, deferred=True)
    _found_by = follows("display_name", "name_words")
    bio: Mapped[str] = mapped_column(default="")
    country: Mapped[str | None] = mapped_column(String(2))
    topics: Mapped[list[str]] = mapped_column(default=list)
    source: Mapped[CreatorSource] = mapped_column(StateText(CreatorSource))
    import_key: Mapped[str | None] = mapped_column(unique=True)
    """The creator's id in the file it was imported from; a second import finds it again."""
    away_until: Mapped[date | None] = mapped_column(Date)
    """The last day on which the creator takes no work; None when they say nothing of it."""
    created_at: Mapped[datetime]

    @property
    def is_here(self) -> bool:
        """Whether somebody has signed up for them and not left: others would hear of nothing."""
        return self.user is not None and self.user.closed_at is None


class RateCard(Base):
    """What a creator usually asks for one piece of a format."""

    __tablename__ = "rate_cards"
    __table_args__ = (
        UniqueConstraint("creator_id", "format", "currency"),
        CheckConstraint("fee_minor > 0", name="fee_is_positive"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"))
    format: Mapped[str]
    fee_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    fee: Mapped[Money] = composite("fee_minor", "currency")


class GroupDeclaration(Base):
    """A group by which a creator has asked to be found. Taken back, the row is gone."""

    __tablename__ = "group_declarations"
    __table_args__ = (one_of("name", Group), Index(None, "name"))

    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"), primary_key=True)
    name: Mapped[Group] = mapped_column(StateText(Group), primary_key=True)
    declared_at: Mapped[datetime]


class CreatorRecord(Base):
    """What came of a creator's collaborations here; the rooms above count it and write it down."""

    __tablename__ = "creator_records"
    __table_args__ = (
        CheckConstraint(
            "kept_count >= 0 AND broken_count >= 0 AND offered_count >= 0 AND declined_count >= 0",
            name="counts_are_not_negative",
        ),
        CheckConstraint(
            "0 <= views_met_count AND views_met_count <= views_low_count"
            " AND views_low_count <= videos_count",
            name="views_are_of_videos",
        ),
    )

    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"), primary_key=True)
    kept_count: Mapped[int]
    """Collaborations that were completed."""
    broken_count: Mapped[int]
    """Those that the creator ended alone, or the brand because the creator was late."""
    offered_count: Mapped[int] = mapped_column(server_default="0")
    declined_count: Mapped[int] = mapped_column(server_default="0")
    """Applications that led to an offer, and those that were declined without one."""
    videos_count: Mapped[int] = mapped_column(server_default="0")
    views_met_count: Mapped[int] = mapped_column(server_default="0")
    views_low_count: Mapped[int] = mapped_column(server_default="0")
    """Videos for brands, followed to the end; with the views expected; with the lower end of it."""


class CreatorMark(Base):
    """Something of a creator was changed: triggers write it in the transaction that does.

    It is for whoever keeps a copy of the market in another form.
    """

    __tablename__ = "creator_marks"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    creator_id: Mapped[UUID | None]
    """None when one statement changed very many: read everybody again."""
    transaction_number: Mapped[int] = mapped_column(
        server_default=text("(pg_current_xact_id()::text)::bigint"), index=True
    )
    marked_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
