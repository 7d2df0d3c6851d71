"""What past videos say of a channel. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import Final

from marketplace.kernel.money import BPS_WHOLE
from marketplace.kernel.words import key_of

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
    top_keys: tuple[str, ...]
    """What their spellings have in common (``kernel.words``), in the same order."""


def figures_of(videos: Iterable[VideoCounts]) -> ChannelFigures:
    """Return what past videos say of a channel.

    The median of an even number of videos is the lower of the two in the middle. The engagement
    rate is (likes + comments + shares) / views over all of them, rounded half up; None when nobody
    has seen any. Hashtags are those of most videos, ties by the alphabet, without EMPTY_HASHTAGS.
    All spellings of one key are one hashtag, spelled as it mostly is, ties likewise.
    """
    known = list(videos)
    if not known:
        return ChannelFigures(None, None, (), ())
    views = sum(video.views for video in known)
    engagements = sum(video.likes + video.comments + video.shares for video in known)
    top = _top_hashtags([video.hashtags for video in known])
    return ChannelFigures(
        median_views=median_low(video.views for video in known),
        engagement_rate_bps=(engagements * BPS_WHOLE * 2 + views) // (2 * views) if views else None,
        top_hashtags=tuple(tag for tag, _ in top),
        top_keys=tuple(key for _, key in top),
    )


def _top_hashtags(videos: Iterable[Iterable[str]]) -> list[tuple[str, str]]:
    """Return the hashtags of most videos, each as it is spelled mostly and with its key."""
    used, spelled = Counter[str](), defaultdict[str, Counter[str]](Counter)
    for hashtags in videos:
        used.update({key_of(tag) for tag in hashtags} - EMPTY_HASHTAGS - {""})
        for tag in hashtags:
            spelled[key_of(tag)][tag.lower()] += 1
    found = [
        (min(spelled[key].items(), key=lambda item: (-item[1], item[0]))[0], key) for key in used
    ]
    return sorted(found, key=lambda one: (-used[one[1]], one[0]))[:HASHTAGS_SHOWN]


def hashtags_in(text: str) -> tuple[str, ...]:
    """Return the hashtags of a caption in their order, without the sign, lower case, each once."""
    return tuple(dict.fromkeys(found.lower() for found in HASHTAG.findall(text)))


def clean_sound(text: str) -> str:
    """Return the name of a sound without the note before it, on one line, at most SOUND_MOST."""
    shown = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(shown.replace("♬", " ").split())[:SOUND_MOST].rstrip()
