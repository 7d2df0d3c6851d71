"""Targets, and groups of creators, in words. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from marketplace.accounts.rules import countries
from marketplace.creators.rules import AGE_WORDS, AGES, GENDERS
from marketplace.creators.rules.groups import GROUP_WORDS, Group

_PEOPLE: Final[Mapping[str, str]] = {
    "female": "women",
    "male": "men",
    "other_or_unknown": "people of another or unknown gender",
}
_WITH_ARTICLE: Final = frozenset({"AE", "BS", "CF", "DO", "GB", "GM", "MV", "NL", "PH", "US"})


def age_words(labels: Iterable[str]) -> str:
    """Return ages in words: neighbours join, so 18-24 with 25-34 is "18–34"."""
    runs: list[list[str]] = []
    for label in sorted(labels, key=AGES.index):
        if runs and AGES.index(runs[-1][-1]) + 1 == AGES.index(label):
            runs[-1].append(label)
        else:
            runs.append([label])
    return listed([_run_words(run) for run in runs])


def gender_words(labels: Iterable[str]) -> str:
    """Return genders in words: "women or men"."""
    return listed([_PEOPLE[label] for label in sorted(labels, key=GENDERS.index)])


def country_words(codes: Iterable[str]) -> str:
    """Return countries in words, as they follow "in"."""
    return listed([_country(code) for code in sorted(codes)])


def target_words(ages: Collection[str], genders: Collection[str], codes: Collection[str]) -> str:
    """Return whom a campaign wants to reach: "women aged 18–34 in Spain"; none of a kind is all."""
    everybody = not genders or len(genders) == len(GENDERS)
    who = "people" if everybody else gender_words(genders)
    old = f"aged {age_words(ages)}" if ages and len(ages) < len(AGES) else "of any age"
    return f"{who} {old} in {country_words(codes)}" if codes else f"{who} {old}, anywhere"


def group_words(groups: Iterable[str], last: str = "or") -> str:
    """Return groups in one phrase, in their order: “Veterans” or “Women”; empty for none."""
    words = [f"“{GROUP_WORDS[Group(each)]}”" for each in groups]
    return listed(words, last) if words else ""


def listed(words: Sequence[str], last: str = "or") -> str:
    """Return words as a sentence has them: "a, b or c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def percent(bps: float) -> str:
    """Return a share in words: 37.5 for 3,750 basis points, 0.000073 for the smallest parts."""
    return f"{bps / 100:.6f}".rstrip("0").rstrip(".") + "\xa0%"


def _country(code: str) -> str:
    name = countries().get(code, code)
    return f"the {name}" if code in _WITH_ARTICLE else name


def _run_words(run: Sequence[str]) -> str:
    if len(run) == 1:
        return AGE_WORDS[run[0]]
    first, last = run[0], run[-1]
    if last.endswith("+"):
        return f"{first.split('-')[0]} or older"
    return f"{first.split('-')[0]}–{last.split('-')[1]}"
