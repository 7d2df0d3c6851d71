"""A market out of a seeded generator: creators, their videos and audiences, all invented.

The shapes follow what was measured on public videos: followers and the views of one creator's
videos are log-normal (the latter with a spread of about 0.95), one view in seven is liked, and
comments and shares are about a thousandth each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp
from random import Random
from statistics import median_low
from typing import Final

from marketplace.cli.seed_topics import (
    AGES,
    COUNTRIES,
    FADING,
    PER_DOLLAR,
    RISING,
    TOPICS,
    TOUCHING,
)

VIDEOS_EACH: Final = 25

FIRST: Final = (
    "Maren", "Tobi", "Ilse", "Jona", "Suri", "Odalys", "Bram", "Noor", "Kiro", "Tamsin", "Yuto",
    "Amaia", "Leoni", "Dario", "Fenna", "Obi", "Sanna", "Rafe", "Mika", "Zofia", "Ines", "Haru",
    "Paloma", "Eskil", "Nadja", "Ravi", "Ottilie", "Caio", "Wren", "Lucan", "Anouk", "Teo", "Priya",
    "Joris", "Mabel", "Keanu", "Ronja", "Selim", "Tilda", "Anselm", "Beatriz", "Corin", "Delphine",
    "Emre", "Freya", "Gus", "Hanneke", "Idris", "Juno", "Kasia",
)  # fmt: skip
LAST: Final = (
    "Alderbrook", "Brinkhaus", "Castellway", "Dovermoor", "Ekholt", "Farrowby", "Grünfeldt",
    "Hollinsend", "Iversgate", "Jasperson-Lowe", "Kestrelby", "Lindqvale", "Marrowick", "Nordhavn",
    "Oakensley", "Penhallet", "Quillane", "Rosenbeck", "Sablewood", "Thornaby", "Umberland",
    "Vantongeren", "Westerlune", "Yarrowdale", "Zellwick",
)  # fmt: skip

TAILS: Final = (
    "New videos on Tuesdays and Fridays.", "Filmed on an old phone, edited on the train.",
    "Nothing is staged, some of it goes wrong.", "I only show what I use myself.",
    "Questions in the comments get an answer.", "Mostly in one take.", "With subtitles, always.",
    "Started as a diary, stayed for the people.", "Sunday is for longer pieces.",
    "Made at a kitchen table.", "No music over the talking.", "A little every day.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class WorldVideo:
    """A past video. hours_ago: before the moment of seeding."""

    external_id: str
    hours_ago: int
    hashtags: tuple[str, ...]
    sound: str
    duration_seconds: int
    views: int
    likes: int
    comments: int
    shares: int


@dataclass(frozen=True, slots=True)
class WorldCreator:
    """An invented creator. The shares are in basis points; rates: (format, currency, minor)."""

    name: str
    handle: str
    country: str
    topics: tuple[str, ...]
    bio: str
    follower_count: int
    like_count: int
    video_count: int
    videos: tuple[WorldVideo, ...]
    age: Mapping[str, int]
    gender: Mapping[str, int]
    countries: Mapping[str, int]
    interests: Mapping[str, int]
    sample_size: int
    audience_days_ago: int
    rates: tuple[tuple[str, str, int], ...]


def creators(count: int, *, seed: int = 2026, videos: int = VIDEOS_EACH) -> Iterator[WorldCreator]:
    """Yield invented creators, the same ones for the same seed; names repeat after 1,250.

    videos: how many past videos each of them has.
    """
    chance = Random(seed)  # noqa: S311 - a demo market, nothing to guess
    names = [(first, last) for first in FIRST for last in LAST]
    chance.shuffle(names)
    taken: set[str] = set()
    for number in range(count):
        first, last = names[number % len(names)]
        yield _creator(chance, first=first, last=last, number=number, videos=videos, taken=taken)


def _creator(
    chance: Random, *, first: str, last: str, number: int, videos: int, taken: set[str]
) -> WorldCreator:
    country = chance.choices(list(COUNTRIES), [common for common, _, _ in COUNTRIES.values()])[0]
    main = chance.choice(list(TOPICS))
    topic = TOPICS[main]
    topics = (main, *([chance.choice(topic.near)] if chance.random() < 0.6 else []))
    followers = min(30_000_000, max(900, round(exp(chance.gauss(10.7, 1.5)))))
    centre = chance.gauss(-1.3, 0.7)
    made = tuple(
        _video(chance, topics, followers=followers, centre=centre, number=number, place=place)
        for place in range(videos)
    )
    seen = sum(video.likes for video in made)
    video_count = videos + round(exp(chance.gauss(4.8, 0.8)))
    return WorldCreator(
        name=f"{first} {last}",
        handle=_handle(chance, first, main, taken=taken),
        country=country,
        topics=topics,
        bio=f"{topic.making}. {chance.choice(TAILS)}",
        follower_count=followers,
        like_count=seen * video_count // videos,
        video_count=video_count,
        videos=made,
        age=dict(zip(AGES, _shares(chance, topic.ages, whole=10_000), strict=True)),
        gender=_gender(chance, topic.women),
        countries=_countries(chance, country),
        interests=_interests(chance, topics),
        sample_size=max(200, followers // chance.randint(8, 30)),
        audience_days_ago=chance.randint(2, 75),
        rates=_rates(chance, country, median_low(video.views for video in made)),
    )


def _handle(chance: Random, first: str, main: str, *, taken: set[str]) -> str:
    """A handle of 24 signs at most that nobody has, with a number where it would be taken."""
    plain = first.lower()
    made = chance.choice((f"{plain}.{main}", f"{main}.with.{plain}", f"{plain}_{main}"))[:24]
    handle, number = made, 1
    while handle in taken:
        number += 1
        handle = f"{made[: 24 - len(str(number))]}{number}"
    taken.add(handle)
    return handle


def _video(
    chance: Random,
    topics: Sequence[str],
    *,
    followers: int,
    centre: float,
    number: int,
    place: int,
) -> WorldVideo:
    views = max(40, round(followers * exp(centre + chance.gauss(0, 0.95))))
    tags = TOPICS[topics[0]].hashtags
    likes = round(views * min(0.35, max(0.02, chance.gauss(0.14, 0.05))))
    hours_ago = place * (48 + number % 5 * 6) + chance.randint(40, 80) - 38 + number * 7 % 20
    days_ago = hours_ago // 24
    return WorldVideo(
        external_id=str(7_400_000_000_000_000_000 + number * 1_000 + place),
        hours_ago=hours_ago,
        hashtags=(
            *dict.fromkeys(chance.choices(tags, k=chance.randint(1, 3))),
            *_passing(topics[0], number=number, place=place, days_ago=days_ago),
            *_touching(topics[0], number=number, place=place),
        ),
        sound=_sound(number + place, days_ago=days_ago),
        duration_seconds=min(180, max(6, round(exp(chance.gauss(2.9, 0.6))))),
        views=views,
        likes=likes,
        comments=round(views * min(0.02, exp(chance.gauss(-6.7, 0.6)))),
        shares=round(views * min(0.02, exp(chance.gauss(-7.0, 0.6)))),
    )


def _passing(topic: str, *, number: int, place: int, days_ago: int) -> Iterator[str]:
    """What more and more videos carry these days, or fewer and fewer."""
    turn = (number * 7 + place * 3) % 20
    for (tag, topics), most in ((RISING, 14 - days_ago), (FADING, days_ago - 4)):
        if topic in topics and turn < most:
            yield tag


def _touching(topic: str, *, number: int, place: int) -> Sequence[str]:
    """What some videos of one creator in five carry that a brand may want to avoid."""
    tags = TOUCHING.get(topic, ())
    if not tags or number % 5 != 1 or place % 7 != 2:
        return ()
    return (tags[place // 7 % len(tags)],)


def _sound(number: int, *, days_ago: int) -> str:
    """One sound is new, one has had its time, one is always there; most videos have their own."""
    if days_ago < 9 and number % (days_ago + 2) == 0:
        return "Late Bus Home - Ondine Vale"
    if days_ago > 5 and number % 4 == 1:
        return "Paper Boats - Harlan & Co"
    return "Morning Tiles - Sunroom" if number % 9 == 2 else ""


def _shares(chance: Random, weights: Sequence[int], *, whole: int) -> list[int]:
    """Whole shares near the weights that add up to ``whole``."""
    drawn = [weight * exp(chance.gauss(0, 0.3)) for weight in weights]
    shares = [int(whole * one / sum(drawn)) for one in drawn]
    shares[shares.index(max(shares))] += whole - sum(shares)
    return shares


def _gender(chance: Random, women: int) -> dict[str, int]:
    female = min(9_300, max(700, women + round(chance.gauss(0, 600))))
    other = chance.randint(50, 300)
    return {"female": female, "male": 10_000 - female - other, "other_or_unknown": other}


def _countries(chance: Random, home: str) -> dict[str, int]:
    at_home = chance.randint(4_200, 8_000)
    elsewhere = _shares(chance, (5, 3, 2, 1), whole=chance.randint(800, 9_500 - at_home))
    return {home: at_home, **dict(zip(COUNTRIES[home][2], elsewhere, strict=True))}


def _interests(chance: Random, topics: Sequence[str]) -> dict[str, int]:
    found = {topic: chance.randint(3_500, 7_200) for topic in topics}
    for topic in TOPICS[topics[0]].near:
        found.setdefault(topic, chance.randint(900, 2_800))
    found.setdefault(chance.choice(list(TOPICS)), chance.randint(300, 1_200))
    return found


def _rates(chance: Random, country: str, views: int) -> tuple[tuple[str, str, int], ...]:
    """About 20 dollars for a thousand usual views, at least 60; a story costs a third."""
    dollars = max(60.0, views / 1_000 * chance.gauss(20, 5) * (views / 30_000) ** -0.25)
    found = []
    for currency in dict.fromkeys((COUNTRIES[country][1], "USD")):
        for name, part in (("video", 1.0), ("story", 0.35)):
            found.append((name, currency, in_minor(dollars * part, currency)))
    return tuple(found)


def in_minor(dollars: float, currency: str) -> int:
    """Return about so many dollars in minor units of a currency, rounded to a usual step."""
    for_one, tenths, step = PER_DOLLAR[currency]
    return max(step, round(dollars * for_one * tenths / step) * step)
