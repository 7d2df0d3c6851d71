"""The months of the books: their first day, the one after, and how people write them."""

from __future__ import annotations

from datetime import date

import pytest

from marketplace.kernel.errors import InvalidInput
from marketplace.ledger.rules import month_after, month_of, parse_month


@pytest.mark.parametrize("day", [date(2028, 2, 1), date(2028, 2, 15), date(2028, 2, 29)])
def test_a_day_belongs_to_the_month_of_its_first(day: date) -> None:
    assert month_of(day) == date(2028, 2, 1)


@pytest.mark.parametrize(
    ("month", "following"),
    [
        (date(2026, 1, 1), date(2026, 2, 1)),
        (date(2026, 2, 1), date(2026, 3, 1)),
        (date(2026, 4, 1), date(2026, 5, 1)),
        (date(2026, 12, 1), date(2027, 1, 1)),
        (date(9999, 11, 1), date(9999, 12, 1)),
    ],
)
def test_months_follow_each_other_whatever_their_length(month: date, following: date) -> None:
    assert month_after(month) == following


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-11", date(2026, 11, 1)),
        ("2026-01", date(2026, 1, 1)),
        ("2027-12", date(2027, 12, 1)),
        ("0001-10", date(1, 10, 1)),
    ],
)
def test_a_month_is_written_with_its_year_first(text: str, month: date) -> None:
    assert parse_month(text) == month


@pytest.mark.parametrize(
    "text",
    ["2026-13", "2026-00", "2026-1", "2026-111", "12026-11", "October", "0000-01", "9999-12", ""],
)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_month(text)

    assert refused.value.problems == {"month": f"“{text}” is no month: write it as 2026-11."}
