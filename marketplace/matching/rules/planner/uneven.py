"""How unevenly the people of a cell watch: some a lot, some hardly at all.

With a fondness that is Gamma distributed (mean 1, variance ``uneven``) and chance deciding for each
person, a cell of which creators alone reach the parts ``p_i`` is missed by all of them by the part

    (1 + sum of longer_i)^(-1 / uneven), where longer_i = (1 - p_i)^(-uneven) - 1

For an unevenness of nought that is the product of ``1 - p_i``, chance alone. Whatever it is, the
part falls and grows ever flatter as the sum grows.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Figures = NDArray[np.float64]

UNEVEN: Final = 0.25
"""Small audiences of one cell share a quarter more than by chance. From a fifth to a third, plans
of real audiences reach about what is foretold."""
LEAST: Final = 1e-6
"""Less is chance."""


def longer(seen: Figures, uneven: Figures | float = UNEVEN) -> Figures:
    """Return how much longer a cell is watched by those who alone reach this part of it."""
    found: Figures = np.expm1(-uneven * np.log1p(-seen))
    return found


def reached_by(watched: Figures, uneven: Figures) -> Figures:
    """Return the part of each cell that is reached when it is watched so much longer."""
    part = np.log1p(watched)
    part /= -uneven
    np.expm1(part, out=part)
    return np.negative(part, out=part)
