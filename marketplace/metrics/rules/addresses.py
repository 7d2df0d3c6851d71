"""Post addresses as people paste them, made canonical; every refusal has its own sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from typing import Final, Literal, TypeAlias
from urllib.parse import SplitResult, parse_qs, unquote, urljoin, urlsplit

from marketplace.kernel.errors import InvalidInput

PlatformName: TypeAlias = Literal["tiktok", "youtube", "instagram"]

FIELD: Final = "address"
LONGEST_ADDRESS: Final = 2_048


class AddressRefusal(StrEnum):
    """Why a text is not the address of a post."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    NOT_AN_ADDRESS = "not_an_address"
    SCHEME = "scheme"
    USERINFO = "userinfo"
    PORT = "port"
    IP_LITERAL = "ip_literal"
    HOST_NOT_ALLOWED = "host_not_allowed"
    BAD_ID = "bad_id"
    PROFILE = "profile_not_video"
    CHANNEL = "channel_not_video"
    PLAYLIST_OR_LIVE = "playlist_or_live"
    CLIP = "clip_not_video"
    REDIRECTOR = "redirector"
    STORY = "story_not_supported"
    AUDIO_PAGE = "audio_page"
    NOT_A_POST = "not_a_post"


R: TypeAlias = AddressRefusal

SENTENCES: Final[Mapping[AddressRefusal, str]] = {
    R.EMPTY: "Paste the address of your post.",
    R.TOO_LONG: "This is longer than any post’s address. Copy it again from the Share button.",
    R.NOT_AN_ADDRESS: "This is not a web address. Copy the post’s link from the Share button.",
    R.SCHEME: "The address must start with https://.",
    R.USERINFO: "The address has a name before an @ sign in front of the site. Copy it again.",
    R.PORT: "The address has a port number after the site’s name. Copy it again.",
    R.IP_LITERAL: "The address leads to a bare number instead of a site. Copy it again.",
    R.HOST_NOT_ALLOWED: "This is not an address of TikTok, YouTube or Instagram.",
    R.BAD_ID: "The number or code of the post is not complete. Copy the address again.",
    R.PROFILE: "This is the address of a profile. Open the post and copy its own address.",
    R.CHANNEL: "This is the address of a channel. Open the video and copy its own address.",
    R.PLAYLIST_OR_LIVE: "This is a playlist or a live page. Open the video and copy its address.",
    R.CLIP: "This is a clip of a video. Open the whole video and copy its own address.",
    R.REDIRECTOR: "This address only leads on to another one. Open it and copy that address.",
    R.STORY: "Stories disappear and cannot be read. Paste the address of a post or a reel.",
    R.AUDIO_PAGE: "This is the page of a sound. Open your post and copy its own address.",
    R.NOT_A_POST: "This page is not a post. Open the post and copy its address from Share.",
}


@dataclass(frozen=True, slots=True)
class PostAddress:
    """A post, named by its platform's id.

    video_id: text, its case matters; the code of a short link while ``is_short``.
    handle: the account named in the address, lower case; proves nothing. None where none is named.
    is_short: a short link that must be followed before the post is known.
    short_host: where that link stands; its code means nothing elsewhere. Empty for the main site.
    """

    platform: PlatformName
    video_id: str
    handle: str | None = None
    is_short: bool = False
    short_host: str = ""

    @property
    def canonical(self) -> str:
        """The one address we write for it until the platform tells its own."""
        if self.platform == "tiktok":
            if self.is_short and self.short_host:
                return f"https://{self.short_host}/{self.video_id}/"
            if self.is_short:
                return f"https://www.tiktok.com/t/{self.video_id}/"
            return f"https://www.tiktok.com/@{self.handle or ''}/video/{self.video_id}"
        if self.platform == "youtube":
            return f"https://www.youtube.com/watch?v={self.video_id}"
        if self.is_short:
            return f"https://www.instagram.com/share/{self.video_id}/"
        return f"https://www.instagram.com/p/{self.video_id}/"


_AROUND: Final = (
    " \t\r\n\v\f<>\"'“”‘’«»\u00a0\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u202a\u202b\u202c"
)
"""Quotes, brackets, spaces and invisible characters that come along when people copy."""
_HAS_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_BREAKS_ADDRESS: Final = re.compile(r"[\s\x00-\x1f\x7f\\]")
_PORTS: Final = (None, 80, 443)

