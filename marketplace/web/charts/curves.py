"""Curves over a number: reach over budget, or the share that the least shown have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from marketplace.web.charts.axes import (
    BOTTOM,
    FIELD,
    LEFT,
    TOP,
    Pick,
    nice_top,
    picks,
    sideways,
    upright,
)
from marketplace.web.charts.lines import Series, drawn
from marketplace.web.charts.svg import (
    WIDTH,
    Value,
    circle,
    figure,
    head_of,
    hue_of,
    nothing,
    path,
    places,
    table_of,
    text,
)
from marketplace.web.reader import number


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the way that is marked, such as the budget at hand."""

    at: Value
    label: str


def curve(
    *,
    title: str,
    across: str,
    unit: str,
    at: Sequence[Value],
    series: Sequence[Series],
    spot: Spot | None = None,
) -> Markup:
    """Draw one or more curves over a number.

    at: ascending, not negative. across, unit: what is counted sideways and upwards, in words. No
    value is negative. Without any value it says so.
    """
    known = [value for one in series for value in one.values if value is not None]
    if not at or not known:
        return nothing(title)
    top, end = nice_top(max(known)), max(at[-1], 1)
    right = WIDTH - min(130, 14 + max(len(one.label) for one in series) * 8)

    def x(value: Value) -> float:
        return LEFT + (right - LEFT) * value / end

    def y(value: Value) -> float:
        return BOTTOM - (BOTTOM - TOP) * value / top

    parts = [upright(top, unit, y=y, right=right), sideways(end, across, x=x, right=right)]
    parts += drawn(series, [x(place) for place in at], y=y)
    if spot is not None:
        parts.append(path(f"M{places(x(spot.at))} {TOP}V{BOTTOM}", "spot"))
        parts.append(text(x(spot.at), TOP - 4, words=spot.label, css="mid"))
    points = picks(
        [
            Pick(
                x=x(place),
                words=f"{number(place)} {across}: "
                + ", ".join(f"{one.label} {_cell(one.values[row])}" for one in series),
                dots=[
                    circle(x(place), y(value), css=f"dot hue-{hue_of(hue)}")
                    for hue, one in enumerate(series, start=1)
                    if (value := one.values[row]) is not None
                ],
            )
            for row, place in enumerate(at)
        ],
        right=right,
    )
    return figure(
        title,
        "; ".join(_course(one, at, across=across, unit=unit) for one in series),
        height=FIELD,
        parts=parts,
        points=points,
        table=table_of(
            title,
            [across, *(head_of(one.label, unit) for one in series)],
            [
                [number(place), *(_cell(one.values[row]) for one in series)]
                for row, place in enumerate(at)
            ],
        ),
    )


def _cell(value: Value | None) -> str:
    return "–" if value is None else number(value)


def _course(one: Series, at: Sequence[Value], *, across: str, unit: str) -> str:
    known = [
        (place, value) for place, value in zip(at, one.values, strict=True) if value is not None
    ]
    if not known:
        return f"{one.label}: nothing known"
    place, value = known[-1]
    return f"{one.label}: {number(value)} {unit} at {number(place)} {across}"
