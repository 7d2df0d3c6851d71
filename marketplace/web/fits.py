"""The parts of a fit in words, as many pages show them for many creators at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Flask

from marketplace.matching.rules.fit import PartName, whole_of
from marketplace.matching.rules.parts import Explained, Part
from marketplace.web.reader import number, share
from marketplace.web.render import money

PART_LABELS: Final[Mapping[PartName, str]] = {
    PartName.VIEWS: "Views of a video",
    PartName.AUTHENTIC: "Authentic",
    PartName.AGE: "Age",
    PartName.GENDER: "Gender",
    PartName.COUNTRY: "Country",
    PartName.TOPIC: "Topic",
    PartName.FORMAT: "Format",
    PartName.RELIABILITY: "Reliability",
    PartName.PRICE: "Price",
}
_IN_A_LINE: Final = {name: label.lower() for name, label in PART_LABELS.items()}
WHOLE_FROM: Final = 1_000
"""From ten times on, an effect is told without decimals."""


def install(app: Flask) -> None:
    """Give every template the words of a fit."""
    app.jinja_env.filters.update(
        fit_short=short, effect=effect, times=times, part_label=part_label, part_number=part_number
    )


def part_label(part: Part) -> str:
    """Return what a part is called."""
    return PART_LABELS[part.name]


def part_number(part: Part, fit: Explained) -> str:
    """Return a part's number as its reader writes it: views, a share or money."""
    if part.name is PartName.VIEWS:
        return number(part.value)
    if part.name is PartName.PRICE:
        return money(fit.price)
    return share(part.value, whole_of(part.name))


def short(fit: Explained) -> str:
    """Return all parts in one line: "views of a video 2,422 · age 46 % · …"."""
    return " · ".join(
        f"{_IN_A_LINE[part.name]} {'about ' if part.is_estimate else ''}{part_number(part, fit)}"
        for part in fit.parts
    )


def effect(part: Part) -> str:
    """Return a part against the middle candidate's: "×1.8"; a dash where there is none."""
    if part.effect_percent is None:
        return "–"
    return times(part.effect_percent)


def times(hundredths: float) -> str:
    """Return how many times as much something is: "×1.8" for 180, "×152" for 15,210."""
    if hundredths < WHOLE_FROM:
        return f"×{hundredths / 100:.2g}"
    return f"×{number(int(hundredths // 100))}"
