"""How long a creator's videos are, in four bands. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final


class LengthBand(StrEnum):
    """The form of a video, by how long one watches it."""

    FLASH = "flash"
    SHORT = "short"
    MEDIUM = "medium"
    LONG = "long"


BAND_UNDER: Final[Sequence[tuple[LengthBand, int]]] = (
    (LengthBand.FLASH, 15),
    (LengthBand.SHORT, 60),
    (LengthBand.MEDIUM, 180),
)
"""Seconds below which a video is of a band; anything from the last on is long."""
BAND_WORDS: Final[Mapping[LengthBand, str]] = {
    LengthBand.FLASH: "Under 15 seconds",
    LengthBand.SHORT: "15 seconds to a minute",
    LengthBand.MEDIUM: "One to three minutes",
    LengthBand.LONG: "Three minutes and longer",
}

_UNDER: Final = tuple(under for _, under in BAND_UNDER)


def band_counts(seconds: Iterable[int | None]) -> list[int]:
    """Return how many lengths are of each band, in their order; unknown ones are left out."""
    counts = [0] * len(LengthBand)
    for each in seconds:
        if each is not None:
            counts[bisect_right(_UNDER, each)] += 1
    return counts
