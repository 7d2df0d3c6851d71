"""Finding creators among the rows by their ids, which are kept as two halves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

_HALF: Final = 64


def halves(creator_ids: Sequence[UUID]) -> NDArray[np.uint64]:
    """Return ids as the columns have them: (2, n)."""
    numbers = [each.int for each in creator_ids]
    return np.array(
        [[number >> _HALF for number in numbers], [number & (2**_HALF - 1) for number in numbers]],
        np.uint64,
    )


def find_rows(known: NDArray[Any], ids: NDArray[Any], *, ordered: int) -> NDArray[np.intp]:
    """Return where each id stands among the known ones, -1 for one that does not.

    ordered: so many of the known ones are in the order of their ids; the others come after.
    """
    place = np.searchsorted(known[0, :ordered], ids[0])
    found = np.full(ids.shape[1], -1, np.intp)
    # Ids with one first half stand together; there is hardly ever more than one.
    waiting = np.arange(ids.shape[1])
    while len(waiting):
        waiting = waiting[place[waiting] < ordered]
        waiting = waiting[known[0, place[waiting]] == ids[0, waiting]]
        hit = known[1, place[waiting]] == ids[1, waiting]
        found[waiting[hit]] = place[waiting[hit]]
        waiting = waiting[~hit]
        place[waiting] += 1
    late = {
        (high, low): ordered + number
        for number, (high, low) in enumerate(known[:, ordered:].T.tolist())
    }
    if late:
        for number in np.flatnonzero(found < 0):
            found[number] = late.get((int(ids[0, number]), int(ids[1, number])), -1)
    return found
