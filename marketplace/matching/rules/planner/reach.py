"""How many different people of the target a set of creators reaches.

In a cell s (an age, a gender, a country and an interest) with N_s people, creator i is watched by
the part ``p_is = min(0.9, people_i x share_is / N_s)`` of them. Audiences overlap more than by
chance, for two reasons. People do not all watch as much, so who watches one large creator is
likelier to watch the next: ``uneven`` says how much more creator i has cell s watched, a_is by
chance and f_is by fondness. And within a *crowd* a part of each member's audience are the same
people, so of that part only the largest member counts, here for a and in the same way for f:

    A_s = sum_i (1 - part_i) a_is + sum_crowds max_i (part_i a_is)
    reach = sum_s N_s (1 - exp(-A_s) (1 + F_s)^(-1 / uneven_s))

A sum and a maximum are monotone and submodular, and so is a growing function of them that a bit
more of one raises the less, the more there is of both: another creator never lowers the reach, and
adds the less the more are there. One creator alone reaches exactly ``sum N_s p_is``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.rules.planner.candidates import Candidates
from marketplace.matching.rules.planner.problem import Rows
from marketplace.matching.rules.planner.uneven import in_two, reached_by

LOST: Final = 1 + 2.0**-14
"""What a sum of some hundred numbers of four bytes can lose."""


class Reached:
    """A set of candidates: who is reached, and what one more would add.

    A bundle that is added takes the place of a smaller one of the same creator, and adds what it
    adds to that. left: (cells,) the people who are not reached. fresh: (cells,) what part counts of
    what one more adds by fondness.
    """

    __slots__ = ("_shared", "_smaller", "_watched", "among", "fresh", "left")

    def __init__(self, among: Candidates, picks: Iterable[int] = ()) -> None:
        self.among = among
        both = among.watched.shape[1]
        self._shared = np.zeros((among.crowds + 1, both))
        self._watched = np.zeros(both)
        self.fresh = np.ones(among.population.size)
        # By owner the bundle that is in the set, or -1; None while every creator has one bundle.
        self._smaller: Rows | None = None
        self.left = among.population
        rows = np.array(list(picks), dtype=np.intp)
        if len(set(among.owner[rows].tolist())) == rows.size:
            self._add_all(rows)
        else:
            for row in rows.tolist():
                self.add(row)

    @property
    def people(self) -> float:
        """How many different people are reached."""
        return float((self.among.population - self.left).sum())

    def gains(self, rows: Rows) -> NDArray[np.float64]:
        """Return how many more people each of these candidates would reach.

        One product a row: for a matrix, numpy would wake threads that cost more than they help.
        """
        more = self._more(rows)
        more[:, -self.fresh.size :] *= self.fresh
        part = reached_by(more, self.among.uneven)
        gained: NDArray[np.float64] = np.vecdot(part, self.left)
        return gained

    def gain(self, row: int) -> float:
        """Return how many more people one candidate would reach."""
        return float(self.gains(np.array([row]))[0])

    def gains_at_most(self, price: int | None = None) -> NDArray[np.float64]:
        """Return for all what they would add at most; see :func:`gains_at_most`."""
        most: NDArray[np.float64] = gains_at_most([self], price)[0]
        return most

    def add(self, row: int) -> None:
        """Take one more candidate in."""
        among = self.among
        self._watch(self._watched + self._more(np.array([row]))[0])
        shared = self._shared[among.crowd[row]]
        np.maximum(shared, among.part[row] * among.watched[row], out=shared)
        if among.bundles[row] > 1:
            if self._smaller is None:
                self._smaller = np.full(among.count, -1)
            self._smaller[among.owner[row]] = row

    def without(self, row: int, rest: Rows) -> Reached:
        """Return the same set without one candidate. rest: the others that are in it."""
        among = self.among
        twin: Reached = self.copy()
        crowd, part, own = among.crowd[row], among.part[row], among.watched[row]
        watched = self._watched - (1 - part) * own
        if part and (part * own >= self._shared[crowd]).any():
            others = rest[among.crowd[rest] == crowd]
            largest = (part * among.watched[others]).max(axis=0, initial=0.0)
            watched -= self._shared[crowd] - largest
            twin._shared[crowd] = largest
        if self._smaller is not None:
            twin._smaller = np.where(self._smaller == row, -1, self._smaller)
        twin._watch(watched)
        return twin

    def copy(self) -> Reached:
        """Return a set that grows by itself."""
        twin: Reached = Reached.__new__(Reached)
        twin.among, twin._watched, twin.fresh = self.among, self._watched, self.fresh
        twin.left = self.left
        twin._shared = self._shared.copy()
        twin._smaller = None if self._smaller is None else self._smaller.copy()
        return twin

    def _add_all(self, rows: Rows) -> None:
        """Take candidates of different creators into the empty set, to the same figures as ``add``.

        Those who share no crowd are taken in together: of each crowd the first, the second, …
        """
        among = self.among
        watched = among.watched.take(rows, axis=0)
        common = among.part[rows, None] * watched
        watched -= common
        turns: list[list[int]] = []
        members = [0] * (among.crowds + 1)
        for place, crowd in enumerate(among.crowd[rows].tolist()):
            if members[crowd] == len(turns):
                turns.append([])
            turns[members[crowd]].append(place)
            members[crowd] += crowd < among.crowds
        for turn in turns:
            crowd = among.crowd[rows[turn]]
            shared = self._shared[crowd]
            watched[turn] += np.maximum(common[turn] - shared, 0)
            self._shared[crowd] = np.maximum(shared, common[turn])
        self._watch(watched.sum(axis=0))
        if among.several:
            self._smaller = np.full(among.count, -1)
            self._smaller[among.owner[rows]] = rows

    def _watch(self, watched: NDArray[np.float64]) -> None:
        """Say how much each cell is watched, and with that who is left of it.

        Those who are left are those who watch little, so of what one more adds by fondness only a
        part counts: ``fresh``.
        """
        among = self.among
        self._watched = watched
        by_chance, by_fondness = in_two(watched, among.population.size)
        self.fresh = 1 / (1 + by_fondness)
        surely = np.log1p(by_fondness) / among.uneven
        surely[: by_chance.size] += by_chance
        self.left = among.population * np.exp(-surely)

    def _more(self, rows: Rows) -> NDArray[np.float64]:
        """Return (rows, t + cells) how much more the cells would be watched."""
        among = self.among
        more: NDArray[np.float64] = among.watched.take(rows, axis=0)
        part = among.part[rows, None]
        common = part * more
        more -= common
        if self._smaller is not None:
            smaller = self._smaller[among.owner[rows]]
            (larger,) = (smaller >= 0).nonzero()
            if larger.size:
                less = among.watched.take(smaller[larger], axis=0)
                more[larger] -= (1 - part[larger]) * less
        common -= self._shared.take(among.crowd[rows], axis=0)
        more += np.maximum(common, 0, out=common)
        return more


def gains_at_most(sets: Sequence[Reached], price: int | None = None) -> NDArray[np.float64]:
    """Return (sets, m) what all would add to each set at most if they shared no crowd.

    Fast, and never less. sets: of the same candidates, one at least. price: 0 for whoever costs
    more; None for everybody.

    What comes by chance and what comes by fondness reach no more together than each by itself. Of
    what they reach by fondness alone, those who reach the most add the largest part; all are taken
    to add as large a part. In numbers of four bytes, and as much more as those may have lost by
    rounding.
    """
    among = sets[0].among
    fresh = np.stack([each.fresh for each in sets])
    left = np.stack([each.left for each in sets])
    part = np.expm1(-np.log1p(among.fondest * fresh) / among.uneven)
    part /= np.expm1(-np.log1p(among.fondest) / among.uneven)
    by_chance = left[:, : among.mix.shape[1]]
    people = np.hstack([by_chance, left * part]).astype(np.float32)
    count = among.count
    if price is not None:
        count = int(np.searchsorted(among.price, price, "right", sorter=among.by_price))
    most = np.zeros((len(sets), among.count))
    most[:, among.by_price[:count]] = (among.apart[:count] @ people.T).T
    most *= LOST
    return most


def reach_of(among: Candidates, picks: Iterable[int]) -> float:
    """Return how many different people a set of candidates reaches, in whatever order."""
    return Reached(among, sorted(picks)).people
