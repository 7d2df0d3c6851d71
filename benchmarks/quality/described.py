"""How good is a plan where interests are only guessed from what creators make videos about?

In ``plans`` the part of each segment that hears an artist is known. A market knows words. So here
the people of lastfm-audiences are halved by lot: who of the first half hears an artist are the
artist's words, and by the code of the product they become a vocabulary, places and twelve interest
segments, kept in bytes; the second half is the people of the target, of whom nothing is known but
how many there are and how many each artist reaches. Then the other way round. Prices are those of
``plans``, as if all people were there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.audiences import LISTENERS_LEAST, SET, Sets, as_market, sets_of, users_of
from benchmarks.quality.figures import Figure, Floats, Parts
from benchmarks.quality.plans import (
    AGAIN,
    BUDGETS,
    PRICES,
    greedy,
    in_order,
    most_possible,
    priced,
)
from marketplace.matching.columns.context import places_in, vectors_of
from marketplace.matching.columns.layout import SEGMENTS
from marketplace.matching.rules import topics
from marketplace.matching.rules.planner.limits import Limits
from marketplace.matching.rules.planner.plan import best_plan
from marketplace.matching.rules.planner.problem import Problem

BYTE: Final = 255
SIMPLE: Final = ("top by reach", "reach by cost", "greedy by chance", "greedy in its segments")


@dataclass(frozen=True)
class Described:
    """What is judged: heard (n, people) by the second half; segment (n, k) by words, in bytes."""

    heard: Sets
    segment: NDArray[np.uint8]

    @property
    def sizes(self) -> NDArray[np.intp]:
        return np.asarray(self.heard.sum(axis=1))

    @property
    def people(self) -> Floats:
        """How many each segment has: as creators are about it, so are people."""
        interests = self.segment.sum(axis=0, dtype=float)
        return np.asarray(self.heard.shape[1] * interests / interests.sum())

    @property
    def reached(self) -> Floats:
        """(n, k) the part of each segment that each reaches."""
        share = self.segment / self.segment.sum(axis=1, keepdims=True)
        return np.asarray(np.minimum(share * self.sizes[:, None] / self.people, 1))


def measure(parts: Parts) -> Iterator[Figure]:
    rows = parts.rows(f"{SET}/user_artists.csv.gz")
    heard = sets_of(rows, users_of(rows))
    order = np.random.default_rng(1).permutation(heard.shape[1])
    first, second = heard[:, order[::2]], heard[:, order[1::2]]
    found: dict[tuple[str, int], list[float]] = {}
    best: dict[tuple[str, int], list[float]] = {}
    off: dict[str, list[float]] = {"planner": [], "greedy by chance": []}
    lot = np.random.default_rng(98)
    for half in (described(first, second), described(second, first)):
        for number, scale in enumerate(np.repeat(PRICES, AGAIN).tolist()):
            price = priced(2 * half.sizes, scale, lot)
            for budget in BUDGETS:
                plan = best_plan(problem(half, price), Limits(budget_minor=budget))
                ours = [creator for creator, _ in plan.bundles]
                reach = {name: reach_of(half, picks) for name, picks in simple(half, price, budget)}
                reach["planner"] = reach_of(half, ours)
                off["planner"].append(plan.people / reach["planner"] - 1)
                off["greedy by chance"].append(by_chance(half, ours) / reach["planner"] - 1)
                for name, people in reach.items():
                    beside = people / reach["greedy in its segments"]
                    found.setdefault((name, budget), []).append(beside)
                if number % AGAIN == 0:
                    bound = most_possible(half.heard, price, budget)
                    for name, people in reach.items():
                        best.setdefault((name, budget), []).append(people / bound)
    for budget in BUDGETS:
        for those, unit in ((best, "of the most possible"), (found, "of what greedy reaches")):
            many = ", many prices" if those is found else ""
            yield Figure(
                f"true reach of a plan for {budget}, interests by words{many}",
                len(those["planner", budget]),
                unit,
                float(np.mean(those["planner", budget])),
                same_run={name: float(np.mean(those[name, budget])) for name in SIMPLE},
                spread=float(np.std(those["planner", budget])),
            )
    yield Figure(
        "error of the predicted reach of a plan, interests by words",
        len(off["planner"]),
        "mean error",
        float(np.abs(off["planner"]).mean()),
        same_run={"by chance": float(np.abs(off["greedy by chance"]).mean())},
        less_is_better=True,
    )


def described(told: Sets, judged: Sets) -> Described:
    """Return the artists by words: who of one half of the people hears them."""
    words = [{f"w{person}": 1.0 for person in np.flatnonzero(row)} for row in told]
    vocabulary = topics.Vocabulary.fit(words)
    vectors = vectors_of(
        [topics.weights(each, vocabulary) for each in words], places_in(vocabulary)
    )
    kept = judged.sum(axis=1) >= LISTENERS_LEAST
    centres = topics.segment_centres(vectors, SEGMENTS)
    segment = topics.segments(vectors[kept], SEGMENTS, centres=centres)
    return Described(judged[kept], np.rint(BYTE * segment).astype(np.uint8))


def problem(half: Described, price: NDArray[np.int64]) -> Problem:
    """Return the artists as a market, in the way of ``columns/planning.py``."""
    return as_market(half.sizes, half.segment, half.people, price)


def reach_of(half: Described, picks: list[int]) -> float:
    return float(half.heard[picks].any(axis=0).sum())


def by_chance(half: Described, picks: list[int]) -> float:
    """Return how many people a plan would reach if everybody watched everybody alike."""
    count = half.heard.shape[1]
    return float(count * (1 - np.prod(1 - half.sizes[picks] / count)))


def simple(
    half: Described, price: NDArray[np.int64], budget: int
) -> Iterator[tuple[str, list[int]]]:
    count = half.heard.shape[1]
    alone = half.sizes[:, None] / count
    yield "top by reach", in_order(-half.sizes.astype(float), price, budget)
    yield "reach by cost", in_order(-half.sizes / price, price, budget)
    yield "greedy by chance", greedy(alone, np.array([float(count)]), price, budget)
    yield "greedy in its segments", greedy(half.reached, half.people, price, budget)
