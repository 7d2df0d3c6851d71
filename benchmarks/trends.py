"""How far off is the remaining life of a trend, and is a brief told right whether to jump on one?

2,000 invented trends that rise for one to four weeks to a peak of 5 to 300 posts a day and then
fall by half in 2 to 15 days, with Poisson noise, each looked at on a random day of its life. The
real end is known: the day on which the noiseless course meets a tenth of its best week.

The case ``days`` is the median error of the days left of fading trends, beside the same from the
last week over the week before. ``range`` is how often the real end is within the range that is
told (promised: 0.8), ``least`` how often what rises or is steady lives at least as long as told
(promised: 0.9). ``jump`` is what a brief gains that jumps unless it is told that it misses the
trend, beside one that always jumps and one that knows the end: the days its post lives within the
trend, less 7 for a post that comes too late.

Prints one line of JSON a case.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import log
from statistics import mean, median
from typing import Final

import numpy as np
from numpy.typing import NDArray

from marketplace.trends.rules.growth import WINDOW, Estimate, Phase, estimate
from marketplace.trends.rules.timing import Catch, live_between, timing_of

COUNT: Final = 2_000
LONGEST: Final = 400
DAY: Final = date(2026, 11, 2)
TOO_LATE: Final = 7
HIGHEST: Final = 60
"""Days within a trend beyond which a post gains no more."""


@dataclass(frozen=True, slots=True)
class Look:
    """One trend on one day: what is counted, and how many days it really has left."""

    counts: list[int]
    left: int


def main() -> None:
    """Look at every trend once and compare what is told with what is so."""
    looks = [(look, estimate(look.counts)) for look in trends(COUNT)]
    fading = [(look, told) for look, told in looks if told.phase is Phase.FADING]
    tell(
        "days",
        len(fading),
        "days off, median",
        median(abs((told.days_left or 0) - look.left) for look, told in fading),
        "last week over the week before",
        median(abs(week_over_week(look.counts) - look.left) for look, _ in fading),
    )
    tell(
        "range",
        len(fading),
        "share within",
        mean(told.days_low <= look.left <= (told.days_high or 0) for look, told in fading),
        "promised",
        0.8,
    )
    living = [(k, t) for k, t in looks if t.phase in (Phase.RISING, Phase.STEADY)]
    tell(
        "least",
        len(living),
        "share that lives as long",
        mean(look.left >= told.days_low for look, told in living),
        "promised",
        0.9,
    )
    for rounds in (0, 2):
        gains = [gain(look, told, rounds=rounds) for look, told in looks]
        tell(
            f"jump, {rounds} rounds",
            len(looks),
            "days gained a brief",
            mean(ours for ours, _, _ in gains),
            "always jumps",
            mean(always for _, always, _ in gains),
        )
        tell(
            f"jump, {rounds} rounds",
            len(looks),
            "days gained a brief",
            mean(ours for ours, _, _ in gains),
            "knows the end",
            mean(best for _, _, best in gains),
        )


def gain(look: Look, told: Estimate, *, rounds: int) -> tuple[int, int, int]:
    """What a brief gains that listens, one that always jumps, and one that knows the end."""
    timing = timing_of(
        between=live_between(begins=DAY, rounds=rounds),
        measured_on=DAY,
        days_left=told.days_left,
        days_low=told.days_low,
    )
    within = (DAY + timedelta(days=look.left) - timing.likely).days
    always = min(within, HIGHEST) if within > 0 else -TOO_LATE
    return (0 if timing.catch is Catch.MISSED else always), always, max(always, 0)


def week_over_week(counts: list[int]) -> int:
    """The days left by the last week over the week before, to a tenth of the best week."""
    last, before = sum(counts[-7:]) + 0.5, sum(counts[-14:-7]) + 0.5
    best = max(sum(counts[day : day + 7]) for day in range(WINDOW - 6))
    if last >= before:
        return LONGEST
    return max(0, int(log(max(last, 1) / max(best * 0.1, 1)) / (log(before / last) / 7)))


def trends(count: int) -> Iterator[Look]:
    """Invent trends and look at each on a day of its life."""
    chance = np.random.default_rng(20261126)
    made = 0
    while made < count:
        rise, half = int(chance.integers(7, 29)), float(chance.uniform(2, 15))
        peak = float(np.exp(chance.uniform(np.log(5), np.log(300))))
        course = _course(rise, half, peak)
        end = _end(course)
        today = int(chance.integers(WINDOW + 7, max(end, WINDOW + 8)))
        counts = [int(n) for n in chance.poisson(course[today - WINDOW : today])]
        if sum(counts) < 8 or today >= end:
            continue
        made += 1
        yield Look(counts, min(end - today, 90))


def _course(rise: int, half: float, peak: float) -> NDArray[np.float64]:
    """Posts a day without noise: nothing, a rise, the peak, and a fall by half every so often."""
    days = np.arange(LONGEST) - WINDOW
    up = peak * np.exp((days - rise) / (rise / 4))
    down = peak * 0.5 ** ((days - rise) / half)
    return np.where(days < rise, up, down)


def _end(course: NDArray[np.float64]) -> int:
    """The day on which it has come down to a tenth of its best week, or to half a post."""
    weeks = np.convolve(course, np.ones(7) / 7, "valid")
    floor = max(float(weeks.max()) * 0.1, 0.5)
    after = int(course.argmax())
    return after + int(np.argmax(course[after:] <= floor))


def tell(case: str, size: int, unit: str, ours: float, reference: str, theirs: float) -> None:
    """Print one line; the ratio is ours / theirs."""
    line = {
        "benchmark": "trends",
        "case": case,
        "size": size,
        "unit": unit,
        "ours": round(ours, 3),
        "reference": reference,
        "theirs": round(theirs, 3),
        "ratio": round(ours / theirs, 3) if theirs > 0 else None,
    }
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
