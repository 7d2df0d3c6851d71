"""Fits with their parts, for many creators at once: all numbers in a few passes. Pure.

Every number of an explanation is an integer that stands in a column; a creator's parts are made of
them when somebody reads them, and their sentences when somebody reads those.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.rules.fit import Factors, PartName, fits_of, weighted, whole_of
from marketplace.matching.rules.parts import (
    AUDIENCE_PARTS,
    Explained,
    Kind,
    Part,
    is_asked,
    kind_of,
)
from marketplace.matching.rules.seen import Seen, SeenAll
from marketplace.matching.rules.shares import PRIOR_VIEWERS, interval
from marketplace.matching.rules.wanted import Wanted
from marketplace.matching.rules.worth import fit_minor

Whole = NDArray[np.int64]
Range: TypeAlias = tuple[NDArray[np.floating], NDArray[np.floating]]

LEAST: Final = 1e-6
THIN_BELOW: Final = 1_000
"""A share that fewer people stand behind is told with its interval."""
INFERRED: Final = "inferred"
NO_EFFECT: Final = -1
"""Where there is no middle candidate to compare with."""


class _Column(NamedTuple):
    """One part of every creator, as :class:`Part` names its numbers."""

    kind: Kind
    value: Sequence[int]
    times: Sequence[int]
    effect_percent: Sequence[int | None]
    is_estimate: Sequence[bool]
    between: Sequence[tuple[int, int]] | None


@dataclass(frozen=True, slots=True, eq=False)
class Explanations(Sequence[Explained]):
    """Fits with their parts, in the order in which the creators were given."""

    wanted: Wanted
    seen: SeenAll
    fits: Sequence[int]
    lows: Sequence[int]
    highs: Sequence[int]
    parts: Sequence[_Column]

    def __len__(self) -> int:
        return len(self.fits)

    @overload
    def __getitem__(self, place: int) -> Explained: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Explained]: ...
    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(len(self)))]
        return self._made(place, self.seen[place])

    def __iter__(self) -> Iterator[Explained]:
        """Make all, one after the other: faster than each for itself."""
        return (self._made(place, seen) for place, seen in enumerate(self.seen))

    def _made(self, place: int, seen: Seen) -> Explained:
        wanted = self.wanted
        return Explained(
            self.fits[place],
            self.lows[place],
            self.highs[place],
            [
                Part(
                    each.kind,
                    each.value[place],
                    each.times[place],
                    each.effect_percent[place],
                    each.is_estimate[place],
                    None if each.between is None else _between(each, seen, place),
                    wanted,
                    seen,
                )
                for each in self.parts
            ],
            wanted.currency,
        )


def explain_all(wanted: Wanted, seen: SeenAll, medians: Factors | None) -> Explanations:
    """Return the fits of creators with their parts, in the order in which they are multiplied.

    A part that the wish does not ask for is left out: it is 100 % for everybody. medians: the
    middle candidate's.
    """
    fits = fits_of(seen.factors, per=fit_minor(wanted.currency))
    ranges = {name: _range(name, seen) for name in AUDIENCE_PARTS if is_asked(name, wanted)}
    lows, highs = _intervals(seen, fits, ranges)
    kinds = [kind_of(name, wanted, medians) for name in PartName if is_asked(name, wanted)]
    columns = [_column(kind, seen, ranges.get(kind.name)) for kind in kinds]
    return Explanations(wanted, seen, fits.tolist(), lows.tolist(), highs.tolist(), columns)


def _column(kind: Kind, seen: SeenAll, between: Range | None) -> _Column:
    value = seen.factors[kind.place]
    times = weighted(kind.name, value) if kind.is_share else value
    usual = np.full(len(value), kind.usual)
    over, under = (usual, times) if kind.name is PartName.PRICE else (times, usual)
    estimated = np.zeros(len(value), bool)
    if kind.name in AUDIENCE_PARTS:
        guessed = np.array([source == INFERRED for source in seen.source], bool)
        estimated = guessed | ~seen.said[kind.name]
    elif kind.name is PartName.PRICE:
        estimated = seen.price_is_estimated
    effect = (200 * over + under) // np.maximum(2 * under, 1)
    effect[(usual <= 0) | (under <= 0)] = NO_EFFECT
    return _Column(
        kind,
        value.tolist(),
        times.tolist(),
        [None if each == NO_EFFECT else each for each in effect.tolist()],
        estimated.tolist(),
        None if between is None else _percents(*between),
    )


def _percents(low: NDArray[np.floating], high: NDArray[np.floating]) -> list[tuple[int, int]]:
    """Whole percents, outwards: a small share is not told to be between 0 and 0."""
    lows = np.floor(100 * low).astype(np.int64).tolist()
    highs = np.ceil(100 * high).astype(np.int64).tolist()
    return list(zip(lows, highs, strict=True))


def _between(column: _Column, seen: Seen, place: int) -> tuple[int, int] | None:
    """Where a share is four of five times; None where enough people stand behind it to leave it."""
    if column.between is None or (column.kind.name in seen.said and seen.people >= THIN_BELOW):
        return None
    return column.between[place]


def _range(name: PartName, seen: SeenAll) -> Range:
    """Where the share of each creator's audience is, four of five times.

    What is usual counts as a few people, whoever describes the rest.
    """
    share = seen.factors[Factors._fields.index(name)] / whole_of(name)
    return interval(share, seen.people * seen.said[name] + PRIOR_VIEWERS)


def _intervals(seen: SeenAll, fits: Whole, ranges: Mapping[PartName, Range]) -> tuple[Whole, Whole]:
    """Four of five times the fit of one collaboration is in between: views and thin shares vary.

    The parts vary by themselves, so their squares add up, in logarithms.
    """
    views = np.maximum(1, seen.factors[0])
    down = np.log(views / np.maximum(1, seen.views_low)) ** 2
    up = np.log(np.maximum(1, seen.views_high) / views) ** 2
    for name, (low, high) in ranges.items():
        share = seen.factors[Factors._fields.index(name)] / whole_of(name)
        is_there = share > 0
        some = np.where(is_there, share, 1)
        down += np.where(is_there, np.log(some / np.maximum(low, LEAST)), 0) ** 2
        up += np.where(is_there, np.log(np.maximum(high, LEAST) / some), 0) ** 2
    lows = np.rint(fits * np.exp(-np.sqrt(down))).astype(np.int64)
    highs = np.rint(fits * np.exp(np.sqrt(up))).astype(np.int64)
    return lows, highs
