"""What other brands' outcomes add to how alike brands and creators are: learned, still in parts.

A score is the sum of three parts, and each is a sentence:

- how alike brand and creator are (:mod:`benchmarks.quality.likeness`), times a learned trust;
- brands like this one worked with creators like these: a weight for each trait of a brand beside
  each trait of a creator;
- creators like these are worked with: a weight for each trait of a creator.

The weights make it likely, brand by brand, that whom it worked with is who would be drawn from all
by the scores (a conditional logit); each is drawn towards nought, so that few outcomes teach
little. How strongly, is chosen by brands that are held back from learning, and "not at all" is one
of the choices.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp

from benchmarks.quality.figures import Floats
from benchmarks.quality.likeness import Described

STRENGTHS: Final = (400.0, 200.0, 100.0, 50.0, 25.0)
"""How strongly weights are drawn towards nought, strongest first."""
TRUST: Final = 0.2
"""Where the search for the trust begins."""
ROUNDS: Final = 80


@dataclass(frozen=True, slots=True)
class Lists:
    """Brands (b, d) and creators (n, e) by their traits, and how alike they are (b, n)."""

    brands: Floats
    creators: Floats
    alike: Floats


@dataclass(frozen=True, slots=True)
class Learned:
    """trust: of how alike they are. together: (d, e), traits of both. alone: (e,), of a creator."""

    trust: float
    together: Floats
    alone: Floats

    def parts(self, lists: Lists) -> tuple[Floats, Floats, Floats]:
        """Return the three parts (b, n) of each score, in the order in which they stand above."""
        return (
            self.trust * lists.alike,
            lists.brands @ self.together @ lists.creators.T,
            np.broadcast_to(lists.creators @ self.alone, lists.alike.shape),
        )

    def scores(self, lists: Lists) -> Floats:
        return np.asarray(sum(self.parts(lists)))


def traits(described: Sequence[Described], brands: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Return brands and creators by all descriptions side by side, one spread of cosines each.

    brands: for each description the rows of the same brands.
    """
    both = zip(described, brands, strict=True)
    return (
        np.hstack([one.brands(rows) / one.scale**0.5 for one, rows in both]),
        np.hstack([one.creators / one.scale**0.5 for one in described]),
    )


def learn(
    lists: Lists, worked: NDArray[np.bool_], strengths: Sequence[float] = STRENGTHS
) -> Iterator[Learned]:
    """Yield what is learned with each strength, each from where the one before ended.

    worked: (b, n), who worked with whom; brands who worked with none of them teach nothing.
    """
    teaching = worked.any(axis=1)
    brands, creators, alike = lists.brands[teaching], lists.creators, lists.alike[teaching]
    hits = worked[teaching].astype(float)
    counts = hits.sum(axis=1, keepdims=True)
    target, weight = hits / counts, np.sqrt(counts * len(hits) / counts.sum())
    d, e = brands.shape[1], creators.shape[1]
    at = np.concatenate([[TRUST], np.zeros(d * e + e)])

    def split(values: Floats) -> Learned:
        return Learned(float(values[0]), values[1 : 1 + d * e].reshape(d, e), values[1 + d * e :])

    def surprise(values: Floats, strength: float) -> tuple[float, Floats]:
        """Return how unlikely what happened is, the pull towards nought added, and its slope."""
        guess = split(values)
        chances = guess.scores(Lists(brands, creators, alike))
        chances = chances - logsumexp(chances, axis=1, keepdims=True)
        off = (np.exp(chances) - target) * weight
        pull = strength * values
        pull[0] = 0
        slope = [[(off * alike).sum()], (brands.T @ off @ creators).ravel(), off.sum(0) @ creators]
        value = -(weight * target * chances).sum() + (pull @ values) / 2
        return float(value) / len(hits), (np.concatenate(slope) + pull) / len(hits)

    for strength in strengths:
        if len(hits):
            options = {"maxiter": ROUNDS}
            at = minimize(  # type: ignore[call-overload]  # its types know arrays of one kind only
                surprise, at, (strength,), "L-BFGS-B", jac=True, options=options
            ).x
        yield split(at)
