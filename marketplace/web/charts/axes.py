"""The field that lines are drawn on, and its upright axis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Final

from markupsafe import Markup

from marketplace.web.charts.svg import Value, path, places, sentence, text
from marketplace.web.reader import compact

MOST_STOPS: Final = 31
"""So many points at most can be reached by key; the table has them all."""
HEIGHT: Final = 240
LEFT: Final = 52
TOP: Final = 30
BOTTOM: Final = 204
FIELD: Final = HEIGHT + 16
"""A line more than over days: below the numbers stands what they count."""
SIDEWAYS_STEPS: Final = 4
"""At most so many."""


NAME_ROOM: Final = 60
NAME_ROW: Final = 14
"""Names of lines that end closer than this would be written over one another."""


@dataclass(frozen=True, slots=True)
class Pick:
    """What one place shows when it is pointed at or focused. x: in the drawing."""

    x: float
    words: str
    dots: Sequence[Markup]


def nice_top(highest: Value) -> int:
    """Return the end of an axis: the next 1, 2, 2.5, 5 or 10 times a power of ten, at least 4."""
    if highest <= 4:
        return 4
    size = 10 ** floor(log10(highest))
    return next(
        int(size * step)
        for step in (1, 2, 2.5, 5, 10)
        if size * step >= highest and size * step % 1 == 0
    )


def upright(top: int, unit: str, *, y: Callable[[Value], float], right: float) -> Markup:
    """Draw the steps of an upright axis from 0, each with its number, and what is counted.

    A quarter of 5,000 would be written 1.2K, so what begins with 5 or 25 has five steps.
    """
    steps = 4 if top % 4 == 0 and str(top).rstrip("0") in ("1", "2", "4") else 5
    ticks = [top // steps * step for step in range(steps + 1)]
    drawn = [
        Markup("{}{}").format(
            path(f"M{LEFT} {places(y(tick))}H{places(right)}", "axis" if tick == 0 else "grid"),
            text(LEFT - 8, y(tick) + 4, words=compact(tick), css="end"),
        )
        for tick in ticks
    ]
    return Markup("").join([*drawn, text(0, 12, words=sentence(unit), css="unit")])


def sideways(end: Value, across: str, *, x: Callable[[Value], float], right: float) -> Markup:
    """Write round numbers of a level axis from 0 to its end, and below what they count."""
    ticks = range(0, floor(end) + 1, nice_top(end / SIDEWAYS_STEPS))
    drawn = [text(x(tick), BOTTOM + 20, words=compact(tick), css="mid") for tick in ticks]
    return Markup("").join(
        [*drawn, text((LEFT + right) / 2, BOTTOM + 38, words=across, css="unit mid")]
    )


def picks(columns: Sequence[Pick], *, right: float) -> list[Markup]:
    """Draw one column for each place; so many can be reached by key that it stays bearable."""
    every = -(-len(columns) // MOST_STOPS)
    parts = []
    for place, one in enumerate(columns):
        start = (columns[place - 1].x + one.x) / 2 if place else one.x - 8
        end = (one.x + columns[place + 1].x) / 2 if place + 1 < len(columns) else one.x + 8
        is_stop = (len(columns) - 1 - place) % every == 0
        parts.append(
            Markup(
                '<g class="pick"{stop} role="img" aria-label="{words}">'
                '<rect class="hit" x="{x}" y="{top}" width="{width}" height="{height}"/>'
                '<g class="shown">{guide}{dots}{readout}</g></g>'
            ).format(
                stop=Markup(' tabindex="0"') if is_stop else Markup(""),
                words=one.words,
                x=places(start),
                top=TOP,
                width=places(end - start),
                height=BOTTOM - TOP,
                guide=path(f"M{places(one.x)} {TOP}V{BOTTOM}", "guide"),
                dots=Markup("").join(one.dots),
                readout=text(right, 12, words=one.words, css="readout end"),
            )
        )
    return parts


def names(ends: Sequence[tuple[float, float, str, int]]) -> list[Markup]:
    """Write the name of each line beside its end, none over another: x, y, words, hue."""
    named: list[tuple[float, float]] = []
    parts = []
    for end_x, end_y, words, hue in ends:
        name_y = end_y + 4
        while any(abs(end_x - px) < NAME_ROOM and abs(name_y - py) < NAME_ROW for px, py in named):
            name_y += NAME_ROW
        named.append((end_x, name_y))
        parts.append(text(end_x + 8, name_y, words=words, css=f"name hue-{hue}"))
    return parts
