"""How alike brands and creators are, by several descriptions of each: a method, not the product.

It needs brands with posts of their own, which nobody brings to this market: a brief's words are
what the product matches by. Here a brand is described like a creator: by the shares of its topics,
by the place of its words among all words. Nothing is learned from who worked
with whom. Three things make the plain cosines better, and each is a sentence:

- What all have in common says nothing: the brands' mean is taken from brands, the creators' from
  creators.
- One strong likeness counts more than two weak ones.
- A creator who is like everybody is less like this brand: half of how near the ten nearest others
  are is taken off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.rules.topics import unit_rows

Floats = NDArray[np.floating]

SHARPNESS: Final = 0.5
COMMON_WEIGHT: Final = 0.5
NEAREST: Final = 10
COMPARED: Final = 2_000
"""How common a creator is, is seen among so many others, evenly picked."""


@dataclass(frozen=True, slots=True)
class Described:
    """Creators by one description.

    creators: (n, d), rows of length 1 or 0. turn: (d, e), brings another description there.
    scale: of the cosines between two creators, their spread.
    """

    creators: Floats
    turn: Floats
    scale: float

    def brands(self, rows: Floats) -> Floats:
        """Return brands (b, e) so that they can be compared: rows of length 1 or 0.

        rows: (b, d), of all brands that are there: what they have in common is taken off.
        """
        return unit_rows((rows - rows.mean(axis=0)) @ self.turn)


def by_shares(shares: Floats) -> Described:
    """Describe creators by the shares (n, d) of their topics, as :func:`roots` returns them."""
    middle = shares - shares.mean(axis=0)
    return _described(middle, np.eye(shares.shape[1]))


def by_vectors(vectors: Floats) -> Described:
    """Describe creators by vectors (n, d) of their words, half-whitened.

    The spread along each axis is brought to its root, so that the few greatest differences between
    creators do not drown the others.
    """
    middle = vectors - vectors.mean(axis=0)
    sizes, axes = np.linalg.eigh(middle.T @ middle / max(len(middle), 1))
    kept = sizes > sizes.max(initial=0) * 1e-9
    return _described(middle, axes[:, kept] * sizes[kept] ** -0.25)


def roots(shares: Floats) -> Floats:
    """Return the roots of shares (n, d) brought to a sum of 1: Hellinger's way to compare them."""
    total = np.maximum(shares, 0).sum(axis=1, keepdims=True)
    return np.sqrt(np.maximum(shares, 0) / np.where(total > 0, total, 1))


def likeness(described: Sequence[Described], brands: Sequence[Floats]) -> Floats:
    """Return how alike brands and creators are: (b, n), any number, more is more.

    brands: for each description the rows (b, d) of the same brands.
    """
    total = -COMMON_WEIGHT * commonness(described)[None, :]
    for one, rows in zip(described, brands, strict=True):
        near = one.brands(rows) @ one.creators.T / one.scale
        total = total + np.exp(SHARPNESS * near) / SHARPNESS
    return np.asarray(total)


def commonness(described: Sequence[Described]) -> Floats:
    """Return how near the nearest others are to each creator: (n,), in spreads."""
    count = len(described[0].creators)
    others = np.unique(np.linspace(0, count - 1, min(count, COMPARED)).round().astype(int))
    near = sum(
        (one.creators @ one.creators[others].T / one.scale for one in described),
        np.zeros((count, len(others))),
    )
    near[others, np.arange(len(others))] = -np.inf
    nearest = min(NEAREST, len(others) - 1)
    if nearest < 1:
        return np.zeros(count)
    found: Floats = np.partition(near, -nearest, axis=1)[:, -nearest:].mean(axis=1)
    return found


def standing(values: Floats) -> Floats:
    """Return for each brand the part of the creators who are less alike: (b, n), 0 to 1."""
    ranks = np.sort(values, axis=1)
    below = [np.searchsorted(row, own) for row, own in zip(ranks, values, strict=True)]
    return np.asarray(np.array(below) / max(values.shape[1] - 1, 1))


def _described(middle: Floats, turn: Floats) -> Described:
    creators = unit_rows(middle @ turn)
    some = creators[:: max(1, len(creators) // COMPARED)]
    alike = some @ some.T
    apart = alike[~np.eye(len(some), dtype=bool)]
    return Described(creators, turn, float(apart.std()) if apart.size and apart.any() else 1.0)
