"""What is known of creators for one wish: one of them, or many in columns. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.rules.fit import Factors


class Seen(NamedTuple):
    """What is known of one creator for one wish.

    views_low, views_high: an 80 % interval for one video. people: how many viewers the audience
    counts as. source: who describes it; "" while nobody does. words: those of the wish, and their
    neighbours, that the creator uses. has_record: whether a collaboration has ended here.
    """

    factors: Factors
    views_low: int
    views_high: int
    people: int
    source: str
    price_is_estimated: bool
    words: Sequence[str] = ()
    has_record: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class SeenAll(Sequence[Seen]):
    """The same of many: a list whose members are made when somebody reads them.

    factors: an array each, as ``Factors`` names them. words: of the creator at a place.
    """

    factors: Sequence[NDArray[np.int64]]
    views_low: NDArray[np.int64]
    views_high: NDArray[np.int64]
    people: NDArray[np.int64]
    source: Sequence[str]
    price_is_estimated: NDArray[np.bool_]
    words: Callable[[int], Sequence[str]]
    has_record: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.views_low)

    @overload
    def __getitem__(self, place: int) -> Seen: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Seen]: ...
    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(len(self)))]
        return Seen(
            factors=Factors(*(int(each[place]) for each in self.factors)),
            views_low=int(self.views_low[place]),
            views_high=int(self.views_high[place]),
            people=int(self.people[place]),
            source=self.source[place],
            price_is_estimated=bool(self.price_is_estimated[place]),
            words=self.words(place),
            has_record=bool(self.has_record[place]),
        )
