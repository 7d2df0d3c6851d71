"""What the market as a whole says, against which each creator is seen. Made once for a version.

Which countries have a column, the words that are used, what is usual where nothing is known, which
countries are alike, what a view usually costs.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from marketplace.creators.queries import CreatorFacts
from marketplace.creators.rules import AGES, FORMATS, GENDERS
from marketplace.kernel.money import BPS_WHOLE
from marketplace.matching.columns.layout import (
    COUNTRY_CODES,
    COUNTRY_NUMBERS,
    DENSE_COUNTRIES,
    SEGMENTS,
)
from marketplace.matching.columns.views import views_of
from marketplace.matching.rules import shares, topics
from marketplace.matching.rules.worth import roughly

Floats: TypeAlias = NDArray[np.float32]

SAMPLE: Final = 20_000
"""Creators that stand for the market; all of them where there are no more."""
SEGMENT_TERMS: Final = 2_048
"""The most common terms, by which creators are gathered into interest segments."""
TOPIC_USES: Final = 3.0
"""A topic that a creator names counts like so many posts about it just now."""
SEGMENT_SAMPLE: Final = 5_000
GROUP_PSEUDO: Final = 20
"""A niche or a country is drawn towards the whole market as if by so many creators."""
ALIKE_WHOLE: Final = 10**9
PRIOR_KEEPS: Final = 0.85
"""What is only usual counts for less than what is known."""
MICRO: Final = 1_000_000
DOLLAR: Final = "USD"
LOWEST_MINOR: Final = 2_500
"""Cents of a dollar that a piece costs at least where nobody in the market has named a rate."""
USUAL_COST_MICRO: Final = 1 * MICRO
"""Of a view, in millionths of such a cent, where nobody in the market has named a rate."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the market as a whole says.

    countries: those with a column, by it. ages, genders: topic -> usual shares; "" for the market.
    homes: home country -> usual shares by country; "" for the market. alike: how much each country
    says of each other one, by their numbers, of which ALIKE_WHOLE are the whole. costs: "format
    currency" -> millionths of a minor unit that a view usually costs; floors: the same -> what nine
    of ten ask at least, in minor units. currencies: by their number. places: of the most common
    terms among all, (t, d). centres: of the segments.
    """

    countries: tuple[str, ...]
    vocabulary: topics.Vocabulary
    places: Floats
    centres: Floats
    ages: Mapping[str, Sequence[float]]
    genders: Mapping[str, Sequence[float]]
    homes: Mapping[str, Mapping[str, float]]
    alike: NDArray[np.uint32]
    costs: Mapping[str, int]
    floors: Mapping[str, int]
    currencies: tuple[str, ...]

    @property
    def numbers(self) -> list[int]:
        """The numbers of the countries with a column, in their order."""
        return [COUNTRY_NUMBERS[code] for code in self.countries]

    def cost_micro(self, name: str, currency: str) -> int:
        """What a view of a format usually costs, in millionths of a minor unit."""
        costs = self.costs
        return (
            costs.get(f"{name} {currency}")
            or costs.get(f"video {currency}")
            or self._elsewhere(costs, name, currency)
            or self._elsewhere(costs, "video", currency)
            or roughly(USUAL_COST_MICRO, DOLLAR, currency)
        )

    def floor_minor(self, name: str, currency: str) -> int:
        """What one piece of a format costs at least, in minor units."""
        if not currency:
            return 0
        return (
            self.floors.get(f"{name} {currency}")
            or self._elsewhere(self.floors, name, currency)
            or roughly(LOWEST_MINOR, DOLLAR, currency)
        )

    def _elsewhere(self, known: Mapping[str, int], name: str, currency: str) -> int | None:
        """About as much as is known of a format in the other currencies; None for nothing."""
        found = [
            roughly(known[f"{name} {each}"], each, currency)
            for each in self.currencies
            if f"{name} {each}" in known
        ]
        return round(median(found)) if found else None


def context_of(facts: Sequence[CreatorFacts], currencies: Sequence[str]) -> Context:
    """Return what these creators say of the market; their order changes nothing.

    currencies: all that somebody has a rate in.
    """
    described = [each for each in facts if each.audience_source]
    total: Counter[str] = Counter()
    for each in described:
        total.update(each.countries)
    for each in facts:
        if each.country:
            total[each.country] += BPS_WHOLE // 4
    known = [code for code in total if code in COUNTRY_NUMBERS]  # and none of a former list
    names = sorted(known, key=lambda code: (-total[code], code))[:DENSE_COUNTRIES]
    described_by = [uses_of(each) for each in facts]
    vocabulary = topics.Vocabulary.fit(described_by)
    places = places_in(vocabulary)
    vectors = vectors_of(
        [topics.weights(uses, vocabulary) for uses in described_by[:SEGMENT_SAMPLE]], places
    )
    return Context(
        countries=tuple(names),
        vocabulary=vocabulary,
        places=places,
        centres=topics.segment_centres(vectors, SEGMENTS),
        ages=_usual(described, "age", AGES),
        genders=_usual(described, "gender", GENDERS),
        homes=_usual_countries(facts),
        alike=_alike(described),
        costs=_costs(facts),
        floors=_floors(facts),
        currencies=tuple(sorted(currencies)),
    )


def _alike(described: Sequence[CreatorFacts]) -> NDArray[np.uint32]:
    """How alike every two countries are, whether they have a column or not."""
    profiles = np.zeros((len(described), len(COUNTRY_CODES)))
    for row, each in enumerate(described):
        for code, share in each.countries.items():
            if code in COUNTRY_NUMBERS:
                profiles[row, COUNTRY_NUMBERS[code]] = share
    return np.rint(ALIKE_WHOLE * shares.look_alikes(profiles)).astype(np.uint32)


def uses_of(facts: CreatorFacts) -> dict[str, float]:
    """Return what a creator makes videos about: word -> recent uses.

    Of the last videos, or else the channel's most used hashtags, once each; and the topics that
    the creator names.
    """
    posts = [each[3] for each in facts.videos]
    uses = topics.recent_uses(posts) if any(posts) else dict.fromkeys(facts.hashtags, 1.0)
    for topic in facts.topics:
        uses[topic] = uses.get(topic, 0.0) + TOPIC_USES
    return uses


def places_in(vocabulary: topics.Vocabulary) -> Floats:
    """Return the places of the most common terms among all."""
    if not vocabulary.terms:
        return np.zeros((0, topics.DIMENSIONS), np.float32)
    return topics.term_vectors(vocabulary)[:SEGMENT_TERMS]


def vectors_of(weights: Sequence[Mapping[int, float]], places: Floats) -> Floats:
    """Return what creators are about by the most common terms."""
    common = [
        {term: weight for term, weight in terms.items() if term < len(places)} for terms in weights
    ]
    return topics.vectors(common, places)


def _usual(
    described: Iterable[CreatorFacts], part: str, labels: Sequence[str]
) -> dict[str, list[float]]:
    """Topic -> the mean shares of its creators, drawn towards the market's; "" is the market.

    Where nobody has described an audience, all labels are alike.
    """
    sums: dict[str, NDArray[np.float64]] = defaultdict(lambda: np.zeros(len(labels)))
    counts: Counter[str] = Counter()
    for each in described:
        there = getattr(each, part)
        if not there:
            continue
        found = np.array([there.get(label, 0) / BPS_WHOLE for label in labels])
        for topic in ("", *each.topics[:1]):
            sums[topic] += found
            counts[topic] += 1
    market = sums[""] / counts[""] if counts[""] else np.full(len(labels), 1 / len(labels))
    return {
        topic: (
            (sums[topic] + GROUP_PSEUDO * market) / (counts[topic] + GROUP_PSEUDO) * PRIOR_KEEPS
        ).tolist()
        for topic in sorted({"", *sums})
    }


def _usual_countries(facts: Iterable[CreatorFacts]) -> dict[str, dict[str, float]]:
    """Home -> the mean shares by country of those who live there; "" is the whole market.

    Where few who live somewhere have described their audience, half of it is taken to be at home
    and the other half to be as in the whole market.
    """
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    counts: Counter[str] = Counter()
    for each in facts:
        home = each.country if each.country in COUNTRY_NUMBERS else ""
        for group in {"", home}:
            if each.audience_source and each.countries:
                sums[group].update(each.countries)
                counts[group] += 1
            else:
                sums[group].update({})
    market = {code: count / max(1, counts[""]) / BPS_WHOLE for code, count in sums[""].items()}

    def before(home: str, code: str) -> float:
        usual = market.get(code, 0.0)
        return usual if not home else (usual + (code == home)) / 2

    return {
        home: {
            code: PRIOR_KEEPS
            * (sums[home][code] / BPS_WHOLE + GROUP_PSEUDO * before(home, code))
            / (counts[home] + GROUP_PSEUDO)
            for code in sorted({*market, *filter(None, [home])})
        }
        for home in sorted({"", *sums})
    }


def _costs(facts: Iterable[CreatorFacts]) -> dict[str, int]:
    """The median of what a view costs, by format and currency."""
    found: dict[str, list[int]] = defaultdict(list)
    for each in facts:
        views = views_of(each)
        if views is not None and views.median > 0:
            for name, rate in each.rates.items():
                if name.split(" ")[0] in FORMATS:
                    found[name].append(rate * MICRO // views.median)
    return {name: max(1, int(median(costs))) for name, costs in sorted(found.items())}


def _floors(facts: Iterable[CreatorFacts]) -> dict[str, int]:
    """What nine of ten who name a rate ask at least, by format and currency."""
    found: dict[str, list[int]] = defaultdict(list)
    for each in facts:
        for name, rate in each.rates.items():
            if name.split(" ")[0] in FORMATS:
                found[name].append(rate)
    return {name: sorted(rates)[len(rates) // 10] for name, rates in sorted(found.items())}
