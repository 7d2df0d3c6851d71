"""TikTok's Login Kit and Display API as a source of channels and of readings."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from marketplace.creators.ports import (
    ChannelAccount,
    ChannelSource,
    Failure,
    FailureKind,
    FailureScope,
    Ok,
    Result,
    TokenGrant,
    VideoFacts,
)
from marketplace.creators.rules import SCOPES_ASKED
from marketplace.gateways.guard import no_transaction_open
from marketplace.gateways.tiktok_http import Http, JsonAnswer, bad_response, checked_base
from marketplace.kernel.clock import utc_now
from marketplace.kernel.errors import InvalidInput
from marketplace.metrics.ports import PostAnswer, PostFacts, PostMetricsSource
from marketplace.metrics.rules.addresses import PostAddress, parse_post_address
from marketplace.metrics.rules.readings import Reading, plausible_count

DEFINITION: Final = "tiktok.display.v2"
"""Which counting rule the counts of these readings follow."""
IDS_PER_CALL: Final = 20
VIDEOS_PER_PAGE: Final = 20

CAUTIOUS_ACCESS: Final = timedelta(minutes=15)
CAUTIOUS_REFRESH: Final = timedelta(days=1)
"""What is assumed of a token whose lifetime the platform did not tell."""

_COUNTS: Final = ("view_count", "like_count", "comment_count", "share_count")
_POST_FIELDS: Final = ("id", "create_time", "share_url", "video_description", *_COUNTS)
_VIDEO_FIELDS: Final = (*_POST_FIELDS, "duration")
_USER_FIELDS: Final = (
    ("open_id", "display_name"),
    ("username",),
    ("follower_count", "likes_count", "video_count"),
)
"""One part for each scope: basic, profile, stats. Only the basic part cannot be missing."""

_log = logging.getLogger(__name__)


class TikTok(ChannelSource, PostMetricsSource):
    """Reads what a creator has granted. Retries nothing, refreshes nothing, keeps nothing.

    api_base, authorize_base: addresses without a trailing slash; https, except on this machine.
    timeout_seconds: the longest one call may take from beginning to end.
    """

    def __init__(
        self,
        *,
        client_key: str,
        client_secret: str,
        api_base: str,
        authorize_base: str,
        timeout_seconds: float = 30,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Talk to nobody yet. Raises ValueError for a base that is not https."""
        self._client_key = client_key
        self._client_secret = client_secret
        self._authorize_base = checked_base(authorize_base)
        self._clock = clock
        self._http = Http(checked_base(api_base), timeout_seconds=timeout_seconds, clock=clock)

    def authorize_url(self, state: str, redirect_uri: str) -> str:
        """Return the address of TikTok's consent page."""
        question = {
            "client_key": self._client_key,
            "response_type": "code",
            "scope": ",".join(SCOPES_ASKED),
            "redirect_uri": redirect_uri,
            "state": state,
        }
        return f"{self._authorize_base}/v2/auth/authorize/?{urlencode(question)}"

    def exchange_code(self, code: str, redirect_uri: str) -> Result[TokenGrant]:
        """Turn a code into a grant; a used or expired one is AUTH_REVOKED."""
        no_transaction_open()
        return self._token(
            {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        )

    def refresh(self, refresh_token: str) -> Result[TokenGrant]:
        """Return a new pair; TikTok kills the old refresh token at once."""
        no_transaction_open()
        return self._token({"grant_type": "refresh_token", "refresh_token": refresh_token})

    def revoke(self, token: str) -> Result[None]:
        """End the grant; one that is dead already is Ok."""
        no_transaction_open()
        answer = self._http.form("/v2/oauth/revoke/", {**self._credentials(), "token": token})
        if isinstance(answer, Failure) and answer.kind is not FailureKind.AUTH_REVOKED:
            return answer
        return Ok(None)

    def account(self, access_token: str) -> Result[ChannelAccount]:
        """Return the token's account; what a missing scope hides is None."""
        no_transaction_open()
        known = self._user(access_token, [name for part in _USER_FIELDS for name in part])
        if isinstance(known, Failure) and known.kind is FailureKind.SCOPE_MISSING:
            known = self._user_by_parts(access_token)
        if isinstance(known, Failure):
            return known
        open_id = _text(known.get("open_id"))
        if open_id is None:
            return bad_response(None, "no open_id")
        return Ok(
            ChannelAccount(
                external_id=open_id,
                handle=_text(known.get("username")),
                display_name=_text(known.get("display_name")),
                follower_count=_count_or_none(known.get("follower_count")),
                like_count=_count_or_none(known.get("likes_count")),
                video_count=_count_or_none(known.get("video_count")),
                read_at=self._clock(),
            )
        )

    def videos(self, access_token: str, limit: int) -> Result[list[VideoFacts]]:
        """Return the newest public videos; all that were asked for, or the failure."""
        no_transaction_open()
        found: dict[str, VideoFacts] = {}
        seen_cursors: set[int] = set()
        question: dict[str, Any] = {}
        left = limit
        while left > 0:
            question["max_count"] = min(left, VIDEOS_PER_PAGE)
            answer = self._http.post("/v2/video/list/", access_token, _VIDEO_FIELDS, question)
            if isinstance(answer, Failure):
                return answer
            rows = _rows(answer)
            if isinstance(rows, Failure):
                return rows
            for row in rows:
                video = _video(row)
                if video is not None:
                    found.setdefault(video.external_id, video)
            left -= len(rows)
            if answer.data.get("has_more") is not True:
                break
            cursor = _count_or_none(answer.data.get("cursor"))
            if cursor is None or cursor in seen_cursors or not rows:
                return bad_response(answer.status, "paging does not end", answer.request_id)
            seen_cursors.add(cursor)
            question["cursor"] = cursor
        return Ok(list(found.values())[: max(limit, 0)])

    def posts(self, access_token: str, video_ids: Sequence[str]) -> Mapping[str, PostAnswer]:
        """Read the account's posts, twenty in a call: one answer for each distinct id."""
        no_transaction_open()
        wanted = list(dict.fromkeys(video_ids))
        answers: dict[str, PostAnswer] = {}
        for start in range(0, len(wanted), IDS_PER_CALL):
            part = wanted[start : start + IDS_PER_CALL]
            read = self._query(access_token, part)
            if isinstance(read, Failure):
                answers.update(dict.fromkeys(wanted[start:], read))
                break
            answers.update(read)
        return answers

    def _user(self, access_token: str, fields: Sequence[str]) -> Mapping[str, Any] | Failure:
        answer = self._http.get("/v2/user/info/", access_token, fields)
        if isinstance(answer, Failure):
            return answer
        user = answer.data.get("user")
        if not isinstance(user, dict):
            return bad_response(answer.status, "no user", answer.request_id)
        return user

    def _user_by_parts(self, access_token: str) -> Mapping[str, Any] | Failure:
        """Ask again, scope by scope: one missing scope hides the whole answer otherwise."""
        known: dict[str, Any] = {}
        for part in _USER_FIELDS:
            user = self._user(access_token, part)
            if not isinstance(user, Failure):
                known.update(user)
            elif user.kind is not FailureKind.SCOPE_MISSING or part is _USER_FIELDS[0]:
                return user
        return known

    def _query(self, access_token: str, ids: Sequence[str]) -> dict[str, PostAnswer] | Failure:
        answer = self._http.post(
            "/v2/video/query/", access_token, _POST_FIELDS, {"filters": {"video_ids": list(ids)}}
        )
        if isinstance(answer, Failure):
            return answer
        rows = _rows(answer)
        if isinstance(rows, Failure):
            return rows
        read: dict[str, PostAnswer] = {}
        for row in rows:
            key = _id(row)
            if key is None or key not in ids:
                _log.warning("TikTok answered with a post that was not asked for")
            elif key not in read:
                read[key] = _post(key, row, answer, self._clock())
        for key in ids:
            read.setdefault(
                key,
                Failure(
                    FailureKind.NOT_VISIBLE,
                    FailureScope.ITEM,
                    "ok",
                    http_status=answer.status,
                    request_id=answer.request_id,
                ),
            )
        return read

    def _credentials(self) -> dict[str, str]:
        return {"client_key": self._client_key, "client_secret": self._client_secret}

    def _token(self, question: Mapping[str, str]) -> Result[TokenGrant]:
        answer = self._http.form("/v2/oauth/token/", {**self._credentials(), **question})
        if isinstance(answer, Failure):
            return answer
        body = answer.data
        texts = [_text(body.get(name)) for name in ("open_id", "access_token", "refresh_token")]
        if None in texts:
            return bad_response(answer.status, "a token answer without its tokens")
        open_id, access_token, refresh_token = (text or "" for text in texts)
        now = self._clock()
        return Ok(
            TokenGrant(
                external_id=open_id,
                scopes=frozenset((_text(body.get("scope")) or "").split(",")) - {""},
                access_expires_at=now + _lifetime(body, "expires_in", CAUTIOUS_ACCESS),
                refresh_expires_at=now + _lifetime(body, "refresh_expires_in", CAUTIOUS_REFRESH),
                access_token=access_token,
                refresh_token=refresh_token,
            )
        )


def _lifetime(body: Mapping[str, Any], name: str, cautious: timedelta) -> timedelta:
    """Return a token's life as told; a cautious guess, with a warning, where none can be true."""
    told = _count_or_none(body.get(name))
    if not told:
        _log.warning("TikTok did not tell %s; %s is assumed", name, cautious)
        return cautious
    return timedelta(seconds=min(told, 10 * 366 * 86_400))


def _rows(answer: JsonAnswer) -> list[Mapping[str, Any]] | Failure:
    rows = answer.data.get("videos")
    if not isinstance(rows, list) or not all(isinstance(row, dict) and _id(row) for row in rows):
        return bad_response(answer.status, "no list of videos with ids", answer.request_id)
    return rows


def _post(key: str, row: Mapping[str, Any], answer: JsonAnswer, now: datetime) -> PostAnswer:
    try:
        views, likes, comments, shares = _counts(row)
    except ValueError:
        return bad_response(
            answer.status, "a count that cannot be", answer.request_id, scope=FailureScope.ITEM
        )
    address = _address(key, row)
    return PostFacts(
        video_id=key,
        address=address.canonical if address else None,
        handle=address.handle if address else None,
        description=_text(row.get("video_description")) or "",
        published_at=_moment(row.get("create_time")),
        reading=Reading(
            taken_at=now,
            views=views,
            likes=likes,
            comments=comments,
            shares=shares,
            definition=DEFINITION,
            payload_sha256=hashlib.sha256(answer.raw).hexdigest(),
        ),
    )


def _video(row: Mapping[str, Any]) -> VideoFacts | None:
    key, published_at = _id(row), _moment(row.get("create_time"))
    try:
        views, likes, comments, shares = _counts(row)
    except ValueError:
        published_at = None
    if key is None or published_at is None:
        _log.warning("TikTok listed a video that cannot be read; it is left out")
        return None
    address = _address(key, row)
    return VideoFacts(
        external_id=key,
        address=address.canonical if address else None,
        description=_text(row.get("video_description")) or "",
        published_at=published_at,
        duration_seconds=_count_or_none(row.get("duration")),
        views=views,
        likes=likes,
        comments=comments,
        shares=shares,
    )


def _counts(row: Mapping[str, Any]) -> list[int | None]:
    """Return views, likes, comments, shares; ValueError when one cannot be true."""
    return [None if row.get(name) is None else plausible_count(row[name]) for name in _COUNTS]


def _count_or_none(value: object) -> int | None:
    try:
        return plausible_count(value)
    except ValueError:
        return None


def _id(row: Mapping[str, Any]) -> str | None:
    key = row.get("id")
    return str(key) if type(key) is int else _text(key)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _moment(value: object) -> datetime | None:
    try:
        return datetime.fromtimestamp(plausible_count(value), tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _address(key: str, row: Mapping[str, Any]) -> PostAddress | None:
    """Return the share address if it is one of this very post."""
    try:
        address = parse_post_address(_text(row.get("share_url")) or "")
    except InvalidInput:
        return None
    return address if (address.platform, address.video_id) == ("tiktok", key) else None
