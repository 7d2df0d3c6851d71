"""Pairing what the processor says with what the ledger says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from marketplace.kernel.money import Money
from marketplace.reconciliation.rules import BreakKind, Entry, Line, age_label, pair

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


def line(number: int, source: str | None, minor: int, currency: str = "USD") -> Line:
    return Line(UUID(int=number), f"txn_{number}", source, Money(minor, currency))


def entry(
    number: int, source: str | None, minor: int, *, hours_old: int = 0, currency: str = "USD"
) -> Entry:
    at = NOW - timedelta(hours=hours_old)
    return Entry(number, f"fund:{number}", source, Money(minor, currency), at)


def test_the_same_object_and_the_same_amount_pair() -> None:
    outcome = pair([line(1, "ch_1", 970)], [entry(7, "ch_1", 970)], now=NOW)

    assert outcome.pairs == [(UUID(int=1), 7)]
    assert outcome.breaks == []


def test_another_amount_is_a_break_to_the_cent() -> None:
    outcome = pair([line(1, "ch_1", 970)], [entry(7, "ch_1", 971)], now=NOW)

    assert outcome.pairs == []
    (found,) = outcome.breaks
    assert (found.kind, found.reference, found.difference, found.line_id, found.entry_id) == (
        BreakKind.AMOUNT_DIFFERS,
        "txn_1",
        Money(-1, "USD"),
        UUID(int=1),
        7,
    )


def test_a_line_without_an_entry_is_a_break_at_once() -> None:
    outcome = pair([line(1, "ch_1", 970)], [], now=NOW)

    (found,) = outcome.breaks
    assert (found.kind, found.difference) == (BreakKind.MISSING_IN_LEDGER, Money(970, "USD"))


def test_a_line_without_a_source_is_a_break() -> None:
    outcome = pair([line(1, None, -25)], [entry(7, None, -25)], now=NOW)

    assert [found.kind for found in outcome.breaks] == [BreakKind.MISSING_IN_LEDGER]


def test_another_currency_is_no_near_miss() -> None:
    outcome = pair([line(1, "ch_1", 970)], [entry(7, "ch_1", 970, currency="EUR")], now=NOW)

    assert [found.kind for found in outcome.breaks] == [BreakKind.MISSING_IN_LEDGER]


def test_what_fits_to_the_unit_pairs_whatever_is_near_before_it() -> None:
    outcome = pair(
        [line(1, "dp_1", -600), line(2, "dp_1", -500)], [entry(7, "dp_1", -500)], now=NOW
    )

    assert outcome.pairs == [(UUID(int=2), 7)]
    assert [(found.kind, found.line_id) for found in outcome.breaks] == [
        (BreakKind.MISSING_IN_LEDGER, UUID(int=1))
    ]


def test_a_line_that_moved_nothing_needs_no_entry() -> None:
    assert pair([line(1, "adj_1", 0)], [], now=NOW).breaks == []
    assert pair([line(1, "ch_1", 0)], [entry(7, "ch_1", 0)], now=NOW).pairs == [(UUID(int=1), 7)]


def test_an_entry_may_wait_a_day_for_its_line() -> None:
    assert pair([], [entry(7, "tr_1", -500, hours_old=24)], now=NOW).breaks == []


def test_an_entry_that_waits_longer_is_a_break() -> None:
    (found,) = pair([], [entry(7, "tr_1", -500, hours_old=25)], now=NOW).breaks

    assert (found.kind, found.reference, found.difference, found.entry_id) == (
        BreakKind.MISSING_AT_PROCESSOR,
        "fund:7",
        Money(500, "USD"),
        7,
    )


def test_one_line_never_pairs_with_two_entries_nor_one_entry_with_two_lines() -> None:
    outcome = pair(
        [line(1, "tr_1", -500), line(2, "tr_1", -500)], [entry(7, "tr_1", -500)], now=NOW
    )

    assert outcome.pairs == [(UUID(int=1), 7)]
    assert [found.kind for found in outcome.breaks] == [BreakKind.MISSING_IN_LEDGER]


@pytest.mark.parametrize(
    ("days", "label"),
    [
        (0, "0–1 days"),
        (1, "0–1 days"),
        (2, "2–5 days"),
        (5, "2–5 days"),
        (6, "6–30 days"),
        (31, "31–90 days"),
        (90, "31–90 days"),
        (91, "over 90 days"),
    ],
)
def test_breaks_age_in_classes(days: int, label: str) -> None:
    assert age_label(NOW - timedelta(days=days), now=NOW) == label
