"""What the market looks like in columns: one little-endian file each, one place a creator.

A share is kept in steps of half a percent, and that step is what a fit counts and shows. A row
takes ROW_BYTES; what does not fit a row (a country of few, rates in a second currency, whom a
brand has for itself) stands in three short lists beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntFlag
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from marketplace.accounts.rules import countries
from marketplace.campaigns.rules import CATEGORIES
from marketplace.creators.rules import AGES, FORMATS, GENDERS, LANGUAGES, TOPICS
from marketplace.creators.rules.formats import LengthBand
from marketplace.creators.rules.subjects import Subject

Arrays = dict[str, NDArray[Any]]
Lists = Mapping[str, NDArray[Any]]

FORMAT_VERSION: Final = 16
"""A folder of another version is built anew."""
STEP_BPS: Final = 50
"""One step of a share."""
WHOLE_STEPS: Final = 200
DENSE_COUNTRIES: Final = 32
"""Countries with a column of their own: those of most viewers; the rest stand in a list."""
TERMS: Final = 12
"""Topics and hashtags kept of one creator."""
SEGMENTS: Final = 12
FORMS: Final = (*FORMATS, *LengthBand)
"""What a video can be asked to be: of a format, of a length."""
UNKNOWN: Final = 255
"""No currency, no language."""
SPREAD_STEPS: Final = 16
"""Steps in which views double, for the bounds around those expected."""


class Flag(IntFlag):
    """What is true of a creator; the three bits from SOURCE on say who describes the audience.

    AGE, GENDER, COUNTRY: that the description says something of it. JOINED: whom a brand can
    invite.
    """

    CLOSED = 1
    CHANNEL = 2
    RECORD = 4
    SOURCE = 8
    AGE = 64
    GENDER = 128
    COUNTRY = 256
    JOINED = 512


SOURCES: Final = ("", "platform", "upload", "self_reported", "inferred", "upload_confirmed")
"""Who describes an audience, by the number in the flags; "" while nobody does.

A picture that staff have seen is told apart from one that nobody has: it counts more.
"""


@dataclass(frozen=True, slots=True)
class Column:
    """One kind of fact. width: numbers a creator. by_row: whether those of one lie together."""

    name: str
    dtype: str
    width: int = 1
    by_row: bool = False

    @property
    def row_bytes(self) -> int:
        """What one creator takes."""
        return np.dtype(self.dtype).itemsize * self.width

    def shape(self, rows: int) -> tuple[int, ...]:
        """The shape of the array over so many creators."""
        if self.width == 1:
            return (rows,)
        return (rows, self.width) if self.by_row else (self.width, rows)


COLUMNS: Final = (
    Column("ids", "<u8", 2),
    Column("age", "u1", len(AGES)),
    Column("gender", "u1", len(GENDERS)),
    Column("country", "u1", DENSE_COUNTRIES),
    Column("terms", "<u2", TERMS, by_row=True),
    Column("term_weights", "u1", TERMS // 2, by_row=True),
    Column("segments", "u1", SEGMENTS, by_row=True),
    Column("views", "<u4"),
    Column("views_low", "u1"),
    Column("views_high", "u1"),
    Column("prices", "<u4", len(FORMATS)),
    Column("currency", "u1"),
    Column("followers", "<u4"),
    Column("authentic", "u1"),
    Column("reliability", "u1"),
    Column("home", "<u2"),
    Column("language", "u1"),
    Column("topics", "<u4"),
    Column("formats", "u1", len(FORMS)),
    Column("subjects", "<u2"),
    Column("flags", "<u2"),
    Column("sample", "<u2"),
    Column("described", "<u2"),
    Column("away_until", "<u2"),
)
ROW_BYTES: Final = sum(column.row_bytes for column in COLUMNS)

EXTRA_COUNTRIES: Final = np.dtype([("row", "<u4"), ("country", "<u2"), ("share", "u1")])
"""A share in a country without a column, ordered by row and country."""
EXTRA_RATES: Final = np.dtype(
    [("row", "<u4"), ("currency", "u1"), ("prices", "<u4", (len(FORMATS),))]
)
"""Rates in a currency other than the row's own, ordered by currency and row."""
EXTRA_EXCLUSIVITIES: Final = np.dtype(
    [
        ("row", "<u4"), ("category", "u1"), ("starts", "<u2"), ("until", "<u2"),
        ("brand_high", "<u8"), ("brand_low", "<u8"),
    ]
)  # fmt: skip
"""Days in a category that belong to one brand, ordered by category and row."""
SHORT_LISTS: Final = {
    "countries": (EXTRA_COUNTRIES, ("row", "country")),
    "rates": (EXTRA_RATES, ("currency", "row")),
    "exclusivities": (EXTRA_EXCLUSIVITIES, ("category", "row")),
}
"""The short lists and what each is ordered by."""

COUNTRY_CODES: Final = tuple(sorted(countries()))
COUNTRY_NUMBERS: Final = {code: number for number, code in enumerate(COUNTRY_CODES)}
"""Numbers for homes and for the countries without a column."""
NO_COUNTRY: Final = len(COUNTRY_CODES)
LANGUAGE_NUMBERS: Final = {code: number for number, code in enumerate(LANGUAGES)}
CATEGORY_NUMBERS: Final = {category: number for number, category in enumerate(CATEGORIES)}
SUBJECT_BITS: Final[Mapping[str, int]] = {
    subject: 1 << number for number, subject in enumerate(Subject)
}
TOPIC_BITS: Final = {topic: 1 << number for number, topic in enumerate(TOPICS)}
U4_MOST: Final = 2**32 - 1
"""No count and no price is larger here."""


def empty(rows: int) -> Arrays:
    """Return every column with room for so many creators, all zero."""
    return {each.name: np.zeros(each.shape(rows), each.dtype) for each in COLUMNS}


def put(arrays: Arrays, chosen: slice | NDArray[Any], values: Arrays) -> None:
    """Write the columns of some creators in place."""
    for each in COLUMNS:
        if each.width == 1 or each.by_row:
            arrays[each.name][chosen] = values[each.name]
        else:
            arrays[each.name][:, chosen] = values[each.name]


def in_order(name: str, parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Return the parts of a short list as one, in its order."""
    dtype, order = SHORT_LISTS[name]
    return np.sort(np.concatenate([np.empty(0, dtype), *parts]), order=order, kind="stable")
