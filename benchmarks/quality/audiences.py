"""How many different people does a set of creators reach? Artists and all their listeners.

Set: lastfm-audiences, complete audiences of 1,892 people; artists stand for creators. Artists are
halved by lot: from one half the people's twelve interest segments are learned and how much more
than by chance alike audiences overlap; the other half (ten listeners or more) is judged; then the
other way round. A creator is known by the part of each segment that they reach, no more; where
overlaps are said to be observed, also by the part of each audience that watches each other one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.quality import unions
from benchmarks.quality.figures import Figure, Floats, Missing, Parts
from marketplace.creators.rules import CoAudienceSource
from marketplace.matching.rules import topics
from marketplace.matching.rules.planner.candidates import candidates
from marketplace.matching.rules.planner.limits import Limits
from marketplace.matching.rules.planner.problem import Problem, WatchedTogether
from marketplace.matching.rules.planner.reach import reach_of
from marketplace.matching.rules.topics import unit_rows

SET: Final = "lastfm-audiences"
HEARD: Final = f"{SET}/user_artists.csv.gz"
LISTENERS_LEAST: Final = 10
LEARNED_LEAST: Final = 3
GROUPS: Final = 60
SIZES: Final = (2, 5, 10, 20)
FINE: Final = 60
DIMENSIONS: Final = 32
PANEL: Final = 300
CERTAIN: Final = 1_000_000
"""People looked at where an overlap is said to be known for certain."""
OBSERVED_ON: Final = date(2026, 5, 1)

SIMPLE: Final = ("sum", "chance", "chance in 12 segments", "chance in 60 segments", "panel of 300")

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


def read(parts: Parts) -> list[Half]:
    judged = parts.rows(HEARD)
    taught = parts.taught(HEARD, "artistID")
    users = users_of([*judged, *(taught or [])])
    heard = sets_of(judged, users)
    if taught is not None:
        return [_half(sets_of(taught, users), heard)]
    order = np.random.default_rng(1).permutation(len(heard))
    first, second = heard[order[::2]], heard[order[1::2]]
    return [_half(first, second), _half(second, first)]


def users_of(rows: Sequence[dict[str, str]]) -> dict[str, int]:
    """Return the place of each person."""
    return {user: at for at, user in enumerate(sorted({row["userID"] for row in rows}))}


def sets_of(rows: Sequence[dict[str, str]], users: dict[str, int]) -> Sets:
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
    yield Figure(
        "error of a union",
        len(kinds),
        "mean error",
        off["ours"],
        same_run={name: off[name] for name in SIMPLE},
        noted=("chance in 12 segments", 0.104),
        less_is_better=True,
    )
    yield Figure(
        "error of a union, overlaps of pairs observed",
        len(kinds),
        "mean error",
        off["ours, overlaps observed"],
        same_run={"spanning tree of overlaps": off["spanning tree of overlaps"]},
        noted=("a panel of 300 people seen in full", 0.079),
        less_is_better=True,
    )
    for name in ("one number by how alike", "one number by the overlaps of each group"):
        yield Figure(
            f"error of a union, {name}: a yardstick, not the product",
            len(kinds),
            "mean error",
            off[name],
            noted=("a panel of 300 people seen in full", 0.079),
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

    def one_number(group: NDArray[np.intp]) -> float:
        alike = unions.how_alike(reached[group], people)
        return unions.union(reached[group], people, half.learned.evenness(alike))

    def one_number_by_overlaps(group: NDArray[np.intp]) -> float:
        common = float(np.triu(pairs[np.ix_(group, group)], 1).sum())
        even = unions.evenness_by_overlaps(reached[group], people, common)
        return unions.union(reached[group], people, even)

    def tree(group: NDArray[np.intp]) -> float:
        overlaps = np.triu(pairs[np.ix_(group, group)], 1)
        least = sparse.csgraph.minimum_spanning_tree(-overlaps)
        return float(sizes[group].sum() + least.sum())

    return {
        "ours": of_planner(half, ()),
        "ours, overlaps observed": of_planner(half, observed(half.heard)),
        "one number by how alike": one_number,
        "one number by the overlaps of each group": one_number_by_overlaps,
        "sum": lambda group: float(sizes[group].sum()),
        "chance": lambda group: unions.union(sizes[group][:, None] / count, whole),
        "chance in 12 segments": lambda group: unions.union(reached[group], people),
        "chance in 60 segments": lambda group: unions.union(of_fine[group], in_fine),
        "panel of 300": lambda group: half.heard[group][:, panel].any(axis=0).mean() * count,
        "spanning tree of overlaps": tree,
    }


def of_planner(
    half: Half, together: Sequence[WatchedTogether]
) -> Callable[[NDArray[np.intp]], float]:
    """Return the reach of a group as the product's planner works it out."""
    price = np.ones(len(half.heard), np.int64)
    among = candidates(
        problem(half.heard, half.segment, price, together), Limits(budget_minor=len(price))
    )
    return lambda group: reach_of(among, group.tolist())


def observed(
    heard: Sets, *, looked_at: int | None = None, of_pairs: float = 1.0
) -> list[WatchedTogether]:
    """Return what was observed of each two artists' audiences, both of them looked at.

    looked_at: so many people of each, by lot; None for all. of_pairs: the part of all pairs.
    """
    lot = np.random.default_rng(11)
    common, sizes = shared(heard), heard.sum(axis=1)
    found = []
    for one, other in np.argwhere(np.triu(np.ones_like(common), 1)).tolist():
        if of_pairs < 1 and lot.random() >= of_pairs:
            continue
        for mine, theirs in ((one, other), (other, one)):
            share = float(common[mine, theirs] / sizes[mine])
            sample, both = CERTAIN, round(CERTAIN * share)
            if looked_at is not None:
                sample = int(min(looked_at, sizes[mine]))
                both = int(lot.binomial(sample, share))
            found.append(
                WatchedTogether(mine, theirs, sample, both, CoAudienceSource.PANEL, OBSERVED_ON)
            )
    return found


def problem(
    heard: Sets,
    segment: NDArray[np.intp],
    price: NDArray[np.int64],
    together: Sequence[WatchedTogether] = (),
) -> Problem:
    """Return the artists as a market, each with the people of each segment who hear them."""
    people = np.bincount(segment).astype(float)
    there = reached_by(heard, segment) * people
    sizes = there.sum(axis=1)
    return as_market(sizes, there / sizes[:, None], people, price, together)


def as_market(
    sizes: NDArray[Any],
    segment: NDArray[Any],
    people: Floats,
    price: NDArray[np.int64],
    together: Sequence[WatchedTogether] = (),
) -> Problem:
    """Return audiences as a market, one cell an interest, one bundle each, niches by interest.

    sizes: (n,). segment: (n, k) weights of the interests. people: (k,).
    """
    count = len(sizes)
    anybody = np.ones((count, 1), np.float32)
    return Problem(
        people=sizes[:, None].astype(np.float32),
        price=price[:, None],
        age=anybody,
        gender=anybody,
        country=anybody,
        segment=segment,
        population=people.reshape(1, 1, 1, -1).astype(np.float32),
        crowd=segment.argmax(axis=1),
        size=np.zeros(count, np.uint8),
        tie=np.arange(count, dtype=np.uint64),
        currency="USD",
        watched_together=together,
    )
