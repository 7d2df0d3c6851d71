"""What was worked out of single rows: whoever moves a slider asks for much the same ones again."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.columns.market import Market, Rows

QUESTIONS_KEPT: Final = 4
"""Of each kind. Four bytes a creator each, of which the system gives only what is written to."""


def remembered(
    market: Market,
    kind: str,
    question: Hashable,
    rows: Rows,
    work_out: Callable[[Rows], NDArray[np.int64]],
) -> NDArray[np.int64]:
    """Return a number from 0 to 2^32 - 2 of each row, worked out of those that are new.

    kind, question: what it is and what else it depends on, besides the row. work_out: gives it of
    some rows. It stays true while the columns stay as they are.
    """
    known: NDArray[np.uint32] = market.memo.get(
        kind, question, lambda: np.zeros(market.count, np.uint32), most=QUESTIONS_KEPT
    )  # each one higher than it is: 0 is not known yet
    found = known[rows].astype(np.int64)
    new = np.flatnonzero(found == 0)
    if len(new):
        found[new] = work_out(rows[new]) + 1
        known[rows[new]] = found[new]
    found -= 1
    return found