_TIKTOK_ID: Final = re.compile(r"[0-9]{15,21}")
_TIKTOK_SHORT: Final = re.compile(r"[0-9A-Za-z_-]{4,40}")
_YOUTUBE_ID: Final = re.compile(r"[0-9A-Za-z_-]{11}")
_INSTAGRAM_ID: Final = re.compile(r"[0-9A-Za-z_-]{5,40}")
_HANDLE: Final = re.compile(r"[0-9A-Za-z_.]{1,40}")

_TIKTOK_SHORT_HOSTS: Final = frozenset({"vm.tiktok.com", "vt.tiktok.com"})
_TIKTOK: Final = frozenset(
    {"tiktok.com", "www.tiktok.com", "m.tiktok.com", "tiktokv.com", "www.tiktokv.com"}
)
_YOUTUBE: Final = frozenset(
    {
        "youtube.com",
        "www.youtube.com",
        "m.youtube.com",
        "music.youtube.com",
        "youtube-nocookie.com",
        "www.youtube-nocookie.com",
    }
)
_YOUTU_BE: Final = frozenset({"youtu.be", "www.youtu.be"})
_INSTAGRAM: Final = frozenset(
    {"instagram.com", "www.instagram.com", "m.instagram.com", "instagr.am", "www.instagr.am"}
)
_INSTAGRAM_PAGES: Final = frozenset(
    {"p", "reel", "reels", "tv", "share", "explore", "accounts", "direct"}
)
_EVERY_HOST: Final = _TIKTOK_SHORT_HOSTS | _TIKTOK | _YOUTUBE | _YOUTU_BE | _INSTAGRAM


def is_on_tiktok(address: str) -> bool:
    """True for an https address on one of TikTok's own hosts, without a port or a name in it."""
    try:
        parts = urlsplit(address)
        return (
            parts.scheme == "https"
            and parts.hostname in _TIKTOK_SHORT_HOSTS | _TIKTOK
            and parts.netloc.lower() == parts.hostname
        )
    except ValueError:
        return False


def parse_post_address(text: str) -> PostAddress:
    """Read the address of a post in any shape that people copy.

    Takes a missing scheme, tracking parameters, quotes and invisible characters around it. Raises
    InvalidInput with a plain sentence under "address" for everything that is not one post on
    TikTok, YouTube or Instagram. Asks nobody: whether the post exists is not known here.
    """
    cleaned = text.strip(_AROUND)
    if not cleaned:
        raise _refused(R.EMPTY)
    if len(cleaned) > LONGEST_ADDRESS:
        raise _refused(R.TOO_LONG)
    if _BREAKS_ADDRESS.search(cleaned):
        raise _refused(R.NOT_AN_ADDRESS)
    if not _HAS_SCHEME.match(cleaned):
        cleaned = "https://" + cleaned.removeprefix("//")
    return _parse(cleaned, may_unwrap=True)


def _parse(address: str, *, may_unwrap: bool) -> PostAddress:
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise _refused(R.NOT_AN_ADDRESS) from None
    if parts.scheme not in ("http", "https"):
        raise _refused(R.SCHEME)
    if "@" in parts.netloc:
        raise _refused(R.USERINFO)
    if _is_ip(host):
        raise _refused(R.IP_LITERAL)
    if "." not in host:
        raise _refused(R.NOT_AN_ADDRESS)
    if host not in _EVERY_HOST:
        raise _refused(R.HOST_NOT_ALLOWED)
    if port not in _PORTS:
        raise _refused(R.PORT)
    segments = [unquote(segment) for segment in parts.path.split("/") if segment]
    if host in _TIKTOK_SHORT_HOSTS:
        return _tiktok_short(segments, host=host)
    if host in _TIKTOK:
        return _tiktok(segments, parts)
    if host in _YOUTU_BE:
        return _youtu_be(segments)
    if host in _INSTAGRAM:
        return _instagram(segments)
    if segments[:1] == ["attribution_link"]:
        return _unwrapped(parts, may_unwrap=may_unwrap)
    return _youtube(segments, parts)


def _unwrapped(parts: SplitResult, *, may_unwrap: bool) -> PostAddress:
    inner = urljoin("https://www.youtube.com/", _parameter(parts, "u"))
    if not may_unwrap or urlsplit(inner).hostname not in _YOUTUBE:
        raise _refused(R.REDIRECTOR)
    return _parse(inner, may_unwrap=False)


