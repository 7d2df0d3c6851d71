"""Booking a bonus step by step comes to the same as booking it at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.kernel.money import Money
from marketplace.payouts.rules import (
    BonusStep,
    Part,
    Worth,
    bonus_step,
    next_booking,
    take_back,
    worth_of,
)
from tests.factories.ledger import usd

NOTHING = Worth(usd(0), usd(0), usd(0))
PLENTY = usd(10**12)
AMOUNTS = st.integers(min_value=0, max_value=10**9)
READINGS = st.lists(st.integers(min_value=0, max_value=10**10), min_size=1, max_size=20)
BPS = st.integers(min_value=0, max_value=10_000)
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def worth(
    views: int, rate: int = 500, cap: int = 30_000, creator: int = 500, brand: int = 1_000
) -> Worth:
    return worth_of(
        views, rate=usd(rate), cap=usd(cap), creator_fee_bps=creator, brand_fee_bps=brand
    )


def steps(targets: list[Worth]) -> list[BonusStep]:
    booked, taken = NOTHING, []
    for target in targets:
        step = bonus_step(booked, target, fee_left=PLENTY)
        if step is not None:
            taken.append(step)
            booked = step.after
    return taken


def total(taken: list[BonusStep], part: str) -> Money:
    signed = [getattr(step, part) if step.rises else -getattr(step, part) for step in taken]
    return sum(signed, usd(0))


def test_the_parts_of_a_bonus_are_worked_out_from_the_whole() -> None:
    assert worth(12_345) == Worth(gross=usd(6_172), share=usd(309), on_top=usd(617))
    assert worth(12_345).net == usd(5_863)


def test_a_step_is_the_difference_to_what_is_booked() -> None:
    step = bonus_step(worth(10_000), worth(12_345), fee_left=PLENTY)

    assert step is not None
    assert step.rises
    assert (step.net, step.share, step.on_top) == (usd(1_113), usd(59), usd(117))


def test_a_correction_is_the_difference_the_other_way() -> None:
    step = bonus_step(worth(12_345), worth(10_000), fee_left=usd(0))

    assert step is not None
    assert not step.rises
    assert (step.net, step.share, step.on_top) == (usd(1_113), usd(59), usd(117))


def test_nothing_moves_where_nothing_changed_or_the_cap_is_reached() -> None:
    assert bonus_step(worth(10_000), worth(10_001), fee_left=PLENTY) is None
    assert bonus_step(worth(60_000), worth(900_000), fee_left=PLENTY) is None
    assert bonus_step(NOTHING, worth(0), fee_left=PLENTY) is None


def test_no_more_of_the_platform_fee_is_earned_than_the_brand_has_paid() -> None:
    short = bonus_step(NOTHING, worth(10_000), fee_left=usd(100))
    assert short is not None
    assert short.after.on_top == usd(100)

    rest = bonus_step(short.after, worth(20_000), fee_left=PLENTY)
    assert rest is not None
    assert rest.on_top == usd(900)

    back = bonus_step(short.after, worth(1_000), fee_left=usd(0))
    assert back is not None
    assert (back.on_top, back.after.on_top) == (usd(50), usd(50))


@settings(max_examples=500)
@given(
    readings=READINGS, rate=AMOUNTS.filter(bool), cap=AMOUNTS.filter(bool), creator=BPS, brand=BPS
)
def test_any_road_of_readings_ends_where_the_last_one_says(
    readings: list[int], rate: int, cap: int, creator: int, brand: int
) -> None:
    targets = [worth(views, rate, cap, creator, brand) for views in readings]
    taken = steps(targets)
    sums = {part: total(taken, part) for part in ("net", "share", "on_top")}
    last = targets[-1]

    assert sums == {"net": last.net, "share": last.share, "on_top": last.on_top}
    assert last.net + last.share == last.gross <= usd(cap)
    for step in taken:
        assert min(step.net, step.share, step.on_top) >= usd(0)
        assert step.net + step.share > usd(0)


@settings(max_examples=500)
@given(readings=READINGS)
def test_the_order_of_rising_readings_does_not_matter_for_what_is_earned(
    readings: list[int],
) -> None:
    at_once = steps([worth(max(readings))])
    one_by_one = steps([worth(views) for views in sorted(readings)])

    assert total(one_by_one, "net") == total(at_once, "net")
    assert len(one_by_one) <= len(set(readings))


@given(
    net=AMOUNTS,
    share=AMOUNTS,
    there=st.lists(st.tuples(AMOUNTS, AMOUNTS), max_size=6),
)
def test_taking_back_loses_nothing_and_takes_from_the_first_first(
    net: int, share: int, there: list[tuple[int, int]]
) -> None:
    earnings = [Part(usd(a), usd(b)) for a, b in there]
    parts, rest = take_back(Part(usd(net), usd(share)), earnings)

    assert sum((part.net for part in parts), rest.net) == usd(net)
    assert sum((part.share for part in parts), rest.share) == usd(share)
    for place, (part, earning) in enumerate(zip(parts, earnings, strict=True)):
        assert usd(0) <= part.net <= earning.net
        if part.net < earning.net:
            assert all(not later.net for later in parts[place + 1 :])


@pytest.mark.parametrize(
    ("age", "then"),
    [(0, 7), (6, 13), (7, 14), (10, 14), (13, 14)],
)
def test_a_bonus_is_booked_each_week_and_at_its_end(age: int, then: int) -> None:
    assert next_booking(
        now=NOON + timedelta(days=age), counted_until=NOON + timedelta(days=14)
    ) == NOON + timedelta(days=then)
