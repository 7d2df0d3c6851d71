"""Bars, shares of a whole, and word-sized charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from markupsafe import Markup

from marketplace.web.charts.svg import (
    REST_HUE,
    WIDTH,
    Value,
    circle,
    figure,
    nothing,
    path,
    places,
    polyline,
    sentence,
    table_of,
    text,
)
from marketplace.web.reader import REMEMBERED, compact, number, percent

ROW: Final = 30
"""Height of one bar with the space around it."""
BAR_LEFT: Final = 176
"""Where bars begin: a whole label has room before it, also in the larger letters of a phone."""
BAR_RIGHT: Final = 470


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. value: not negative."""

    label: str
    value: Value


@dataclass(frozen=True, slots=True)
class Share:
    """One part of an audience, in basis points."""

    label: str
    bps: int


def bars(*, title: str, unit: str, items: Sequence[Bar]) -> Markup:
    """Draw one bar for each item, in the order given, with its number at its end."""
    if not items:
        return nothing(title)
    top = max(item.value for item in items) or 1
    points: list[Markup] = []
    for row, item in enumerate(items):
        middle = row * ROW + ROW / 2
        width = (BAR_RIGHT - BAR_LEFT) * item.value / top
        words = f"{item.label}: {number(item.value)} {unit}"
        points.append(
            Markup(
                '<g class="pick" tabindex="0" role="img">'
                "<title>{words}</title>"
                '<rect class="hit" x="0" y="{y}" width="{full}" height="{row}"/>'
                "{label}"
                '<rect class="bar hue-1" x="{x}" y="{bar_y}" width="{width}" height="16" rx="2"/>'
                "{value}</g>"
            ).format(
                words=words,
                y=row * ROW,
                full=WIDTH,
                row=ROW,
                label=text(BAR_LEFT - 10, middle + 4, words=_cut(item.label), css="label end"),
                x=BAR_LEFT,
                bar_y=places(middle - 8),
                width=places(max(width, 1)),
                value=text(
                    BAR_LEFT + width + 8, middle + 4, words=compact(item.value), css="value"
                ),
            )
        )
    foot = len(items) * ROW
    axis = path(f"M{BAR_LEFT} 0V{foot}", "axis")
    parts = [axis, text(BAR_LEFT, foot + 16, words=sentence(unit))]
    most = max(items, key=lambda item: item.value)
    summary = f"{len(items)} bars; the longest is {most.label} with {number(most.value)} {unit}."
    table = table_of(title, ("What", unit), [(item.label, number(item.value)) for item in items])
    return figure(title, summary, height=foot + 24, parts=parts, points=points, table=table)


def share_bar(*, title: str, shares: Sequence[Share]) -> Markup:
    """Draw the shares of an audience as one stacked bar with its key.

    What the shares leave open of the whole is drawn as "Not known"; more than the whole is cut.
    """
    given = [share for share in shares if share.bps > 0]
    if not given:
        return nothing(title)
    hues = [min(place, REST_HUE) for place in range(1, len(given) + 1)]
    left_over = 10_000 - sum(share.bps for share in given)
    if left_over > 0:
        given.append(Share("Not known", left_over))
        hues.append(REST_HUE)
    parts: list[Markup] = []
    start = 0
    for share, hue in zip(given, hues, strict=True):
        x, width = WIDTH * start / 10_000, WIDTH * share.bps / 10_000
        start += share.bps
        parts.append(
            Markup(
                '<g><title>{}: {}</title><rect class="seg hue-{}" x="{}" y="0" width="{}" '
                'height="28"/></g>'
            ).format(share.label, percent(share.bps), hue, places(x), places(max(width - 2, 1)))
        )
    key = Markup("").join(
        Markup('<li><span class="swatch hue-{}"></span>{} <b>{}</b></li>').format(
            hue, share.label, percent(share.bps)
        )
        for share, hue in zip(given, hues, strict=True)
    )
    return Markup(
        '<figure class="chart shares"><figcaption>{title}</figcaption>'
        '<svg viewBox="0 0 {width} 28" preserveAspectRatio="none" aria-hidden="true">{parts}</svg>'
        '<ul class="share-key">{key}</ul></figure>'
    ).format(title=title, width=WIDTH, parts=Markup("").join(parts), key=key)


def sparkline(*, title: str, unit: str, values: Sequence[Value]) -> Markup:
    """Draw a word-sized line of the last values; its text says the first, the last and the most."""
    if not values:
        return Markup("")
    top = max(values) or 1
    step = 92 / (len(values) - 1) if len(values) > 1 else 0
    drawn = [(2 + place * step, 22 - 20 * value / top) for place, value in enumerate(values)]
    summary = (
        f"{title}: from {number(values[0])} to {number(values[-1])} {unit}, "
        f"at most {number(max(values))}"
    )
    return Markup(
        '<svg class="sparkline" viewBox="0 0 96 24" role="img"><title>{}</title>{}{}</svg>'
    ).format(summary, polyline(drawn, "line"), circle(*drawn[-1], css="last", radius=2))


def meter(*, label: str, bps: int) -> Markup:
    """Draw how much of a whole is reached; above the whole it is full and marked as over."""
    return _meter(label, bps, percent(bps))


@lru_cache(maxsize=REMEMBERED)
def _meter(label: str, bps: int, written: str) -> Markup:
    width = places(max(0, min(bps, 10_000)) / 100)
    return Markup(
        '<svg class="meter{}" viewBox="0 0 100 8" preserveAspectRatio="none" role="img">'
        '<title>{}: {}</title><rect class="track" width="100" height="8"/>'
        '<rect class="fill" width="{}" height="8"/></svg>'
    ).format(" over" if bps > 10_000 else "", label, written, width)


def _cut(label: str) -> str:
    return label if len(label) <= 18 else f"{label[:17]}…"
