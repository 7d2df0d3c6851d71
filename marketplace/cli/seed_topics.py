"""What is usual in the invented market: topics, who follows them, and where people live."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_YOUNG = (900, 3_900, 3_000, 1_300, 600, 300)
_ADULT = (200, 1_700, 3_700, 2_500, 1_200, 700)
_OLDER = (100, 900, 2_300, 2_700, 2_300, 1_700)
AGES: Final = ("13-17", "18-24", "25-34", "35-44", "45-54", "55+")


@dataclass(frozen=True, slots=True)
class Topic:
    """What is usual for videos about one thing.

    ages: weights of the audience by age. women: share in basis points. near: topics that the same
    people follow. hashtags and making: what videos carry, and what the creator says they make.
    """

    ages: Sequence[int]
    women: int
    near: Sequence[str]
    hashtags: Sequence[str]
    making: str


TOPICS: Final[Mapping[str, Topic]] = {
    "beauty": Topic(
        _YOUNG,
        8_300,
        ("fashion", "health"),
        ("makeup", "skincare", "beauty", "grwm"),
        "Honest make-up for ordinary mornings",
    ),
    "books": Topic(
        _ADULT,
        7_200,
        ("education", "comedy"),
        ("booktok", "books", "reading", "tbr"),
        "Novels in ninety seconds, endings kept secret",
    ),
    "comedy": Topic(
        _YOUNG,
        4_800,
        ("music", "dance"),
        ("comedy", "sketch", "funny", "pov"),
        "Sketches about flat shares and family dinners",
    ),
    "cooking": Topic(
        _ADULT,
        6_300,
        ("home", "health"),
        ("cooking", "recipe", "easyrecipes", "foodie"),
        "Weeknight food from one pan",
    ),
    "dance": Topic(
        _YOUNG,
        6_800,
        ("music", "fashion"),
        ("dance", "choreo", "dancer", "studio"),
        "Choreography, slow enough to learn",
    ),
    "education": Topic(
        _ADULT,
        5_200,
        ("science", "books"),
        ("learnontiktok", "education", "history"),
        "Short lessons on how things came to be",
    ),
    "family": Topic(
        _OLDER,
        7_800,
        ("home", "health"),
        ("momlife", "family", "parenting", "toddler"),
        "Three children, one kitchen table",
    ),
    "fashion": Topic(
        _YOUNG,
        7_600,
        ("beauty", "travel"),
        ("ootd", "fashion", "thrift", "style"),
        "Second-hand outfits and how to mend them",
    ),
    "finance": Topic(
        _ADULT,
        4_100,
        ("education", "tech"),
        ("finance", "budgeting", "money", "saving"),
        "Budgets for people who hate budgets",
    ),
    "fitness": Topic(
        _ADULT,
        5_300,
        ("health", "sports"),
        ("fitness", "homeworkout", "gym", "mobility"),
        "Strength training without a gym",
    ),
    "gaming": Topic(
        _YOUNG,
        2_400,
        ("tech", "comedy"),
        ("gaming", "cozygames", "indiegame", "streamer"),
        "Small games that deserve more players",
    ),
    "health": Topic(
        _OLDER,
        6_600,
        ("fitness", "cooking"),
        ("wellness", "sleep", "health", "habits"),
        "Sleep, stress and other unglamorous things",
    ),
    "home": Topic(
        _OLDER,
        7_000,
        ("cooking", "family"),
        ("diy", "homedecor", "renovation", "smallspaces"),
        "Doing up a small flat by hand",
    ),
    "music": Topic(
        _YOUNG,
        5_400,
        ("dance", "comedy"),
        ("music", "cover", "singersongwriter", "guitar"),
        "Songs written on the night bus",
    ),
    "nature": Topic(
        _OLDER,
        5_500,
        ("outdoors", "pets"),
        ("nature", "birds", "garden", "wildlife"),
        "What grows and flies within a mile of home",
    ),
    "outdoors": Topic(
        _ADULT,
        4_400,
        ("nature", "travel"),
        ("hiking", "trailrunning", "camping", "outdoors"),
        "Trails you can reach by train",
    ),
    "pets": Topic(
        _ADULT,
        6_700,
        ("nature", "comedy"),
        ("dogsoftiktok", "rescuedog", "cats", "pets"),
        "One rescue dog and his opinions",
    ),
    "science": Topic(
        _ADULT,
        4_300,
        ("education", "tech"),
        ("science", "physics", "space", "experiment"),
        "Experiments with what is in the drawer",
    ),
    "sports": Topic(
        _YOUNG,
        3_300,
        ("fitness", "outdoors"),
        ("football", "climbing", "training", "sports"),
        "Training days of an amateur climber",
    ),
    "sustainability": Topic(
        _ADULT,
        6_100,
        ("home", "nature"),
        ("zerowaste", "repair", "sustainability"),
        "Repairing first, buying second",
    ),
    "tech": Topic(
        _ADULT,
        2_900,
        ("gaming", "science"),
        ("tech", "gadgets", "coding", "desksetup"),
        "Plain reviews of things with batteries",
    ),
    "travel": Topic(
        _ADULT,
        5_800,
        ("outdoors", "cooking"),
        ("travel", "citybreak", "slowtravel", "trains"),
        "Long journeys by slow trains",
    ),
}

TOUCHING: Final[Mapping[str, Sequence[str]]] = {
    "books": ("truecrime",),
    "comedy": ("wtf", "hangover"),
    "cooking": ("redwine", "winetasting"),
    "education": ("lottery",),
    "fitness": ("guns",),
    "gaming": ("pokernight", "jackpot"),
    "music": ("stonerlife",),
    "sports": ("sportsbetting",),
    "travel": ("craftbeer", "cocktails"),
}
"""Topic -> hashtags of some videos that a brand may want to avoid, rightly or not."""

RISING: Final = ("pantrychallenge", ("cooking", "home", "family", "health", "sustainability"))
FADING: Final = ("capsulewardrobe", ("fashion", "beauty", "travel", "music"))
"""A hashtag whose time comes or goes, and the topics whose videos carry it."""

COUNTRIES: Final[Mapping[str, tuple[int, str, Sequence[str]]]] = {
    "US": (60, "USD", ("CA", "GB", "MX", "AU")),
    "GB": (26, "GBP", ("IE", "US", "AU", "CA")),
    "DE": (24, "EUR", ("AT", "CH", "NL", "PL")),
    "FR": (16, "EUR", ("BE", "CH", "CA", "ES")),
    "ES": (12, "EUR", ("MX", "AR", "PT", "FR")),
    "IT": (11, "EUR", ("CH", "FR", "DE", "ES")),
    "NL": (10, "EUR", ("BE", "DE", "GB", "US")),
    "CA": (10, "USD", ("US", "GB", "FR", "AU")),
    "AU": (8, "USD", ("NZ", "GB", "US", "CA")),
    "BR": (8, "USD", ("PT", "US", "AR", "MX")),
    "JP": (8, "JPY", ("US", "KR", "TW", "TH")),
    "SE": (6, "EUR", ("NO", "DK", "FI", "DE")),
    "PL": (6, "EUR", ("DE", "GB", "CZ", "UA")),
    "KW": (3, "KWD", ("SA", "AE", "QA", "EG")),
}
"""Country -> how common, the currency of its fees, and where else its creators are watched."""

PER_DOLLAR: Final[Mapping[str, tuple[int, int, int]]] = {
    "USD": (100, 1, 2_500),
    "EUR": (92, 1, 2_500),
    "GBP": (79, 1, 2_500),
    "JPY": (150, 1, 1_000),
    "KWD": (31, 10, 25_000),
}
"""Currency -> minor units of a dollar as a fraction, and the step that fees are rounded to."""
