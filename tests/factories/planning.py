"""Markets for the planner: by hand for exact figures, and random ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from math import exp, log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marketplace.creators.rules import CoAudienceSource
from marketplace.matching.rules.planner.problem import Problem, WatchedTogether, sizes_of

PEOPLE_IN_A_CELL = 100_000.0


def make_problem(
    people: Sequence[float] | Sequence[Sequence[float]],
    prices: Sequence[int] | Sequence[Sequence[int]],
    **changes: Any,
) -> Problem:
    """Creators whose whole audience is in one cell of 100,000 people, unless said otherwise.

    segments: for each creator the weights of the interests.
    """
    count = len(people)
    viewers = np.array(people, dtype=np.float32).reshape(count, -1 if count else 1)
    segments = np.array(changes.pop("segments", [[1.0]] * count), dtype=np.float32)
    values: dict[str, Any] = {
        "people": viewers,
        "price": np.array(prices, dtype=np.int64).reshape(viewers.shape),
        "age": np.ones((count, 1), dtype=np.float32),
        "gender": np.ones((count, 1), dtype=np.float32),
        "country": np.ones((count, 1), dtype=np.float32),
        "segment": segments,
        "population": np.full((1, 1, 1, segments.shape[1]), PEOPLE_IN_A_CELL),
        "crowd": np.full(count, -1),
        "size": np.zeros(count, dtype=np.uint8),
        "tie": np.arange(count, dtype=np.uint64),
        "currency": "USD",
    }
    return Problem(**(values | changes))


def in_one_cell(*parts: float) -> float:
    """The people of one cell whom creators with these parts of it reach: by hand."""
    by_chance, by_fondness = 0.0, 0.0
    for part in parts:
        popular = part / (part + 0.02)
        by_chance -= (1 - popular) * log(1 - part)
        by_fondness += (1 - part) ** (-0.375 * popular) - 1
    missed: float = exp(-by_chance) * (1 + by_fondness) ** (-8 / 3)
    return PEOPLE_IN_A_CELL * (1 - missed)


def together(
    creator: int, other: int, *, shared: int = 500_000, sample: int = 1_000_000
) -> WatchedTogether:
    """Half of the first one's viewers watch the other too, seen of so many that it is certain."""
    return WatchedTogether(
        creator, other, sample, shared, CoAudienceSource.COMMENTERS, date(2026, 11, 14)
    )


def random_problem(seed: int, *, count: int = 40, bundles: int = 1, observed: int = 0) -> Problem:
    """A market of 2 ages x 2 genders x 2 countries x 4 interests; the same for the same seed.

    observed: so many pairs of the first dozen creators were looked at.
    """
    chance = np.random.default_rng(seed)
    followers = np.exp(chance.normal(10, 1.8, count)).astype(np.int64)
    views = followers * np.exp(chance.normal(-1, 0.7, count))
    more = np.cumsum(0.7 ** np.arange(bundles))
    people = (views[:, None] * more).astype(np.float32)
    each = np.maximum(2_000, views * np.exp(chance.normal(0, 0.6, count)))
    home = chance.integers(0, 3, count)
    segment = chance.dirichlet([0.3] * 4, count).astype(np.float32)
    return Problem(
        people=people,
        price=(each[:, None] * np.arange(1, bundles + 1)).astype(np.int64),
        age=_shares(chance, count),
        gender=_shares(chance, count),
        country=np.where(home[:, None] == np.arange(2), 0.7, 0.05).astype(np.float32),
        segment=segment,
        population=chance.uniform(2e4, 2e5, (2, 2, 2, 4)).astype(np.float32),
        crowd=np.where(home < 2, home * 4 + segment.argmax(axis=1), -1),
        size=sizes_of(followers),
        tie=chance.permutation(count).astype(np.uint64),
        currency="USD",
        watched_together=_observed(chance, observed),
    )


def wild_problem(seed: int, *, bundles: int = 1, observed: int = 0) -> Problem:
    """A market of sixteen as odd as the figures allow; the same for the same seed.

    Audiences of nobody, of less than one, of more than there are; shares of nothing and of a whole;
    no interest; cells without people, with one, with a billion; prices of nothing, of a cent, of
    ten thousand millions. Many are equal.
    """
    chance = np.random.default_rng(seed)
    count = 16

    def some(*values: float, shape: tuple[int, ...] = (count,)) -> NDArray[np.float64]:
        found: NDArray[np.float64] = np.array(values)[chance.integers(0, len(values), shape)]
        return found

    def shares() -> NDArray[np.float32]:
        weights = some(0, 0, 1, 1, 3, shape=(count, 3))
        whole = np.maximum(weights.sum(axis=1, keepdims=True), 1)
        parts: NDArray[np.float32] = (weights / whole)[:, :2].astype(np.float32)
        return parts

    people = some(0, 0.4, 1, 30, 1_000, 20_000, 5e6, 4e9)
    price = some(0, 1, 2, 99, 30_000, 30_000, 1e9, 2**40)
    return Problem(
        people=np.multiply.outer(people, 1 + 0.6 * np.arange(bundles)).astype(np.float32),
        price=np.multiply.outer(price, np.arange(1, bundles + 1)).astype(np.int64),
        age=shares(),
        gender=shares(),
        country=shares(),
        segment=some(0, 0, 0, 1, 1, 5, shape=(count, 4)).astype(np.float32),
        population=some(0, 1, 1, 7, 1_000, 1e5, 1e9, shape=(2, 2, 2, 4)).astype(np.float32),
        crowd=chance.integers(-1, 3, count),
        size=some(0, 0, 1, 2, 4).astype(np.uint8),
        tie=chance.permutation(count).astype(np.uint64),
        currency="USD",
        watched_together=_observed(chance, observed),
    )


def _observed(chance: np.random.Generator, pairs: int) -> list[WatchedTogether]:
    found = {}
    for _ in range(pairs):
        creator, other = chance.choice(12, 2, replace=False).tolist()
        sample = int(chance.integers(50, 3_000))
        shared = int(sample * chance.beta(1, 2))
        found[creator, other] = together(creator, other, shared=shared, sample=sample)
    return list(found.values())


def reordered(problem: Problem, order: Sequence[int]) -> Problem:
    """The same creators at other places."""
    moved = {
        name: getattr(problem, name)[list(order)]
        for name in (
            "people", "price", "age", "gender", "country", "segment", "crowd", "size", "tie"
        )
    }  # fmt: skip
    new = {creator: place for place, creator in enumerate(order)}
    return Problem(
        **moved,
        population=problem.population,
        currency=problem.currency,
        watched_together=[
            replace(pair, creator=new[pair.creator], other=new[pair.other])
            for pair in problem.watched_together
        ],
    )


def _shares(chance: np.random.Generator, count: int) -> NDArray[np.float32]:
    return chance.dirichlet([3, 3, 3], count).astype(np.float32)[:, :2] * np.float32(0.999)
