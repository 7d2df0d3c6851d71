"""How far plans reached what was predicted, learned from campaigns that were counted. Pure.

Each counted campaign gives a ratio: people counted over people predicted for the creators who
delivered. The correction is the geometric mean of the ratios, drawn towards 1 as if PSEUDO more
campaigns had reached exactly what was predicted; what stays between the campaigns is the doubt.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from math import exp, log, sqrt
from typing import Final
from uuid import UUID

from marketplace.kernel.money import BPS_WHOLE

PSEUDO: Final = 3.0
"""So many campaigns that reached what was predicted are taken for granted. Ours to choose."""
DOUBT: Final = 0.25
"""Of the logarithm of a ratio, before anything was counted: about a quarter up or down."""
SAMPLE_HALF: Final = 400
"""A count from so many people asked weighs half of one in which everybody was counted."""
RATIO_MOST: Final = 5.0
"""What is further off than so many times is a mistake, and counts as so far off."""
BRAND_MOST: Final = 3.0
"""However many campaigns one brand counts, together they weigh no more than so many: alone it moves
the correction of everybody half of its way at most."""
SAMPLE_LEAST: Final = 30
HELD_BACK: Final = 0.2
"""The newest part of the counts, on which a new version must not be worse than the present one."""


class CountSource(StrEnum):
    """How it is known how many different people a campaign reached."""

    PLATFORM = "platform"
    """The platform's own figure for all posts together."""
    BRAND_LIFT = "brand_lift"
    """A survey of who remembers it, beside people who could not have seen it."""
    PANEL = "panel"
    CODES = "codes"
    """Codes or links that each person can use once, scaled up by how many do."""


SOURCE_WORDS: Final = {
    CountSource.PLATFORM: "The platform’s figure for all posts together",
    CountSource.BRAND_LIFT: "A brand-lift survey",
    CountSource.PANEL: "A panel",
    CountSource.CODES: "Codes that each person uses once",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """One counted campaign, of a brand. sample: people asked; None where everybody was counted."""

    people: int
    predicted: int
    sample: int | None = None
    brand: UUID | None = None

    @property
    def log_ratio(self) -> float:
        ratio = self.people / self.predicted
        return log(min(RATIO_MOST, max(1 / RATIO_MOST, ratio)))

    @property
    def weight(self) -> float:
        """What it would weigh if its brand had counted nothing else."""
        return 1.0 if self.sample is None else self.sample / (self.sample + SAMPLE_HALF)


@dataclass(frozen=True, slots=True)
class Correction:
    """What a predicted reach is multiplied by. doubt: standard deviation of its logarithm.

    campaigns: learned from so many; 0 where nothing is corrected. version: of the learning that was
    kept with these figures; None where none was.
    """

    bps: int = BPS_WHOLE
    doubt: float = 0.0
    campaigns: int = 0
    version: int | None = field(default=None, compare=False)

    @property
    def factor(self) -> float:
        return self.bps / BPS_WHOLE


NOT_CORRECTED: Final = Correction()


@dataclass(frozen=True, slots=True)
class Judged:
    """A new correction beside the present one, on the newest counts, which neither has learned.

    errors: mean distance of what was predicted from what was counted, in basis points.
    """

    correction: Correction
    held_back: int
    error_bps: int
    error_before_bps: int
    is_better: bool


def learn(counts: Sequence[Counted]) -> Correction:
    """Return the correction that these counts speak for."""
    if not counts:
        return NOT_CORRECTED
    weights = _weights(counts)
    ratios = [each.log_ratio for each in counts]
    total = sum(weights) + PSEUDO
    mean = sum(weight * ratio for weight, ratio in zip(weights, ratios, strict=True)) / total
    squares = sum(
        weight * (ratio - mean) ** 2 for weight, ratio in zip(weights, ratios, strict=True)
    )
    between = (squares + PSEUDO * DOUBT**2) / total
    return Correction(
        bps=round(BPS_WHOLE * exp(mean)),
        doubt=sqrt(between * (1 + 1 / total)),
        campaigns=len(counts),
    )


def judged(present: Correction, counts: Sequence[Counted]) -> Judged:
    """Learn anew and compare on the newest counts, which are held back from learning.

    counts: the oldest first; without any, nothing is corrected. What takes the present one's place
    has learned from all of them.
    """
    cut = len(counts) - max(1, int(len(counts) * HELD_BACK)) if counts else 0
    old, new = counts[:cut], counts[cut:]
    tried = learn(old)
    error, before = _error(tried, new), _error(present, new)
    return Judged(
        correction=learn(counts),
        held_back=len(new),
        error_bps=round(BPS_WHOLE * error),
        error_before_bps=round(BPS_WHOLE * before),
        is_better=error <= before,
    )


def problems(
    *,
    people: int,
    views: int | None,
    sample: int | None,
    counted_on: date,
    starts_on: date,
    today: date,
) -> dict[str, str]:
    """Return what is wrong with a count: field -> a plain sentence; empty when nothing is.

    views: of all posts together; None while none is known.
    """
    found: dict[str, str] = {}
    if people < 1:
        found["people"] = "A number of people is 1 or more."
    elif views is not None and people > views:
        found["people"] = f"The posts have {views:,} views: no more people can have seen them."
    if sample is not None and sample < SAMPLE_LEAST:
        found["sample"] = f"Fewer than {SAMPLE_LEAST} people asked say nothing."
    if counted_on > today:
        found["counted_on"] = "That day is still to come."
    elif counted_on < starts_on:
        found["counted_on"] = "The campaign had not begun on that day."
    return found


def _error(correction: Correction, counts: Sequence[Counted]) -> float:
    """Return the mean part by which corrected predictions miss, 0 without any counts."""
    if not counts:
        return 0.0
    weights = _weights(counts)
    off = [abs(exp(log(correction.factor) - each.log_ratio) - 1) for each in counts]
    return sum(weight * each for weight, each in zip(weights, off, strict=True)) / sum(weights)


def _weights(counts: Sequence[Counted]) -> list[float]:
    """Return what each count weighs among these, those of one brand no more than BRAND_MOST."""
    of_brand: defaultdict[UUID | None, float] = defaultdict(float)
    for each in counts:
        of_brand[each.brand] += each.weight
    return [
        each.weight * min(1.0, BRAND_MOST / of_brand[each.brand] if each.brand else 1.0)
        for each in counts
    ]