def _tiktok(segments: list[str], parts: SplitResult) -> PostAddress:
    match segments:
        case [at, "video" | "photo", key, *_] if at.startswith("@"):
            return PostAddress("tiktok", _checked(_TIKTOK_ID, key), _handle(at[1:]))
        case ["v", key, *_]:
            return PostAddress("tiktok", _checked(_TIKTOK_ID, key.removesuffix(".html")))
        case ["embed", "v2", key, *_] | ["player", "v1", key, *_] | ["share", "video", key, *_]:
            return PostAddress("tiktok", _checked(_TIKTOK_ID, key))
        case ["embed", key]:
            return PostAddress("tiktok", _checked(_TIKTOK_ID, key))
        case ["t", *rest]:
            return _tiktok_short(rest)
    item = _parameter(parts, "item_id")
    if item:
        return PostAddress("tiktok", _checked(_TIKTOK_ID, item))
    match segments:
        case [at, "live", *_] if at.startswith("@"):
            raise _refused(R.PLAYLIST_OR_LIVE)
        case [at, "playlist", *_] if at.startswith("@"):
            raise _refused(R.PLAYLIST_OR_LIVE)
        case [at, "video" | "photo"] if at.startswith("@"):
            raise _refused(R.BAD_ID)
        case [at, *_] if at.startswith("@"):
            raise _refused(R.PROFILE)
        case ["music", *_]:
            raise _refused(R.AUDIO_PAGE)
    raise _refused(R.NOT_A_POST)


def _tiktok_short(segments: list[str], *, host: str = "") -> PostAddress:
    if not segments:
        raise _refused(R.NOT_A_POST)
    code = _checked(_TIKTOK_SHORT, segments[0])
    return PostAddress("tiktok", code, is_short=True, short_host=host)


def _youtube(segments: list[str], parts: SplitResult) -> PostAddress:
    match segments:
        case ["watch" | "watch_popup", *_]:
            key = _parameter(parts, "v")
            if not key and _parameter(parts, "list"):
                raise _refused(R.PLAYLIST_OR_LIVE)
            return PostAddress("youtube", _checked(_YOUTUBE_ID, key))
        case ["playlist", *_] | ["embed", "videoseries" | "live_stream", *_] | ["live"]:
            raise _refused(R.PLAYLIST_OR_LIVE)
        case ["shorts" | "live" | "embed" | "v" | "e", key, *_]:
            return PostAddress("youtube", _checked(_YOUTUBE_ID, key))
        case ["clip", *_]:
            raise _refused(R.CLIP)
        case ["redirect", *_]:
            raise _refused(R.REDIRECTOR)
        case ["channel" | "c" | "user", *_]:
            raise _refused(R.CHANNEL)
        case [at, *_] if at.startswith("@"):
            raise _refused(R.CHANNEL)
    raise _refused(R.NOT_A_POST)


def _youtu_be(segments: list[str]) -> PostAddress:
    if not segments:
        raise _refused(R.NOT_A_POST)
    if segments[0] == "playlist":
        raise _refused(R.PLAYLIST_OR_LIVE)
    return PostAddress("youtube", _checked(_YOUTUBE_ID, segments[0]))


def _instagram(segments: list[str]) -> PostAddress:
    match segments:
        case ["stories", *_]:
            raise _refused(R.STORY)
        case ["reels", "audio", *_]:
            raise _refused(R.AUDIO_PAGE)
        case ["share", "reel" | "p" | "v", key, *_] | ["share", key]:
            return PostAddress("instagram", _checked(_INSTAGRAM_ID, key), is_short=True)
        case ["p" | "reel" | "reels" | "tv", key, *_]:
            return PostAddress("instagram", _checked(_INSTAGRAM_ID, key))
        case [user, "p" | "reel", key, *_] if user not in _INSTAGRAM_PAGES:
            return PostAddress("instagram", _checked(_INSTAGRAM_ID, key), _handle(user))
        case [page, *_] if page not in _INSTAGRAM_PAGES:
            raise _refused(R.PROFILE)
    raise _refused(R.NOT_A_POST)


def _parameter(parts: SplitResult, name: str) -> str:
    try:
        return parse_qs(parts.query, max_num_fields=100).get(name, [""])[0]
    except ValueError:
        return ""


def _checked(shape: re.Pattern[str], key: str) -> str:
    if not shape.fullmatch(key):
        raise _refused(R.BAD_ID)
    return key


def _handle(text: str) -> str | None:
    return text.lower() if _HANDLE.fullmatch(text) else None


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        # "2130706433" and "0x7f.1" are spellings of an IP address, too; no site ends in a number.
        return host.rpartition(".")[2][:1].isdigit()
    return True


def _refused(why: AddressRefusal) -> InvalidInput:
    return InvalidInput({FIELD: SENTENCES[why]})
