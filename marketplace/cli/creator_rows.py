"""Rows of files of creators: what each must be to be taken, and what is said of one that cannot."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from marketplace.creators.rules import (
    IMPORTED_SOURCES,
    SAMPLE_MOST,
    SOUND_MOST,
    Audience,
    AudienceSource,
    CoAudienceSource,
    audience_problems,
    clean_sound,
)
from marketplace.creators.service import AudienceRow, CoAudienceRow, CreatorRow, VideoRow

KEY_MOST: Final = 64
TAG_MOST: Final = 150
COUNT_MOST: Final = 10**12
DAY_SECONDS: Final = 86_400
FIRST_VIDEO: Final = int(datetime(2005, 1, 1, tzinfo=UTC).timestamp())
"""No platform of ours is older."""
SOUND: Final = "sound"
PARTS: Final = ("age", "gender", "country", "language", "interest")
"""What an audience is made of, in the order of the columns."""
PERCENT: Final = re.compile("[0-9]{1,3}([.][0-9]{1,2})?")
EXAMPLE: Final = "25-34:31.5"


class BadRow(Exception):
    """A row cannot be taken. column: where; reason: why, as it follows the column."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


def creator_row(line: int, cells: Sequence[str], _latest: int) -> CreatorRow:
    """Return a creator of a file's cells; raises BadRow."""
    key, followers, likes, videos = cells
    return CreatorRow(
        line,
        _key(key, "creator"),
        _count(followers, "n_followers"),
        _count(likes, "n_total_likes"),
        _count(videos, "n_total_vids"),
    )


def video_row(line: int, cells: Sequence[str], latest: int) -> VideoRow:
    """Return a past video; raises BadRow."""
    video, key, published, tags, length, plays, likes, comments, shares, *said = cells
    moment = _count(published, "create_time")
    if not FIRST_VIDEO <= moment <= latest:
        raise BadRow("create_time", f"{published} is no moment between 2005 and now, in seconds")
    duration = _count(length, "video_length")
    if duration > DAY_SECONDS:
        raise BadRow("video_length", f"{length} seconds are longer than a day")
    return VideoRow(
        line,
        _key(video, "id"),
        _key(key, "creator"),
        moment,
        _hashtags(tags) if tags else "[]",
        duration,
        _count(plays, "n_plays"),
        _count(likes, "n_likes"),
        _count(comments, "n_comments"),
        _count(shares, "n_shares"),
        _sound(said[0]) if said else "",
    )


def co_audience_row(line: int, cells: Sequence[str], latest: int) -> CoAudienceRow:
    """Return what two creators share of viewers; raises BadRow."""
    key, other, looked_at, both, source, observed_on = cells
    sample, shared = _count(looked_at, "sample"), _count(both, "shared")
    if key == other:
        raise BadRow("other", f"is {_shown(key)} again: an audience is shared with somebody else")
    if not sample:
        raise BadRow("sample", "is 0: nobody was looked at")
    if shared > sample:
        raise BadRow("shared", f"{shared} of {sample} people are more than 100 %")
    if source not in set(CoAudienceSource):
        raise BadRow("source", f"{_shown(source)} is none of {', '.join(CoAudienceSource)}")
    return CoAudienceRow(
        line,
        _key(key, "creator"),
        _key(other, "other"),
        sample,
        shared,
        CoAudienceSource(source),
        _day(observed_on, "observed_on", latest),
    )


def audience_row(line: int, cells: Sequence[str], latest: int) -> AudienceRow:
    """Return what an audience is made of; raises BadRow."""
    key, source, taken_on, sample, *parts = cells
    if source not in IMPORTED_SOURCES:
        raise BadRow("source", f"{_shown(source)} is none of {', '.join(IMPORTED_SOURCES)}")
    people = _count(sample, "sample")
    if people > SAMPLE_MOST:
        raise BadRow("sample", f"is more than {SAMPLE_MOST:,} people")
    shares = [_shares(text, part) for text, part in zip(parts, PARTS, strict=True)]
    audience = Audience(**dict(zip(PARTS, shares, strict=True)))
    for part, reason in audience_problems(audience).items():
        raise BadRow(part, reason)
    return AudienceRow(
        line,
        _key(key, "creator"),
        AudienceSource(source),
        _day(taken_on, "taken_on", latest),
        people,
        *map(json.dumps, shares),
    )


def _shares(text: str, part: str) -> dict[str, int]:
    """The shares of one part in basis points, as "18-24:31.5|25-34:40" has them in percent."""
    found: dict[str, int] = {}
    for each in filter(None, text.split("|")):
        label, _, share = each.partition(":")
        if not PERCENT.fullmatch(share):
            raise BadRow(part, f"{_shown(each)} is not a label and a percentage like {EXAMPLE}")
        if label in found:
            raise BadRow(part, f"{_shown(label)} is there twice")
        found[label] = round(Decimal(share) * 100)
    return {label: share for label, share in found.items() if share}


def _day(text: str, column: str, latest: int) -> str:
    """The date as ISO writes it, when it is one that can be."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadRow(column, f"{_shown(text)} is not a date like 2026-11-14") from None
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
    if not FIRST_VIDEO <= moment <= latest:
        raise BadRow(column, f"{day} is not between 2005 and today")
    return day.isoformat()


def _count(text: str, column: str) -> int:
    if text.isdigit() and text.isascii() and len(text) <= 12:
        return int(text)
    shown = _shown(text)
    if not text.strip():
        raise BadRow(column, "is empty")
    if text.startswith("-") and text[1:].isdigit():
        raise BadRow(column, f"{shown} is negative")
    if text.isdigit() and text.isascii():
        raise BadRow(column, f"{shown} is more than {COUNT_MOST:,}: that cannot be")
    raise BadRow(column, f"{shown} is not a whole number")


def _key(text: str, column: str) -> str:
    """The id when it is one; otherwise why not."""
    if text.isalnum() and len(text) <= KEY_MOST:
        return text
    if not text.strip():
        raise BadRow(column, "is empty")
    if len(text) > KEY_MOST:
        raise BadRow(column, f"is longer than {KEY_MOST} characters")
    if not all(sign.isalnum() or sign in "-_." for sign in text):
        raise BadRow(column, f"{_shown(text)} has signs other than letters, digits, - _ and .")
    return text


def _hashtags(text: str) -> str:
    """The hashtags as a JSON list in the form that COPY takes."""
    tags = [tag for tag in text.split("|") if tag]
    if not text.isprintable():
        raise BadRow("hashtags", "has signs that cannot be shown")
    if any(len(tag) > TAG_MOST for tag in tags):
        raise BadRow("hashtags", f"has one of more than {TAG_MOST} characters")
    if '"' in text or "\\" in text:
        return json.dumps(tags, ensure_ascii=False).replace("\\", "\\\\")
    return '["' + '","'.join(tags) + '"]' if tags else "[]"


def _sound(text: str) -> str:
    if len(text) > SOUND_MOST:
        raise BadRow(SOUND, f"is longer than {SOUND_MOST} characters")
    if not text.isprintable() or "\\" in text:
        raise BadRow(SOUND, "has a backslash, or signs that cannot be shown")
    return clean_sound(text)


def _shown(text: str) -> str:
    cut = text if len(text) <= 30 else f"{text[:29]}…"
    return cut if cut.isprintable() else ascii(cut)
