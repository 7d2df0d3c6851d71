"""Users, brands and who belongs to which."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.kernel.actor import Role
from marketplace.kernel.ids import new_id
from marketplace.store.base import Base, StateText, one_of
from marketplace.store.names import NameWords, follows


class User(Base):
    """A person who can sign in."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_is_lower_case"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(unique=True)
    """Lower case, so that one person is one row."""
    name: Mapped[str]
    password_hash: Mapped[str]
    is_staff: Mapped[bool] = mapped_column(default=False)
    email_confirmed_at: Mapped[datetime | None]
    link_serial: Mapped[int] = mapped_column(default=0)
    """Signed links carry it; using one moves it on, so every older link is dead."""
    session_serial: Mapped[int] = mapped_column(default=0)
    """Sign-in cookies carry it; a password change moves it on and ends every session."""
    link_asked_at: Mapped[datetime | None]
    """When a link was last asked for; asking again at once sends no second one."""
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    """From then on nobody signs in or is mailed, and a creator is not found."""


class Brand(Base):
    """An organisation that runs campaigns."""

    __tablename__ = "brands"
    __table_args__ = (
        CheckConstraint("name <> ''", name="name_is_not_empty"),
        Index(None, "name_words", postgresql_using="gin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    name_words: Mapped[str] = mapped_column(NameWords, deferred=True)
    _found_by = follows("name", "name_words")
    website: Mapped[str] = mapped_column(default="")
    about: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(String(2))
    created_at: Mapped[datetime]


class BrandMember(Base):
    """A person's role at a brand."""

    __tablename__ = "brand_members"
    __table_args__ = (one_of("role", Role), Index(None, "user_id"))

    brand_id: Mapped[UUID] = mapped_column(ForeignKey("brands.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(StateText(Role))
    joined_at: Mapped[datetime]
    user: Mapped[User] = relationship()
    brand: Mapped[Brand] = relationship()


class MemberInvitation(Base):
    """A brand's question to a person to join it."""

    __tablename__ = "member_invitations"
    __table_args__ = (
        one_of("role", Role),
        CheckConstraint("email = lower(email)", name="email_is_lower_case"),
        CheckConstraint("accepted_at IS NULL OR revoked_at IS NULL", name="has_one_end"),
        Index(
            "uq_member_invitations_open",
            "brand_id",
            "email",
            unique=True,
            postgresql_where=text("accepted_at IS NULL AND revoked_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    brand_id: Mapped[UUID] = mapped_column(ForeignKey("brands.id"))
    brand: Mapped[Brand] = relationship()
    email: Mapped[str]
    role: Mapped[Role] = mapped_column(StateText(Role))
    invited_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    invited_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """One try to sign in; too many failures in a short time close the door for a while."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index(None, "email", "tried_at"), Index(None, "address", "tried_at"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str]
    address: Mapped[str]
    succeeded: Mapped[bool]
    tried_at: Mapped[datetime]
