"""What past videos say of a channel. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import Final

from marketplace.kernel.money import BPS_WHOLE

HASHTAGS_SHOWN: Final = 8
EMPTY_HASHTAGS: Final = frozenset(
    {
        "ad", "duet", "foru", "foryou", "foryoupage", "foryourpage", "fy", "fyp", "fypage",
        "parati", "tiktok", "trend", "trending", "viral", "xyzbca",
    }
)  # fmt: skip
"""On every second video, so they say nothing of a channel."""

HASHTAG: Final = re.compile(
    r"""[#＃]([^\s#＃.,;:!?()"“”…。，；：！？、（）「」『』،؛؟।\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]+)"""
)
"""The sign, also as wide as a letter of Chinese or Japanese, and what stands up to the next sign,
space or punctuation of any script. What only says which way the text runs is no part of it."""
SOUND_MOST: Final = 150


@dataclass(frozen=True, slots=True)
class VideoCounts:
    """What one past video reached at one reading."""

    views: int
    likes: int
    comments: int
    shares: int
    hashtags: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ChannelFigures:
    """What the past videos of a channel say of it; None while no video is known."""

    median_views: int | None
    engagement_rate_bps: int | None
    top_hashtags: tuple[str, ...]


def figures_of(videos: Iterable[VideoCounts]) -> ChannelFigures:
    """Return what past videos say of a channel.

    The median of an even number of videos is the lower of the two in the middle. The engagement
    rate is (likes + comments + shares) / views over all of them, rounded half up; None when nobody
    has seen any. Hashtags are those of most videos, ties by the alphabet, without EMPTY_HASHTAGS.
    """
    known = list(videos)
    if not known:
        return ChannelFigures(None, None, ())
    views = sum(video.views for video in known)
    engagements = sum(video.likes + video.comments + video.shares for video in known)
    tags = Counter(tag for video in known for tag in {one.lower() for one in video.hashtags})
    return ChannelFigures(
        median_views=median_low(video.views for video in known),
        engagement_rate_bps=(engagements * BPS_WHOLE * 2 + views) // (2 * views) if views else None,
        top_hashtags=tuple(
            tag
            for tag, _ in sorted(tags.items(), key=lambda item: (-item[1], item[0]))
            if tag not in EMPTY_HASHTAGS
        )[:HASHTAGS_SHOWN],
    )


def hashtags_in(text: str) -> tuple[str, ...]:
    """Return the hashtags of a caption in their order, without the sign, lower case, each once."""
    return tuple(dict.fromkeys(found.lower() for found in HASHTAG.findall(text)))


def clean_sound(text: str) -> str:
    """Return the name of a sound without the note before it, on one line, at most SOUND_MOST."""
    shown = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(shown.replace("♬", " ").split())[:SOUND_MOST].rstrip()
