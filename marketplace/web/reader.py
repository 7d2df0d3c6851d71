"""How the person who asks writes numbers and tells the time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from babel.numbers import format_compact_decimal, format_decimal
from flask import has_request_context, request

ZONE_COOKIE: Final = "zone"
LOCALES: Final[Mapping[str, str]] = {
    tag: tag.replace("-", "_")
    for tag in (
        "en-US", "en-GB", "en-CA", "en-AU", "en-IE", "en-IN", "de", "de-AT", "de-CH", "fr", "fr-CA",
        "fr-CH", "es", "es-MX", "it", "nl", "pt-BR", "pt-PT", "pl", "cs", "sv", "da", "nb", "fi",
        "ja", "ko", "tr",
    )
}  # fmt: skip
"""Where a reader's way of writing numbers is followed: those written with the digits 0 to 9."""

COMPACT_FROM: Final = 1000


def locale() -> str:
    """Return the reader's locale for numbers; American English where nobody asks."""
    if not has_request_context():
        return "en_US"
    best = request.accept_languages.best_match(LOCALES, default="en-US")
    return LOCALES[best or "en-US"]


def zone() -> tzinfo:
    """Return the reader's time zone, UTC until their browser has told."""
    key = request.cookies.get(ZONE_COOKIE, "UTC") if has_request_context() else "UTC"
    try:
        return ZoneInfo(key)
    except (KeyError, ValueError, OSError):  # a cookie is whatever the reader sends
        return ZoneInfo("UTC")


def number(value: int | float | Decimal) -> str:
    """Return the number with the reader's thousands: "48,210"."""
    return format_decimal(value, locale=locale())


def compact(value: int | float) -> str:
    """Return a rounded number for charts and lists: "48.2K"; below 1,000 it is exact."""
    if abs(value) < COMPACT_FROM:
        return number(value)
    rounded = float(f"{value:.4g}")  # first, so that 999,999 is a million and not a thousand "K"
    return format_compact_decimal(rounded, locale=locale(), fraction_digits=1)


def percent(basis_points: int) -> str:
    """Return basis points as a percentage: 3750 is "37.5 %"."""
    return f"{number(Decimal(basis_points) / 100)} %"
