"""Lines over days, with the range of a forecast."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Final

from markupsafe import Markup

from marketplace.web.charts.axes import (
    BOTTOM,
    HEIGHT,
    LEFT,
    TOP,
    Pick,
    names,
    nice_top,
    picks,
    upright,
)
from marketplace.web.charts.svg import (
    WIDTH,
    Value,
    circle,
    figure,
    head_of,
    hue_of,
    nothing,
    places,
    polyline,
    short_day,
    table_of,
    text,
)
from marketplace.web.reader import compact, number

MOST_DATES: Final = 5


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

    parts = [upright(top, unit, y=y, right=right), _days(dates, x)]
    if band:
        edge = [(x(on), y(high)) for on, high in zip(dates, band.high, strict=True)]
        edge += [(x(on), y(low)) for on, low in reversed([*zip(dates, band.low, strict=True)])]
        points = " ".join(f"{places(px)},{places(py)}" for px, py in edge)
        parts.append(Markup('<polygon class="band hue-1" points="{}"/>').format(points))
    parts += drawn(series, [x(on) for on in dates], y=y, dots=True)
    summary = "; ".join(_course(one, dates, unit=unit) for one in series)
    return figure(
        title,
        summary,
        height=HEIGHT,
        parts=parts,
        points=_picks(dates, series, band=band, x=x, y=y, right=right),
        table=_line_table(title, dates, series, band=band, unit=unit),
    )


def drawn(
    series: Sequence[Series],
    xs: Sequence[float],
    *,
    y: Callable[[Value], float],
    dots: bool = False,
) -> list[Markup]:
    """Return the lines of some series, each with its name at the end. dots: and a dot there."""
    parts: list[Markup] = []
    ends: list[tuple[float, float, str, int]] = []
    for place, one in enumerate(series, start=1):
        hue = hue_of(place)
        points = [
            (x, y(value)) for x, value in zip(xs, one.values, strict=True) if value is not None
        ]
        if not points:
            continue
        kind = "line dashed" if one.dashed else "line"
        parts.append(polyline(points, f"{kind} hue-{hue}"))
        if dots:
            parts.append(circle(*points[-1], css=f"dot hue-{hue}"))
        ends.append((*points[-1], one.label, hue))
    return [*parts, *names(ends)]


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
    columns = []
    for place, on in enumerate(dates):
        said = [
            (hue, one, value)
            for hue, one in enumerate(series, start=1)
            if (value := one.values[place]) is not None
        ]
        numbers = [f"{one.label} {number(value)}" for _, one, value in said]
        if band:
            numbers.append(f"{band.label} {compact(band.low[place])}–{compact(band.high[place])}")
        columns.append(
            Pick(
                x=x(on),
                words=f"{short_day(on)}: {', '.join(numbers) or 'nothing read'}",
                dots=[
                    circle(x(on), y(value), css=f"dot hue-{hue_of(hue)}") for hue, _, value in said
                ],
            )
        )
    return picks(columns, right=right)


def _line_table(
    title: str, dates: Sequence[date], series: Sequence[Series], *, band: Band | None, unit: str
) -> Markup:
    heads = ["Day", *(head_of(one.label, unit) for one in series)]
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
    return table_of(title, heads, rows)


def _course(one: Series, dates: Sequence[date], *, unit: str) -> str:
    known = [(on, value) for on, value in zip(dates, one.values, strict=True) if value is not None]
    if not known:
        return f"{one.label}: nothing read"
    (start, low), (end, high) = known[0], known[-1]
    if start == end:
        return f"{one.label}: {number(high)} {unit} on {short_day(end)}"
    course = f"{number(low)} {unit} on {short_day(start)} to {number(high)} on {short_day(end)}"
    return f"{one.label}: {course}"
