"""What is known of creators for one wish: one of them, or many in columns. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.rules.fit import Factors, PartName

PEOPLE_MOST: Final = 65_535
"""More people behind the shares of an audience are not told apart."""
FIRST_DAY: Final = date(1970, 1, 1).toordinal()


class Seen(NamedTuple):
    """What is known of one creator for one wish.

    views_low, views_high: an 80 % interval for one video. people: how many viewers the audience
    counts as. source: who describes it, a key of ``SAID_BY``; "" while nobody does. said: of which
    parts that says something. described_on: its day. words: those asked for that the creator uses;
    near: those that others use with them. has_record: whether a collaboration has ended here.
    """

    factors: Factors
    views_low: int
    views_high: int
    people: int
    source: str
    price_is_estimated: bool
    words: Sequence[str] = ()
    near: Sequence[str] = ()
    has_record: bool = False
    said: frozenset[PartName] = frozenset()
    described_on: date | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SeenAll(Sequence[Seen]):
    """The same of many: a list whose members are made when somebody reads them.

    factors: an array each, as ``Factors`` names them. words, near: of the creator at a place.
    said: the parts of an audience -> whose description says something of it. described: days since
    1970.
    """

    factors: Sequence[NDArray[np.int64]]
    views_low: NDArray[np.int64]
    views_high: NDArray[np.int64]
    people: NDArray[np.int64]
    source: Sequence[str]
    price_is_estimated: NDArray[np.bool_]
    words: Callable[[int], Sequence[str]]
    near: Callable[[int], Sequence[str]]
    has_record: NDArray[np.bool_]
    said: Mapping[PartName, NDArray[np.bool_]]
    described: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.views_low)

    @overload
    def __getitem__(self, place: int) -> Seen: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Seen]: ...
    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(len(self)))]
        return self._made(place, *(each[place].item() for each in self._columns()))

    def __iter__(self) -> Iterator[Seen]:
        """Make all, one after the other: faster than each for itself."""
        columns = zip(*(each.tolist() for each in self._columns()), strict=True)
        return (self._made(place, *values) for place, values in enumerate(columns))

    def _columns(self) -> Sequence[NDArray[Any]]:
        return (
            self.views_low,
            self.views_high,
            self.people,
            self.price_is_estimated,
            self.has_record,
            self.described,
            *self.factors,
        )

    def _made(
        self,
        place: int,
        low: int,
        high: int,
        people: int,
        estimated: bool,  # noqa: FBT001  # columns come in their order
        record: bool,  # noqa: FBT001
        described: int,
        *factors: int,
    ) -> Seen:
        source = self.source[place]
        return Seen(
            Factors(*factors),
            low,
            high,
            people,
            source,
            estimated,
            self.words(place),
            self.near(place),
            record,
            frozenset([part for part, there in self.said.items() if there[place]]),
            date.fromordinal(FIRST_DAY + described) if source else None,
        )
