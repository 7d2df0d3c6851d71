"""Days all over the world."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.days import over_everywhere, today_somewhere

A_MINUTE = timedelta(minutes=1)


@given(st.dates(date(1971, 1, 1), date(2200, 1, 1)))
def test_a_day_is_over_when_it_is_over_where_it_ends_last(day: date) -> None:
    over = over_everywhere(day)

    assert over.astimezone(timezone(-timedelta(hours=12))).isoformat()[:19] == (
        f"{day + timedelta(days=1)}T00:00:00"
    )
    assert today_somewhere(over - A_MINUTE) == day
    assert today_somewhere(over) == day + timedelta(days=1)


def test_the_earliest_day_is_the_same_in_whatever_zone_it_is_asked() -> None:
    asked = datetime(2026, 11, 2, 0, 30, tzinfo=UTC)

    assert today_somewhere(asked) == date(2026, 11, 1)
    for hours in (-12, 0, 14):
        here = asked.astimezone(timezone(timedelta(hours=hours)))
        assert today_somewhere(here) == date(2026, 11, 1)
