"""What creators of one brand have in common: learned from other brands, for brands not seen.

The creators of a brand, and the brand itself, are taken as fellows: draws around a place that is
the brand's own. From brands whose creators are known come two spreads, of the places and around
them. They say of any two accounts how much likelier it is that they are fellows than that they are
not (a two-covariance model, as voices are told apart: Brümmer and de Villiers 2010, "The speaker
partitioning problem"). It adds two parts to a score, and each is a sentence:

- brand and creator are alike in what fellows are alike in, beyond what a creator shares with
  everybody;
- those who would be this creator's fellows suit the brand.

Places are compared by coordinates in which a strong likeness counts more than two weak ones, as in
:mod:`benchmarks.quality.likeness`; no outcome is needed to make them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.special import softmax

from benchmarks.quality.figures import Floats, standard
from benchmarks.quality.likeness import Described
from marketplace.matching.rules.topics import unit_rows

LANDMARKS: Final = 800
"""Coordinates are made of likenesses to so many creators, evenly picked."""
COORDINATES: Final = 400
WHITENED: Final = 0.75
"""Spreads of coordinates are divided by themselves to this power: 0.5 would leave cosines alone."""
EVEN: Final = 0.3
"""How far the spread around a brand's place is taken to be the same in all directions."""
LEAST: Final = 1e-3
"""Directions in which places are spread by less, of the spread around them, say nothing."""
NEAREST: Final = 10
COMMON_WEIGHT: Final = 0.4
WEIGHT: Final = 0.8
"""Of being fellows, beside 1 of what is learned of traits."""
BY_FELLOWS: Final = 0.4
SHARPNESS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Fellows:
    """turn: (d, e), to directions with a spread of 1 around places. spread: (e,), of the places."""

    turn: Floats
    spread: Floats

    def likelier(self, first: Floats, second: Floats) -> Floats:
        """Return by how much, as a logarithm (a, b), each two are likelier to be fellows."""
        one, two = first @ self.turn, second @ self.turn
        alone = self.spread + 1
        both = alone**2 - self.spread**2
        own = (1 / alone - alone / both) / 2
        together = (one * (self.spread / both)) @ two.T
        level = (np.log(alone) - np.log(both) / 2).sum()
        found: Floats = level + together + (one**2 @ own)[:, None] + (two**2 @ own)[None, :]
        return found


def coordinates(described: Sequence[Described], brands: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Return brands and creators by coordinates: rows of length 1, or of 0 for the middle.

    brands: for each description the rows of the same brands.
    """
    creators = [one.creators for one in described]
    count = len(creators[0])
    some = np.unique(np.linspace(0, count - 1, min(count, LANDMARKS)).round().astype(int))

    def near(rows: Sequence[Floats]) -> Floats:
        """Return likenesses to the landmarks, less what each, and each landmark, has of it."""
        found = np.zeros((len(rows[0]), len(some)))
        for own, theirs in zip(rows, creators, strict=True):
            found += np.exp(own @ theirs[some].T)
        return np.asarray(found - found.mean(axis=1, keepdims=True))

    among = near([rows[some] for rows in creators])
    middle = among.mean(axis=0)
    sizes, axes = np.linalg.eigh(among - middle)
    kept = np.flatnonzero(sizes > max(sizes[-1], 0) * 1e-9)[-COORDINATES:]
    turn = axes[:, kept] * sizes[kept] ** -WHITENED

    def placed(rows: Sequence[Floats]) -> Floats:
        found = (near(rows) - middle) @ turn
        return unit_rows(found - found.mean(axis=0))

    asked = [one.brands(rows) for one, rows in zip(described, brands, strict=True)]
    return placed(asked), placed(creators)


def learn(brands: Floats, creators: Floats, worked: NDArray[np.bool_]) -> Fellows:
    """Learn the two spreads from brands (b, d) and creators (n, d); worked: (b, n)."""
    groups = [
        np.vstack([creators[own], brand])
        for brand, own in zip(brands, worked, strict=True)
        if own.any()
    ]
    size = creators.shape[1]
    if len(groups) < 2:
        return Fellows(np.zeros((size, 0)), np.zeros(0))
    apart = np.vstack([group - group.mean(axis=0) for group in groups])
    around = apart.T @ apart / (len(apart) - len(groups))
    places = np.cov(np.vstack(groups).T) - around
    even = np.trace(around) / size * np.eye(size)
    spread, turn = eigh(places, (1 - EVEN) * around + EVEN * even)
    kept = spread > LEAST
    return Fellows(turn[:, kept], spread[kept])


def scores(known: Floats, brand: Floats, among: Floats) -> Floats:
    """Return scores (b, n) with the two parts added.

    known: (b, n), scores without. brand: (b, n), how likely brand and creator are fellows, and
    among: (n, n), creators and creators.
    """
    among = among.copy()
    np.fill_diagonal(among, -np.inf)
    nearest = min(NEAREST, len(among) - 1)
    if nearest < 1:
        return known
    common = np.partition(among, -nearest, axis=1)[:, -nearest:].mean(axis=1)
    found = standard(standard(known) + WEIGHT * standard(brand - COMMON_WEIGHT * common))
    theirs = softmax(SHARPNESS * among, axis=1)
    return np.asarray(found + BY_FELLOWS * standard(found @ theirs.T))
