"""How the person who asks writes numbers and tells the time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from babel.numbers import format_compact_decimal, format_decimal
from flask import has_request_context, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from marketplace.kernel.money import BPS_WHOLE

ZONE_COOKIE: Final = "zone"
LOCALES: Final[Mapping[str, str]] = {
    tag: tag.replace("-", "_")
    for tag in (
        "en-US", "en-GB", "en-CA", "en-AU", "en-IE", "en-IN", "de", "de-AT", "de-CH", "fr", "fr-CA",
        "fr-CH", "es", "es-MX", "it", "nl", "pt-BR", "pt-PT", "pl", "cs", "sv", "da", "nb", "fi",
        "ja", "ko", "tr", "ar", "hu", "is", "vi", "zh-TW",
    )
}  # fmt: skip
"""Where a reader's way of writing numbers is followed: those written with the digits 0 to 9."""

COMPACT_FROM: Final = 1000
_SMALL: Final = "#,##0.######"
REMEMBERED: Final = 4096
"""How many written values are kept: a page writes the same few again and again."""


def locale() -> str:
    """Return the reader's locale for numbers; American English where nobody asks."""
    try:
        asked = request.environ
    except RuntimeError:
        return "en_US"
    return _locale_for(asked.get("HTTP_ACCEPT_LANGUAGE", ""))


@lru_cache(maxsize=256)
def _locale_for(header: str) -> str:
    accepted = parse_accept_header(header, LanguageAccept)
    return LOCALES[accepted.best_match(LOCALES, default="en-US") or "en-US"]


def zone() -> tzinfo:
    """Return the reader's time zone, UTC until their browser has told."""
    key = request.cookies.get(ZONE_COOKIE, "UTC") if has_request_context() else "UTC"
    try:
        return ZoneInfo(key)
    except (KeyError, ValueError, OSError):  # a cookie is whatever the reader sends
        return ZoneInfo("UTC")


def number(value: int | float | Decimal, tag: str | None = None) -> str:
    """Return the number with the reader's thousands: "48,210".

    tag: their locale, where somebody writes much at once and has asked for it already.
    """
    return _number(value, tag or locale())


def compact(value: int | float) -> str:
    """Return a rounded number for charts and lists: "48.2K"; below 1,000 it is exact."""
    if abs(value) < COMPACT_FROM:
        return number(value)
    return _compact(value, locale())


def percent(basis_points: int | Decimal) -> str:
    """Return basis points, whole ones or less, as a percentage: 3750 is "37.5 %"."""
    return _percent(basis_points, locale())


def share(part: int, whole: int, tag: str | None = None) -> str:
    """Return a part of a whole as a percentage: 3 of 8 is "37.5 %"; tag: as :func:`number`."""
    return _share(part, whole, tag or locale())


@lru_cache(maxsize=REMEMBERED, typed=True)
def _number(value: int | float | Decimal, tag: str) -> str:
    return format_decimal(value, locale=tag)


@lru_cache(maxsize=REMEMBERED, typed=True)
def _compact(value: int | float, tag: str) -> str:
    rounded = float(f"{value:.4g}")  # first, so that 999,999 is a million and not a thousand "K"
    return format_compact_decimal(rounded, locale=tag, fraction_digits=1)


@lru_cache(maxsize=REMEMBERED)
def _share(part: int, whole: int, tag: str) -> str:
    return _percent(Decimal(part * BPS_WHOLE) / whole, tag)


@lru_cache(maxsize=REMEMBERED)
def _percent(basis_points: int | Decimal, tag: str) -> str:
    return f"{format_decimal(Decimal(basis_points) / 100, _SMALL, locale=tag)}\xa0%"
