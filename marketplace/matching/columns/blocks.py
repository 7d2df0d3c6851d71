"""The rows of a market: all, a block at a time on every processor there is, or some of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")
Rows = NDArray[np.intp]

BLOCK: Final = 262_144
"""About so many rows at once stay in the processor's cache; with fewer, the processors would wait
for each other more than they work."""
WORD: Final = 64
"""A set of the rows of a block fills whole words of so many."""
TASTED: Final = 4_096
"""About so many rows from all over say what the others are like."""
NEIGHBOURS: Final = 8


def by_blocks(total: int, look: Callable[[slice], T]) -> list[T]:
    """Return what is found in each block, in their order.

    numpy lets go of the interpreter while it works on a block, so that several are looked at at
    once; the caller takes its own part.
    """
    hands = len(os.sched_getaffinity(0))
    if hands < 2 or total <= BLOCK:
        return in_turn(total, look)
    size = -(-total // (hands * -(-total // (hands * BLOCK)) * WORD)) * WORD
    blocks = [slice(begin, min(begin + size, total)) for begin in range(0, total, size)]

    def part(number: int) -> list[T]:
        return [look(block) for block in blocks[number::hands]]

    others = [_helpers().submit(part, number) for number in range(1, hands)]
    found = [part(0), *(other.result() for other in others)]
    return [found[at % hands][at // hands] for at in range(len(blocks))]


def in_turn(total: int, look: Callable[[slice], T]) -> list[T]:
    """Return the same, found by the caller alone: what is quick is not worth handing over."""
    return [look(slice(begin, min(begin + BLOCK, total))) for begin in range(0, total, BLOCK)]


def spread(total: int, step: int) -> Rows:
    """Return one row of so many, evenly from all of them.

    A few neighbours at a time: those lie together in the memory.
    """
    first = np.arange(0, total, step * NEIGHBOURS)
    rows = (first[:, None] + np.arange(NEIGHBOURS)).ravel()
    return rows[rows < total]


def tasted(total: int) -> tuple[Rows, int]:
    """Return about TASTED rows from all over, and of how many each is one."""
    step = max(1, total // TASTED)
    return spread(total, step), step


@cache
def _helpers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(len(os.sched_getaffinity(0)), thread_name_prefix="columns")


os.register_at_fork(after_in_child=_helpers.cache_clear)
