"""What the data sets have in common: reading them, measures of a ranking, a figure to print."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Floats = NDArray[np.floating]


class Missing(Exception):
    """A data set is not there."""


@dataclass(frozen=True)
class Parts:
    """Where the sets are: the part that is judged, and perhaps another one to learn from."""

    data: Path
    learn: Path | None = None

    def rows(self, name: str) -> list[dict[str, str]]:
        """Return the rows of one file of the part that is judged. Raises Missing."""
        path = self.data / name
        if not path.exists():
            raise Missing(f"{path} is not there")
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            return list(csv.DictReader(lines))

    def taught(self, name: str, key: str) -> list[dict[str, str]] | None:
        """Return the rows of a file of the part to learn from; None where there is none.

        key: the column that says whom a row is of. Raises Missing, also where both parts have a row
        of the same: nothing is learned from what is judged.
        """
        if self.learn is None:
            return None
        found = Parts(self.learn).rows(name)
        if not {row[key] for row in found}.isdisjoint(row[key] for row in self.rows(name)):
            raise Missing(f"{self.learn / name} holds some of what is judged")
        return found


@dataclass(frozen=True)
class Figure:
    """One measure: ours, what others get in the same run, what is noted for the kept-apart part.

    spread: the standard deviation of ours over the folds. best: max or min, which way is better.
    """

    case: str
    size: int
    unit: str
    ours: float
    same_run: Mapping[str, float] = field(default_factory=dict)
    noted: tuple[str, float] | None = None
    spread: float | None = None
    less_is_better: bool = False

    def lines(self, name: str) -> Iterator[dict[str, Any]]:
        """Yield the lines to print: beside the best of the same run, and beside what is noted."""
        beside = []
        if self.same_run:
            best = (min if self.less_is_better else max)(self.same_run.values())
            which = next(key for key, value in self.same_run.items() if value == best)
            beside.append((f"{which} (same run)", best))
        if self.noted:
            beside.append((f"{self.noted[0]} (noted, kept-apart part)", self.noted[1]))
        unit = self.unit if not self.spread else f"{self.unit} ± {self.spread:.3f}"
        for reference, theirs in beside:
            yield {
                "benchmark": "fit_quality",
                "case": f"{name}: {self.case}",
                "size": self.size,
                "unit": f"{unit}, less is better" if self.less_is_better else unit,
                "ours": round(self.ours, 3),
                "reference": reference,
                "theirs": round(theirs, 3),
                "ratio": round(self.ours / theirs, 3) if theirs else None,
            }


@dataclass(frozen=True)
class Ranked:
    """One list: the gain of each item in the order of the scores, and the area under the curve."""

    gains: Floats
    ideal: Floats
    auc: float

    @property
    def ranks(self) -> Floats:
        """The places of what is relevant, from 1."""
        return np.flatnonzero(self.gains > 0) + 1.0

    def ndcg(self, most: int) -> float:
        discount = 1 / np.log2(np.arange(2, most + 2))
        got = self.gains[:most] @ discount[: len(self.gains[:most])]
        return float(got / (self.ideal[:most] @ discount[: len(self.ideal[:most])]))

    def recall(self, most: int) -> float:
        return float((self.ranks <= most).mean())

    @property
    def average_precision(self) -> float:
        return float((np.arange(1, len(self.ranks) + 1) / self.ranks).mean())


def ranked(scores: Floats, gains: Floats) -> Ranked:
    """Put one list in order; equal scores stand by lot, the same lot every time."""
    lot = np.random.default_rng(0).random(len(scores))
    order = np.lexsort((lot, -scores))
    relevant = gains > 0
    found, rest = int(relevant.sum()), int((~relevant).sum())
    below = rankdata(scores)[relevant].sum() - found * (found + 1) / 2
    return Ranked(gains[order], np.sort(gains)[::-1], float(below / max(found * rest, 1)))


def standard(values: Floats) -> Floats:
    """Return the values of each row with a mean of 0 and a spread of 1."""
    spread = values.std(axis=1, keepdims=True)
    return np.asarray((values - values.mean(axis=1, keepdims=True)) / np.where(spread, spread, 1))


def folds(count: int, parts: int, seed: int) -> Iterator[NDArray[np.intp]]:
    """Yield the held-out places of each fold, drawn by lot."""
    order = np.random.default_rng(seed).permutation(count)
    for part in range(parts):
        yield np.sort(order[part::parts])


def mean_and_spread(values: Sequence[Sequence[float]]) -> tuple[Floats, Floats]:
    """Return the mean over the folds (rows) and their standard deviation."""
    table = np.array(values)
    return table.mean(axis=0), table.std(axis=0)
