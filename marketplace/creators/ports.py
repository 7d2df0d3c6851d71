"""What a video platform can tell us of a channel, in our words, and how it can fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

T = TypeVar("T")


class FailureKind(StrEnum):
    """What a failure means for whoever asked."""

    AUTH_EXPIRED = "auth_expired"
    """The access token was refused: refresh once and ask again."""
    AUTH_REVOKED = "auth_revoked"
    """The grant (or the code) is dead; only the creator can mend it by connecting again."""
    SCOPE_MISSING = "scope_missing"
    """The creator granted less than this question needs."""
    NOT_VISIBLE = "not_visible"
    """Removed, private, another account's or never there: the platform does not say which."""
    RATE_LIMITED = "rate_limited"
    PROVIDER_UNAVAILABLE = "provider_unavailable"
    """Could not be reached, or is in trouble itself."""
    BAD_RESPONSE = "bad_response"
    """Answered something that cannot be read."""
    REQUEST_REJECTED = "request_rejected"
    """Our credentials or our question are wrong: for the operator, never for the creator."""


class FailureScope(StrEnum):
    """How far a failure reaches."""

    ITEM = "item"
    """One post."""
    CONNECTION = "connection"
    """One creator's grant."""
    APP = "app"
    """The whole installation."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no answer.

    provider_code: the platform's own word, for staff; decide by ``kind``.
    retry_at: aware; not before this moment. None: the caller's own schedule, if at all.
    request_id: the platform's id of the call. detail: never holds a token or a whole address.
    """

    kind: FailureKind
    scope: FailureScope
    provider_code: str
    http_status: int | None = None
    retry_at: datetime | None = None
    request_id: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Ok(Generic[T]):
    """The answer."""

    value: T


Result: TypeAlias = Ok[T] | Failure


@dataclass(frozen=True, slots=True)
class TokenGrant:
    """What a creator has granted. Tokens never show in a repr.

    external_id: the platform's id of the account (TikTok: open_id), the same at every connect.
    scopes: what was granted, which may be less than what was asked.
    The moments are aware.
    """

    external_id: str
    scopes: frozenset[str]
    access_expires_at: datetime
    refresh_expires_at: datetime
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChannelAccount:
    """An account as the platform shows it to its holder. None: not granted or not said, never 0."""

    external_id: str
    handle: str | None
    display_name: str | None
    follower_count: int | None
    like_count: int | None
    video_count: int | None
    read_at: datetime


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """One public video of a channel with its counts at the time of asking. None: not said."""

    external_id: str
    address: str | None
    description: str
    published_at: datetime
    duration_seconds: int | None
    views: int | None
    likes: int | None
    comments: int | None
    shares: int | None


class ChannelSource(Protocol):
    """A platform that lets creators connect a channel.

    No method raises for anything a platform or a network can do, retries, sleeps, or refreshes a
    token by itself. All raise RuntimeError while a transaction is open, except ``authorize_url``,
    which asks nobody.
    """

    def authorize_url(self, state: str, redirect_uri: str) -> str:
        """Return the address of the consent page to send the creator to."""
        ...

    def exchange_code(self, code: str, redirect_uri: str) -> Result[TokenGrant]:
        """Turn the code of a consent into a grant; AUTH_REVOKED for a used or expired code.

        redirect_uri: exactly the one that ``authorize_url`` was given.
        """
        ...

    def refresh(self, refresh_token: str) -> Result[TokenGrant]:
        """Return a new pair of tokens.

        The old refresh token may be dead from the moment of the call, so only one caller at a
        time may refresh a grant, and it must store the new pair before using it.
        """
        ...

    def revoke(self, token: str) -> Result[None]:
        """End the grant that the access token belongs to. One that is dead already is Ok."""
        ...

    def account(self, access_token: str) -> Result[ChannelAccount]:
        """Return the account that the token belongs to."""
        ...

    def videos(self, access_token: str, limit: int) -> Result[list[VideoFacts]]:
        """Return at most ``limit`` public videos of the account, newest first.

        One whose counts cannot be true is left out.
        """
        ...


class SoundSource(Protocol):
    """A platform that names the sound of a public video to anybody."""

    def sound_of(self, *, handle: str, video_id: str) -> Result[str]:
        """Return the sound's name as the platform shows it, empty where it shows none.

        NOT_VISIBLE for a video that is not shown to everybody. Never raises for anything a platform
        or a network can do; RuntimeError while a transaction is open.
        """
        ...


class NotFromPlatform(Exception):
    """The bytes that came in were not sent by the platform, not lately, or not to us."""


@dataclass(frozen=True, slots=True)
class PlatformNotice:
    """What a platform tells by itself. key: the same for each telling of the same notice.

    account: the platform's id of the account it is about.
    """

    key: str
    kind: str
    account: str
    happened_at: datetime
    body: Mapping[str, Any]


class PlatformNotices(Protocol):
    """Reads what a platform sends to our hook."""

    def verify(self, *, payload: bytes, signature: str) -> PlatformNotice:
        """Return the notice that these very bytes carry; raises NotFromPlatform."""
        ...
