"""What an answer of the processor means for a call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.kernel.money import Money
from marketplace.processor.rules import (
    Act,
    CallKind,
    CallState,
    Given,
    Move,
    Outcome,
    Standing,
    act_for,
    after_look_up,
    after_send,
    answered,
    may_go_by_itself,
    wait_after,
)

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
SECONDS_5 = NOW + timedelta(seconds=5)


@pytest.mark.parametrize(
    ("outcome", "earlier_unanswered", "expected"),
    [
        (Outcome.DONE, False, Move(CallState.SUCCEEDED)),
        (Outcome.DONE, True, Move(CallState.SUCCEEDED)),
        (Outcome.UNKNOWN, False, Move(CallState.UNKNOWN, SECONDS_5)),
        (Outcome.UNKNOWN, True, Move(CallState.UNKNOWN, SECONDS_5)),
        (Outcome.NOT_RUN, False, Move(CallState.RETRY, SECONDS_5)),
        (Outcome.NOT_RUN, True, Move(CallState.UNKNOWN, SECONDS_5)),
        (Outcome.UNAUTHORISED, False, Move(CallState.RETRY, SECONDS_5)),
        (Outcome.UNAUTHORISED, True, Move(CallState.UNKNOWN, SECONDS_5)),
        (Outcome.MISUSED, False, Move(CallState.MANUAL)),
        (Outcome.MISUSED, True, Move(CallState.MANUAL)),
        (Outcome.REFUSED, False, Move(CallState.REFUSED)),
        (Outcome.REFUSED, True, Move(CallState.UNKNOWN, SECONDS_5)),
    ],
)
def test_every_outcome_has_its_move(
    outcome: Outcome, earlier_unanswered: bool, expected: Move
) -> None:
    move = after_send(
        outcome,
        code="account_invalid",
        tries=1,
        earlier_unanswered=earlier_unanswered,
        now=NOW,
    )

    assert move == expected


def test_a_lack_of_money_is_tried_again_in_an_hour_under_a_new_key() -> None:
    move = after_send(
        Outcome.REFUSED, code="balance_insufficient", tries=1, earlier_unanswered=False, now=NOW
    )

    assert move == Move(CallState.RETRY, NOW + timedelta(hours=1), new_key=True)


def test_a_lack_of_money_after_an_unanswered_send_stays_unknown() -> None:
    move = after_send(
        Outcome.REFUSED, code="balance_insufficient", tries=2, earlier_unanswered=True, now=NOW
    )

    assert move == Move(CallState.UNKNOWN, NOW + timedelta(seconds=30))


@pytest.mark.parametrize(
    ("tries", "seconds"), [(0, 5), (1, 5), (2, 30), (3, 120), (4, 600), (5, 3600), (50, 3600)]
)
def test_waits_grow_up_to_an_hour(tries: int, seconds: int) -> None:
    assert wait_after(tries) == timedelta(seconds=seconds)


def test_a_fresh_key_is_sent_and_an_old_one_only_looked_up() -> None:
    assert act_for(first_sent_at=None, now=NOW) is Act.SEND
    assert act_for(first_sent_at=NOW - timedelta(hours=22, minutes=59), now=NOW) is Act.SEND
    assert act_for(first_sent_at=NOW - timedelta(hours=23), now=NOW) is Act.LOOK_UP


def test_what_was_found_is_a_success() -> None:
    move = after_look_up(found=True, absences=0, last_sent_at=NOW, by_itself=True, now=NOW)

    assert move == Move(CallState.SUCCEEDED)


def test_one_absence_proves_nothing() -> None:
    long_ago = NOW - timedelta(days=2)

    move = after_look_up(found=False, absences=1, last_sent_at=long_ago, by_itself=True, now=NOW)

    assert move == Move(CallState.UNKNOWN, NOW + timedelta(hours=1))


def test_two_absences_soon_after_a_send_prove_nothing() -> None:
    just_now = NOW - timedelta(minutes=59)

    move = after_look_up(found=False, absences=2, last_sent_at=just_now, by_itself=True, now=NOW)

    assert move == Move(CallState.UNKNOWN, NOW + timedelta(hours=1))


def test_two_absences_long_after_the_last_send_allow_a_new_key() -> None:
    an_hour_ago = NOW - timedelta(hours=1)

    move = after_look_up(found=False, absences=2, last_sent_at=an_hour_ago, by_itself=True, now=NOW)

    assert move == Move(CallState.READY, NOW, new_key=True)


def test_two_absences_of_much_money_wait_for_a_person() -> None:
    an_hour_ago = NOW - timedelta(hours=1)

    move = after_look_up(
        found=False, absences=2, last_sent_at=an_hour_ago, by_itself=False, now=NOW
    )

    assert move == Move(CallState.MANUAL)


@pytest.mark.parametrize(
    ("kind", "amount", "by_itself"),
    [
        (CallKind.TRANSFER, Money(100_000, "USD"), True),
        (CallKind.TRANSFER, Money(100_001, "USD"), False),
        (CallKind.TRANSFER, Money(1_001, "JPY"), False),
        (CallKind.TRANSFER, None, False),
        (CallKind.REFUND, Money(100_001, "USD"), False),
        (CallKind.CHECKOUT, Money(100_001, "USD"), True),
        (CallKind.ACCOUNT, None, True),
    ],
)
def test_only_small_amounts_are_sent_anew_by_themselves(
    kind: CallKind, amount: Money | None, by_itself: bool
) -> None:
    assert may_go_by_itself(kind, amount) is by_itself


def test_a_key_in_use_is_tried_again_soon_however_often_it_was() -> None:
    move = after_send(
        Outcome.NOT_RUN, code="idempotency_key_in_use", tries=5, earlier_unanswered=True, now=NOW
    )

    assert move == Move(CallState.UNKNOWN, SECONDS_5)


def test_an_answer_that_is_written_down_twice_counts_once() -> None:
    long_ago = NOW - timedelta(days=2)
    held = Standing(CallState.SENDING, NOW, fence=3, first_sent_at=long_ago, last_sent_at=long_ago)
    absent = Given(Act.LOOK_UP, 3, Outcome.NOT_RUN)

    once = answered(held, absent, now=NOW)

    assert once.absent_count == 1
    assert answered(once, absent, now=NOW) == once
