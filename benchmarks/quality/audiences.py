"""How many different people does a set of creators reach? Artists and all their listeners.

Set: lastfm-audiences, complete audiences of 1,892 people; artists stand for creators. Artists are
halved by lot: from one half the people's twelve interest segments are learned and how much more
than by chance alike audiences overlap; the other half (ten listeners or more) is judged; then the
other way round. A creator is known by the part of each segment that they reach, no more; where
overlaps are said to be observed, also by the number of people that each two share.

A price goes with the size of the audience to the power of 0.7 and a lot, so that some are bargains;
plans are of 14 to 140 creators.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from benchmarks.quality.figures import Figure, Floats, Missing, Parts
from marketplace.matching.rules import topics, unions
from marketplace.matching.rules.likeness import unit_rows
from marketplace.matching.rules.planner.limits import Limits
from marketplace.matching.rules.planner.plan import best_plan
from marketplace.matching.rules.planner.problem import Problem

SET: Final = "lastfm-audiences"
LISTENERS_LEAST: Final = 10
LEARNED_LEAST: Final = 3
GROUPS: Final = 60
SIZES: Final = (2, 5, 10, 20)
FINE: Final = 60
DIMENSIONS: Final = 32
PANEL: Final = 300
PRICES: Final = (0.5, 0.25)
BUDGETS: Final = (100, 300)
NOTED: Final = {(12, 100): 0.957, (12, 300): 0.937, (FINE, 100): 0.956, (FINE, 300): 0.942}
"""Segments and budget -> what is noted of plans that know no more."""
BOUND_SECONDS: Final = 5

Sets = NDArray[np.bool_]


@dataclass(frozen=True)
class Half:
    """What is judged, and what was learned from other artists.

    heard: (n, people). segment: the segment of each person, of twelve; fine: of sixty. learned: of
    unions of other artists.
    """

    heard: Sets
    segment: NDArray[np.intp]
    fine: NDArray[np.intp]
    learned: unions.Learned

    @property
    def people(self) -> Floats:
        return np.bincount(self.segment, minlength=topics.SEGMENTS).astype(float)

    @property
    def reached(self) -> Floats:
        return reached_by(self.heard, self.segment)


def measure(parts: Parts) -> Iterator[Figure]:
    halves = read(parts)
    yield from of_unions(halves)
    yield from of_plans(halves)


def read(parts: Parts) -> list[Half]:
    judged = parts.rows(f"{SET}/user_artists.csv.gz")
    taught = Parts(parts.learn).rows(f"{SET}/user_artists.csv.gz") if parts.learn else None
    users = {
        u: at for at, u in enumerate(sorted({r["userID"] for r in [*judged, *(taught or [])]}))
    }
    heard = _sets(judged, users)
    if taught is not None:
        return [_half(_sets(taught, users), heard)]
    order = np.random.default_rng(1).permutation(len(heard))
    first, second = heard[order[::2]], heard[order[1::2]]
    return [_half(first, second), _half(second, first)]


def _sets(rows: Sequence[dict[str, str]], users: dict[str, int]) -> Sets:
    artists = {name: at for at, name in enumerate(sorted({row["artistID"] for row in rows}))}
    heard = np.zeros((len(artists), len(users)), bool)
    for row in rows:
        heard[artists[row["artistID"]], users[row["userID"]]] = True
    return heard


def _half(others: Sets, judged: Sets) -> Half:
    segment = segments_of_people(others, topics.SEGMENTS)
    known = others[others.sum(axis=1) >= LISTENERS_LEAST]
    reached = reached_by(known, segment)
    counted = [
        (reached[group], float(known[group].any(axis=0).sum())) for _, group in groups(known, 3)
    ]
    people = np.bincount(segment, minlength=topics.SEGMENTS).astype(float)
    kept = judged[judged.sum(axis=1) >= LISTENERS_LEAST]
    if len(kept) < max(SIZES):
        raise Missing("too few artists have ten listeners")
    fine = segments_of_people(others, FINE)
    return Half(kept, segment, fine, unions.learn(counted, people))


def segments_of_people(heard: Sets, count: int) -> NDArray[np.intp]:
    """Return the segment of each person, by the artists that they hear."""
    known = heard[heard.sum(axis=1) >= LEARNED_LEAST].astype(float)
    rarity = np.log(known.shape[1] / known.sum(axis=1))
    left, sizes, _ = np.linalg.svd(unit_rows((known * rarity[:, None]).T), full_matrices=False)
    places = unit_rows(left[:, :DIMENSIONS] * sizes[:DIMENSIONS])
    centres = topics.segment_centres(places, count)
    return np.asarray((places @ centres.T).argmax(axis=1))


def reached_by(heard: Sets, segment: NDArray[np.intp]) -> Floats:
    """Return (n, k) the part of each segment that hears each artist."""
    count = int(segment.max()) + 1
    there = np.array([np.bincount(segment[row], minlength=count) for row in heard], float)
    return np.asarray(there / np.maximum(np.bincount(segment, minlength=count), 1))


def groups(heard: Sets, seed: int) -> list[tuple[str, NDArray[np.intp]]]:
    """Return sets of artists: some by lot, some an artist and those with the nearest audiences."""
    lot = np.random.default_rng(seed)
    alike = shared(heard) / np.sqrt(np.outer(heard.sum(axis=1), heard.sum(axis=1)))
    np.fill_diagonal(alike, -1)
    found = []
    for size in SIZES:
        for _ in range(GROUPS):
            found.append((f"{size} random", lot.choice(len(heard), size, replace=False)))
            first = int(lot.integers(len(heard)))
            nearest = np.argsort(-alike[first], kind="stable")[: size - 1]
            found.append((f"{size} alike", np.concatenate([[first], nearest])))
    return found


def shared(heard: Sets) -> Floats:
    """Return (n, n) the people that each two have in common."""
    return np.asarray(heard.astype(np.float32) @ heard.T.astype(np.float32))


def of_unions(halves: Sequence[Half]) -> Iterator[Figure]:
    errors: dict[str, list[float]] = {}
    kinds: list[str] = []
    for half in halves:
        asked = groups(half.heard, 2)
        kinds += [kind for kind, _ in asked]
        true = np.array([half.heard[group].any(axis=0).sum() for _, group in asked])
        for name, estimate in estimates(half).items():
            guessed = np.array([estimate(group) for _, group in asked])
            errors.setdefault(name, []).extend(guessed / true - 1)
    off = {name: float(np.abs(values).mean()) for name, values in errors.items()}
    simple = ("sum", "chance", "chance in 12 segments", "chance in 60 segments", "panel of 300")
    yield Figure(
        "error of a union, by 12 segments and how alike",
        len(kinds),
        "mean error",
        off["ours"],
        same_run={name: off[name] for name in simple},
        noted=("a panel of 300 people seen in full", 0.079),
        less_is_better=True,
    )
    yield Figure(
        "error of a union, overlaps of pairs observed",
        len(kinds),
        "mean error",
        off["ours, overlaps observed"],
        same_run={"spanning tree of overlaps": off["spanning tree of overlaps"]},
        noted=("spanning tree of overlaps", 0.124),
        less_is_better=True,
    )
    for kind, noted in (("10 alike", 0.20), ("10 random", 0.03)):
        there = [at for at, each in enumerate(kinds) if each == kind]

        def bias(name: str, there: list[int] = there) -> float:
            return abs(float(np.array(errors[name])[there].mean()))

        yield Figure(
            f"bias of the union of {kind}",
            len(there),
            "mean of the signed error",
            bias("ours"),
            same_run={"chance in 12 segments": bias("chance in 12 segments")},
            noted=("chance in 12 segments", noted),
            less_is_better=True,
        )


def estimates(half: Half) -> dict[str, Callable[[NDArray[np.intp]], float]]:
    """Return what each method says of a group."""
    sizes, pairs = half.heard.sum(axis=1), shared(half.heard)
    reached, people = half.reached, half.people
    count = half.heard.shape[1]
    whole = np.array([float(count)])
    of_fine = reached_by(half.heard, half.fine)
    in_fine = np.bincount(half.fine).astype(float)
    panel = np.random.default_rng(5).choice(count, PANEL, replace=False)

    def ours(group: NDArray[np.intp]) -> float:
        alike = unions.how_alike(reached[group], people)
        return unions.union(reached[group], people, half.learned.evenness(alike))

    def observed(group: NDArray[np.intp]) -> float:
        common = float(np.triu(pairs[np.ix_(group, group)], 1).sum())
        even = unions.evenness_by_overlaps(reached[group], people, common)
        return unions.union(reached[group], people, even)

    def tree(group: NDArray[np.intp]) -> float:
        overlaps = np.triu(pairs[np.ix_(group, group)], 1)
        least = sparse.csgraph.minimum_spanning_tree(-overlaps)
        return float(sizes[group].sum() + least.sum())

    return {
        "ours": ours,
        "ours, overlaps observed": observed,
        "sum": lambda group: float(sizes[group].sum()),
        "chance": lambda group: unions.union(sizes[group][:, None] / count, whole),
        "chance in 12 segments": lambda group: unions.union(reached[group], people),
        "chance in 60 segments": lambda group: unions.union(of_fine[group], in_fine),
        "panel of 300": lambda group: half.heard[group][:, panel].any(axis=0).mean() * count,
        "spanning tree of overlaps": tree,
    }


def of_plans(halves: Sequence[Half]) -> Iterator[Figure]:
    lot = np.random.default_rng(7)
    found: dict[tuple[str | int, int], list[float]] = {}
    predicted: dict[str, list[float]] = {}
    for half in halves:
        sizes = half.heard.sum(axis=1)
        for scale in PRICES:
            dear = scale * np.exp(lot.normal(0, 0.3, len(sizes)))
            price = np.maximum(1, np.rint(dear * sizes**0.7)).astype(np.int64)
            for budget in BUDGETS:
                bound = most_possible(half.heard, price, budget)
                picks, planned = planner(half.heard, half.segment, price, budget)
                finer, _ = planner(half.heard, half.fine, price, budget)
                plans: dict[str | int, list[int]] = {12: picks, FINE: finer}
                plans |= simple_plans(half, price, budget)
                for name, taken in plans.items():
                    found.setdefault((name, budget), []).append(reach_of(half, taken) / bound)
                true = reach_of(half, picks)
                for name, people in predictions(half, picks, planned).items():
                    predicted.setdefault(name, []).append(people / true - 1)
    for (name, budget), ours in found.items():
        if isinstance(name, int):
            simple = {key: row for key, row in found.items() if isinstance(key[0], str)}
            yield Figure(
                f"true reach of a plan for {budget}, {name} segments",
                len(ours),
                "of the most possible",
                float(np.mean(ours)),
                same_run={
                    str(key): float(np.mean(row))
                    for (key, at), row in simple.items()
                    if at == budget
                },
                noted=(f"greedy in {name} segments", NOTED[name, budget]),
                spread=float(np.std(ours)),
            )
    off = {name: float(np.abs(values).mean()) for name, values in predicted.items()}
    for name in ("by how alike", "by observed overlaps"):
        yield Figure(
            f"error of the predicted reach of a plan, {name}",
            len(predicted[name]),
            "mean error",
            off[name],
            same_run={other: off[other] for other in ("the planner itself", "sum")},
            less_is_better=True,
        )


def planner(
    heard: Sets, segment: NDArray[np.intp], price: NDArray[np.int64], budget: int
) -> tuple[list[int], float]:
    """Return whom the product's planner takes, and how many people it expects of them."""
    plan = best_plan(problem(heard, segment, price), Limits(budget_minor=budget))
    return [creator for creator, _ in plan.bundles], plan.people


