"""Months of the books, closed one after the other."""

from __future__ import annotations

import re
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from marketplace.kernel.errors import InvalidInput

LAST: Final = "9999-12"


class PeriodState(StrEnum):
    """Whether a month still takes entries."""

    OPEN = "open"
    CLOSED = "closed"


def month_of(day: date) -> date:
    """Return the first day of the day's month, which stands for the month."""
    return day.replace(day=1)


def month_after(month: date) -> date:
    """Return the month after this one."""
    return month_of(month + timedelta(days=31))


def parse_month(text: str) -> date:
    """Return the month written as ``2026-11``; raises InvalidInput.

    The last month that there is has none after it, so it is no month of the books.
    """
    if re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text) and text[:4] != "0000" and text != LAST:
        return date(int(text[:4]), int(text[5:]), 1)
    raise InvalidInput({"month": f"“{text}” is no month: write it as 2026-11."})
