"""Places, prizes and days of challenges, as plain values."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.challenges.rules.life import (
    LIFE,
    ChallengeEvent,
    ChallengeState,
    Days,
    Phase,
    phase_of,
    post_problem,
)
from marketplace.challenges.rules.places import Counted, places
from marketplace.challenges.rules.prizes import (
    Prize,
    Promise,
    Split,
    day_problems,
    prizes_of,
    promise_problems,
)
from marketplace.kernel.currencies import step
from marketplace.kernel.money import Money
from marketplace.terms.rules import Shares

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
SHARES = Shares(brand=1_000, creator=500)
DAYS = Days(date(2026, 11, 2), date(2026, 11, 10), date(2026, 11, 15))


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def entry(number: int, views: int, *, minutes: int = 0) -> Counted:
    return Counted(UUID(int=number), views, NOON + timedelta(minutes=minutes))


RANKED = Promise(
    pool=usd(1_000),
    split=Split.RANK,
    prizes=(Prize(1, 1, usd(500)), Prize(2, 2, usd(200)), Prize(3, 5, usd(100))),
)
SHARED = Promise(pool=usd(1_000), split=Split.VIEWS)


def told(entries: list[Counted], promise: Promise) -> list[tuple[int, int, int]]:
    """Return entry, place and prize."""
    return [(e.entry_id.int, e.place, e.prize.minor) for e in places(entries, promise)]


def test_more_views_are_the_better_place_and_each_place_has_its_prize() -> None:
    entries = [entry(1, 50), entry(2, 900), entry(3, 300), entry(4, 40), entry(5, 30), entry(6, 20)]

    assert told(entries, RANKED) == [
        (2, 1, 500), (3, 2, 200), (1, 3, 100), (4, 4, 100), (5, 5, 100), (6, 6, 0),
    ]  # fmt: skip


def test_of_equal_views_the_earlier_entry_wins_the_higher_place() -> None:
    entries = [entry(1, 300, minutes=5), entry(2, 300, minutes=4), entry(3, 300, minutes=5)]

    assert told(entries, RANKED) == [(2, 1, 500), (1, 2, 200), (3, 3, 100)]


def test_who_has_too_few_views_keeps_the_place_and_wins_nothing() -> None:
    promise = replace(RANKED, least_views=100)

    assert told([entry(1, 100), entry(2, 99), entry(3, 0)], promise) == [
        (1, 1, 500), (2, 2, 0), (3, 3, 0),
    ]  # fmt: skip


def test_a_post_that_nobody_saw_wins_nothing() -> None:
    assert told([entry(1, 0)], RANKED) == [(1, 1, 0)]
    assert told([entry(1, 0)], SHARED) == [(1, 1, 0)]


def test_the_pool_is_shared_by_views_to_the_unit() -> None:
    assert told([entry(1, 2), entry(2, 1)], SHARED) == [(1, 1, 667), (2, 2, 333)]
    # 10 of 1,000 to three: equal remainders, the earlier entry has the odd unit
    ten = replace(SHARED, pool=usd(10))
    assert told([entry(1, 5), entry(2, 5, minutes=-1), entry(3, 5)], ten) == [
        (2, 1, 4), (1, 2, 3), (3, 3, 3),
    ]  # fmt: skip


def test_what_a_cap_takes_from_one_goes_to_the_others() -> None:
    promise = replace(SHARED, cap=usd(400))

    assert told([entry(1, 900), entry(2, 60), entry(3, 40)], promise) == [
        (1, 1, 400), (2, 2, 360), (3, 3, 240),
    ]  # fmt: skip


def test_when_everybody_is_at_the_cap_the_rest_is_nobodys() -> None:
    promise = replace(SHARED, cap=usd(400))

    assert told([entry(1, 900), entry(2, 60)], promise) == [(1, 1, 400), (2, 2, 400)]


def test_by_views_who_has_too_few_takes_no_part_in_the_sharing() -> None:
    promise = replace(SHARED, least_views=50)

    assert told([entry(1, 150), entry(2, 50), entry(3, 49)], promise) == [
        (1, 1, 750), (2, 2, 250), (3, 3, 0),
    ]  # fmt: skip


def test_prizes_are_in_amounts_that_can_be_sent() -> None:
    promise = Promise(pool=Money(1_000, "KWD"), split=Split.VIEWS)

    won = places([entry(1, 2), entry(2, 1)], promise)

    assert [each.prize.minor for each in won] == [670, 330]


ENTRIES = st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 60)), max_size=30)


@given(ENTRIES, st.integers(1, 10**7), st.integers(1, 10**7), st.integers(1, 1_000))
def test_the_pool_is_never_overspent_and_never_lost(
    drawn: list[tuple[int, int]], pool: int, cap: int, least: int
) -> None:
    entries = [entry(n, views, minutes=m) for n, (views, m) in enumerate(drawn)]
    promise = Promise(usd(pool), Split.VIEWS, cap=usd(min(cap, pool)), least_views=least)

    for by in (promise, replace(promise, cap=None)):
        found = places(entries, by)
        won = sum(each.prize.minor for each in found)
        able = [each for each in found if each.views >= least]
        assert won == (min(pool, len(able) * by.cap.minor) if by.cap else pool if able else 0)
        assert all(by.cap is None or each.prize <= by.cap for each in found)
        assert all(each.prize.minor == 0 for each in found if each.views < least)


@given(
    st.lists(st.sampled_from([1, 2, 3, 7, 100, 10**7, 10**9]) | st.integers(1, 500), max_size=12),
    st.integers(1, 10**7),
    st.sampled_from([1, 2, 3, 10]),
    st.sampled_from(["USD", "JPY", "KWD"]),
)
def test_by_views_each_wins_its_share_to_the_unit_and_never_less_than_who_was_seen_less(
    views: list[int], pool: int, cap_part: int, currency: str
) -> None:
    """Beside a division in exact fractions that fills up everybody to the cap."""
    unit = step(currency)
    pool, cap = pool * unit, max(1, pool // cap_part) * unit
    promise = Promise(Money(pool, currency), Split.VIEWS, cap=Money(cap, currency))

    found = places([entry(number, each) for number, each in enumerate(views)], promise)

    left, at_cap, shares = Fraction(pool), set[int](), dict[int, Fraction]()
    while len(at_cap) < len(found):
        sharing = [at for at in range(len(found)) if at not in at_cap]
        seen = sum(found[at].views for at in sharing)
        shares |= {at: left * found[at].views / seen for at in sharing}
        above = {at for at in sharing if shares[at] > cap}
        if not above:
            break
        shares |= dict.fromkeys(above, Fraction(cap))
        left, at_cap = left - cap * len(above), at_cap | above
    won = [each.prize.minor for each in found]
    assert won == sorted(won, reverse=True)
    assert all(abs(won[at] - share) < 2 * unit for at, share in shares.items())
    assert sum(won) == min(pool, cap * len(won))


@given(ENTRIES, st.randoms(use_true_random=False))
def test_places_do_not_depend_on_the_order_of_asking(
    drawn: list[tuple[int, int]], random: Any
) -> None:
    entries = [entry(n, views, minutes=m) for n, (views, m) in enumerate(drawn)]
    mixed = list(entries)
    random.shuffle(mixed)

    for promise in (RANKED, SHARED):
        assert places(mixed, promise) == places(entries, promise)
        ranked = places(entries, promise)
        assert [each.place for each in ranked] == list(range(1, len(entries) + 1))
        assert all(
            above.prize >= below.prize
            for above, below in itertools.pairwise(ranked)
            if promise.split is Split.RANK
        )


BUDGET = usd(1_000)


@pytest.mark.parametrize(
    ("promise", "problems"),
    [
        (RANKED, {}),
        (SHARED, {}),
        (replace(SHARED, cap=usd(1_000)), {}),
        (replace(SHARED, pool=usd(0)), {"pool": "The prize pool must be more than 0."}),
        (
            replace(SHARED, pool=usd(1_001)),
            {"pool": "The pool is more than the campaign’s budget of USD 10.00."},
        ),
        (
            replace(SHARED, pool=Money(1_000, "EUR")),
            {"pool": "Prizes are in the campaign’s currency, USD."},
        ),
        (
            replace(SHARED, least_views=0),
            {"least_views": "Ask for at least 1 view: a post that nobody saw wins nothing."},
        ),
        (
            replace(SHARED, cap=usd(1_001)),
            {"cap": "The most that one creator can win is more than the whole pool."},
        ),
        (
            replace(SHARED, prizes=RANKED.prizes),
            {"prizes": "By views there are no places with prizes of their own."},
        ),
        (
            replace(RANKED, cap=usd(10)),
            {"cap": "A cap is for prizes by views; a place has its own prize."},
        ),
        (replace(RANKED, prizes=()), {"prizes": "Name at least one prize."}),
        (
            replace(RANKED, prizes=(Prize(1, 1, usd(600)), Prize(2, 3, usd(201)))),
            {"prizes": "The prizes add up to USD 10.02, more than the pool of USD 10.00."},
        ),
        (
            replace(RANKED, prizes=(Prize(1, 1, usd(600)), Prize(3, 3, usd(200)))),
            {"prizes": "Places follow one another: the next line begins with 2."},
        ),
        (
            replace(RANKED, prizes=(Prize(1, 1, usd(200)), Prize(2, 2, usd(300)))),
            {"prizes": "A later place cannot win more than an earlier one."},
        ),
        (
            replace(RANKED, prizes=(Prize(1, 1, usd(0)),)),
            {"prizes": "A prize is too small: nothing would be left of it for its winner."},
        ),
        (
            replace(RANKED, prizes=(Prize(1, 501, usd(1)),)),
            {"prizes": "At most 500 places can have a prize."},
        ),
    ],
)
def test_a_promise_is_one_that_can_be_kept(promise: Promise, problems: dict[str, str]) -> None:
    assert promise_problems(promise, budget=BUDGET, shares=SHARES) == problems


def test_prizes_are_read_back_as_they_were_kept() -> None:
    assert prizes_of([each.kept() for each in RANKED.prizes], "USD") == RANKED.prizes


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({}, None),
        (
            {"entries_until": date(2026, 11, 1)},
            "Entries end before the challenge opens.",
        ),
        (
            {"entries_until": date(2026, 11, 16)},
            "Views stop counting before entries end: choose an earlier day, or a later last day of"
            " the campaign.",
        ),
        (
            {"counting_ends_on": date(2027, 1, 2)},
            "A challenge lasts 60 days at most, from its first day to its last.",
        ),
        ({"counting_ends_on": date(2027, 1, 1)}, None),
    ],
)
def test_days_follow_one_another(changed: dict[str, date], problem: str | None) -> None:
    expected = {} if problem is None else {"entries_until": problem}

    assert day_problems(replace(DAYS, **changed), now=DAYS.opens_at) == expected


@pytest.mark.parametrize(
    ("now", "phase"),
    [
        (datetime(2026, 11, 1, 23, 59, 59, tzinfo=UTC), Phase.UPCOMING),
        (datetime(2026, 11, 2, tzinfo=UTC), Phase.TAKING),
        (datetime(2026, 11, 10, 23, 59, 59, tzinfo=UTC), Phase.TAKING),
        (datetime(2026, 11, 11, tzinfo=UTC), Phase.COUNTING),
        (datetime(2026, 11, 15, 23, 59, 59, tzinfo=UTC), Phase.COUNTING),
        (datetime(2026, 11, 16, tzinfo=UTC), Phase.CLOSING),
    ],
)
def test_an_open_challenge_is_in_the_phase_of_its_days(now: datetime, phase: Phase) -> None:
    assert phase_of(ChallengeState.OPEN, DAYS, now=now) is phase
    assert phase_of(ChallengeState.AWARDED, DAYS, now=now) is Phase.AWARDED


@pytest.mark.parametrize(
    ("published_at", "problem"),
    [
        (None, None),
        (datetime(2026, 11, 2, tzinfo=UTC), None),
        (datetime(2026, 11, 10, 23, 59, 59, tzinfo=UTC), None),
        (
            datetime(2026, 11, 1, 23, 59, 59, tzinfo=UTC),
            "This post was published on Sun 1 Nov 2026, before the challenge opened on Mon 2 Nov"
            " 2026. Make a post for the challenge and hand that in.",
        ),
        (
            datetime(2026, 11, 11, tzinfo=UTC),
            "This post was published after entries closed, at the end of Tue 10 Nov 2026, UTC.",
        ),
    ],
)
def test_a_post_counts_by_the_day_it_was_published(
    published_at: datetime | None, problem: str | None
) -> None:
    assert post_problem(DAYS, published_at=published_at) == problem


def test_a_challenge_moves_in_four_ways_and_no_other() -> None:
    allowed = {
        (state.value, event.value)
        for state in ChallengeState
        for event in ChallengeEvent
        if LIFE.allows(state, event)
    }

    assert allowed == {
        ("draft", "open"), ("draft", "call_off"), ("open", "award"), ("open", "call_off"),
    }  # fmt: skip
