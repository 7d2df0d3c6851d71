"""Growth and remaining life of a trend, from its posts a day. Pure.

The figure, step by step, so that anybody can work it out again:

1. Of the last 14 days those count from the best one on (best with its neighbours), when these are 5
   or more: what was before a turn says nothing of the way since. Else all 14 do. A day's weight
   halves every 4 days back, so that yesterday counts most.
2. The *growth* a day is the slope of a weighted straight line through ln(posts + 0.5) of these
   days; its range is the slope ± 2 robust standard errors.
3. The *pace* is yesterday's: the weighted mean of posts a day, brought forward by the growth from
   the days' mean age. Its range is ± 2 standard errors of the line there.
4. A trend is *over* when its pace has come down to a tenth of its best week of the last four, or
   to half a post a day. That is the *floor*.
5. What fades reaches its floor in ln(pace / floor) / fall days, with the ranges of both. What rises
   is taken to begin to fall today at the earliest, as fast as it rose: that is the least it has
   left, with no end in sight. What is steady falls by the wider end of its range at worst.

On invented trends with a known end (``benchmarks/trends.py``) the range told of what fades holds
the real end in 8 of 10, and what is told to live at least so long does in 9 of 10.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, hypot, log, sqrt
from statistics import fmean
from typing import Final

from marketplace.kernel.money import BPS_WHOLE

WINDOW: Final = 28
"""Days that are counted."""
FITTED: Final = 14
"""Days that the growth is worked out from."""
HALF_LIFE: Final = 4
TURN: Final = 5
"""So many days since the best one are enough to go by them alone."""
WIDTH: Final = 2
"""Standard errors to each side of a range."""
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
    recent = _since_the_turn(counts[-FITTED:])
    line = _fit([log(count + 0.5) for count in recent])
    pace = _weighted(recent, line.weights) * exp(line.slope * line.age)
    low, high = line.slope - WIDTH * line.error, line.slope + WIDTH * line.error
    best = max(sum(counts[day : day + WEEK]) / WEEK for day in range(WINDOW - WEEK + 1))
    floor = max(best * FLOOR_SHARE, FLOOR_LEAST)
    phase = Phase.OVER if pace <= floor else _phase(low, high)
    above = log(pace / floor) if phase is not Phase.OVER else 0
    days_left, days_low, days_high = _life(phase, above, line, low, high)
    return Estimate(
        phase=phase,
        pace_milli=round(pace * 1_000),
        growth_bps=_bps(line.slope),
        growth_low_bps=_bps(low),
        growth_high_bps=_bps(high),
        days_left=days_left,
        days_low=days_low,
        days_high=days_high,
    )


def _phase(low: float, high: float) -> Phase:
    """What is sure of a slope; what is told as no growth is none, also where sums were rounded."""
    if _bps(low) > 0:
        return Phase.RISING
    return Phase.FADING if _bps(high) < 0 else Phase.STEADY


@dataclass(frozen=True, slots=True)
class _Line:
    """A weighted straight line. age: of the days, in the mean. ahead: its error yesterday."""

    weights: Sequence[float]
    slope: float
    error: float
    age: float
    ahead: float


def _life(
    phase: Phase, above: float, line: _Line, low: float, high: float
) -> tuple[int | None, int, int | None]:
    """Days left, at least, at most. above: how far over its floor, in logarithms."""
    least, most = max(above - WIDTH * line.ahead, 0), above + WIDTH * line.ahead
    match phase:
        case Phase.OVER:
            return 0, 0, 0
        case Phase.FADING:
            return _days(above, -line.slope), _days(least, -low), _days(most, -high)
        case Phase.RISING:
            return None, _days(least, high), None
        case Phase.STEADY:
            return None, _days(least, max(-low, high)), None


def _days(above: float, fall: float) -> int:
    if above and fall * LIFE_MOST <= above:
        return LIFE_MOST
    return int(above / fall) if above else 0


def _since_the_turn(counts: Sequence[int]) -> Sequence[int]:
    smooth = [fmean(counts[max(0, day - 1) : day + 2]) for day in range(len(counts))]
    best = max(range(len(counts)), key=lambda day: (smooth[day], day))
    return counts[best:] if len(counts) - best >= TURN else counts


def _weighted(values: Sequence[float], weights: Sequence[float]) -> float:
    return sum(w * v for w, v in zip(weights, values, strict=True)) / sum(weights)


def _fit(values: Sequence[float]) -> _Line:
    """The weighted straight line through values a day apart, the last of them yesterday's."""
    last = len(values) - 1
    weights = [0.5 ** ((last - day) / HALF_LIFE) for day in range(len(values))]
    total = sum(weights)
    middle = _weighted(range(len(values)), weights)
    level = _weighted(values, weights)
    spread = sum(w * (day - middle) ** 2 for day, w in enumerate(weights))
    slope = sum(w * (day - middle) * values[day] for day, w in enumerate(weights)) / spread
    missed = [w * (values[day] - level - slope * (day - middle)) for day, w in enumerate(weights)]
    days = total**2 / sum(w * w for w in weights)  # so many of equal weight would say as much
    scale = days / (days - 2)
    error = sqrt(scale * sum((m * (day - middle)) ** 2 for day, m in enumerate(missed))) / spread
    here = sqrt(scale * sum(m * m for m in missed)) / total
    return _Line(weights, slope, error, last - middle, hypot(here, (last - middle) * error))


def _bps(slope: float) -> int:
    return round((exp(slope) - 1) * BPS_WHOLE)
