"""How many different people of the target a set of creators reaches.

In a cell s (an age, a gender, a country and an interest) with N_s people, creator i is watched by
the part ``p_is = min(0.8, people_i x share_is / N_s)`` of them. With ``a_is = -ln(1 - p_is)``,
chance alone would leave out ``exp(-sum of a_is)`` of the cell. Audiences overlap more than by
chance within a *crowd*: a part of each member's audience are the same people, so of that part only
the largest member counts:

    watched_s = sum_i (1 - part_i) a_is + sum_crowds max_i (part_i a_is)
    reach = sum_s N_s (1 - exp(-watched_s))

A sum and a maximum are monotone and submodular, and so is a concave growing function of them:
another creator never lowers the reach, and adds the less the more are there. One creator alone
reaches exactly ``sum N_s p_is``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.rules.planner.candidates import Candidates
from marketplace.matching.rules.planner.problem import Rows

LOST: Final = 1 + 2.0**-14
"""What a sum of some hundred numbers of four bytes can lose."""


class Reached:
    """A set of candidates: who is reached, and what one more would add.

    A bundle that is added takes the place of a smaller one of the same creator, and adds what it
    adds to that. left: (cells,) the people who are not reached.
    """

    __slots__ = ("_among", "_shared", "_smaller", "_watched", "left")

    def __init__(self, among: Candidates, picks: Iterable[int] = ()) -> None:
        self._among = among
        self._shared = np.zeros((among.crowds + 1, among.population.size))
        self._watched = np.zeros(among.population.size)
        # By owner the bundle that is in the set, or -1; None while every creator has one bundle.
        self._smaller: Rows | None = None
        self.left = among.population
        for pick in picks:
            self.add(pick)

    @property
    def people(self) -> float:
        """How many different people are reached."""
        return float((self._among.population - self.left).sum())

    def gains(self, rows: Rows) -> NDArray[np.float64]:
        """Return how many more people each of these candidates would reach.

        One product a row: for a matrix, numpy would wake threads that cost more than they help.
        """
        gained: NDArray[np.float64] = np.vecdot(-np.expm1(-self._more(rows)), self.left)
        return gained

    def gain(self, row: int) -> float:
        """Return how many more people one candidate would reach."""
        return float(self.gains(np.array([row]))[0])

    def gains_at_most(self) -> NDArray[np.float64]:
        """Return for all what they would add if they shared no crowd: fast, and never less.

        In numbers of four bytes, and as much more as those may have lost by rounding.
        """
        short = np.vecdot(self._among.seen_short, self.left.astype(np.float32))
        people: NDArray[np.float64] = short.astype(np.float64) * LOST
        return people

    def add(self, row: int) -> None:
        """Take one more candidate in."""
        among = self._among
        self._watched = self._watched + self._more(np.array([row]))[0]
        self.left = among.population * np.exp(-self._watched)
        shared = self._shared[among.crowd[row]]
        np.maximum(shared, among.part[row] * among.watched[row], out=shared)
        if among.bundles[row] > 1:
            if self._smaller is None:
                self._smaller = np.full(among.count, -1)
            self._smaller[among.owner[row]] = row

    def without(self, row: int, rest: Rows) -> Reached:
        """Return the same set without one candidate. rest: the others that are in it."""
        among = self._among
        twin = Reached(among)
        twin._shared = self._shared.copy()
        crowd, part = among.crowd[row], among.part[row]
        watched = self._watched - (1 - part) * among.watched[row]
        if part:
            others = rest[among.crowd[rest] == crowd]
            largest = (part * among.watched[others]).max(axis=0, initial=0.0)
            watched -= self._shared[crowd] - largest
            twin._shared[crowd] = largest
        twin._watched = watched
        if self._smaller is not None:
            twin._smaller = np.where(self._smaller == row, -1, self._smaller)
        twin.left = among.population * np.exp(-watched)
        return twin

    def copy(self) -> Reached:
        """Return a set that grows by itself."""
        twin = Reached(self._among)
        twin._shared, twin._watched = self._shared.copy(), self._watched
        twin._smaller = None if self._smaller is None else self._smaller.copy()
        twin.left = self.left
        return twin

    def _more(self, rows: Rows) -> NDArray[np.float64]:
        """Return (rows, cells) how much longer the cells would be watched."""
        among = self._among
        watched = among.watched[rows]
        part = among.part[rows, None]
        more: NDArray[np.float64] = (1 - part) * watched
        if self._smaller is not None:
            smaller = self._smaller[among.owner[rows]]
            larger = np.flatnonzero(smaller >= 0)
            if larger.size:
                more[larger] -= (1 - part[larger]) * among.watched[smaller[larger]]
        more += np.maximum(part * watched - self._shared[among.crowd[rows]], 0)
        return more


def reach_of(among: Candidates, picks: Iterable[int]) -> float:
    """Return how many different people a set of candidates reaches, in whatever order."""
    return Reached(among, sorted(picks)).people
