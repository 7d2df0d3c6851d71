"""When a live post is read next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.metrics.rules.schedule import next_read_at

PUBLISHED = datetime(2026, 11, 2, 12, tzinfo=UTC)
UNTIL = PUBLISHED + timedelta(days=60)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


@pytest.mark.parametrize(
    ("age_at_last_read", "pause"),
    [
        (hours(-1), hours(1)),
        (hours(0), hours(1)),
        (hours(47), hours(1)),
        (hours(48) - timedelta(seconds=1), hours(1)),
        (hours(48), hours(6)),
        (timedelta(days=15), hours(6)),
        (timedelta(days=16) - timedelta(seconds=1), hours(6)),
        (timedelta(days=16), hours(24)),
        (timedelta(days=50), hours(24)),
    ],
)
def test_the_older_a_post_the_longer_the_pause(
    age_at_last_read: timedelta, pause: timedelta
) -> None:
    last = PUBLISHED + age_at_last_read
    due = next_read_at(published_at=PUBLISHED, last_read_at=last, now=last, tracking_until=UNTIL)
    assert due == last + pause


def test_a_post_that_was_never_read_is_due_at_once() -> None:
    now = PUBLISHED + hours(3)
    assert (
        next_read_at(published_at=PUBLISHED, last_read_at=None, now=now, tracking_until=UNTIL)
        == now
    )


def test_what_was_missed_is_read_once_now_and_not_made_up_for() -> None:
    now = PUBLISHED + hours(30)
    due = next_read_at(
        published_at=PUBLISHED,
        last_read_at=PUBLISHED + hours(2),
        now=now,
        tracking_until=UNTIL,
    )
    assert due == now


def test_the_last_reading_falls_on_the_end_of_tracking() -> None:
    last = UNTIL - hours(5)
    due = next_read_at(published_at=PUBLISHED, last_read_at=last, now=last, tracking_until=UNTIL)
    assert due == UNTIL


def test_a_post_whose_last_reading_was_missed_is_still_read_once() -> None:
    now = UNTIL + timedelta(days=3)
    due = next_read_at(
        published_at=PUBLISHED, last_read_at=UNTIL - hours(5), now=now, tracking_until=UNTIL
    )
    assert due == now


@pytest.mark.parametrize("late", [hours(0), hours(7)])
def test_after_the_end_of_tracking_reading_stops(late: timedelta) -> None:
    last = UNTIL + late
    assert (
        next_read_at(published_at=PUBLISHED, last_read_at=last, now=last, tracking_until=UNTIL)
        is None
    )


def test_a_whole_life_has_as_many_readings_as_planned() -> None:
    moment: datetime | None = PUBLISHED
    readings = []
    while moment is not None:
        readings.append(moment)
        moment = next_read_at(
            published_at=PUBLISHED, last_read_at=moment, now=moment, tracking_until=UNTIL
        )
    assert len(readings) == 48 + 14 * 4 + 44 + 1
    assert readings[-1] == UNTIL


@given(
    last=st.integers(0, 100 * 24 * 60),
    ahead=st.integers(0, 100 * 24 * 60),
)
def test_the_next_reading_is_never_in_the_past(last: int, ahead: int) -> None:
    last_read_at = PUBLISHED + timedelta(minutes=last)
    now = last_read_at + timedelta(minutes=ahead)
    due = next_read_at(
        published_at=PUBLISHED, last_read_at=last_read_at, now=now, tracking_until=UNTIL
    )
    assert (due is None) == (last_read_at >= UNTIL)
    assert due is None or due >= now
