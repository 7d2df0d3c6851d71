"""Countries without a column: who has a share in which of them, from the short list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.columns.bits import Bits, are_in, packed
from marketplace.matching.columns.layout import WHOLE_STEPS
from marketplace.matching.columns.market import Market, Rows


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The list, by creator: a row, a country's number and the steps of a share at each place.

    who: whose rows these are. numbers: of the countries in the list. by_country: the places of the
    list, country by country, those of one in the order of rows; begins: where each of numbers does.
    """

    count: int
    rows: NDArray[np.uint32]
    countries: NDArray[np.uint16]
    steps: NDArray[np.uint8]
    who: Bits
    numbers: NDArray[np.intp]
    by_country: NDArray[np.uint32]
    begins: NDArray[np.intp]

    def who_in(self, countries: NDArray[np.bool_]) -> Bits:
        """Return who has a share in a country of which this is true, by its number."""
        if countries[self.numbers].all():
            return self.who
        return _packed(self.rows[countries[self.countries]], self.count)

    def steps_in(self, numbers: Sequence[int]) -> NDArray[np.uint8] | None:
        """Return everybody's steps in these countries together; None where nobody has any.

        Never more than the whole, though each of very many small shares was rounded up.
        """
        there = [found for found in map(self._places_of, numbers) if len(found)]
        if not there:
            return None
        found = np.zeros(self.count, np.uint8)
        for places in there:
            rows = self.rows[places]
            found[rows] = together(found[rows], self.steps[places])
        return found

    def _places_of(self, number: int) -> NDArray[np.uint32]:
        """Return the places at which a country is listed."""
        at = int(np.searchsorted(self.numbers, number))
        if at == len(self.numbers) or self.numbers[at] != number:
            return self.by_country[:0]
        return self.by_country[self.begins[at] : self.begins[at + 1]]

    def of(self, row: int) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
        """Return the countries in which one creator has a share, and its steps."""
        first, end = self.rows.searchsorted(np.array([row, row + 1], np.uint32))
        return self.countries[first:end], self.steps[first:end]

    def add(self, found: NDArray[np.int64], rows: Rows, counted: NDArray[np.int64]) -> None:
        """Add each step of some rows, counted as its country's number says."""
        some = np.flatnonzero(are_in(self.who, rows))
        here = rows[some].astype(np.uint32)
        place, end = (np.searchsorted(self.rows, here, side) for side in ("left", "right"))
        while len(some):
            found[some] += self.steps[place] * counted[self.countries[place]]
            place += 1
            more = place < end
            some, place, end = some[more], place[more], end[more]


def together(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return two shares of each in one, in steps: never more than the whole."""
    found: NDArray[np.uint8] = np.minimum(one, np.uint8(WHOLE_STEPS) - other)
    found += other
    return found


def elsewhere(market: Market) -> Elsewhere:
    """Return the list of a market, worked out once while the columns stay as they are."""

    def work_out() -> Elsewhere:
        listed: NDArray[Any] = market.lists["countries"]
        listed = listed[: np.searchsorted(listed["row"], market.count)]
        rows, countries = listed["row"].copy(), listed["country"].copy()
        many = np.bincount(countries)
        numbers = np.flatnonzero(many)
        return Elsewhere(
            count=market.count,
            rows=rows,
            countries=countries,
            steps=listed["share"].copy(),
            who=_packed(rows, market.count),
            numbers=numbers,
            by_country=np.argsort(countries, kind="stable").astype(np.uint32),
            begins=np.cumsum([0, *many[numbers]]),
        )

    return market.memo.get("elsewhere", None, work_out, most=1)


def _packed(rows: Rows | NDArray[np.uint32], count: int) -> Bits:
    found = np.zeros(count, bool)
    found[rows] = True
    return packed(found)
