"""Lines over days, with the range of a forecast."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, log10
from typing import Final

from markupsafe import Markup

from marketplace.web.charts.svg import (
    WIDTH,
    Value,
    circle,
    figure,
    hue_of,
    nothing,
    path,
    places,
    polyline,
    sentence,
    short_day,
    table_of,
    text,
)
from marketplace.web.reader import compact, number

HEIGHT: Final = 240
LEFT: Final = 52
TOP: Final = 30
BOTTOM: Final = 204
MOST_STOPS: Final = 31
"""So many points at most can be reached by key; the table has them all."""
MOST_DATES: Final = 5
NAME_ROOM: Final = 60
NAME_ROW: Final = 14
"""Names of lines that end closer than this would be written over one another."""


@dataclass(frozen=True, slots=True)
class Series:
    """One line. values: one for each date, None where nothing was read. dashed: a forecast."""

    label: str
    values: Sequence[Value | None]
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """The range a forecast allows, with one low and one high for each date."""

    label: str
    low: Sequence[Value]
    high: Sequence[Value]


def line(
    *,
    title: str,
    unit: str,
    dates: Sequence[date],
    series: Sequence[Series],
    band: Band | None = None,
) -> Markup:
    """Draw one or more lines over days.

    dates: ascending; equal days apart are equal widths apart. No value is negative. unit: what is
    counted, in words ("views"); it is the label of the upright axis. Without any value it says so.
    """
    known = [value for one in series for value in one.values if value is not None]
    if not dates or not known:
        return nothing(title)
    top = nice_top(max([*known, *(band.high if band else ())]))
    right = WIDTH - min(130, 14 + max(len(one.label) for one in series) * 8)
    first, span = dates[0], (dates[-1] - dates[0]).days

    def x(on: date) -> float:
        return LEFT + (right - LEFT) * ((on - first).days / span if span else 0.5)

    def y(value: Value) -> float:
        return BOTTOM - (BOTTOM - TOP) * value / top

    parts = [_upright(top, unit, y=y, right=right), _days(dates, x)]
    if band:
        edge = [(x(on), y(high)) for on, high in zip(dates, band.high, strict=True)]
        edge += [(x(on), y(low)) for on, low in reversed([*zip(dates, band.low, strict=True)])]
        points = " ".join(f"{places(px)},{places(py)}" for px, py in edge)
        parts.append(Markup('<polygon class="band hue-1" points="{}"/>').format(points))
    named: list[tuple[float, float]] = []
    for hue, one in enumerate(series, start=1):
        drawn = [
            (x(on), y(value))
            for on, value in zip(dates, one.values, strict=True)
            if value is not None
        ]
        if not drawn:
            continue
        kind = "line dashed" if one.dashed else "line"
        parts.append(polyline(drawn, f"{kind} hue-{hue_of(hue)}"))
        end_x, end_y = drawn[-1]
        parts.append(circle(end_x, end_y, css=f"dot hue-{hue_of(hue)}"))
        name_y = end_y + 4
        while any(abs(end_x - px) < NAME_ROOM and abs(name_y - py) < NAME_ROW for px, py in named):
            name_y += NAME_ROW
        named.append((end_x, name_y))
        parts.append(text(end_x + 8, name_y, words=one.label, css=f"name hue-{hue_of(hue)}"))
    parts += _picks(dates, series, band=band, x=x, y=y, right=right)
    summary = "; ".join(_course(one, dates, unit=unit) for one in series)
    return figure(
        title,
        summary,
        height=HEIGHT,
        parts=parts,
        table=_line_table(dates, series, band=band, unit=unit),
    )


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


def _upright(top: int, unit: str, *, y: Callable[[Value], float], right: float) -> Markup:
    steps = 4 if top % 4 == 0 else 5
    ticks = [top // steps * step for step in range(steps + 1)]
    drawn = [
        Markup("{}{}").format(
            path(f"M{LEFT} {places(y(tick))}H{places(right)}", "axis" if tick == 0 else "grid"),
            text(LEFT - 8, y(tick) + 4, words=compact(tick), css="end"),
        )
        for tick in ticks
    ]
    return Markup("").join([*drawn, text(0, 12, words=sentence(unit), css="unit")])


def _days(dates: Sequence[date], x: Callable[[date], float]) -> Markup:
    every = max(1, ceil((len(dates) - 1) / (MOST_DATES - 1)))
    shown = [on for place, on in enumerate(dates) if (len(dates) - 1 - place) % every == 0]
    return Markup("").join(text(x(on), BOTTOM + 20, words=short_day(on), css="mid") for on in shown)


def _picks(
    dates: Sequence[date],
    series: Sequence[Series],
    *,
    band: Band | None,
    x: Callable[[date], float],
    y: Callable[[Value], float],
    right: float,
) -> list[Markup]:
    """Return one column for each date that shows its numbers when pointed at or focused."""
    every = ceil(len(dates) / MOST_STOPS)
    columns = [x(on) for on in dates]
    parts = []
    for place, on in enumerate(dates):
        here = columns[place]
        start = (columns[place - 1] + here) / 2 if place else here - 8
        end = (here + columns[place + 1]) / 2 if place + 1 < len(dates) else here + 8
        said = [
            (hue, one, one.values[place])
            for hue, one in enumerate(series, start=1)
            if one.values[place] is not None
        ]
        numbers = [f"{one.label} {number(value)}" for _, one, value in said if value is not None]
        if band:
            numbers.append(f"{band.label} {compact(band.low[place])}–{compact(band.high[place])}")
        words = f"{short_day(on)}: {', '.join(numbers) or 'nothing read'}"
        stop = Markup(' tabindex="0"') if (len(dates) - 1 - place) % every == 0 else Markup("")
        dots = Markup("").join(
            circle(here, y(value), css=f"dot hue-{hue_of(hue)}")
            for hue, _, value in said
            if value is not None
        )
        parts.append(
            Markup(
                '<g class="pick"{stop} role="img" aria-label="{words}">'
                '<rect class="hit" x="{x}" y="{top}" width="{width}" height="{height}"/>'
                '<g class="shown">{guide}{dots}{readout}</g></g>'
            ).format(
                stop=stop,
                words=words,
                x=places(start),
                top=TOP,
                width=places(end - start),
                height=BOTTOM - TOP,
                guide=path(f"M{places(here)} {TOP}V{BOTTOM}", "guide"),
                dots=dots,
                readout=text(right, 12, words=words, css="readout end"),
            )
        )
    return parts


def _line_table(
    dates: Sequence[date], series: Sequence[Series], *, band: Band | None, unit: str
) -> Markup:
    heads = ["Day", *(f"{one.label} ({unit})" for one in series)]
    if band:
        heads.append(band.label)
    rows = []
    for place, on in enumerate(dates):
        cells = [f"{short_day(on)} {on.year}"]
        for one in series:
            value = one.values[place]
            cells.append("–" if value is None else number(value))
        if band:
            cells.append(f"{number(band.low[place])}–{number(band.high[place])}")
        rows.append(cells)
    return table_of(heads, rows)


def _course(one: Series, dates: Sequence[date], *, unit: str) -> str:
    known = [(on, value) for on, value in zip(dates, one.values, strict=True) if value is not None]
    if not known:
        return f"{one.label}: nothing read"
    (start, low), (end, high) = known[0], known[-1]
    if start == end:
        return f"{one.label}: {number(high)} {unit} on {short_day(end)}"
    course = f"{number(low)} {unit} on {short_day(start)} to {number(high)} on {short_day(end)}"
    return f"{one.label}: {course}"
