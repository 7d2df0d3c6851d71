"""What a profile, a rate and an audience may be, and what past videos say of a channel. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median_low
from typing import Final

from marketplace.accounts.rules import countries
from marketplace.kernel.errors import Conflict
from marketplace.kernel.money import BPS_WHOLE, Money
from marketplace.terms.rules import not_offered

AGES: Final = ("13-17", "18-24", "25-34", "35-44", "45-54", "55+")
GENDERS: Final = ("female", "male", "other_or_unknown")
FORMATS: Final = ("video", "photo_post", "story", "live")
TOPICS: Final = (
    "beauty", "books", "comedy", "cooking", "dance", "education", "family", "fashion", "finance",
    "fitness", "gaming", "health", "home", "music", "nature", "outdoors", "pets", "science",
    "sports", "sustainability", "tech", "travel",
)  # fmt: skip

NAME_MOST: Final = 80
BIO_MOST: Final = 600
TOPICS_MOST: Final = 5
COUNTRIES_MOST: Final = 10
SAMPLE_MOST: Final = 10**9
HASHTAGS_SHOWN: Final = 8
EMPTY_HASHTAGS: Final = frozenset(
    {
        "ad", "duet", "foru", "foryou", "foryoupage", "foryourpage", "fy", "fyp", "fypage",
        "parati", "tiktok", "trend", "trending", "viral", "xyzbca",
    }
)  # fmt: skip
"""On every second video, so they say nothing of a channel."""

CONNECT_LIFE: Final = timedelta(minutes=10)
"""How long a walk to a platform's consent page may take."""
TOKEN_MARGIN: Final = timedelta(minutes=5)
"""A token this close to its end is renewed before it is used."""
RENEWAL_LEASE: Final = timedelta(minutes=2)
"""How long one process may take to renew a token before another may try."""
READ_EVERY: Final = timedelta(hours=24)
AUDIENCE_FRESH: Final = timedelta(days=90)
"""An audience older than this is shown as old."""

SCOPES_NEEDED: Final = frozenset({"user.info.basic", "video.list"})
"""Without these a channel cannot be read at all."""
SCOPES_ASKED: Final = ("user.info.basic", "user.info.profile", "user.info.stats", "video.list")


class ConnectFault(StrEnum):
    """Why an answer from a consent page opens nothing."""

    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"
    OTHER_PERSON = "other_person"


CONNECT_SENTENCES: Final[Mapping[ConnectFault, str]] = {
    ConnectFault.UNKNOWN: "This answer does not belong to a connection that was started here, "
    "so nothing was connected",
    ConnectFault.USED: "This answer was used already; your channel is connected if you saw it "
    "succeed, otherwise start again",
    ConnectFault.EXPIRED: "More than ten minutes passed since you started connecting. Start again",
    ConnectFault.OTHER_PERSON: "Somebody else started this connection. Sign in as that person, or "
    "start your own",
}


class ConnectRefused(Conflict):
    """An answer from a consent page that opens nothing.

    fault: why, so that a page can say what to do next.
    """

    def __init__(self, fault: ConnectFault) -> None:
        super().__init__(CONNECT_SENTENCES[fault])
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Audience:
    """What an audience is made of, in basis points.

    age, gender and country are parts of the whole; what they leave open is not known. interest may
    exceed the whole, as one person follows several topics.
    """

    age: Mapping[str, int] = field(default_factory=dict)
    gender: Mapping[str, int] = field(default_factory=dict)
    country: Mapping[str, int] = field(default_factory=dict)
    interest: Mapping[str, int] = field(default_factory=dict)


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


