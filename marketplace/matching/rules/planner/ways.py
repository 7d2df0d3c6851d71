"""What one creator of a plan may be asked to make: the ways among which the planner chooses. Pure.

A way is a number of pieces of each format. A campaign allows from so many to so many of each, and
every mixture of them is a way. A creator makes one of them, or none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, Final

from marketplace.creators.rules import FORMATS
from marketplace.kernel.counts import counted
from marketplace.matching.rules.planner.limits import Contradiction, PlanRefused, Rule

Asked = Mapping[str, tuple[int, int]]
"""Format -> from how many to how many of it one creator may be asked for."""

PIECES_MOST: Final = 6
"""Of one format for one creator."""
WAYS_MOST: Final = 12
"""With more the page could not be read, and each takes room for the whole market."""
VIEWERS: Final[Mapping[str, float]] = {"video": 1.0, "photo_post": 0.44, "story": 0.25, "live": 0.2}
"""How many a piece reaches for each viewer of a video of the same creator.

A photo: short videos reach 2.25 times as many (10,000 posts of January to June 2025, CreatorsJet,
"Instagram Reels vs Carousels vs Images"). A story: 0.5 to 0.6 of a post in the feed (Socialinsider,
January 2022, by marketingcharts.com). Of live streams no figure is known to us: an assumption.
"""
NEW_AGAIN: Final = 0.6
"""Of as many people as one piece reaches, the next of the same creator finds so many new."""
NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "video": ("video", "videos"),
    "photo_post": ("photo post", "photo posts"),
    "story": ("story", "stories"),
    "live": ("live stream", "live streams"),
}
"""One and several."""


@dataclass(frozen=True, slots=True)
class Way:
    """What one creator makes. pieces: (format, how many), in the order of FORMATS, none of 0."""

    pieces: tuple[tuple[str, int], ...]

    @property
    def key(self) -> str:
        """Return a short name for an address, like ``1video-2story``."""
        return "-".join(f"{count}{name}" for name, count in self.pieces)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Return it as rows like those of a brief."""
        return [{"format": name, "count": count} for name, count in self.pieces]

    @property
    def words(self) -> str:
        """Return it in words, like "1 video and 2 stories"."""
        parts = [f"{count} {NAMES[name][count != 1]}" for name, count in self.pieces]
        return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"

    @property
    def people_each(self) -> float:
        """How many people all pieces reach for each viewer of one video.

        The piece that reaches most comes first; those that follow find fewer who are new.
        """
        reaches = sorted(
            (VIEWERS[name] for name, count in self.pieces for _ in range(count)), reverse=True
        )
        return sum(reach * NEW_AGAIN**place for place, reach in enumerate(reaches))


def way_of(pieces: Mapping[str, int]) -> Way:
    """Return the way of so many pieces of each format."""
    return Way(tuple((name, pieces[name]) for name in FORMATS if pieces.get(name)))


def way_in(rows: Iterable[Mapping[str, Any]]) -> Way | None:
    """Return the way of such rows; None for none."""
    pieces: dict[str, int] = {}
    for each in rows:
        pieces[each["format"]] = pieces.get(each["format"], 0) + each["count"]
    return way_of(pieces) if pieces else None


def way_named(key: str) -> Way | None:
    """Return the way with this short name; None where it is not one."""
    pieces: dict[str, int] = {}
    for part in key.split("-"):
        found = re.fullmatch(r"([1-9][0-9]?)([a-z_]+)", part)
        if found is None or found[2] not in FORMATS or found[2] in pieces:
            return None
        pieces[found[2]] = int(found[1])
    return way_of(pieces)


def usual_asked(pieces: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """Return what is asked where nobody has said more than a brief does.

    pieces: what the brief asks for, the most important first: one of that from everybody, and of
    everything as many as the brief names.
    """
    first = next(iter(pieces))
    return {name: (int(name == first), count) for name, count in pieces.items()}


def ways(asked: Asked) -> tuple[Way, ...]:
    """Return every way, that with the fewest pieces first.

    Raises PlanRefused for counts that no creator can obey, and where there are too many ways.
    """
    for name, (fewest, most) in asked.items():
        one, several = NAMES[name]
        if min(fewest, most) < 0:
            raise _refused("A number of pieces is 0 or more.")
        if fewest > most:
            raise _refused(
                f"You ask for at least {counted(fewest, one, several)} from one creator"
                f" and for at most {most}."
            )
        if most > PIECES_MOST:
            raise _refused(f"One creator makes at most {PIECES_MOST} {several}.")
    count = prod(most - fewest + 1 for fewest, most in asked.values())
    count -= not any(fewest for fewest, _ in asked.values())  # nothing at all is no way
    if count > WAYS_MOST:
        raise _refused(
            f"These are {count} different things that one creator could make; {WAYS_MOST} are the"
            " most the planner chooses among. Allow fewer pieces."
        )
    names = [name for name in FORMATS if name in asked]
    counts = product(*(range(asked[name][0], asked[name][1] + 1) for name in names))
    found = sorted((each for each in counts if any(each)), key=lambda each: (sum(each), each[::-1]))
    if not found:
        raise _refused("Nothing is to be made: allow at least one piece of something.")
    return tuple(way_of(dict(zip(names, each, strict=True))) for each in found)


def _refused(sentence: str) -> PlanRefused:
    return PlanRefused([Contradiction((Rule.MAKE,), sentence)])
