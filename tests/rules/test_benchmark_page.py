"""The page of benchmarks keeps the figures of those that were not run."""

from __future__ import annotations

from datetime import UTC, datetime

from benchmarks.__main__ import page_of, part_of, parts_in

LINE = {
    "benchmark": "ledger", "case": "single", "size": 8, "unit": "entries/s", "ours": 1_105,
    "reference": "bare INSERT", "theirs": 3_290, "ratio": 0.34,
}  # fmt: skip


def test_a_part_says_its_day_and_a_row_for_each_case() -> None:
    assert part_of([LINE], on=datetime(2026, 11, 2, tzinfo=UTC)).splitlines() == [
        "Measured on 2 November 2026.",
        "",
        "| case | size | unit | ours | reference | theirs | ratio |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        "| single | 8 | entries/s | 1105 | bare INSERT | 3290 | 0.34 |",
    ]


def test_a_page_is_read_back_as_it_was_written_in_the_order_of_names() -> None:
    parts = {"pages": "Measured on 1 May 2026.\n\n| case |", "books": "| trial balance |"}
    page = page_of(parts)
    assert parts_in(page) == parts
    assert page.index("## books") < page.index("## pages")
    assert parts_in(page_of(parts | {"books": "new"})) == parts | {"books": "new"}
    assert parts_in("# Benchmarks\n") == {}
