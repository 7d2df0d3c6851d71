"""All rows of a market, a block at a time, on every processor there is."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Final, TypeVar

T = TypeVar("T")

BLOCK: Final = 131_072
"""So many rows at once stay in the processor's cache; a set of them fills whole words of 64."""


def by_blocks(total: int, look: Callable[[slice], T]) -> list[T]:
    """Return what is found in each block, in their order.

    numpy lets go of the interpreter while it works on a block, so that several are looked at at
    once; the caller takes its own part.
    """
    blocks = [slice(begin, min(begin + BLOCK, total)) for begin in range(0, total, BLOCK)]
    hands = min(len(blocks), len(os.sched_getaffinity(0)))
    if hands < 2:
        return [look(block) for block in blocks]

    def part(number: int) -> list[T]:
        return [look(block) for block in blocks[number::hands]]

    others = [_helpers().submit(part, number) for number in range(1, hands)]
    found = [part(0), *(other.result() for other in others)]
    return [found[at % hands][at // hands] for at in range(len(blocks))]


@cache
def _helpers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(len(os.sched_getaffinity(0)), thread_name_prefix="columns")


os.register_at_fork(after_in_child=_helpers.cache_clear)
