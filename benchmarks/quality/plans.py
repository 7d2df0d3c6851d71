"""How many people does a plan really reach, beside the most possible? Artists and their listeners.

The set and its halves are those of ``audiences``. A price goes with the size of the audience to the
power of 0.7 and a lot, so that some are bargains; plans are of 14 to 140 artists. What the planner
knows is a creator's reach in each segment, or also what was observed of common audiences: all of
it, a tenth of the pairs, or every pair as three hundred people of each audience show it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from benchmarks.quality.audiences import FINE, Half, Sets, observed, problem, read, shared
from benchmarks.quality.figures import Figure, Floats, Parts
from marketplace.matching.rules.planner.limits import Limits
from marketplace.matching.rules.planner.plan import best_plan
from marketplace.matching.rules.planner.problem import WatchedTogether

PRICES: Final = (0.5, 0.25)
BUDGETS: Final = (100, 300)
NOTED: Final = {("12 segments", 100): 0.957, ("12 segments", 300): 0.937}
NOTED_FINE: Final = {(f"{FINE} segments", 100): 0.956, (f"{FINE} segments", 300): 0.942}
"""What is noted of greedy plans that know no more."""
LOOKED_AT: Final = 300
OF_PAIRS: Final = 0.1
OBSERVED: Final = "all pairs observed"
BOUND_SECONDS: Final = 5
AGAIN: Final = 10


def measure(parts: Parts) -> Iterator[Figure]:
    halves = read(parts)
    yield from against_the_best(halves)
    yield from beside_greedy(halves)


def beside_greedy(halves: Sequence[Half]) -> Iterator[Figure]:
    """With other prices again and again: a few plans more or less lucky say little."""
    lot = np.random.default_rng(99)
    found: dict[int, list[float]] = {}
    for half in halves:
        sizes = half.heard.sum(axis=1)
        for scale in np.repeat(PRICES, AGAIN).tolist():
            price = priced(sizes, scale, lot)
            asked = problem(half.heard, half.segment, price)
            for budget in BUDGETS:
                plan = best_plan(asked, Limits(budget_minor=budget))
                true = reach_of(half, [creator for creator, _ in plan.bundles])
                simple = reach_of(half, greedy(half.reached, half.people, price, budget))
                found.setdefault(budget, []).append(true / simple)
    for budget, ours in found.items():
        yield Figure(
            f"true reach of a plan for {budget}, 12 segments, many prices",
            len(ours),
            "of what greedy reaches",
            float(np.mean(ours)),
            same_run={"greedy in 12 segments": 1.0},
            spread=float(np.std(ours)),
        )


def priced(sizes: NDArray[Any], scale: float, lot: np.random.Generator) -> NDArray[np.int64]:
    dear = scale * np.exp(lot.normal(0, 0.3, len(sizes)))
    return np.asarray(np.maximum(1, np.rint(dear * sizes**0.7)), np.int64)


def against_the_best(halves: Sequence[Half]) -> Iterator[Figure]:
    lot = np.random.default_rng(7)
    found: dict[str, dict[int, list[float]]] = {}
    simple: dict[str, dict[int, list[float]]] = {}
    off: dict[str, list[float]] = {}
    for half in halves:
        sizes = half.heard.sum(axis=1)
        knows = known(half)
        for scale in PRICES:
            price = priced(sizes, scale, lot)
            for budget in BUDGETS:
                bound = most_possible(half.heard, price, budget)
                for name, (segment, together) in knows.items():
                    asked = problem(half.heard, segment, price, together)
                    plan = best_plan(asked, Limits(budget_minor=budget))
                    true = reach_of(half, [creator for creator, _ in plan.bundles])
                    found.setdefault(name, {}).setdefault(budget, []).append(true / bound)
                    off.setdefault(name, []).append(plan.people / true - 1)
                for name, picks in simple_plans(half, price, budget).items():
                    true = reach_of(half, picks)
                    simple.setdefault(name, {}).setdefault(budget, []).append(true / bound)
    for name, budgets in found.items():
        for budget, ours in budgets.items():
            noted = (NOTED | NOTED_FINE).get((name, budget))
            beside = {
                other: float(np.mean(row[budget]))
                for other, row in simple.items()
                if other != "greedy by overlaps" or name == OBSERVED
            }
            yield Figure(
                f"true reach of a plan for {budget}, {name}",
                len(ours),
                "of the most possible",
                float(np.mean(ours)),
                same_run=beside,
                noted=("greedy that knows no more", noted) if noted else None,
                spread=float(np.std(ours)),
            )
        yield Figure(
            f"error of the predicted reach of a plan, {name}",
            len(off[name]),
            "mean error",
            float(np.abs(off[name]).mean()),
            same_run={"12 segments": float(np.abs(off["12 segments"]).mean())},
            less_is_better=True,
        )


def known(half: Half) -> dict[str, tuple[NDArray[np.intp], list[WatchedTogether]]]:
    """Return what the planner may know: the people's segments, and overlaps that were observed."""
    return {
        "12 segments": (half.segment, []),
        f"{FINE} segments": (half.fine, []),
        OBSERVED: (half.segment, observed(half.heard)),
        f"all pairs seen of {LOOKED_AT} people": (
            half.segment,
            observed(half.heard, looked_at=LOOKED_AT),
        ),
        f"{OF_PAIRS:.0%} of the pairs observed": (
            half.segment,
            observed(half.heard, of_pairs=OF_PAIRS),
        ),
    }


