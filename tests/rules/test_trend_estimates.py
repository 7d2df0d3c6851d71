"""Every number of a trend's estimate, worked out again step by step as its rule is written."""

from __future__ import annotations

from math import ceil, floor, log

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from marketplace.trends.rules.growth import Estimate, Phase, estimate

posts = st.one_of(st.integers(0, 3), st.integers(0, 60), st.integers(0, 5_000))


def by_the_rule(counts: list[int]) -> tuple[Phase, float, tuple[float, ...], tuple[float, ...]]:
    """Return the phase, the pace, three growths, and the days left: at least, expected, at most.

    Days that nobody can tell are infinite; what is a range of a whole number is a fraction here.
    """
    fortnight = counts[-14:]
    smooth = [np.mean(fortnight[max(0, day - 1) : day + 2]) for day in range(14)]
    best = max(day for day in range(14) if smooth[day] == max(smooth))
    recent = np.array(fortnight[best:] if 14 - best >= 5 else fortnight, float)
    ago = np.arange(len(recent))[::-1]
    weights = 0.5 ** (ago / 4)
    age = np.average(ago, weights=weights)
    line = np.stack([np.ones(len(recent)), age - ago], axis=1)
    logs = np.log(recent + 0.5)
    inverse = np.linalg.inv(line.T @ (weights[:, None] * line))
    level_and_slope = inverse @ line.T @ (weights * logs)
    missed = (weights * (logs - line @ level_and_slope))[:, None] * line
    days = weights.sum() ** 2 / (weights**2).sum()
    spread = inverse @ missed.T @ missed @ inverse * days / (days - 2)
    slope, error = level_and_slope[1], np.sqrt(spread[1, 1])
    assume(error > 1e-6)  # else all stand on one line, and the last bit would decide
    ahead = np.sqrt(spread[0, 0] + age**2 * spread[1, 1])
    pace = np.average(recent, weights=weights) * np.exp(slope * age)
    low, high = slope - 2 * error, slope + 2 * error
    growths = tuple(10_000 * (np.exp(each) - 1) for each in (low, slope, high))
    weeks = [np.mean(counts[day : day + 7]) for day in range(22)]
    lowest = max(max(weeks) / 10, 0.5)
    if pace <= lowest:
        return Phase.OVER, pace, growths, (0, 0, 0)
    above = log(pace / lowest)
    least, most = max(above - 2 * ahead, 0), above + 2 * ahead
    if low > 0:
        return Phase.RISING, pace, growths, (least / high, np.inf, np.inf)
    if high < 0:
        return Phase.FADING, pace, growths, (least / -low, above / -slope, most / -high)
    return Phase.STEADY, pace, growths, (least / max(-low, high), np.inf, np.inf)


def told_days(told: Estimate) -> tuple[int | None, ...]:
    return told.days_low, told.days_left, told.days_high


@given(
    st.one_of(
        st.lists(posts, min_size=28, max_size=28),
        st.builds(
            lambda start, daily, off: [
                round(start * daily**day * each) for day, each in enumerate(off)
            ],
            st.integers(20, 3_000),
            st.floats(0.85, 1.15),
            st.lists(st.floats(0.5, 1.5), min_size=28, max_size=28),
        ),
    )
)
def test_every_number_is_what_the_rule_says(counts: list[int]) -> None:
    phase, pace, growths, days = by_the_rule(counts)
    told = estimate(counts)

    assert told.phase is phase
    assert told.pace_milli == pytest.approx(1_000 * pace, rel=1e-9, abs=0.51)
    assert (told.growth_low_bps, told.growth_bps, told.growth_high_bps) == tuple(
        pytest.approx(each, rel=1e-9, abs=0.51) for each in growths
    )
    for found, exact in zip(told_days(told), days, strict=True):
        if found is None:
            assert exact == np.inf
        else:  # whole days that are over, and never more than 90
            assert floor(min(exact, 90) - 1e-9) <= found <= ceil(min(exact, 90) + 1e-9)
            assert found <= min(exact, 90) + 1e-9