def profile_problems(
    *, display_name: str, country: str | None, topics: Sequence[str], bio: str
) -> dict[str, str]:
    """Return what is wrong with a profile: field -> a plain sentence; empty when fine."""
    problems: dict[str, str] = {}
    if not display_name.strip():
        problems["display_name"] = "Give the name that brands should see."
    elif len(display_name) > NAME_MOST:
        problems["display_name"] = f"Keep the name to {NAME_MOST} characters."
    elif any(not sign.isprintable() for sign in display_name):
        problems["display_name"] = "This name contains signs that cannot be shown."
    if country is not None and country not in countries():
        problems["country"] = "Choose a country from the list."
    if unknown := [topic for topic in topics if topic not in TOPICS]:
        problems["topics"] = f"There is no topic called {unknown[0]} in our list."
    elif len(set(topics)) > TOPICS_MOST:
        problems["topics"] = f"Choose {TOPICS_MOST} topics at most: the ones you are known for."
    if len(bio) > BIO_MOST:
        problems["bio"] = f"Keep this to {BIO_MOST} characters."
    return problems


def rate_problems(rates: Mapping[str, Money], *, currencies: tuple[str, ...]) -> dict[str, str]:
    """Return what is wrong with rates by format: format -> a plain sentence; empty when fine."""
    problems: dict[str, str] = {}
    for name, rate in rates.items():
        if name not in FORMATS:
            problems[name] = f"There is no format called {name} in our list."
        elif rate.currency not in currencies:
            problems[name] = not_offered(currencies)
        elif rate.minor <= 0:
            problems[name] = "A rate must be more than 0."
    return problems


def audience_problems(audience: Audience, *, sample_size: int = 0) -> dict[str, str]:
    """Return what is wrong with an audience: part -> a plain sentence; empty when fine.

    The shares of age, of gender and of country each add up to 100 % at most; each share of an
    interest is at most 100 % by itself.
    """
    problems: dict[str, str] = {}
    for name, shares, known in (
        ("age", audience.age, frozenset(AGES)),
        ("gender", audience.gender, frozenset(GENDERS)),
        ("country", audience.country, frozenset(countries())),
        ("interest", audience.interest, frozenset(TOPICS)),
    ):
        if unknown := [label for label in shares if label not in known]:
            problems[name] = f"There is no {name} called {unknown[0]} in our list."
        elif any(not 0 <= share <= BPS_WHOLE for share in shares.values()):
            problems[name] = "Each share is between 0 % and 100 %."
        elif name != "interest" and (total := sum(shares.values())) > BPS_WHOLE:
            problems[name] = f"The shares of {name} add up to {total / 100:g} %, more than 100 %."
    if not any((audience.age, audience.gender, audience.country, audience.interest)):
        problems["age"] = "Enter at least one share: what you leave out counts as not known."
    if not 0 <= sample_size <= SAMPLE_MOST:
        problems["sample_size"] = "The number of people behind these shares is 0 or more."
    return problems


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
    words = (word.rstrip(".,;:!?)") for word in text.replace("#", " #").split())
    found = (word[1:].lower() for word in words if word.startswith("#") and len(word) > 1)
    return tuple(dict.fromkeys(found))


def granted_problem(granted: Iterable[str]) -> str | None:
    """Return why the granted scopes are too few to read a channel, or None when they do."""
    if frozenset(granted) >= SCOPES_NEEDED:
        return None
    return (
        "TikTok did not give us leave to see your profile and your videos. "
        "Connect again and leave both switched on"
    )


def is_fresh(taken_at: datetime, *, now: datetime) -> bool:
    """True while an audience is recent enough to stand for today's."""
    return now - taken_at <= AUDIENCE_FRESH


def missing_steps(
    *, has_topics: bool, has_country: bool, has_channel: bool, has_audience: bool, has_rates: bool
) -> tuple[str, ...]:
    """Return what a profile still needs before brands can judge it, in the order to do it."""
    steps = (
        (has_channel, "channel"),
        (has_country, "country"),
        (has_topics, "topics"),
        (has_rates, "rates"),
        (has_audience, "audience"),
    )
    return tuple(name for done, name in steps if not done)
