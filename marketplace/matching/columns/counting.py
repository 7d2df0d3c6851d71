"""How what the columns hold counts in a fit, in whole numbers: one rule for both sides.

A wish looks through all creators (:mod:`factors`), a creator through all open briefs
(:mod:`facing`); what either finds in steps, uses and rates becomes the number of a part here.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from marketplace.kernel.money import BPS_WHOLE
from marketplace.matching.columns.context import ALIKE_WHOLE, MICRO
from marketplace.matching.columns.layout import STEP_BPS, U4_MOST
from marketplace.matching.rules import shares
from marketplace.matching.rules.fit import TIMES_WHOLE

Whole = NDArray[np.int64]

PARTS_A_BPS: Final = TIMES_WHOLE // BPS_WHOLE
STEP_PARTS: Final = STEP_BPS * PARTS_A_BPS
"""A step of a share in hundred-millionths."""
ALIKE_STEPS: Final = round(ALIKE_WHOLE / shares.SPILL)
"""Steps × likeness that make one step."""
ALIKE_A_PART: Final = ALIKE_STEPS // STEP_PARTS
"""Steps × likeness that make a hundred-millionth."""


def share_bps(steps: NDArray[Any]) -> Whole:
    """Return a share in basis points."""
    return np.asarray(steps * np.int64(STEP_BPS))


def country_parts(own: NDArray[Any], near: Whole) -> Whole:
    """Return the share in the countries wanted and what the others say of it, in parts.

    own: its steps, which are never more than the whole. near: steps × likeness of the others. In
    whole basis points, rounded up; what is less than one stays as it is, so that whoever has next
    to nothing is found in the right order, behind all who have more.
    """
    found = own * np.int64(STEP_PARTS)
    found -= -near // ALIKE_A_PART
    found = np.where(found < PARTS_A_BPS, found, -(-found // PARTS_A_BPS) * PARTS_A_BPS)
    return np.minimum(found, TIMES_WHOLE)


def topic_bps(near: NDArray[np.floating]) -> Whole:
    """Return a nearness to the words wanted, 0 to 1, in basis points."""
    return np.asarray(np.floor(near.astype(np.float64) * BPS_WHOLE + 0.5).astype(np.int64))


def format_bps(steps: Whole, pieces: int | Whole) -> Whole:
    """Return how sure it is that all pieces are made, in basis points; steps: of all together."""
    return (steps * STEP_BPS + pieces // 2) // pieces


def asked(rates: Whole, pieces: Whole) -> tuple[Whole, NDArray[np.bool_]]:
    """Return what all pieces cost by these rates, and whether each of them has one.

    By format in the last dimension of both.
    """
    known = ((rates > 0) | (pieces == 0)).all(axis=-1)
    return np.minimum((rates * pieces).sum(axis=-1), U4_MOST), known


def estimates(views: NDArray[Any], cost_micro: int | Whole, floor_minor: int | Whole) -> Whole:
    """Return what so many views usually cost, in minor units, and no less than the floor."""
    whole, rest = np.divmod(cost_micro, MICRO)  # in two steps: nothing outgrows 8 bytes
    views = views.astype(np.int64)
    found = views * whole + (views * rest + MICRO // 2) // MICRO
    return np.asarray(np.minimum(np.maximum(found, np.maximum(1, floor_minor)), U4_MOST))
