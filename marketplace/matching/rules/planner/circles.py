"""Circles of people who watch the same creators, from how many each two were seen to share.

A circle stands beside each creator of whom something was observed: its people watch that creator,
and each of the others as often as was observed of that creator's audience. How large the circles
are follows from the sizes of the audiences; then all audiences are moved among them, a little at a
time, until each two share as many people as was observed. Each round goes on in the direction of
the one before, which comes as far in twenty rounds as sixty would come without. Within a circle
chance decides, so the reach over circles is a reach over cells like any other: monotone and
submodular.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

Figures = NDArray[np.float64]
Floats = NDArray[np.floating[Any]]

ROUNDS: Final = 20
INSIDE_MOST: Final = 0.98
"""Of the people of one circle; nobody is watched by everybody."""
PACE: Final = np.float32(0.8)
"""How far a round goes; at 1 it would go back and forth."""
ONWARD: Final = np.float32(0.7)
"""How much of the way of the round before is gone once more, in proportion."""
LEAST: Final = 1e-12


def circles(size: Figures, shared: Figures) -> tuple[Figures, Figures]:
    """Return (v,) the people of each creator's circle, and (v, v) each audience's people in each.

    size: (v,) the people of each audience, above 0. shared: (v, v) the people in two audiences, the
    same in both directions; the diagonal does not count. Rows of the second sum to ``size``.
    """
    wanted = np.minimum(shared, np.minimum.outer(size, size))
    np.fill_diagonal(wanted, size)
    weight, _ = nnls(wanted / size[:, None], np.ones(size.size))
    people = weight * size
    inside = _fitted(wanted * weight, people, size).astype(np.float64)
    np.fill_diagonal(wanted, 0.0)
    total = float(wanted.sum())
    if not total:
        return size / INSIDE_MOST, np.diag(size)
    there = people > 0
    people[there], inside[:, there] = _moved(
        _short(people[there]), _short(inside[:, there]), _short(wanted), _short(size), total
    )
    inside *= (size / np.maximum(inside.sum(axis=1), LEAST))[:, None]
    inside, people = _whole(inside, people, size)
    return people, inside


def _moved(
    people: Floats, inside: Floats, wanted: Floats, size: Floats, total: float
) -> tuple[Floats, Floats]:
    """Return the circles' people, and the audiences moved among them, after all rounds.

    Whoever has nobody in a circle never will, so only circles with people are handed in.
    """
    before = inside
    for number in range(ROUNDS):
        safe = np.maximum(people, LEAST)
        part = inside / safe
        root = inside / np.sqrt(safe)
        both = root @ root.T
        np.fill_diagonal(both, 0.0)
        # As many people in the circles as make all common audiences together as large as observed.
        scale = np.float32(both.sum() / total)
        people, part, both = people * scale, part / scale, both / scale
        closer = ((wanted @ part + LEAST) / (both @ part + LEAST)) ** PACE
        inside = moved = _fitted(inside * closer, people, size)
        if 0 < number < ROUNDS - 1:
            inside = moved * ((moved + LEAST) / (before + LEAST)) ** ONWARD
            inside = inside * (size / np.maximum(inside.sum(axis=1), LEAST))[:, None]
        before = moved
    return people, inside


def _short(figures: Figures) -> NDArray[np.float32]:
    """Return numbers of four bytes: the rounds need no more, and take half as long."""
    return figures.astype(np.float32)


def _fitted(inside: Floats, people: Floats, size: Floats) -> Floats:
    """Bring each audience to its size, with hardly more people of a circle than it has."""
    for _ in range(2):
        inside = inside * (size / np.maximum(inside.sum(axis=1), LEAST))[:, None]
        inside = np.minimum(inside, INSIDE_MOST * people)
    fitted: Floats = inside * (size / np.maximum(inside.sum(axis=1), LEAST))[:, None]
    return fitted


def _whole(inside: Figures, people: Figures, size: Figures) -> tuple[Figures, Figures]:
    """Put whoever finds no room in the other circles into the creator's own, and make it wider."""
    inside = np.minimum(inside, INSIDE_MOST * people)
    own = np.diagonal(inside) + np.maximum(size - inside.sum(axis=1), 0.0)
    np.fill_diagonal(inside, own)
    return inside, np.maximum(people, own / INSIDE_MOST)
