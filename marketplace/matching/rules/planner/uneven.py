"""How unevenly the people of a cell watch: some a lot, some hardly at all.

Who watches a lot is likelier to watch what everybody knows; a small creator is found by chance, by
those who watch a lot and by those who watch little. So of how surely a creator is seen, a part goes
with how fond people are of watching: the *popular* part ``q / (q + 0.02)``, where ``q`` of all
people there, whatever their interests, watch that creator. Fondness is Gamma distributed (mean 1,
variance ``uneven``). With ``L = -log(1 - p)`` of a creator who alone reaches the part ``p``,

    by_chance = (1 - popular) L
    by_fondness = exp(uneven popular L) - 1

and a cell is missed by several creators by the part

    exp(-sum of by_chance) (1 + sum of by_fondness)^(-1 / uneven)

For an unevenness of nought that is the product of ``1 - p``, chance alone. Whatever it is, the part
falls and grows ever flatter as the sums grow.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Figures = NDArray[np.float64]

UNEVEN: Final = 0.375
"""Two large audiences of one cell share up to so much more than by chance."""
POPULAR: Final = 0.02
"""Of all people; of the audience of who reaches so many, half goes with fondness."""
LEAST: Final = 1e-6
"""Less is chance."""


def popular_part(reached: Figures) -> Figures:
    """Return how much goes with fondness for those who reach this part of all people."""
    return reached / (reached + POPULAR)


def watched_by(
    seen: Figures, popular: Figures, uneven: Figures | float = UNEVEN
) -> tuple[Figures, Figures]:
    """Return (…, cells) how much more cells are watched by chance, and the same by fondness.

    seen: (…, cells) what is reached of each, by one creator alone. popular: the same, their popular
    part.
    """
    surely = -np.log1p(-seen)
    by_fondness = popular * surely
    return surely - by_fondness, np.expm1(uneven * by_fondness)


def reached_by(watched: Figures, uneven: Figures) -> Figures:
    """Return (…, cells) the part of each cell that is reached when it is watched so much.

    watched: (…, some + cells) by chance, where only the first cells are found by chance at all, and
    behind it by fondness.
    """
    by_chance, by_fondness = in_two(watched, uneven.size)
    part = np.log1p(by_fondness)
    part /= -uneven
    part[..., : by_chance.shape[-1]] -= by_chance
    np.expm1(part, out=part)
    return np.negative(part, out=part)


def in_two(watched: Figures, cells: int) -> tuple[Figures, Figures]:
    """Return what stands behind each other: by chance, and by fondness of so many cells."""
    return watched[..., :-cells], watched[..., -cells:]
