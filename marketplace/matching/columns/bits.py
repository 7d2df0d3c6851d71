"""Sets of rows, one bit each: what a million rows are asked in a few microseconds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint64]
Mask = NDArray[np.bool_]
Rows = NDArray[np.intp]

WORD: Final = 64
BYTE: Final = 8


def packed(mask: Mask) -> Bits:
    """Return the rows at which a mask is true; there is room up to a whole word."""
    found = np.zeros(-(-len(mask) // WORD) * BYTE, np.uint8)
    some = np.packbits(mask, bitorder="little")
    found[: len(some)] = some
    return found.view(np.uint64)


def joined(parts: Sequence[Bits]) -> Bits:
    """Return the sets of blocks of whole words as one."""
    return np.concatenate([np.empty(0, np.uint64), *parts])


def count(bits: Bits) -> int:
    """Return how many rows are in a set."""
    return int(np.bitwise_count(bits).sum(dtype=np.int64))


def are_in(bits: Bits, rows: Rows) -> Mask:
    """Say of each of some rows whether it is in a set."""
    places, within = rows >> 3, (rows & 7).astype(np.uint8)  # // and % take several times as long
    there: NDArray[np.uint8] = bits.view(np.uint8)[places] >> within & 1
    return there.view(np.bool_)


def rows_in(bits: Bits, total: int) -> Rows:
    """Return the rows of a set in their order, of so many rows altogether."""
    mask = np.unpackbits(bits.view(np.uint8), count=total, bitorder="little")
    return np.flatnonzero(mask.view(np.bool_))
