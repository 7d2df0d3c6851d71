"""Creators, their channels, and what is known of their audiences."""

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

from marketplace.accounts.models import Brand, User
from marketplace.creators.rules.co_audience import CoAudienceSource
from marketplace.creators.rules.evidence import AudienceSource, ProofState
from marketplace.creators.rules.groups import Group
from marketplace.creators.rules.subjects import ObjectionState, Subject
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.store.base import Base, Json, StateText, one_of
from marketplace.store.sealed import SealedText


class CreatorSource(StrEnum):
    """How a creator came to be known here."""

    SIGNED_UP = "signed_up"
    IMPORTED = "imported"
    SEEDED = "seeded"


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


class Creator(Base):
    """Somebody who makes videos and can be hired."""

    __tablename__ = "creators"
    __table_args__ = (one_of("source", CreatorSource), Index(None, "country"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), unique=True)
    user: Mapped[User | None] = relationship()
    display_name: Mapped[str]
    bio: Mapped[str] = mapped_column(default="")
    country: Mapped[str | None] = mapped_column(String(2))
    topics: Mapped[list[str]] = mapped_column(default=list)
    source: Mapped[CreatorSource] = mapped_column(StateText(CreatorSource))
    import_key: Mapped[str | None] = mapped_column(unique=True)
    """The creator's id in the file it was imported from; a second import finds it again."""
    away_until: Mapped[date | None] = mapped_column(Date)
    """The last day on which the creator takes no work; None when they say nothing of it."""
    created_at: Mapped[datetime]


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
        CheckConstraint("follower_count >= 0", name="follower_count_is_not_negative"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"))
    creator: Mapped[Creator] = relationship()
    platform: Mapped[Platform] = mapped_column(StateText(Platform))
    external_id: Mapped[str]
    """The platform's id of the account (TikTok: open_id); for a listed one, the file's id."""
    handle: Mapped[str | None]
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


class AudienceSnapshot(Base):
    """What a channel's audience was made of at one moment; its shares are never overwritten."""

    __tablename__ = "audience_snapshots"
    __table_args__ = (
        one_of("source", AudienceSource),
        Index(None, "channel_id", "taken_at"),
        CheckConstraint("sample_size >= 0", name="sample_size_is_not_negative"),
        CheckConstraint(
            "confirmed_at IS NULL OR source = 'upload'", name="only_uploads_are_confirmed"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    channel_id: Mapped[UUID] = mapped_column(ForeignKey("channels.id"))
    channel: Mapped[Channel] = relationship()
    source: Mapped[AudienceSource] = mapped_column(StateText(AudienceSource))
    sample_size: Mapped[int]
    taken_at: Mapped[datetime]
    age: Mapped[Json]
    """Label -> share in basis points: 13-17, 18-24, 25-34, 35-44, 45-54, 55+."""
    gender: Mapped[Json]
    """female, male, other_or_unknown -> share in basis points."""
    country: Mapped[Json]
    """ISO 3166 code -> share in basis points; what is left is the rest of the world."""
    interest: Mapped[Json]
    """Topic -> share in basis points of the audience that follows it; may exceed the whole."""
    language: Mapped[Json] = mapped_column(default=dict)
    """ISO 639 code -> share in basis points; what is left is not known."""
    confirmed_at: Mapped[datetime | None]
    """When staff saw these shares in the picture that came with them."""
    set_aside_at: Mapped[datetime | None]
    """When staff found that the picture does not show them; nobody counts with them any more."""


class AudienceProof(Base):
    """A picture of a platform's statistics that a creator handed in with an audience."""

    __tablename__ = "audience_proofs"
    __table_args__ = (
        one_of("state", ProofState),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided_or_waiting"),
        Index(None, "state", "handed_in_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    snapshot_id: Mapped[UUID] = mapped_column(ForeignKey("audience_snapshots.id"), unique=True)
    snapshot: Mapped[AudienceSnapshot] = relationship()
    file_key: Mapped[str]
    """Name of the file in the upload folder; made by us, never by the uploader."""
    file_name: Mapped[str]
    content_type: Mapped[str]
    size_bytes: Mapped[int]
    handed_in_at: Mapped[datetime]
    state: Mapped[ProofState] = mapped_column(StateText(ProofState), default=ProofState.WAITING)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(default="")
    """Why it was refused, for the creator to read."""


class CoAudience(Base):
    """Of the people looked at who watch one creator, how many watch another one too.

    One observation for each direction of two creators; a newer one takes its place.
    """

    __tablename__ = "co_audiences"
    __table_args__ = (
        one_of("source", CoAudienceSource),
        CheckConstraint("shared >= 0 AND shared <= sample", name="shared_is_part_of_sample"),
        CheckConstraint("sample > 0", name="sample_is_positive"),
        CheckConstraint("creator_id <> other_id", name="two_creators"),
    )

    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"), primary_key=True)
    other_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"), primary_key=True)
    sample: Mapped[int]
    """People who watch ``creator_id`` and were looked at."""
    shared: Mapped[int]
    """Those of them who watch ``other_id`` too."""
    source: Mapped[CoAudienceSource] = mapped_column(StateText(CoAudienceSource))
    observed_on: Mapped[date] = mapped_column(Date)
    recorded_at: Mapped[datetime] = mapped_column(
        server_default=text("clock_timestamp()"), index=True
    )


class GroupDeclaration(Base):
    """A group by which a creator has asked to be found. Taken back, the row is gone."""

    __tablename__ = "group_declarations"
    __table_args__ = (one_of("name", Group), Index(None, "name"))

    creator_id: Mapped[UUID] = mapped_column(ForeignKey("creators.id"), primary_key=True)
    name: Mapped[Group] = mapped_column(StateText(Group), primary_key=True)
    declared_at: Mapped[datetime]


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
