"""What an audience may be made of. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from babel import Locale

from marketplace.accounts.rules import countries
from marketplace.creators.rules.profile import TOPICS
from marketplace.kernel.money import BPS_WHOLE

AGES: Final = ("13-17", "18-24", "25-34", "35-44", "45-54", "55+")
AGE_WORDS: Final[Mapping[str, str]] = {
    age: f"{age[:-1]} or older" if age.endswith("+") else age.replace("-", "–") for age in AGES
}
"""How each age is written wherever a person reads it."""
GENDERS: Final = ("female", "male", "other_or_unknown")
GENDER_NAMES: Final[Mapping[str, str]] = {
    "female": "Women",
    "male": "Men",
    "other_or_unknown": "Other or unknown",
}
"""How each gender is written beside a number or a box."""
LANGUAGES: Final = (
    "ar", "bn", "cs", "da", "de", "el", "en", "es", "fi", "fil", "fr", "he", "hi", "hu", "id", "it",
    "ja", "ko", "ms", "nl", "no", "pl", "pt", "ro", "ru", "sv", "sw", "ta", "te", "th", "tr", "uk",
    "ur", "vi", "zh",
)  # fmt: skip
"""ISO 639 codes of the languages that a brief can ask for."""

SAMPLE_MOST: Final = 10**9
AUDIENCE_FRESH: Final = timedelta(days=90)
"""An audience older than this is shown as old."""


@dataclass(frozen=True, slots=True)
class Audience:
    """What an audience is made of, in basis points.

    age, gender, country and language are parts of the whole; what they leave open is not known.
    interest may exceed the whole, as one person follows several topics.
    """

    age: Mapping[str, int] = field(default_factory=dict)
    gender: Mapping[str, int] = field(default_factory=dict)
    country: Mapping[str, int] = field(default_factory=dict)
    interest: Mapping[str, int] = field(default_factory=dict)
    language: Mapping[str, int] = field(default_factory=dict)


def audience_problems(audience: Audience, *, sample_size: int = 0) -> dict[str, str]:
    """Return what is wrong with an audience: part -> a plain sentence; empty when fine.

    The shares of age, gender, country and language each add up to 100 % at most; each share of an
    interest is at most 100 % by itself.
    """
    problems: dict[str, str] = {}
    for name, shares, known in (
        ("age", audience.age, frozenset(AGES)),
        ("gender", audience.gender, frozenset(GENDERS)),
        ("country", audience.country, frozenset(countries())),
        ("language", audience.language, frozenset(LANGUAGES)),
        ("interest", audience.interest, frozenset(TOPICS)),
    ):
        if unknown := [label for label in shares if label not in known]:
            problems[name] = f"There is no {name} called {unknown[0]} in our list."
        elif any(not 0 <= share <= BPS_WHOLE for share in shares.values()):
            problems[name] = "Each share is between 0\xa0% and 100\xa0%."
        elif name != "interest" and (total := sum(shares.values())) > BPS_WHOLE:
            problems[name] = (
                f"The shares of {name} add up to {total / 100:g}\xa0%, more than 100\xa0%."
            )
    parts = (audience.age, audience.gender, audience.country, audience.interest, audience.language)
    if not any(share for shares in parts for share in shares.values()):
        problems["age"] = "Enter at least one share: what you leave out counts as not known."
    if not 0 <= sample_size <= SAMPLE_MOST:
        problems["sample_size"] = "The number of people behind these shares is 0 or more."
    return problems


@cache
def languages() -> dict[str, str]:
    """Return ISO 639 code -> English name of every language a brief can ask for, by name."""
    names = Locale("en").languages
    return dict(sorted(((code, names[code]) for code in LANGUAGES), key=lambda item: item[1]))


def is_fresh(taken_at: datetime, *, now: datetime) -> bool:
    """True while an audience is recent enough to stand for today's."""
    return now - taken_at <= AUDIENCE_FRESH
