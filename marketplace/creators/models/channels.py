"""Their channels on platforms, with the past videos of each."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.creators.models.creators import Creator
from marketplace.kernel.ids import new_id
from marketplace.store.base import Base, StateText, one_of
from marketplace.store.names import NameWords, follows
from marketplace.store.sealed import SealedText


class Platform(StrEnum):
    """Where videos are published."""

    TIKTOK = "tiktok"
    YOUTUBE = "youtube"
    INSTAGRAM = "instagram"


class ChannelState(StrEnum):
    """Whether we may read a channel."""

    LISTED = "listed"
    """Known from an import; nobody has shown that it is theirs."""
    CONNECTED = "connected"
    NEEDS_RECONNECT = "needs_reconnect"
    DISCONNECTED = "disconnected"


class Channel(Base):
    """A creator's presence on one platform."""

    __tablename__ = "channels"
    __table_args__ = (
        one_of("platform", Platform),
        one_of("state", ChannelState),
        UniqueConstraint("platform", "external_id"),
        Index(None, "creator_id"),
        Index(None, "state", "read_at"),
        Index("uq_channels_main", "creator_id", unique=True, postgresql_where=text("is_main")),
        Index(
            "ix_channels_by_views",
            text("median_views DESC NULLS LAST"),
            "creator_id",
            postgresql_where=text("is_main"),
        ),
        Index(
            "ix_channels_by_followers",
            text("follower_count DESC NULLS LAST"),
            "creator_id",
            postgresql_where=text("is_main"),
        ),
        Index(
            "ix_channels_top_keys",
            "top_keys",
            postgresql_using="gin",
            postgresql_ops={"top_keys": "jsonb_path_ops"},
            postgresql_where=text("is_main"),
        ),
        Index(
            None,
            "handle_words",
            postgresql_using="gin",
            postgresql_where=text("is_main"),
        ),
        CheckConstraint("follower_count >= 0", name="follower_count_is_not_negative"),
        CheckConstraint("(handle IS NULL) = (handle_words IS NULL)", name="handle_has_its_words"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"))
    creator: Mapped[Creator] = relationship()
    platform: Mapped[Platform] = mapped_column(StateText(Platform))
    external_id: Mapped[str]
    """The platform's id of the account (TikTok: open_id); for a listed one, the file's id."""
    handle: Mapped[str | None]
    handle_words: Mapped[str | None] = mapped_column(NameWords, deferred=True)
    _found_by = follows("handle", "handle_words")
    is_main: Mapped[bool] = mapped_column(default=False)
    """The one channel that stands for its creator in the market; never a disconnected one."""
    state: Mapped[ChannelState] = mapped_column(StateText(ChannelState))
    follower_count: Mapped[int | None]
    like_count: Mapped[int | None]
    video_count: Mapped[int | None]
    median_views: Mapped[int | None]
    """Median views of the past videos we know; None while we know none."""
    engagement_rate_bps: Mapped[int | None]
    """(likes + comments + shares) / views over those videos, in basis points."""
    top_hashtags: Mapped[list[str]] = mapped_column(default=list)
    """Those of most videos, each as it is spelled mostly."""
    top_keys: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    """The keys of these hashtags (``kernel.words``) in the same order: what they are found by."""
    subjects: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    """What its last videos touch of what brands may want to avoid; see ``rules.subjects``."""
    read_at: Mapped[datetime | None]
    connected_at: Mapped[datetime | None]
    scopes: Mapped[list[str]] = mapped_column(default=list)
    access_token: Mapped[str | None] = mapped_column(SealedText())
    refresh_token: Mapped[str | None] = mapped_column(SealedText())
    access_expires_at: Mapped[datetime | None]
    refresh_expires_at: Mapped[datetime | None]
    renewal_until: Mapped[datetime | None]
    """While in the future, one process is renewing the tokens and nobody else may."""


class ConnectRequest(Base):
    """One walk to a platform's consent page: its ``state`` is good once, for ten minutes."""

    __tablename__ = "connect_requests"
    __table_args__ = (one_of("platform", Platform),)

    state_hash: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256 of the state, in hex; the state itself is only in the person's browser."""
    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"))
    platform: Mapped[Platform] = mapped_column(StateText(Platform))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ChannelVideo(Base):
    """A past video of a channel with its counts at one reading."""

    __tablename__ = "channel_videos"
    __table_args__ = (
        CheckConstraint("length(sound) <= 150", name="sound_is_short"),
        CheckConstraint(
            "views >= 0 AND likes >= 0 AND comments >= 0 AND shares >= 0",
            name="counts_are_not_negative",
        ),
    )

    channel_id: Mapped[UUID] = mapped_column(ForeignKey("channels.id"), primary_key=True)
    external_id: Mapped[str] = mapped_column(primary_key=True)
    published_at: Mapped[datetime]
    hashtags: Mapped[list[str]] = mapped_column(default=list)
    caption: Mapped[str] = mapped_column(default="", server_default="")
    """What stands beside it, cut to CAPTION_MOST signs; empty where it is not known."""
    duration_seconds: Mapped[int | None]
    sound: Mapped[str | None]
    """What its sound is called; empty: the platform names none; None: nobody has asked yet."""
    views: Mapped[int]
    likes: Mapped[int]
    comments: Mapped[int]
    shares: Mapped[int]
