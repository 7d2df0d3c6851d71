"""What a brief asks of a creator: the target, the work, and the rules that remove. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from marketplace.accounts.rules import countries
from marketplace.campaigns.rules import TOO_YOUNG, UNTARGETABLE_AGES
from marketplace.creators.rules import AGES, FORMATS, GENDERS, LANGUAGES, TOPICS
from marketplace.creators.rules.formats import LengthBand
from marketplace.creators.rules.subjects import Subject
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence

ONE_VIDEO: Final[Mapping[str, int]] = {"video": 1}
"""What is priced where a brief does not say yet what is to be made."""


@dataclass(frozen=True, slots=True)
class Booking:
    """What a creator would be taken for: by which brand, in which category, from when to when."""

    brand_id: UUID
    category: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class HardRules:
    """What a creator must be to be ranked at all; what is empty or None asks for nothing.

    lives_in: countries. price_least_minor, price_most_minor: for all that is asked, by the
    creator's own rates.
    blocked_topics: whoever makes videos about one of them is left out. avoided: likewise who has
    touched one of these subjects of late. free_on: a day on which the creator must not be away.
    booking: what they must not have promised another brand to leave.
    """

    lives_in: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    followers_least: int | None = None
    followers_most: int | None = None
    price_least_minor: int | None = None
    price_most_minor: int | None = None
    blocked_topics: frozenset[str] = frozenset()
    avoided: frozenset[Subject] = frozenset()
    free_on: date | None = None
    booking: Booking | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a brief asks for.

    age, gender, country: the labels of the target; empty means anybody. words: topics and hashtags.
    formats: format -> number of pieces; empty is priced as one video. lengths: band -> how many of
    the videos are to be so long; the others may have any length.
    """

    currency: str
    age: frozenset[str] = frozenset()
    gender: frozenset[str] = frozenset()
    country: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    formats: Mapping[str, int] = field(default_factory=dict)
    lengths: Mapping[LengthBand, int] = field(default_factory=dict)
    rules: HardRules = HardRules()

    def __hash__(self) -> int:
        """Return a number that equal wishes share."""
        formats = frozenset(self.formats.items())
        lengths = frozenset(self.lengths.items())
        target = (self.currency, self.age, self.gender, self.country, self.words)
        return hash((target, formats, lengths, self.rules))

    @property
    def ages(self) -> frozenset[str]:
        """The ages that may be a target."""
        return self.age - UNTARGETABLE_AGES

    @property
    def pieces(self) -> Mapping[str, int]:
        """What is priced: format -> number of pieces."""
        return self.formats or ONE_VIDEO


def problems(wanted: Wanted) -> dict[str, str]:
    """Return what is wrong with a wish: field -> a plain sentence; empty when it can be ranked.

    Rules that contradict each other are named, both.
    """
    found = _unknown(wanted)
    rules = wanted.rules
    if wanted.age and not wanted.ages:
        found["age"] = TOO_YOUNG
    if any(count < 1 for count in (*wanted.formats.values(), *wanted.lengths.values())):
        found["formats"] = "The number of pieces is 1 or more."
    for name, least in (
        ("followers_least", rules.followers_least),
        ("followers_most", rules.followers_most),
    ):
        if least is not None and least < 0:
            found[name] = "A number of followers is 0 or more."
    if rules.price_most_minor is not None and rules.price_most_minor < 1:
        found["price_most"] = "The most that you pay must be more than 0."
    if (
        rules.price_least_minor is not None
        and rules.price_most_minor is not None
        and rules.price_least_minor > rules.price_most_minor
    ):
        found["price_least"] = Sentence(
            "Nobody can ask at least {least} and at most {most}: these two rules contradict each"
            " other.",
            least=Money(rules.price_least_minor, wanted.currency),
            most=Money(rules.price_most_minor, wanted.currency),
        )
    if (
        rules.followers_least is not None
        and rules.followers_most is not None
        and rules.followers_least > rules.followers_most
    ):
        found["followers_most"] = Sentence(
            "Nobody can have at least {least} followers and at most {most}: these two rules"
            " contradict each other.",
            least=rules.followers_least,
            most=rules.followers_most,
        )
    if both := sorted(rules.blocked_topics & set(wanted.words)):
        found["blocked_topics"] = (
            f"You ask for {both[0]} and leave out whoever makes {both[0]}: these two rules"
            " contradict each other."
        )
    return found


def _unknown(wanted: Wanted) -> dict[str, str]:
    rules = wanted.rules
    found: dict[str, str] = {}
    for name, noun, labels, known in (
        ("age", "age", wanted.age, AGES),
        ("gender", "gender", wanted.gender, GENDERS),
        ("country", "country", wanted.country, countries()),
        ("formats", "format", wanted.formats, FORMATS),
        ("lives_in", "country", rules.lives_in, countries()),
        ("languages", "language", rules.languages, LANGUAGES),
        ("blocked_topics", "topic", rules.blocked_topics, TOPICS),
    ):
        if unknown := sorted(set(labels).difference(known)):
            found[name] = f"There is no {noun} called {unknown[0]} in our list."
    return found
