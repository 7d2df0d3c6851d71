"""How many different people several creators reach together, by one number: a yardstick.

The product's planner cannot use it: the number that fits one set of creators is another than that
of the next set, so what a creator adds would depend on who is looked at.

People are in k segments (an age, a country, an interest…), and a creator reaches a part p of each.
If people of one segment were all alike, chance alone would say who is missed by everybody: the
product of ``1 - p``. They are not: some watch much, some little, and who watches one creator
watches the next of the same kind. So a number κ, the *evenness* of the people, is put in between:

    missed = (1 + sum of ((1 - p)^(-1/κ) - 1))^(-κ)

which is Clayton's copula of who is missed by whom. One creator alone still reaches exactly p; for
an endless κ it is chance; the smaller κ, the more the same people are counted again and again. With
one κ, another creator never lowers the union and adds the less the more are there.

κ is found from what is known: from observed overlaps of these very creators where there are any,
else from how alike their audiences are, by two numbers learned from unions that were counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize

Floats = NDArray[np.floating]

REACHED_MOST: Final = 0.999
"""Of a segment; nobody is watched by everybody."""
LEAST: Final = 0.02
MOST: Final = 200.0
"""Evenness below and above these bounds makes no difference that could be seen."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What counted unions say: the logarithm of κ is ``start + slope × how alike``."""

    start: float
    slope: float

    def evenness(self, alike: float) -> float:
        return min(MOST, max(LEAST, exp(min(50.0, self.start + self.slope * alike))))


def union(reached: Floats, people: Floats, evenness: float | None = None) -> float:
    """Return how many different people are reached.

    reached: (m, k), the part of each segment that each creator reaches, 0 to 1. people: (k,).
    evenness: κ; None for chance.
    """
    missing = 1 - np.clip(reached, 0, REACHED_MOST)
    if evenness is None:
        return float(people @ (1 - np.prod(missing, axis=0)))
    longer = (missing ** (-1 / evenness) - 1).sum(axis=0)
    return float(people @ (1 - (1 + longer) ** -evenness))


def how_alike(reached: Floats, people: Floats) -> float:
    """Return how alike the audiences are, 0 to 1: the mean cosine of each two of them."""
    weighed = reached * np.sqrt(people)
    lengths = np.linalg.norm(weighed, axis=1, keepdims=True)
    unit = weighed / np.where(lengths > 0, lengths, 1)
    count = len(unit)
    if count < 2:
        return 0.0
    together = float((unit.sum(axis=0) ** 2).sum()) - float((unit**2).sum())
    return together / (count * (count - 1))


def evenness_by_overlaps(reached: Floats, people: Floats, shared: float) -> float:
    """Return the κ with which the pairs share as many people as was observed.

    shared: the people that two creators have in common, summed over all pairs of them.
    """

    def beyond(logarithm: float) -> float:
        return _shared(reached, people, exp(logarithm)) - shared

    if beyond(log(MOST)) >= 0:
        return MOST
    if beyond(log(LEAST)) <= 0:
        return LEAST
    return exp(brentq(beyond, log(LEAST), log(MOST), xtol=1e-4))


def learn(counted: Sequence[tuple[Floats, float]], people: Floats) -> Learned:
    """Learn from unions that were counted: what creators reached each, and all of them together.

    The two numbers with the least mean error in proportion to the union; the same every time.
    """
    known = [(reached, how_alike(reached, people), whole) for reached, whole in counted]

    def error(numbers: Floats) -> float:
        guess = Learned(float(numbers[0]), float(numbers[1]))
        off = [
            abs(union(reached, people, guess.evenness(alike)) / whole - 1)
            for reached, alike, whole in known
        ]
        return float(np.mean(off))

    best = minimize(error, np.array([1.0, -1.0]), method="Nelder-Mead", options={"maxiter": 120})
    return Learned(float(best.x[0]), float(best.x[1]))


def _shared(reached: Floats, people: Floats, evenness: float) -> float:
    """The people in common, summed over all pairs, as this κ has it."""
    parts = np.clip(reached, 0, REACHED_MOST)
    longer = (1 - parts) ** (-1 / evenness) - 1
    total = 0.0
    for place in range(1, len(parts)):
        either = 1 - (1 + longer[place] + longer[:place]) ** -evenness
        total += float(((parts[place] + parts[:place] - either) @ people).sum())
    return total
