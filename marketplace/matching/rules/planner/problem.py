"""What a plan is made from: creators, their bundles, and the people of the target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from marketplace.creators.rules import CoAudienceSource
from marketplace.kernel.errors import InvalidInput

Floats: TypeAlias = NDArray[np.floating[Any]]
Ints: TypeAlias = NDArray[np.integer[Any]]
Rows: TypeAlias = NDArray[np.intp]

SEEN_MOST: Final = 0.9
"""Nobody reaches more than this part of the people of one cell, however many views they have. On
real audiences 0.8 costs a short plan up to a hundredth of its reach; above 0.9 none is gained."""
BLOCK: Final = 32_768
"""Bundles that are looked at in one go."""
WHOLE_WITH_ROUNDING: Final = 1.001
"""Shares are kept as float32 or in steps, so a whole may be a little more than one."""


class Size(IntEnum):
    """How many follow a creator."""

    NANO = 0
    MICRO = 1
    MID = 2
    MACRO = 3
    MEGA = 4


SIZE_FROM: Final = (0, 10_000, 100_000, 500_000, 1_000_000)
"""The followers at which each size begins."""


@dataclass(frozen=True, slots=True)
class WatchedTogether:
    """Of ``sample`` people who watch one creator, ``shared`` were seen to watch another one too.

    creator, other: their places in the problem.
    """

    creator: int
    other: int
    sample: int
    shared: int
    source: CoAudienceSource
    observed_on: date

    @property
    def share(self) -> float:
        """The part of the creator's audience that watches the other one too."""
        return self.shared / self.sample


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """The market as the planner sees it; n creators, each with k bundles of deliverables.

    people: (n, k) viewers a bundle is expected to reach anywhere: authentic views times a
    frequency factor, as some watch twice. price: (n, k) minor units; 0 where a creator does not
    offer the bundle. At most one bundle of a creator is in a plan.

    age, gender, country: (n, …) the parts of each audience in each label of the target; one column
    of ones where any will do. What they leave open is outside the target. segment: (n, s) weights
    of the interests; they are scaled to a whole, and a row of zeros is spread as the people are.

    population: (ages, genders, countries, segments) how many people each cell of the target has.
    crowd: (n,) a number for each niche and country; -1 for none. size: (n,) :class:`Size`.
    tie: (n,) a number of the creator's own: who is equal stands in its order, so the place in the
    arrays never matters. currency: of the prices. watched_together: what was observed, each
    direction of two creators once at most.

    Worked out once: there: (n,) the part of each audience that is in the target. lowest: (n,) the
    lowest price at which each creator reaches anybody in it; 0 for who never does. widest: (n,) the
    most viewers that any of their bundles reaches.
    """

    people: Floats
    price: Ints
    age: Floats
    gender: Floats
    country: Floats
    segment: NDArray[Any]
    population: Floats
    crowd: Ints
    size: Ints
    tie: Ints
    currency: str
    watched_together: Sequence[WatchedTogether] = ()
    there: Floats = field(init=False)
    lowest: NDArray[np.int64] = field(init=False)
    widest: Floats = field(init=False)

    def __post_init__(self) -> None:
        """Refuse what no audience can be.

        Raises InvalidInput: arrays that do not belong together, or figures below 0, NaN, infinite
        or, for shares, above a whole.
        """
        if problems := _shape_problems(self):
            raise InvalidInput(problems)
        age, gender, country = wholes = [
            _whole(shares) for shares in (self.age, self.gender, self.country)
        ]
        if problems := _figure_problems(self, wholes) | _pair_problems(self):
            raise InvalidInput(problems)
        object.__setattr__(self, "there", age * gender * country)
        object.__setattr__(self, "lowest", _lowest(self))
        object.__setattr__(self, "widest", _widest(self))

    def with_watched(self, pairs: Sequence[WatchedTogether]) -> Problem:
        """Return the same with what was observed; its figures are not worked out again.

        Raises InvalidInput.
        """
        found = copy(self)
        object.__setattr__(found, "watched_together", pairs)
        if problems := _pair_problems(found):
            raise InvalidInput(problems)
        return found

    @property
    def count(self) -> int:
        return int(self.people.shape[0])

    @property
    def bundles(self) -> int:
        return int(self.people.shape[1])


