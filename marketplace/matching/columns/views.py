"""The views that a creator's next video can be expected to get, and their bounds."""

from __future__ import annotations

from dataclasses import replace
from math import log2
from typing import Final

import numpy as np
from numpy.typing import NDArray

from marketplace.creators.queries import CreatorFacts
from marketplace.matching.columns.layout import SPREAD_STEPS
from marketplace.matching.rules import views
from marketplace.matching.rules.views import ExpectedViews

_STEP_MOST: Final = 255


def views_of(facts: CreatorFacts) -> ExpectedViews | None:
    """Return what a creator's next video can be expected to get; None while no views are known.

    Of the last videos those count that are some days old; where there are only newer ones, they do.
    Without the single videos the known median of them stands for all.
    """
    mature = [each for each in facts.videos if each[2]] or facts.videos
    if mature:
        return views.expected([each[0] for each in mature], [each[1] for each in mature])
    if facts.median_views is not None:
        return views.expected([facts.median_views])
    return None


def shown_views(facts: CreatorFacts) -> ExpectedViews | None:
    """Return what a creator's next video can be expected to get, with the bounds pages show."""
    found = views_of(facts)
    if found is None:
        return None
    (low,), (high,) = bounds(
        np.array([found.median], np.int64),
        np.array([steps_below(found)], np.uint8),
        np.array([steps_above(found)], np.uint8),
    )
    return replace(found, low=int(low), high=int(high))


def steps_below(expected: ExpectedViews) -> int:
    """Return how far the lower bound is, in steps of which SPREAD_STEPS halve the views."""
    return min(_STEP_MOST, round(SPREAD_STEPS * log2(expected.median / max(1, expected.low))))


def steps_above(expected: ExpectedViews) -> int:
    """Return how far the upper bound is, in steps of which SPREAD_STEPS double the views."""
    return min(_STEP_MOST, round(SPREAD_STEPS * log2(expected.high / max(1, expected.median))))


def bounds(
    middle: NDArray[np.int64], below: NDArray[np.uint8], above: NDArray[np.uint8]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the bounds again, from the views expected and the two numbers of steps."""
    return (
        np.rint(middle * _LESS[below]).astype(np.int64),
        np.rint(middle * _MORE[above]).astype(np.int64),
    )


_LESS: Final = np.array([2.0 ** (-step / SPREAD_STEPS) for step in range(_STEP_MOST + 1)])
_MORE: Final = np.array([2.0 ** (step / SPREAD_STEPS) for step in range(_STEP_MOST + 1)])
