"""Growth and remaining life of a trend, from its posts a day. Pure.

The figure, step by step, so that anybody can work it out again:

1. A day's weight halves every 4 days back, so that yesterday counts most.
2. The *growth* a day is the slope of a weighted straight line through ln(posts + 0.5) of the last
   14 days; its range (80 %) is the slope ± 1.28 robust standard errors.
3. The *pace* is yesterday's: the weighted mean of posts a day, brought forward by the growth from
   the days' mean age.
4. A trend is *over* when its pace has come down to a tenth of its best week of the last four, or
   to half a post a day. That is the *floor*.
5. What fades reaches its floor in ln(pace / floor) / fall days. What rises is taken to begin to
   fall today at the earliest, as fast as it rose: that is the least it has left, with no end in
   sight. What is steady falls by the wider end of its range at worst.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, log, sqrt
from typing import Final

from marketplace.kernel.money import BPS_WHOLE

WINDOW: Final = 28
"""Days that are counted."""
FITTED: Final = 14
"""Days that the growth is worked out from."""
HALF_LIFE: Final = 4
WIDTH: Final = 1.28
"""Standard errors to each side of a range of 80 %."""
FLOOR_SHARE: Final = 0.1
FLOOR_LEAST: Final = 0.5
WEEK: Final = 7
LIFE_MOST: Final = 90
"""No remaining life is told beyond so many days."""


class Phase(StrEnum):
    """Which way a trend goes."""

    RISING = "rising"
    STEADY = "steady"
    FADING = "fading"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Estimate:
    """How a trend stands.

    pace_milli: thousandths of a post a day. growth: a day, in basis points, with its range.
    days_left: until it is over; None: no end in sight. days_low, days_high: the range of that;
    None: open above.
    """

    phase: Phase
    pace_milli: int
    growth_bps: int
    growth_low_bps: int
    growth_high_bps: int
    days_left: int | None
    days_low: int
    days_high: int | None


def estimate(counts: Sequence[int]) -> Estimate:
    """Return how a trend stands. counts: posts of WINDOW whole days, the oldest first."""
    if len(counts) != WINDOW or min(counts) < 0:
        raise ValueError(f"{WINDOW} counts of posts, none below nothing")
    slope, error = _slope([log(count + 0.5) for count in counts[-FITTED:]])
    pace = _pace(counts[-FITTED:], slope)
    low, high = slope - WIDTH * error, slope + WIDTH * error
    best = max(sum(counts[day : day + WEEK]) / WEEK for day in range(WINDOW - WEEK + 1))
    floor = max(best * FLOOR_SHARE, FLOOR_LEAST)
    phase = Phase.OVER if pace <= floor else _phase(low, high)
    above = log(pace / floor) if phase is not Phase.OVER else 0
    days_left, days_low, days_high = _life(phase, above, slope, low, high)
    return Estimate(
        phase=phase,
        pace_milli=round(pace * 1_000),
        growth_bps=_bps(slope),
        growth_low_bps=_bps(low),
        growth_high_bps=_bps(high),
        days_left=days_left,
        days_low=days_low,
        days_high=days_high,
    )


def _phase(low: float, high: float) -> Phase:
    if low > 0:
        return Phase.RISING
    return Phase.FADING if high < 0 else Phase.STEADY


def _life(
    phase: Phase, above: float, slope: float, low: float, high: float
) -> tuple[int | None, int, int | None]:
    """Days left, at least, at most. above: how far over its floor, in logarithms."""
    match phase:
        case Phase.OVER:
            return 0, 0, 0
        case Phase.FADING:
            return _days(above, -slope), _days(above, -low), _days(above, -high)
        case Phase.RISING:
            return None, _days(above, high), None
        case Phase.STEADY:
            return None, _days(above, max(-low, high)), None


def _days(above: float, fall: float) -> int:
    if fall * LIFE_MOST <= above:
        return LIFE_MOST
    return int(above / fall)


def _weights(count: int) -> list[float]:
    return [0.5 ** ((count - 1 - place) / HALF_LIFE) for place in range(count)]


def _pace(counts: Sequence[int], slope: float) -> float:
    weights = _weights(len(counts))
    total = sum(weights)
    mean = sum(w * c for w, c in zip(weights, counts, strict=True)) / total
    age = sum(w * (len(counts) - 1 - x) for x, w in enumerate(weights)) / total
    return mean * exp(slope * age)


def _slope(values: Sequence[float]) -> tuple[float, float]:
    """Slope of the weighted straight line through values a day apart, and its standard error."""
    weights = _weights(len(values))
    total = sum(weights)
    x_mean = sum(w * x for x, w in enumerate(weights)) / total
    y_mean = sum(w * y for w, y in zip(weights, values, strict=True)) / total
    spread = sum(w * (x - x_mean) ** 2 for x, w in enumerate(weights))
    slope = sum(w * (x - x_mean) * (values[x] - y_mean) for x, w in enumerate(weights)) / spread
    missed = sum(
        (w * (x - x_mean) * (values[x] - y_mean - slope * (x - x_mean))) ** 2
        for x, w in enumerate(weights)
    )
    days = total**2 / sum(w * w for w in weights)  # so many of equal weight would say as much
    return slope, sqrt(missed * days / (days - 2)) / spread


def _bps(slope: float) -> int:
    return round((exp(slope) - 1) * BPS_WHOLE)
