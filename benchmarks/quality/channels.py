"""How many people does a plan of channels reach, where only overlaps of two were published? Twitch.

The sets and what is hidden are those of ``pairs``: every fifth published pair. Who watches whom is
not known, so the true reach of a plan is not either, but it lies between two numbers: at most the
sizes less the largest published overlaps that close no ring (Hunter), at least what overlaps of two
allow (de Caen; Dawson and Sankoff; Bonferroni) when every pair that was not published shares as
much as it may without being published. For plans of few channels the two are near each other.

Plans are held against each other by their sizes less all published overlaps: who is watched by
three is taken off too often, so no plan looks better than it is, and an integer program says what
the most is. The planner knows the sizes, interests made from the pairs that are not hidden, and how
many people there are so that as many overlaps happen by chance as were published; and then those
pairs as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from benchmarks.quality.audiences import CERTAIN, OBSERVED_ON, as_market
from benchmarks.quality.figures import Figure, Floats, Parts
from benchmarks.quality.pairs import HIDDEN, Channels, interests, read_2022, read_italian
from benchmarks.quality.plans import greedy, greedy_by_overlaps, in_order, priced
from marketplace.creators.rules import CoAudienceSource
from marketplace.matching.rules.planner.limits import Limits
from marketplace.matching.rules.planner.plan import best_plan
from marketplace.matching.rules.planner.problem import Problem, WatchedTogether

UNPUBLISHED: Final = 10_000
"""People; no larger overlap is missing of January 2022."""
UNPUBLISHED_PART: Final = 0.1
"""Of the smaller audience; no larger overlap is missing of the Italian channels."""
SCALES: Final = (20.0, 10.0)
"""What a channel of middling size costs, without luck."""
BUDGETS: Final = (100, 300)
AGAIN: Final = 20
BOUND_SECONDS: Final = 5
KNOWS: Final = {"interests": "interests alone", "pairs": "four of five pairs observed"}
GUESSES: Final = {
    "interests": ("sum", "by chance"),
    "pairs": ("sum", "by chance", "sum less known pairs"),
}
"""What simpler ways that know no more make of the reach of the planner's plans."""


@dataclass(frozen=True)
class Market:
    """Channels and what is known of two of them.

    sizes: (n,). common: (n, n) published overlaps; known: the same without the hidden ones. most:
    (n, n) the people that two can share, where nothing was published. segment: (n, k) by the known
    ones. people: (k,).
    """

    sizes: Floats
    common: Floats
    known: Floats
    most: Floats
    segment: Floats
    people: Floats

    @property
    def reached(self) -> Floats:
        return np.asarray(np.minimum(self.sizes[:, None] * self.segment / self.people, 1))


def measure(parts: Parts) -> Iterator[Figure]:
    italian, of_2022 = read_italian(parts), read_2022(parts)
    yield from of_set("2022", of_2022, np.minimum(UNPUBLISHED, smaller(of_2022)))
    yield from of_set("Italian", italian, UNPUBLISHED_PART * smaller(italian))


def smaller(channels: Channels) -> Floats:
    return np.asarray(np.minimum.outer(channels.sizes, channels.sizes))


def of_set(name: str, channels: Channels, unpublished: Floats) -> Iterator[Figure]:
    market = market_of(channels, unpublished)
    observed = watched_together(market)
    lot = np.random.default_rng(6)
    usual = market.sizes / np.median(market.sizes)
    counted: dict[str, list[float]] = {}
    surely: dict[str, list[float]] = {}
    off: dict[tuple[str, str], list[float]] = {}
    for scale in np.repeat(SCALES, AGAIN).tolist():
        price = priced(usual, scale, lot)
        for budget in BUDGETS:
            plans = simple_plans(market, price, budget)
            for kind, pairs in (("interests", ()), ("pairs", observed)):
                plan = best_plan(problem(market, price, pairs), Limits(budget_minor=budget))
                plans[kind] = [channel for channel, _ in plan.bundles]
                least, most = within(market, plans[kind])
                guesses = {"planner": plan.people, **simple_guesses(market, plans[kind])}
                for guesser, guess in guesses.items():
                    off.setdefault((kind, guesser), []).append(beyond(guess, least, most))
            best = most_possible(channels, price, budget)
            for method, picks in plans.items():
                counted.setdefault(method, []).append(by_published(market, picks) / best)
                surely.setdefault(method, []).append(within(market, picks)[0] / best)
    simple = [method for method in counted if method not in KNOWS]
    for kind, known in KNOWS.items():
        for shares, what in ((counted, "reach"), (surely, "least possible reach")):
            yield Figure(
                f"{what} of a plan of channels, {known}, {name}",
                len(shares[kind]),
                "of the most possible by published pairs",
                float(np.mean(shares[kind])),
                same_run={
                    method: float(np.mean(shares[method]))
                    for method in simple
                    if method != "greedy by overlaps" or kind == "pairs"
                },
                spread=float(np.std(shares[kind])),
            )
        yield Figure(
            f"predicted reach of a plan of channels, {known}, {name}",
            len(off[kind, "planner"]),
            "mean distance from what is possible",
            float(np.mean(off[kind, "planner"])),
            same_run={
                guesser: float(np.mean(rows))
                for (of, guesser), rows in off.items()
                if of == kind and guesser in GUESSES[kind]
            },
            less_is_better=True,
        )


