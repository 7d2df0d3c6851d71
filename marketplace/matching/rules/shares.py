"""Shares of an audience, weighed by their evidence, and what one country says of another. Pure.

Arrays hold one row a creator (n) and one column a label (k ages, genders or countries); a row's
shares are between 0 and 1 and sum to 1 at most, and what they leave open is known of nobody.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]

PRIOR_VIEWERS: Final = 60.0
"""What is known of a niche or a home country counts like this many viewers who were asked."""
SPILL: Final = 0.05
"""What a share in a country just like the target counts: so those without any there are found."""
INTERVAL_80: Final = 1.2816
"""Standard deviations on either side of the middle that hold 80 % of a normal distribution."""


def shrink(
    shares: Floats, sample_size: Floats, prior: Floats, *, weight: float = PRIOR_VIEWERS
) -> Floats:
    """Return the shares (n, k) drawn towards the prior by how little they rest on.

    ``(sample × share + weight × prior) / (sample + weight)``: 20 viewers move the prior by a
    quarter, 20,000 replace it. A platform counts everybody, so what it says hardly moves: the
    countries of an audience are concentrated and stable, and heavy shrinkage makes them worse.

    sample_size: (n,), viewers counted; 0 gives the prior. prior: (k,) for all, or (n, k).
    """
    counted = np.maximum(sample_size, 0).astype(shares.dtype)[:, None]
    return np.asarray((counted * shares + weight * prior) / (counted + weight), shares.dtype)


def interval(share: Floats, sample_size: Floats) -> tuple[Floats, Floats]:
    """Return where the true share is in four of five cases, as two arrays like ``share``.

    Wilson's score interval, which stays within 0 and 1 also where nobody or everybody is counted;
    without any sample it is the whole range.
    """
    z2 = INTERVAL_80**2
    sample = np.maximum(sample_size, 0)
    middle = (sample * share + z2 / 2) / (sample + z2)
    half = INTERVAL_80 / (sample + z2) * np.sqrt(sample * share * (1 - share) + z2 / 4)
    return np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)


def look_alikes(profiles: Floats) -> Floats:
    """Return how much an audience in one country says of another: (c, c), 0 to 1, diagonal 0.

    Two countries are alike when the same creators are watched in both: the square of the cosine of
    their columns, as near ones say much and distant ones next to nothing.

    profiles: each creator's shares (m, c), raw, in any unit; whole numbers give the same in any
    order.
    """
    common = profiles.T @ profiles
    lengths = np.sqrt(np.diag(common))
    lengths = np.where(lengths > 0, lengths, 1)
    alike = np.clip(common / lengths / lengths[:, None], 0, 1) ** 2
    np.fill_diagonal(alike, 0)
    return np.asarray(alike, profiles.dtype)