def blocks(problem: Problem) -> Iterator[slice]:
    """Return the creators in blocks whose figures stay in the processor's own memory.

    For a million creators with a dozen bundles that is several times faster than all at once.
    """
    rows = max(1, BLOCK // problem.bundles)
    return (slice(start, start + rows) for start in range(0, problem.count, rows))


def sizes_of(followers: Ints) -> NDArray[np.uint8]:
    """Return (n,) the :class:`Size` of creators with so many followers."""
    return np.searchsorted(SIZE_FROM[1:], followers, side="right").astype(np.uint8)


def _lowest(problem: Problem) -> NDArray[np.int64]:
    found = np.zeros(problem.count, np.int64)
    for block in blocks(problem):
        price, offered = problem.price[block], problem.people[block] > 0
        if not offered.all():
            price = price * offered
        found[block] = _cheapest(price.astype(np.int64, copy=False)) * (problem.there[block] > 0)
    return found


def _cheapest(price: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return (n,) the lowest price that is not 0, or 0."""
    if price.shape[1] == 1:
        return price[:, 0]
    # As a number without a sign, 0 - 1 is the largest there is.
    lowest = price[:, 0].view(np.uint64) - np.uint64(1)
    for column in range(1, price.shape[1]):
        np.minimum(lowest, price[:, column].view(np.uint64) - np.uint64(1), out=lowest)
    return (lowest + np.uint64(1)).view(np.int64)


def _widest(problem: Problem) -> Floats:
    found = problem.people[:, 0].copy()
    for block in blocks(problem):
        for column in range(1, problem.bundles):
            np.maximum(found[block], problem.people[block, column], out=found[block])
    return found


def _whole(shares: Floats) -> Floats:
    """Return (n,) the sums; added in turn, they do not depend on where a creator stands."""
    total = shares[:, 0].astype(np.float32)
    for column in range(1, shares.shape[1]):
        total += shares[:, column]
    return total


def _shape_problems(problem: Problem) -> dict[str, str]:
    count, bundles = problem.people.shape
    labels = (
        problem.age.shape[1],
        problem.gender.shape[1],
        problem.country.shape[1],
        problem.segment.shape[1],
    )
    wanted: dict[str, tuple[int, ...]] = {
        "price": (count, bundles),
        "age": (count, labels[0]),
        "gender": (count, labels[1]),
        "country": (count, labels[2]),
        "segment": (count, labels[3]),
        "population": labels,
        "crowd": (count,),
        "size": (count,),
        "tie": (count,),
    }
    return {
        name: f"This has the shape {getattr(problem, name).shape}, not {shape}."
        for name, shape in wanted.items()
        if getattr(problem, name).shape != shape
    }


def _figure_problems(problem: Problem, wholes: Sequence[Floats]) -> dict[str, str]:
    """Find figures that cannot be. wholes: what the shares of each audience add up to."""
    problems: dict[str, str] = {}
    for name in ("people", "age", "gender", "country", "segment", "population", "price"):
        figures = getattr(problem, name)
        if figures.size and not (figures.min() >= 0 and figures.max() < np.inf):
            problems[name] = "Every figure is a number, not negative and not endless."
    for name, whole in zip(("age", "gender", "country"), wholes, strict=True):
        if name not in problems and whole.size and whole.max() > WHOLE_WITH_ROUNDING:
            problems[name] = "The shares of one audience add up to more than 100\xa0%."
    return problems


def _pair_problems(problem: Problem) -> dict[str, str]:
    problems: dict[str, str] = {}
    for pair in problem.watched_together:
        if not (0 <= pair.creator < problem.count and 0 <= pair.other < problem.count):
            problems["watched_together"] = "A pair names a creator who is not there."
        elif pair.creator == pair.other or not 0 <= pair.shared <= pair.sample or not pair.sample:
            problems["watched_together"] = "A pair is two creators and a part of a sample."
    return problems