def market_of(channels: Channels, unpublished: Floats) -> Market:
    lot = np.random.default_rng(3).permutation(len(channels.pairs))
    told = np.delete(lot, np.s_[::HIDDEN])
    known = table(channels, told)
    segment = interests(channels, told)
    there = channels.sizes[:, None] * segment
    whole = there.sum(axis=0)
    chance = float(((whole**2 - (there**2).sum(axis=0)) / whole).sum())
    published = float(known.sum()) * HIDDEN / (HIDDEN - 1)
    common = table(channels, lot)
    most = np.where(common > 0, common, unpublished)
    np.fill_diagonal(most, 0)
    return Market(channels.sizes, common, known, most, segment, whole * chance / published)


def table(channels: Channels, which: NDArray[np.intp]) -> Floats:
    """Return (n, n) the people that each two share of these pairs, 0 elsewhere."""
    count = len(channels.sizes)
    first, second = channels.pairs[which].T
    found = np.zeros((count, count))
    found[first, second] = found[second, first] = channels.common[which]
    return found


def watched_together(market: Market) -> list[WatchedTogether]:
    found = []
    for one, other in np.argwhere(market.known > 0).tolist():
        shared = round(CERTAIN * min(1.0, market.known[one, other] / market.sizes[one]))
        found.append(
            WatchedTogether(one, other, CERTAIN, shared, CoAudienceSource.PANEL, OBSERVED_ON)
        )
    return found


def problem(
    market: Market, price: NDArray[np.int64], observed: Sequence[WatchedTogether]
) -> Problem:
    return as_market(market.sizes, market.segment, market.people, price, observed)


def simple_plans(market: Market, price: NDArray[np.int64], budget: int) -> dict[str, list[int]]:
    sizes = market.sizes
    return {
        "top by reach": in_order(-sizes, price, budget),
        "reach by cost": in_order(-sizes / price, price, budget),
        "greedy in 12 segments": greedy(market.reached, market.people, price, budget),
        "greedy by overlaps": greedy_by_overlaps(sizes, market.known, price, budget),
    }


def simple_guesses(market: Market, picks: Sequence[int]) -> dict[str, float]:
    sizes, people = market.sizes[picks], float(market.people.sum())
    known = np.triu(market.known[np.ix_(picks, picks)], 1)
    return {
        "sum": float(sizes.sum()),
        "by chance": people * float(1 - np.prod(1 - np.minimum(sizes / people, 1))),
        "sum less known pairs": float(sizes.sum() - known.sum()),
    }


def by_published(market: Market, picks: Sequence[int]) -> float:
    """Return the sizes less all published overlaps."""
    there = np.ix_(picks, picks)
    return float(market.sizes[picks].sum() - np.triu(market.common[there], 1).sum())


def within(market: Market, picks: Sequence[int]) -> tuple[float, float]:
    """Return how many people a plan reaches at least, and at most."""
    return union_bounds(
        market.sizes[picks],
        market.common[np.ix_(picks, picks)],
        market.most[np.ix_(picks, picks)],
    )


def union_bounds(sizes: Floats, least: Floats, most: Floats) -> tuple[float, float]:
    """Return the fewest and the most people that sets can have together.

    least, most: (m, m) bounds of the people in each two, the same in both directions and 0 on the
    diagonal. The most: Hunter's bound, less the largest tree. The fewest: the best of the largest
    set, and of the bounds of Bonferroni, of Dawson and Sankoff, and of de Caen.
    """
    tree = sparse.csgraph.minimum_spanning_tree(sparse.csr_array(-np.triu(least, 1)))
    alone, both = float(sizes.sum()), float(np.triu(most, 1).sum())
    times = 1 + int(2 * both / alone)
    dawson_sankoff = 2 * alone / (times + 1) - 2 * both / (times * (times + 1))
    de_caen = float((sizes**2 / (sizes + most.sum(axis=1))).sum())
    fewest = max(float(sizes.max()), alone - both, dawson_sankoff, de_caen)
    return fewest, alone + float(tree.sum())


def beyond(guess: float, least: float, most: float) -> float:
    """Return how far a guess is outside of what is possible, in parts of the nearest possible."""
    return max(guess / most - 1, 1 - guess / least, 0.0)


def most_possible(channels: Channels, price: NDArray[np.int64], budget: int) -> float:
    """Return what no plan's sizes less published overlaps pass."""
    count, pairs = len(channels.sizes), len(channels.pairs)
    rows = np.repeat(np.arange(pairs), 2)
    both = sparse.csr_array((np.ones(2 * pairs), (rows, channels.pairs.ravel())), (pairs, count))
    taken = sparse.hstack([both, -sparse.eye_array(pairs)])
    cost = sparse.csr_array(np.concatenate([price, np.zeros(pairs)])[None])
    unit = float(channels.sizes.mean())
    solved = milp(
        np.concatenate([-channels.sizes, channels.common]) / unit,
        constraints=[LinearConstraint(taken, ub=1), LinearConstraint(cost, ub=budget)],
        integrality=np.concatenate([np.ones(count), np.zeros(pairs)]),
        bounds=Bounds(0, 1),
        options={"time_limit": BOUND_SECONDS, "mip_rel_gap": 1e-4, "presolve": False},
    )
    assert solved.mip_dual_bound is not None
    return -float(solved.mip_dual_bound) * unit
