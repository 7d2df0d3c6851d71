"""Which form a video has, by its length."""

from __future__ import annotations

from sqlalchemy import ColumnElement, case

from marketplace.creators.rules.formats import BAND_UNDER, LengthBand


def band_of(seconds: ColumnElement[int | None]) -> ColumnElement[str]:
    """The band of a length, as a column of another select."""
    return case(
        *((seconds < under, band.value) for band, under in BAND_UNDER), else_=LengthBand.LONG.value
    )
