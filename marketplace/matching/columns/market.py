"""The market as columns, wherever they come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.columns.context import Context
from marketplace.matching.columns.layout import (
    SHORT_LISTS,
    Arrays,
    Lists,
)
from marketplace.matching.columns.memo import Memo
from marketplace.matching.columns.rows import find_rows, halves

Rows = NDArray[np.intp]
Pick = slice | Rows


@dataclass(frozen=True, slots=True)
class Market:
    """All creators in columns.

    count: how many there are. lists: the short ones by name. ordered: so many of the first rows are
    in the order of their ids.
    is_whole: False where PostgreSQL stood in for the columns and only the part of the market that
    is viewed most was looked at. of: how many creators there are altogether.
    """

    count: int
    arrays: Arrays
    lists: Lists
    context: Context
    ordered: int
    refreshed_at: datetime
    is_whole: bool = True
    of: int = 0
    beat: int = 0
    memo: Memo = field(default_factory=Memo, init=False, compare=False)

    def id_at(self, row: int) -> UUID:
        """The creator of a row."""
        high, low = self.arrays["ids"][:, row].tolist()
        return UUID(int=(high << 64) | low)

    def ids_at(self, rows: Sequence[int]) -> list[UUID]:
        """The creators of some rows."""
        high, low = self.arrays["ids"][:, np.asarray(rows, np.intp)].tolist()
        return [UUID(int=(one << 64) | other) for one, other in zip(high, low, strict=True)]

    def raw_ids_at(self, rows: Sequence[int] | Rows) -> bytes:
        """The creators of some rows, each in 16 bytes: for a list too long to make UUIDs of."""
        halves = self.arrays["ids"][:, np.asarray(rows, np.intp)]
        return bytes(halves.T.astype(">u8").tobytes())

    def rows_of(self, creator_ids: Sequence[UUID]) -> Rows:
        """The row of each creator; -1 for one who is not here."""
        return find_rows(self.arrays["ids"], halves(creator_ids), ordered=self.ordered)


def listed_for(market: Market, name: str, number: int) -> NDArray[Any]:
    """Return what a short list has under one number of what it is ordered by."""
    whole = market.lists[name]
    begin, end = np.searchsorted(whole[SHORT_LISTS[name][1][0]], [number, number + 1])
    return whole[begin:end]
