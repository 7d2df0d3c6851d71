"""What was foretold beside what came: on the slope where chances hold, above it when more came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

from markupsafe import Markup

from marketplace.web.charts.axes import BOTTOM, FIELD, LEFT, TOP, Pick, picks, sideways, upright
from marketplace.web.charts.svg import (
    WIDTH,
    circle,
    figure,
    nothing,
    path,
    places,
    polyline,
    table_of,
    text,
)
from marketplace.web.reader import number, percent

RIGHT: Final = WIDTH - 40
WHOLE: Final = 10_000
LEAST_RADIUS: Final = 3.5
MOST_RADIUS: Final = 11.0


@dataclass(frozen=True, slots=True)
class Foretold:
    """One band of foretold chances. low_bps, high_bps: where chance alone leaves the true rate."""

    label: str
    count: int
    said_bps: int
    came_bps: int
    low_bps: int
    high_bps: int


def reliability(*, title: str, bands: Sequence[Foretold]) -> Markup:
    """Draw a dot for each band, the larger the more outcomes; without any it says so.

    The upright stroke through a dot is what chance alone allows.
    """
    if not bands:
        return nothing(title)
    most = max(band.count for band in bands)
    marks = [_mark(band, most=most) for band in bands]
    parts = [
        upright(100, "% came", y=lambda tick: _y(tick * 100), right=RIGHT),
        sideways(100, "% foretold", x=lambda tick: _x(tick * 100), right=RIGHT),
        polyline([(_x(0), _y(0)), (_x(WHOLE), _y(WHOLE))], "line dashed hue-7"),
        text(_x(3_200), _y(1_600), words="as foretold"),
        *(mark for pair in marks for mark in pair),
    ]
    points = [Pick(x=_x(band.said_bps), words=_words(band), dots=[]) for band in bands]
    return figure(
        title,
        "; ".join(_words(band) for band in bands),
        height=FIELD,
        parts=parts,
        points=picks(points, right=RIGHT),
        table=table_of(
            title,
            ["Foretold", "On average", "Came", "By chance alone", "Outcomes"],
            [
                [
                    band.label,
                    percent(band.said_bps),
                    percent(band.came_bps),
                    f"{percent(band.low_bps)} to {percent(band.high_bps)}",
                    number(band.count),
                ]
                for band in bands
            ],
        ),
    )


def _mark(band: Foretold, *, most: int) -> tuple[Markup, Markup]:
    x = _x(band.said_bps)
    radius = max(LEAST_RADIUS, MOST_RADIUS * sqrt(band.count / most))
    reach = f"M{places(x)} {places(_y(band.low_bps))}V{places(_y(band.high_bps))}"
    dot = circle(x, _y(band.came_bps), css="dot hue-1", radius=radius)
    return path(reach, "line hue-1"), dot


def _words(band: Foretold) -> str:
    return (
        f"{percent(band.said_bps)} foretold: {percent(band.came_bps)} came of {number(band.count)}"
    )


def _x(bps: float) -> float:
    return LEFT + (RIGHT - LEFT) * bps / WHOLE


def _y(bps: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * bps / WHOLE