def reach_of(half: Half, picks: Sequence[int]) -> float:
    return float(half.heard[list(picks)].any(axis=0).sum())


def simple_plans(half: Half, price: NDArray[np.int64], budget: int) -> dict[str, list[int]]:
    sizes = half.heard.sum(axis=1)
    return {
        "top by reach": in_order(-sizes, price, budget),
        "reach by cost": in_order(-sizes / price, price, budget),
        "greedy in 12 segments": greedy(half.reached, half.people, price, budget),
        "greedy by overlaps": greedy_by_overlaps(sizes, shared(half.heard), price, budget),
    }


def in_order(key: Floats, price: NDArray[np.int64], budget: int) -> list[int]:
    taken: list[int] = []
    for place in np.argsort(key, kind="stable").tolist():
        if price[place] <= budget:
            taken.append(place)
            budget -= int(price[place])
    return taken


def greedy(reached: Floats, people: Floats, price: NDArray[np.int64], budget: int) -> list[int]:
    """Whoever adds most for their price, again and again, by chance in each segment.

    reached: (n, k) the part of each segment that each reaches. people: (k,).
    """
    taken: list[int] = []
    missed = people
    while True:
        gain = np.where(price <= budget, (reached @ missed) / price, -1.0)
        gain[taken] = -1
        best = int(gain.argmax())
        if gain[best] <= 0:
            return taken
        taken.append(best)
        budget -= int(price[best])
        missed = missed * (1 - reached[best])


def greedy_by_overlaps(
    sizes: NDArray[Any], both: Floats, price: NDArray[np.int64], budget: int
) -> list[int]:
    """Whoever adds most for their price: of each audience what every overlap, by chance, leaves.

    both: (n, n) the people whom each two share.
    """
    parts = both / sizes
    taken: list[int] = []
    gain = sizes.astype(float)
    while True:
        score = np.where(price <= budget, gain / price, -1.0)
        score[taken] = -1
        best = int(score.argmax())
        if score[best] <= 0:
            return taken
        taken.append(best)
        budget -= int(price[best])
        gain = gain * (1 - parts[best])


def most_possible(heard: Sets, price: NDArray[np.int64], budget: int) -> float:
    """Return what no plan can pass: the optimum, or the solver's bound after some seconds."""
    there = heard[:, heard.any(axis=0)]
    creators, people = there.shape
    covers = sparse.hstack([-sparse.csr_array(there.T.astype(float)), sparse.eye_array(people)])
    cost = sparse.csr_array(np.concatenate([price, np.zeros(people)])[None])
    solved = milp(
        np.concatenate([np.zeros(creators), -np.ones(people)]),
        constraints=[LinearConstraint(covers, ub=0), LinearConstraint(cost, ub=budget)],
        integrality=np.concatenate([np.ones(creators), np.zeros(people)]),
        bounds=Bounds(0, 1),
        options={"time_limit": BOUND_SECONDS, "mip_rel_gap": 1e-3},
    )
    assert solved.mip_dual_bound is not None
    return -float(solved.mip_dual_bound)
