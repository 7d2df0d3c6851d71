"""How many views will a creator's next video get? TikTok, each creator's videos in time order.

Set: tiktok-creators-2020. The last 30 % of each creator's videos are forecast one by one, each from
all before it (five or more). Counts come from one look at all videos, so videos younger than a
week at that time, which were still growing, are not forecast.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import spearmanr

from benchmarks.quality.figures import Figure, Floats, Parts
from marketplace.matching.rules import views
from marketplace.matching.rules.views import ExpectedViews

SET: Final = "tiktok-creators-2020"
MATURE_SECONDS: Final = 7 * 86_400
KNOWN_PART: Final = 0.7
KNOWN_LEAST: Final = 5
MEAN_OF_EXPECTED: Final = 1.46
"""Many posts get this times the sum of their expected views: a few hits carry the sum."""


@dataclass(frozen=True)
class Case:
    """One video to forecast: what came before (newest first), and what it got."""

    before: Sequence[int]
    got: int


def measure(parts: Parts) -> Iterator[Figure]:
    cases = read(parts)
    got = np.log([case.got for case in cases])
    forecasts = [_expected(case.before) for case in cases]
    ours = np.log([max(one.median, 1) for one in forecasts])
    others: dict[str, Callable[[Sequence[int]], float]] = {
        "median of the last 5": lambda before: float(np.median(before[:5])),
        "arithmetic mean": lambda before: float(np.mean(before)),
        "the last one": lambda before: float(before[0]),
    }
    theirs = {
        name: np.log([max(forecast(case.before), 1) for case in cases])
        for name, forecast in others.items()
    }
    size = len(cases)
    for case, of, noted, less in (
        ("log error", log_error, 0.761, True),
        ("within ×2", within_twice, 0.58, False),
        ("Spearman", spearman, 0.877, False),
    ):
        yield Figure(
            case,
            size,
            case,
            of(ours, got),
            same_run={name: of(forecast, got) for name, forecast in theirs.items()},
            noted=("median of the last 5", noted),
            less_is_better=less,
        )
    inside = [one.low <= case.got <= one.high for one, case in zip(forecasts, cases, strict=True)]
    width = np.exp(np.mean([np.log(max(one.high, 1) / max(one.low, 1)) for one in forecasts]))
    yield Figure(
        "share within the 80 % interval",
        size,
        "share",
        float(np.mean(inside)),
        noted=("what an 80 % interval promises", 0.8),
    )
    yield Figure(
        "width of the 80 % interval",
        size,
        "high / low",
        float(width),
        noted=("×0.26 to ×2.46 for everybody", 2.46 / 0.26),
        less_is_better=True,
    )
    total = sum(one.median for one in forecasts) * MEAN_OF_EXPECTED
    yield Figure(
        "sum of all forecasts × the mean of what is expected",
        size,
        "of the true sum",
        float(total / np.exp(got).sum()),
        noted=("arithmetic mean", 1.25),
    )


def _expected(before: Sequence[int]) -> ExpectedViews:
    found = views.expected(before)
    assert found is not None
    return found


def read(parts: Parts) -> list[Case]:
    videos = defaultdict(list)
    for row in parts.rows(f"{SET}/videos.csv.gz"):
        videos[row["creator"]].append(
            (int(row["create_time"]), row["id"], max(1, int(row["n_plays"])))
        )
    looked = max(time for each in videos.values() for time, _, _ in each)
    cases = []
    for each in videos.values():
        each.sort()
        counts = [count for _, _, count in each]
        first = max(KNOWN_LEAST, int(len(each) * KNOWN_PART))
        cases += [
            Case(counts[:place][::-1], counts[place])
            for place in range(first, len(each))
            if looked - each[place][0] >= MATURE_SECONDS
        ]
    return cases


def log_error(forecast: Floats, got: Floats) -> float:
    return float(np.abs(forecast - got).mean())


def within_twice(forecast: Floats, got: Floats) -> float:
    return float((np.abs(forecast - got) <= np.log(2)).mean())


def spearman(forecast: Floats, got: Floats) -> float:
    return float(spearmanr(forecast, got).statistic)
