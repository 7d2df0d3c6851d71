"""Whom to take for a budget: how many people a plan reaches, how near the best, and how fast.

Markets of 1,000 to 1,000,000 creators with log-normal followers, views and prices, audiences by
age, gender, country and twelve interests, and a target of 48 cells. Beside the planner stand three
usual ways under the same budget: the creators with the largest reach, with the most reach for the
price, and one greedy plan that counts overlap; and a number that no plan at all can exceed.

The case ``optimum`` is the worst of 40 small markets beside the exact optimum, found by HiGHS up to
0.01 %. The case ``time`` is a whole plan from the columns, beside ranking the same columns once by
reach for the price, which knows nothing of overlap; also where everybody offers three bundles or
twelve, and where it was observed of 400 creators whom their viewers watch too. It is the
processor's time, with OPENBLAS_NUM_THREADS=1 as the product's processes have it.

Prints one line of JSON a case. BENCH_CREATORS: the largest market, instead of 1,000,000.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from marketplace.creators.rules import CoAudienceSource
from marketplace.matching.rules.planner.bound import most_possible
from marketplace.matching.rules.planner.candidates import worth_a_look
from marketplace.matching.rules.planner.exact import best_possible
from marketplace.matching.rules.planner.greedy import Room, greedy
from marketplace.matching.rules.planner.limits import Limits
from marketplace.matching.rules.planner.plan import best_plan
from marketplace.matching.rules.planner.problem import (
    Problem,
    WatchedTogether,
    sizes_of,
)
from marketplace.matching.rules.planner.reach import reach_of

LARGEST: Final = int(os.environ.get("BENCH_CREATORS", "1000000"))
SIZES: Final = tuple(size for size in (1_000, 10_000, 100_000, 1_000_000) if size <= LARGEST)
BUDGETS: Final = (300_000, 2_000_000)
INSTANCES: Final = 40
SMALL: Final = (60, 120, 200)
SMALL_BUDGETS: Final = (3, 6, 12, 25)
"""In median prices."""
ROUNDS: Final = 5
WAYS_MORE: Final = 0.6
"""What each next video of one creator finds, in parts of the one before."""
SAMPLE: Final = 2_300
OTHERS: Final = 20
"""Of each observed creator, with how many others."""
TARGET_SECONDS: Final = 1.0
TARGET_RATIO: Final = 0.998


def main() -> None:
    """Measure every size, then the small markets against their optimum."""
    for size in SIZES:
        columns = market(size, seed=size)
        timed(size, columns)
        timed(size, with_bundles(columns, 3), ", three bundles each")
        timed(size, with_bundles(columns, 12), ", twelve bundles each")
        timed(size, with_overlaps(columns, 400), ", 400 with observed overlaps")
        problem = Problem(**columns)
        for budget in BUDGETS:
            beside_others(size, problem, Limits(budget_minor=budget))
    optimum()


def beside_others(size: int, problem: Problem, limits: Limits) -> None:
    """Compare one plan with the usual ways, and with what is possible at most."""
    plan = best_plan(problem, limits)
    among = plan.among
    alone = among.seen @ among.population
    case = f"reach for USD {limits.budget_minor // 100:,}"
    for reference, people in (
        ("largest reach first", taken_in_order(among, limits, -alone)),
        ("most reach for the price first", taken_in_order(among, limits, -alone / among.price)),
        ("one greedy plan", reach_of(among, greedy(among, limits))),
        ("no plan reaches more", most_possible(problem, limits, among, plan.picks)),
    ):
        tell(case, size, "people", round(plan.people), reference, round(people))


def taken_in_order(among: Any, limits: Limits, order: NDArray[np.float64]) -> float:
    """Return the reach of taking whoever fits, in this order."""
    room = Room(among, limits)
    for place in np.argsort(order, kind="stable").tolist():
        if among.price[place] <= room.left and len(room.picks) < limits.most:
            room.take(place)
    return reach_of(among, room.picks)


def timed(size: int, columns: dict[str, Any], name: str = "") -> None:
    """Measure a whole plan, columns checked, beside one ranking that knows no overlap."""
    limits = Limits(budget_minor=BUDGETS[-1])

    def rank() -> None:
        problem = Problem(**columns)
        worth = problem.people[:, 0] * problem.there / problem.price[:, 0]
        best = np.argpartition(worth, -200)[-200:]
        best[np.argsort(-worth[best])]

    ours = seconds(lambda: best_plan(Problem(**columns), limits))
    theirs = seconds(rank)
    tell(
        f"time, target {TARGET_SECONDS:g} s{name}",
        size,
        "s",
        round(ours, 3),
        "one ranking",
        round(theirs, 6),
    )
    if ours > TARGET_SECONDS:
        print(f"  a plan{name} took {ours:.2f} s", file=sys.stderr)


def seconds(act: Callable[[], object]) -> float:
    took = []
    for _ in range(ROUNDS):
        start = time.process_time()
        act()
        took.append(time.process_time() - start)
    return statistics.median(took)


def optimum() -> None:
    """Compare 40 small markets with their exact optimum; the worst is told."""
    found: dict[str, list[tuple[float, float, float]]] = {}
    for problem, limits in instances():
        plan = best_plan(problem, limits)
        among = plan.among
        best = best_possible(among, limits, plan.picks)
        alone = among.seen @ among.population
        for name, people in (
            ("", plan.people),
            (", largest reach first", taken_in_order(among, limits, -alone)),
            (
                ", most reach for the price first",
                taken_in_order(among, limits, -alone / among.price),
            ),
            (", one greedy plan", reach_of(among, greedy(among, limits))),
        ):
            found.setdefault(name, []).append((people / best.at_most, people, best.at_most))
    for name, those in found.items():
        _, people, best_people = min(those)
        case = f"optimum, worst of {len(those)}, target {TARGET_RATIO}{name}"
        tell(case, max(SMALL), "people", round(people), "exact optimum (HiGHS)", round(best_people))


def instances() -> Iterator[tuple[Problem, Limits]]:
    for seed in range(INSTANCES):
        problem = Problem(**market(SMALL[seed % len(SMALL)], seed=seed))
        median = int(np.median(problem.price))
        limits = Limits(budget_minor=median * SMALL_BUDGETS[seed % len(SMALL_BUDGETS)])
        if problem.price.min() <= limits.budget_minor:
            yield problem, limits


def market(size: int, *, seed: int) -> dict[str, Any]:
    """Return the columns of a market; the target is two ages, women, in two of ten countries."""
    chance = np.random.default_rng(seed)
    followers = np.exp(chance.normal(9.5, 1.6, size)).astype(np.int64) + 500
    views = followers * np.exp(chance.normal(-1, 0.8, size))
    home = chance.integers(0, 10, size)
    abroad = 0.03 * chance.random((size, 2))
    at_home = 0.9 * chance.beta(6, 3, size)[:, None]
    segment = chance.dirichlet([0.25] * 12, size).astype(np.float32)
    people = np.broadcast_to(chance.dirichlet([3] * 12), (2, 1, 2, 12)) * 4e6
    return {
        "people": (0.8 * views[:, None]).astype(np.float32),
        "price": np.maximum(2_000, 1.2 * views * np.exp(chance.normal(0, 0.6, size)))[
            :, None
        ].astype(np.int64),
        "age": chance.dirichlet([2, 6, 6, 3, 2, 1], size)[:, 1:3].astype(np.float32),
        "gender": chance.beta(2, 2, (size, 1)).astype(np.float32),
        "country": np.where(home[:, None] == np.arange(2), at_home, abroad).astype(np.float32),
        "segment": segment,
        "population": people.astype(np.float32),
        "crowd": np.where(home < 2, home * 12 + segment.argmax(axis=1), -1),
        "size": sizes_of(followers),
        "tie": chance.permutation(size).astype(np.uint64),
        "currency": "USD",
    }


def with_bundles(columns: dict[str, Any], count: int) -> dict[str, Any]:
    """Return the same market where each offers one to ``count`` videos at one price a piece."""
    people = np.cumsum(WAYS_MORE ** np.arange(count))
    return columns | {
        "people": (columns["people"] * people).astype(np.float32),
        "price": columns["price"] * np.arange(1, count + 1),
    }


def with_overlaps(columns: dict[str, Any], count: int) -> dict[str, Any]:
    """Return the same market where as many of those with most viewers were observed with others."""
    chance = np.random.default_rng(count)
    problem = Problem(**columns)
    near = worth_a_look(problem, Limits(budget_minor=BUDGETS[-1]))
    near = near[np.argsort(-problem.people[near, 0], kind="stable")][:count]
    pairs = {
        (int(one), int(other)): int(chance.integers(0, SAMPLE // 2))
        for one in near
        for other in chance.choice(near, OTHERS)
        if one != other
    }
    seen = tuple(
        WatchedTogether(*pair, SAMPLE, shared, CoAudienceSource.PANEL, date(2026, 11, 1))
        for pair, shared in sorted(pairs.items())
    )
    return columns | {"watched_together": seen}


def tell(case: str, size: int, unit: str, ours: float, reference: str, theirs: float) -> None:
    """Print one line; the ratio is ours / theirs."""
    line = {
        "benchmark": "plan",
        "case": case,
        "size": size,
        "unit": unit,
        "ours": ours,
        "reference": reference,
        "theirs": theirs,
        "ratio": round(ours / theirs, 4),
    }
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
