"""Which files begin first: those that take long, so that none of them is left for the end.

Their marker says so. What has grown long since and has none is named at the end of a run.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import chain
from pathlib import Path
from typing import Final

import pytest

LONG_SECONDS: Final = 30
LONG_SHARE: Final = 0.01
"""Of the whole run: a slow machine makes no file longer than the others."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put journeys first, then other files with a slow test, and of equals those with most tests.

    ``make test`` hands them out in this order, which is otherwise the one that was drawn. Journeys
    stay together, as the product that they walk stops after the last.
    """
    marks: defaultdict[Path, set[str]] = defaultdict(set)
    tests: Counter[Path] = Counter()
    for item in items:
        marks[item.path].update(mark.name for mark in item.iter_markers())
        tests[item.path] += 1
    items.sort(
        key=lambda item: (
            "browser" not in marks[item.path],
            "slow" not in marks[item.path],
            -tests[item.path],
        )
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name each file that takes long and has no slow test."""
    lengths: defaultdict[str, float] = defaultdict(float)
    slow = set()
    for report in chain.from_iterable(terminalreporter.stats.values()):
        if isinstance(report, pytest.TestReport):
            path = report.location[0]
            lengths[path] += report.duration
            if "slow" in report.keywords:
                slow.add(path)
    least = max(LONG_SECONDS, LONG_SHARE * sum(lengths.values()))
    for path, seconds in sorted(lengths.items(), key=lambda each: -each[1]):
        if seconds >= least and path not in slow:
            terminalreporter.write_line(f"Took {seconds:.0f} s and is not marked slow: {path}")
