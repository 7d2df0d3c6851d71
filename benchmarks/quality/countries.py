"""Which channels will be watched in a country? Trending lists of 110 countries, month by month.

Set: yt-channel-geo. A brief is a country and a category with five relevant channels or more;
learned from what trended up to April 2026, checked by what trends from May to August. Every channel
known by April is ranked; the gain is the number of its videos that then trend there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.figures import Figure, Floats, Parts, ranked
from benchmarks.quality.market import facts, market
from marketplace.kernel.money import BPS_WHOLE
from marketplace.matching.columns.factors import country_parts
from marketplace.matching.columns.target import target_of
from marketplace.matching.rules import shares
from marketplace.matching.rules.wanted import Wanted

SET: Final = "yt-channel-geo"
LEARNED_TO: Final = "2026-04"
RELEVANT_LEAST: Final = 5
HALF_LIFE_MONTHS: Final = 2.0
MEASURES: Final = ("NDCG@10", "NDCG@50", "recall@200", "AUC")
NOTED: Final = (
    ("expected in-target + look-alikes", 0.773),
    ("expected in-target + look-alikes", 0.824),
    ("learned boosting", 0.955),
    ("learned boosting", 0.992),
)


@dataclass(frozen=True)
class Channels:
    """before: (n, months, c) videos that trended, newest month first; after: (n, c) then."""

    before: Floats
    after: Floats
    category: NDArray[np.str_]
    countries: tuple[str, ...]

    @property
    def profile(self) -> Floats:
        """(n, c) the share of each channel's videos that trended in each country."""
        counted = self.before.sum(axis=1)
        return np.asarray(counted / counted.sum(axis=1, keepdims=True))

    @property
    def volume(self) -> Floats:
        """(n,) the videos that trended lately."""
        counted = self.before.sum(axis=2)
        return np.asarray(counted @ 0.5 ** (np.arange(counted.shape[1]) / HALF_LIFE_MONTHS))


def measure(parts: Parts) -> Iterator[Figure]:
    known = read(parts)
    briefs = [
        (country, category)
        for category in np.unique(known.category)
        for country in range(known.after.shape[1])
        if (known.after[known.category == category, country] > 0).sum() >= RELEVANT_LEAST
    ]
    volume = known.before.sum(axis=1)
    methods = {
        "ours": in_columns(known),
        "ours, unrounded": unrounded(known),
        "share × volume": volume,
        "expected in-target + 0.05 × look-alikes": volume + 0.05 * volume @ cosines(volume),
    }
    found = {}
    for name, expected in methods.items():
        lists = []
        for country, category in briefs:
            there = known.category == category
            lists.append(ranked(expected[:, country] * there, known.after[:, country] * there))
        each = [[one.ndcg(10), one.ndcg(50), one.recall(200), one.auc] for one in lists]
        found[name] = np.mean(each, axis=0)
    for place, case in enumerate(MEASURES):
        yield Figure(
            case,
            len(briefs),
            case,
            found["ours"][place],
            same_run={other: found[other][place] for other in list(methods)[2:]},
            noted=NOTED[place],
        )
        yield Figure(
            f"{case}, what the columns round away",
            len(briefs),
            case,
            found["ours"][place],
            same_run={"ours, unrounded": found["ours, unrounded"][place]},
        )


def read(parts: Parts) -> Channels:
    channels = parts.rows(f"{SET}/channels.csv.gz")
    rows = parts.rows(f"{SET}/channel_country_month.csv.gz")
    countries = {name: place for place, name in enumerate(sorted({r["country"] for r in rows}))}
    learned = sorted({row["month"] for row in rows if row["month"] <= LEARNED_TO}, reverse=True)
    months = {name: place for place, name in enumerate(learned)}
    places = {row["channel"]: place for place, row in enumerate(channels)}
    before = np.zeros((len(channels), len(months), len(countries)))
    after = np.zeros((len(channels), len(countries)))
    for row in rows:
        channel, country = places[row["channel"]], countries[row["country"]]
        if row["month"] in months:
            before[channel, months[row["month"]], country] += int(row["n_videos"])
        else:
            after[channel, country] += int(row["n_videos"])
    there = before.sum(axis=(1, 2)) > 0
    category = np.array([row["category_id"] for row in channels])
    return Channels(before[there], after[there], category[there], tuple(countries))


def in_columns(known: Channels) -> Floats:
    """Return (n, c): recent volume × the share in the country, as the market's columns have it."""
    kept = market(
        [
            facts(place, countries=dict(zip(known.countries, row.tolist(), strict=True)))
            for place, row in enumerate(np.floor(known.profile * BPS_WHOLE).astype(int))
        ]
    )
    everybody = np.arange(kept.count)
    found = [
        country_parts(kept, target_of(Wanted("USD", country=frozenset({code})), kept), everybody)
        for code in known.countries
    ]
    return np.asarray(known.volume[:, None] * np.array(found).T)


def unrounded(known: Channels) -> Floats:
    """Return the same in whole numbers of machine precision, with every country's look-alikes."""
    weights = shares.SPILL * shares.look_alikes(known.profile)
    np.fill_diagonal(weights, 1.0)
    return np.asarray(known.volume[:, None] * np.minimum(known.profile @ weights, 1.0))


def cosines(counts: Floats) -> Floats:
    """Return the cosine of each two countries' channels, 0 with itself."""
    profile = counts / counts.sum(axis=1, keepdims=True)
    unit = profile / np.linalg.norm(profile, axis=0)
    alike: Floats = unit.T @ unit
    np.fill_diagonal(alike, 0)
    return alike