def reach_of(half: Half, picks: Sequence[int]) -> float:
    return float(half.heard[list(picks)].any(axis=0).sum())


def predictions(half: Half, picks: Sequence[int], planned: float) -> dict[str, float]:
    """Return what is predicted of a plan; planned: by the planner."""
    group = np.array(picks)
    said = estimates(half)
    return {
        "the planner itself": planned,
        "by how alike": said["ours"](group),
        "by observed overlaps": said["ours, overlaps observed"](group),
        "sum": said["sum"](group),
    }


def simple_plans(half: Half, price: NDArray[np.int64], budget: int) -> dict[str | int, list[int]]:
    sizes = half.heard.sum(axis=1)
    return {
        "top by reach": _in_order(-sizes, price, budget),
        "reach by cost": _in_order(-sizes / price, price, budget),
        "greedy in 12 segments": _greedy(half, price, budget),
    }


def problem(heard: Sets, segment: NDArray[np.intp], price: NDArray[np.int64]) -> Problem:
    """Return the artists as a market: one cell an interest, one bundle each, niches by interest."""
    people = np.bincount(segment).astype(float)
    there = reached_by(heard, segment) * people
    count = len(there)
    anybody = np.ones((count, 1), np.float32)
    return Problem(
        people=there.sum(axis=1, keepdims=True).astype(np.float32),
        price=price[:, None],
        age=anybody,
        gender=anybody,
        country=anybody,
        segment=there / there.sum(axis=1, keepdims=True),
        population=people.reshape(1, 1, 1, -1),
        crowd=there.argmax(axis=1),
        size=np.zeros(count, np.uint8),
        tie=np.arange(count, dtype=np.uint64),
        currency="USD",
    )


def _in_order(key: Floats, price: NDArray[np.int64], budget: int) -> list[int]:
    taken: list[int] = []
    for place in np.argsort(key, kind="stable").tolist():
        if price[place] <= budget:
            taken.append(place)
            budget -= int(price[place])
    return taken


def _greedy(half: Half, price: NDArray[np.int64], budget: int) -> list[int]:
    """Whoever adds most for their price, again and again, by chance in 12 segments."""
    taken: list[int] = []
    missed = half.people
    while True:
        gain = np.where(price <= budget, (half.reached @ missed) / price, -1.0)
        gain[taken] = -1
        best = int(gain.argmax())
        if gain[best] <= 0:
            return taken
        taken.append(best)
        budget -= int(price[best])
        missed = missed * (1 - half.reached[best])


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
