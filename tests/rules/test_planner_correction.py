"""How far plans reach what was predicted, learned from campaigns that were counted."""

from __future__ import annotations

from datetime import date
from math import exp, log
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching.rules.planner.correction import (
    NOT_CORRECTED,
    Correction,
    Counted,
    judged,
    learn,
    problems,
)

MONDAY = date(2026, 11, 2)
counts = st.builds(
    Counted,
    people=st.integers(1, 10**8),
    predicted=st.integers(1, 10**8),
    sample=st.none() | st.integers(30, 10**6),
)


def test_without_counts_nothing_is_corrected() -> None:
    assert learn([]) == NOT_CORRECTED == Correction(10_000, 0.0, 0)


def test_one_campaign_moves_the_correction_by_a_quarter_of_the_way() -> None:
    found = learn([Counted(people=50_000, predicted=100_000)])

    assert found.bps == round(10_000 * 0.5**0.25)
    assert found.campaigns == 1


def test_many_campaigns_that_agree_are_believed() -> None:
    found = learn([Counted(people=92_000, predicted=100_000)] * 60)

    assert found.bps == round(10_000 * exp(60 * log(0.92) / 63))
    assert found.doubt < 0.07


def test_campaigns_that_disagree_leave_doubt() -> None:
    same = [Counted(80_000, 100_000)] * 6
    apart = [Counted(50_000, 100_000), Counted(128_000, 100_000)] * 3

    assert learn(same).bps == learn(apart).bps
    assert learn(apart).doubt > 2 * learn(same).doubt


def test_a_small_sample_moves_it_less() -> None:
    whole, asked = Counted(50_000, 100_000), Counted(50_000, 100_000, sample=400)

    assert learn([whole]).bps < learn([asked]).bps < 10_000
    assert learn([asked]).bps == round(10_000 * exp(0.5 * log(0.5) / 3.5))


def test_one_brand_moves_it_half_of_the_way_however_much_it_counts() -> None:
    liars = [Counted(20_000, 100_000, brand=UUID(int=1))] * 200
    honest = [Counted(100_000, 100_000, brand=UUID(int=2))] * 3

    assert learn(liars[:3]).bps == learn(liars).bps == round(10_000 * 0.2**0.5)
    assert learn([*liars, *honest]).bps == round(10_000 * 0.2 ** (1 / 3))


def test_one_brand_alone_does_not_judge_what_foretells_best() -> None:
    honest = [Counted(100_000, 100_000, brand=UUID(int=number)) for number in range(2, 100)]
    liars = [Counted(500_000, 100_000, brand=UUID(int=1))] * 20

    found = judged(Correction(50_000, 0.1, 9), [*honest[:95], *liars, *honest[95:]])

    assert found.held_back == 23
    assert found.is_better


def test_a_count_that_cannot_be_moves_it_no_further_than_five_times() -> None:
    assert learn([Counted(1, 10**8)]) == learn([Counted(20_000, 100_000)])


@given(st.lists(counts, max_size=8), counts)
def test_the_order_of_the_counts_does_not_matter_and_none_takes_it_beyond_five_times(
    some: list[Counted], other: Counted
) -> None:
    found = learn([*some, other])

    assert learn([other, *some]).bps == pytest.approx(found.bps, abs=1)
    assert 2_000 <= found.bps <= 50_000


def test_a_version_that_foretells_the_newest_counts_worse_is_set_aside() -> None:
    present = Correction(9_000, 0.1, 5)

    worse = judged(present, [Counted(150_000, 100_000)] * 4 + [Counted(90_000, 100_000)])
    better = judged(present, [Counted(60_000, 100_000)] * 5)

    assert not worse.is_better
    assert (worse.held_back, worse.error_before_bps) == (1, 0)
    assert better.is_better
    assert better.error_bps < better.error_before_bps == 5_000
    assert better.correction.campaigns == 5


def test_the_first_count_is_learned_from() -> None:
    assert judged(NOT_CORRECTED, [Counted(50_000, 100_000)]).is_better


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"people": 0}, "people", "1 or more"),
        ({"people": 9_001}, "people", "9,000 views"),
        ({"sample": 29}, "sample", "Fewer than 30"),
        ({"counted_on": date(2026, 12, 2)}, "counted_on", "still to come"),
        ({"counted_on": date(2026, 11, 1)}, "counted_on", "had not begun"),
    ],
)
def test_a_count_that_cannot_be_is_refused(
    changes: dict[str, object], field: str, words: str
) -> None:
    values = {
        "people": 9_000,
        "views": 9_000,
        "sample": None,
        "counted_on": date(2026, 12, 1),
        "starts_on": MONDAY,
        "today": date(2026, 12, 1),
    }

    assert problems(**values) == {}  # type: ignore[arg-type]
    found = problems(**(values | changes))  # type: ignore[arg-type]
    assert list(found) == [field]
    assert words in found[field]
