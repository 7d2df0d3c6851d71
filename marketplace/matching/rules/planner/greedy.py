"""Take one creator after the other: who adds most, in people or for the price."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.rules.planner.candidates import Candidates
from marketplace.matching.rules.planner.limits import Limits, cost_of_completing
from marketplace.matching.rules.planner.problem import Size
from marketplace.matching.rules.planner.reach import Reached

LOOKS: Final = 24
"""How many of the most promising are looked at exactly at a time."""


class Room:
    """What a growing plan may still take: money, counts, sizes; the asked counts stay payable."""

    def __init__(self, among: Candidates, limits: Limits, picks: Sequence[int] = ()) -> None:
        self._among, self._limits = among, limits
        rows = np.array(picks, dtype=np.intp)
        self.left = limits.budget_minor - int(among.price[rows].sum())
        self.counts = np.bincount(among.size[rows], minlength=len(Size)).tolist()
        self._taken: set[int] = set(among.owner[rows].tolist())
        self._open = ~np.isin(among.owner, among.owner[rows])

    def take(self, pick: int) -> None:
        """Count a candidate in; the other bundles of the same creator are closed."""
        among = self._among
        self.left -= int(among.price[pick])
        self.counts[among.size[pick]] += 1
        self._taken.add(int(among.owner[pick]))
        self._open[among.owner == among.owner[pick]] = False

    @property
    def needs_more(self) -> bool:
        """True while the plan has fewer creators, of all or of a size, than it must have."""
        limits = self._limits
        return sum(self.counts) < limits.fewest or any(
            self.counts[size] < limits.fewest_of(size) for size in Size
        )

    def fitting(self) -> NDArray[np.bool_]:
        """Return (m,) who may be taken next so that a plan within the limits stays possible."""
        among, limits = self._among, self._limits
        if sum(self.counts) >= limits.most:
            return np.zeros(among.count, dtype=bool)
        most = np.full(len(Size), min(self.left, limits.cap_minor))
        cheapest = self._cheapest() if self.needs_more else None
        for size in Size:
            if self.counts[size] >= limits.most_of(size):
                most[size] = -1
            elif cheapest is not None:
                counts = list(self.counts)
                counts[size] += 1
                needed = cost_of_completing(limits, counts, cheapest)
                fits_in = sum(counts) + self._missing(counts) <= limits.most
                most[size] = (
                    -1 if needed is None or not fits_in else min(most[size], self.left - needed)
                )
        return self._open & (among.price <= most[among.size])

    def _missing(self, counts: Sequence[int]) -> int:
        return sum(max(0, self._limits.fewest_of(size) - counts[size]) for size in Size)

    def _cheapest(self) -> list[list[int]]:
        """Return the prices of those of each size who are not taken, as many as are needed."""
        enough = self._limits.fewest + len(self._taken)
        return [
            [price for price, owner in prices[: enough + max_of] if owner not in self._taken]
            for prices, max_of in zip(
                self._among.cheapest, map(self._limits.fewest_of, Size), strict=True
            )
        ]


def greedy(
    among: Candidates,
    limits: Limits,
    *,
    start: Sequence[int] = (),
    power: float = 1.0,
    offset: float = 0.0,
) -> list[int]:
    """Return a plan that grows from ``start`` by the best score until nothing fits.

    The score is gain / (price + offset)^power: a power of 1 is reach for the price, of 0 reach
    alone; an offset is what a place in the plan is worth where places are few.
    """
    reached, room = Reached(among, start), Room(among, limits, start)
    scale = (np.maximum(among.price, 1) + offset) ** -power
    return [*start, *fill(reached, room, reached.gains_at_most() * scale, scale)]


def fill(
    reached: Reached, room: Room, at_most: NDArray[np.float64], scale: NDArray[np.float64]
) -> list[int]:
    """Take candidates until nothing fits, and return them; ``reached`` and ``room`` grow.

    scale: (m,) a score is the gain times this. at_most: (m,) bounds of the scores; sharpened here.
    Gains only fall as a plan grows, so an old one is a bound, and only the most promising are
    looked at again.
    """
    taken = []
    while (pick := _best(reached, room, at_most, scale)) is not None:
        taken.append(pick)
        reached.add(pick)
        room.take(pick)
    return taken


def _best(
    reached: Reached, room: Room, at_most: NDArray[np.float64], scale: NDArray[np.float64]
) -> int | None:
    """Return the candidate with the largest score, and sharpen the bounds of those looked at."""
    unseen = room.fitting()
    best, score = None, -1.0 if room.needs_more else 0.0
    while True:
        bounds = np.where(unseen, at_most, -np.inf)
        looks = _top(bounds)
        looks = looks[bounds[looks] > score]
        if not looks.size:
            return best
        exact = reached.gains(looks) * scale[looks]
        at_most[looks], unseen[looks] = exact, False
        place = int(np.argmax(exact))
        if exact[place] > score:
            best, score = int(looks[place]), float(exact[place])


def _top(bounds: NDArray[np.float64]) -> NDArray[np.intp]:
    if bounds.size <= LOOKS:
        return np.arange(bounds.size)
    return np.sort(np.argpartition(bounds, -LOOKS)[-LOOKS:])
