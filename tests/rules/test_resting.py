"""How much of a campaign's funds is free, and the sentence about what is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.collaborations.rules import (
    FreeMoney,
    Rest,
    RestReason,
    free_of,
    left_in_words,
    resting_sentence,
)
from marketplace.kernel.days import moment_in_words
from marketplace.kernel.money import Money

NOON = datetime(2026, 12, 19, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(days=2)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def rest(minor: int, until: datetime = NOON, why: RestReason = RestReason.BONUS) -> Rest:
    return Rest(why, usd(minor), until)


@given(st.integers(0, 1_000), st.lists(st.integers(1, 600), max_size=5))
def test_free_and_resting_are_the_funds_and_neither_is_negative(
    funds: int, amounts: list[int]
) -> None:
    found = free_of(usd(funds), [rest(each) for each in amounts])

    assert found.free.minor + found.resting.minor == funds
    assert found.resting.minor == min(funds, sum(amounts))
    assert all(each.amount.minor > 0 for each in found.rests)


def test_of_too_little_money_what_is_free_first_is_named_first() -> None:
    found = free_of(usd(300), [rest(200), rest(200, LATER), rest(200, LATER)])

    assert found == FreeMoney(usd(300), (rest(200), rest(100, LATER)))


@pytest.mark.parametrize(
    ("funds", "own", "taken"),
    [
        pytest.param(1_000, 200, 700, id="its own rest and what is free"),
        pytest.param(1_000, 0, 500, id="nothing was kept for it"),
        pytest.param(400, 200, 200, id="a chargeback took what was free"),
        pytest.param(100, 200, 100, id="and of what rests as well"),
    ],
)
def test_a_dispute_takes_its_own_rest_and_what_is_free_as_far_as_it_is_there(
    funds: int, own: int, taken: int
) -> None:
    found = free_of(usd(funds), [rest(200), rest(300, LATER)])

    assert found.free_for(usd(own)) == usd(taken)


def test_what_comes_or_goes_is_free_money_and_what_rests_stays() -> None:
    found = free_of(usd(1_000), [rest(300)])

    assert (found.moved(usd(50)).free, found.moved(usd(-700)).free) == (usd(750), usd(0))
    assert found.moved(usd(-700)).rests == found.rests


def test_one_reason_is_said_with_its_moment() -> None:
    assert resting_sentence([rest(40_000, why=RestReason.CALLED_OFF)]) == (
        "USD 400.00 rests in the campaign until Sat 19 Dec 2026, 12:00 UTC, as creators may"
        " dispute work that was called off until then"
    )


def test_several_are_added_up_and_the_last_moment_counts() -> None:
    rests = [
        rest(1, NOON, RestReason.PRIZES),
        rest(2, NOON, RestReason.BONUS),
        rest(4, LATER, RestReason.BONUS),
    ]
    assert resting_sentence(rests) == (
        "USD 0.07 rests in the campaign until Mon 21 Dec 2026, 12:00 UTC at the latest, as creators"
        " may dispute the views of a bonus and the prizes of a challenge until then"
    )


def test_what_is_left_says_what_rests_beside_it_or_nothing_more() -> None:
    assert left_in_words(FreeMoney(usd(500))) == "USD 5.00 left"
    assert left_in_words(FreeMoney(usd(500), (rest(200),))).startswith(
        "USD 3.00 left (USD 2.00 rests in the campaign until Sat 19 Dec 2026, 12:00 UTC, as "
    )


def test_a_moment_is_told_in_utc() -> None:
    tokyo = datetime(2026, 12, 3, 1, 5, tzinfo=timezone(timedelta(hours=9)))
    assert moment_in_words(tokyo) == "Wed 2 Dec 2026, 16:05 UTC"
