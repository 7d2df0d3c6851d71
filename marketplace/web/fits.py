"""The parts of a fit in words, as many pages show them for many creators at once."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from flask import Flask

from marketplace.matching.rules.fit import PartName, whole_of
from marketplace.matching.rules.parts import Explained, Part
from marketplace.web.reader import locale, number, share
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
SAID: Final[Mapping[str, str]] = {
    "0.5": "half",
    "1": "about",
    "1.5": "one and a half times",
    "2": "twice",
}
"""Multiples that have a word."""


def install(app: Flask) -> None:
    """Give every template the words of a fit."""
    app.jinja_env.filters.update(
        fit_short=short,
        effect=effect,
        times=times,
        times_words=times_words,
        part_label=part_label,
        part_number=part_number,
        counts_as=counts_as,
        claim=claim,
        evidence=evidence,
    )


def part_label(part: Part) -> str:
    """Return what a part is called."""
    return PART_LABELS[part.name]


def part_number(part: Part, fit: Explained, tag: str | None = None) -> str:
    """Return a part's number as its reader writes it: views, a share or money.

    tag: their locale, where it is known already.
    """
    name = part.name
    if name is PartName.VIEWS:
        return number(part.value, tag)
    if name is PartName.PRICE:
        return money(fit.price, tag)
    return share(part.value, whole_of(name), tag)


def counts_as(part: Part, fit: Explained) -> str:
    """Return what a part puts into the product: "48,210", "× 0.96248", "÷ $75.00", all exact."""
    if part.name is PartName.VIEWS:
        return number(part.value)
    if part.name is PartName.PRICE:
        return f"÷ {money(fit.price)}"
    return f"× {factor(part.times)}"


def factor(hundred_millionths: int) -> str:
    """Return what a part multiplies by, exactly: "0.96248", "0.000038"."""
    return f"{Decimal(hundred_millionths).scaleb(-8).normalize():f}"


def claim(part: Part) -> str:
    """Return what is so of a part, with amounts as its reader writes them."""
    return part.claim(money)


def evidence(part: Part) -> str:
    """Return the same with how it is known."""
    return part.evidence(money)


def short(fit: Explained) -> str:
    """Return all parts in one line: "views of a video 2,422 · age 46 % · …"."""
    tag = locale()
    told = [
        (_IN_A_LINE[part.name], "about " if part.is_estimate else "", part_number(part, fit, tag))
        for part in fit.parts
    ]
    return " · ".join([f"{label} {about}{number}" for label, about, number in told])


def effect(part: Part) -> str:
    """Return a part against the middle candidate's: "×1.8"; a dash where there is none."""
    if part.effect_percent is None:
        return "–"
    return times(part.effect_percent)


def times(hundredths: float) -> str:
    """Return how many times as much something is: "×1.8" for 180, "×152" for 15,210.

    "under ×0.01" for less than one: of nothing it is never asked.
    """
    if hundredths < 1:
        return "under ×0.01"
    if hundredths < WHOLE_FROM:
        return f"×{hundredths / 100:.2g}"
    return f"×{number(int(hundredths // 100))}"


def times_words(hundredths: float) -> str:
    """Return how many times a thing something is, as one says it before the thing.

    "3.4 times", "about" for the same, "60 % of"; from ten on nobody asks how many exactly.
    """
    if hundredths > WHOLE_FROM:
        least = 100 if hundredths > 10 * WHOLE_FROM else 10
        return f"more than {least} times"
    if hundredths < 1:
        return "less than 1\xa0% of"
    said = f"{hundredths / 100:.2g}"
    if said in SAID:
        return SAID[said]
    return f"{said} times" if hundredths > 100 else f"{hundredths:.2g}\xa0% of"
