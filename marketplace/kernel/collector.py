"""Python's garbage collector, as it suits a process that serves for long."""

from __future__ import annotations

import gc
from typing import Final

NEW_ONES: Final = 20_000
"""A page makes thousands of objects that end with it anyway."""


def settle() -> None:
    """Let the collector pass over what was loaded to get here, and look less often.

    That stays for ever: walking through it again and again would take a request some tenths of a
    second.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_ONES, 10, 10)
