"""The strokes that every chart is made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from markupsafe import Markup

WIDTH: Final = 560
HUES: Final = 6
REST_HUE: Final = 7

Value = int | float


def table_of(name: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Markup:
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(name) for name in heads)
    body = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            row[0], Markup("").join(Markup("<td>{}</td>").format(cell) for cell in row[1:])
        )
        for row in rows
    )
    return Markup(
        '<table aria-label="{}"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>'
    ).format(name, head, body)


def head_of(label: str, unit: str) -> str:
    """Return the head of a column of numbers; a label that says their unit stands alone."""
    return label if label.lower() == unit.lower() else f"{label} ({unit})"


def figure(
    title: str,
    summary: str,
    *,
    height: float,
    parts: Sequence[Markup],
    points: Sequence[Markup],
    table: Markup,
) -> Markup:
    """Return the whole chart: caption, drawing, text alternative, numbers.

    parts: what is only drawn, which the summary says in words. points: above them, what says its
    own numbers when it is pointed at or focused.
    """
    return Markup(
        '<figure class="chart"><figcaption>{title}</figcaption>'
        '<svg viewBox="0 0 {width} {height}" role="group" aria-label="{summary}">'
        '<g aria-hidden="true">{parts}</g>{points}</svg>'
        '<details class="chart-numbers"><summary>Numbers</summary>{table}</details></figure>'
    ).format(
        title=title,
        summary=summary,
        width=WIDTH,
        height=places(height),
        parts=Markup("").join(parts),
        points=Markup("").join(points),
        table=table,
    )


def nothing(title: str) -> Markup:
    return Markup(
        '<figure class="chart"><figcaption>{}</figcaption>'
        '<p class="text-secondary">Nothing to show yet.</p></figure>'
    ).format(title)


def polyline(points: Sequence[tuple[float, float]], css: str) -> Markup:
    corners = " ".join(f"{places(px)},{places(py)}" for px, py in points)
    return Markup('<polyline class="{}" points="{}"/>').format(css, corners)


def circle(x: float, y: float, *, css: str, radius: float = 3.5) -> Markup:
    return Markup('<circle class="{}" cx="{}" cy="{}" r="{}"/>').format(
        css, places(x), places(y), places(radius)
    )


def path(shape: str, css: str) -> Markup:
    return Markup('<path class="{}" d="{}"/>').format(css, shape)


def text(x: float, y: float, *, words: str, css: str = "") -> Markup:
    return Markup('<text class="{}" x="{}" y="{}">{}</text>').format(
        css, places(x), places(y), words
    )


def hue_of(place: int) -> int:
    return (place - 1) % HUES + 1


def places(value: float) -> str:
    """Return a coordinate with two decimals at most."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def short_day(on: date) -> str:
    return f"{on.day} {on:%b}"
