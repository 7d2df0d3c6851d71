"""Take one creator after the other: who adds most, in people or for the price."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Final

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.rules.planner.candidates import Candidates
from marketplace.matching.rules.planner.limits import Limits, cost_of_completing
from marketplace.matching.rules.planner.problem import Rows, Size
from marketplace.matching.rules.planner.reach import Reached

LOOKS: Final = 8
"""How many of the most promising are looked at exactly at a time."""
NOBODY: Final = np.zeros(0, dtype=np.intp)


class Room:
    """What a growing plan may still take: money, counts, sizes; the asked counts stay payable."""

    def __init__(self, among: Candidates, limits: Limits, picks: Sequence[int] = ()) -> None:
        self._among, self._limits = among, limits
        self.left = limits.budget_minor
        self.picks: list[int] = []
        self.counts = [0] * len(Size)
        self.price = among.price.copy() if among.several else among.price
        self._taken: set[int] = set()
        self._open = among.price <= limits.cap_minor
        self._larger = np.zeros(among.count, dtype=bool)
        self._asked = [(size, least) for size in Size if (least := limits.fewest_of(size))]
        places = np.array(picks, dtype=np.intp)
        if not among.several or np.unique(among.owner[places]).size == places.size:
            self._take_all(places)
        else:
            for pick in picks:
                self.take(pick)

    def copy(self) -> Room:
        """Return a room that fills by itself."""
        twin: Room = copy(self)
        twin.picks, twin.counts = self.picks.copy(), self.counts.copy()
        twin._taken, twin._open = self._taken.copy(), self._open.copy()
        if self._among.several:
            twin.price, twin._larger = self.price.copy(), self._larger.copy()
        return twin

    def without(self, picks: Sequence[int]) -> Room:
        """Return the room there is when some are given up again; this one stays as it is."""
        twin: Room = self.copy()
        among = self._among
        for pick in picks:
            twin.left += int(among.price[pick])
            twin.picks.remove(pick)
            twin.counts[among.size[pick]] -= 1
            twin._taken.remove(int(among.owner[pick]))
            bundles = among.bundles_of(pick)
            twin._open[bundles] = among.price[bundles] <= self._limits.cap_minor
            if among.several:
                twin.price[bundles], twin._larger[bundles] = among.price[bundles], False
        return twin

    def _take_all(self, picks: Rows) -> None:
        """Count candidates in at once, of each creator one bundle."""
        among = self._among
        self.left -= int(among.price[picks].sum())
        self.counts = np.bincount(among.size[picks], minlength=len(Size)).tolist()
        self._taken.update(among.owner[picks].tolist())
        self.picks += picks.tolist()
        if not among.several:
            self._open[picks] = False
            return
        taken = np.full(among.count, -1)
        taken[among.owner[picks]] = picks
        larger = np.flatnonzero(taken[among.owner] >= 0)
        more = among.price[larger] - among.price[taken[among.owner[larger]]]
        self._open[larger[more <= 0]] = False
        self._larger[larger] = True
        self.price[larger] = more

    def take(self, pick: int) -> Rows:
        """Count a candidate in, in the place of a smaller bundle of the same creator.

        Only larger bundles of this creator stay open, at what they cost more: they are returned.
        """
        among = self._among
        owner = int(among.owner[pick])
        self.left -= int(self.price[pick])
        if owner in self._taken:
            self.picks = [each for each in self.picks if among.owner[each] != owner]
        else:
            self.counts[among.size[pick]] += 1
            self._taken.add(owner)
        self.picks.append(pick)
        if not among.several:
            self._open[pick] = False
            return NOBODY
        larger = among.bundles_of(pick)
        more = among.price[larger] - among.price[pick]
        self._open[larger[more <= 0]] = False
        self._larger[larger] = True
        self.price[larger] = more
        dearer: Rows = larger[more > 0]
        return dearer

    @property
    def dearest(self) -> int:
        """What nobody who may still be taken costs more than, with a smaller bundle of theirs."""
        if not self._among.several:
            return self.left
        return self.left + int(self._among.price[self.picks].max(initial=0))

    @property
    def needs_more(self) -> bool:
        """True while the plan has fewer creators, of all or of a size, than it must have."""
        return len(self.picks) < self._limits.fewest or any(
            self.counts[size] < least for size, least in self._asked
        )

    def fitting(self) -> NDArray[np.bool_]:
        """Return (m,) who may be taken next so that a plan within the limits stays possible."""
        among, limits = self._among, self._limits
        cheapest = self._cheapest() if self.needs_more else None
        if among.several:
            reserved = cost_of_completing(limits, self.counts, cheapest) if cheapest else 0
            larger = self._larger & (self.price <= self.left - (reserved or 0))
            return self._open & np.where(self._larger, larger, self._new(cheapest))
        return self._open & self._new(cheapest)

    def _new(self, cheapest: list[list[int]] | None) -> NDArray[np.bool_]:
        """Return (m,) who may come in as one creator more."""
        among, limits = self._among, self._limits
        if len(self.picks) >= limits.most:
            return np.zeros(among.count, dtype=bool)
        if cheapest is None and not limits.mix:
            return among.price <= self.left
        most = np.full(len(Size), self.left)
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
        fits: NDArray[np.bool_] = among.price <= most[among.size]
        return fits

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
    return fill(Reached(among, start), Room(among, limits, start), power=power, offset=offset)


def fill(
    reached: Reached,
    room: Room,
    *,
    at_most: NDArray[np.float64] | None = None,
    power: float = 1.0,
    offset: float = 0.0,
) -> list[int]:
    """Take candidates until nothing fits; return all picks. ``reached`` and ``room`` grow.

    at_most: (m,) bounds of the gains, where they are known. Gains only fall as a plan grows, so an
    old one is a bound, and only the most promising are looked at again. A larger bundle takes the
    place of a smaller one of the same creator, for what it adds and costs more.
    """
    scale = (np.maximum(room.price, 1) + offset) ** -power
    bounds = (reached.gains_at_most() if at_most is None else at_most) * scale
    while True:
        least = -1.0 if room.needs_more else 0.0
        if (pick := best_of(reached, room.fitting(), bounds, scale, least)) is None:
            return room.picks
        reached.add(pick)
        larger = room.take(pick)
        if larger.size:
            before = scale[larger]
            scale[larger] = np.maximum(room.price[larger], 1.0) ** -power
            bounds[larger] *= scale[larger] / before


def best_of(
    reached: Reached,
    unseen: NDArray[np.bool_],
    at_most: NDArray[np.float64],
    scale: NDArray[np.float64],
    least: float,
) -> int | None:
    """Return the candidate with the largest score; None where no score is more than ``least``.

    The score is gain x scale. unseen: (m,) who counts; at_most: (m,) bounds of the scores. Both
    are written to: those who were looked at are seen, and their bounds are their scores.
    """
    best, score, count = None, least, LOOKS
    while True:
        (near,) = (unseen & (at_most > score)).nonzero()
        if not near.size:
            return best
        looks = near[_top(at_most[near], count)]
        exact = reached.gains(looks) * scale[looks]
        at_most[looks], unseen[looks] = exact, False
        place = int(np.argmax(exact))
        if exact[place] > score:
            best, score = int(looks[place]), float(exact[place])
        count *= 2


def _top(bounds: NDArray[np.float64], count: int) -> NDArray[np.intp]:
    if bounds.size <= count:
        return np.arange(bounds.size)
    return np.sort(np.argpartition(bounds, -count)[-count:])


def largest_first(values: NDArray[np.float64], count: int) -> list[int]:
    """Return the places of so many of the largest values above 0; of equal ones the first."""
    near = np.flatnonzero(values > 0)
    if near.size > count:
        near = near[values[near] >= np.partition(values[near], -count)[-count]]
    order: list[int] = near[np.argsort(-values[near], kind="stable")[:count]].tolist()
    return order
