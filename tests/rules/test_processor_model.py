"""The model check of one transfer: our rules hold on every road, and each weakened rule does not.

The processor may execute, lose a request or its answer, be an hour late, fail with and without
effect, turn away, refuse with and without keeping that, and forget a key after a day. Our worker
may die before the send, on the way, with the answer in its hand, and after writing it down; or it
writes it down hours later, beside a second worker. Webhooks come early, late and again.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from marketplace.processor.rules import Act, CallState, Given, Outcome, Standing
from tests.rules.adversary import (
    JUMPS,
    NOW,
    Checker,
    really_answered,
    really_taken,
)

pytestmark = pytest.mark.slow

LONG_JUMPS = (61, 25 * 60)


def test_on_every_road_a_transfer_is_made_once_at_most_and_never_released_and_paid() -> None:
    found = Checker(jumps=JUMPS).explore(moves=7)

    assert found.transitions > 1_000_000
    assert (found.paid_twice, found.released_but_paid) == (0, 0)
    # The roads really go everywhere, also past a new key.
    assert set(found.ends) == set(CallState) - {CallState.MANUAL}


def test_on_longer_roads_neither() -> None:
    found = Checker(jumps=LONG_JUMPS).explore(moves=10)

    assert found.transitions > 1_000_000
    assert (found.paid_twice, found.released_but_paid) == (0, 0)


def test_a_large_transfer_is_never_sent_under_a_new_key_after_silence() -> None:
    found = Checker(jumps=LONG_JUMPS, by_itself=False).explore(moves=8)

    assert (found.paid_twice, found.released_but_paid) == (0, 0)
    assert found.ends[CallState.MANUAL] > 0
    assert found.ends[CallState.READY] == 0  # only its beginning is ready


def new_key(standing: Standing) -> Standing:
    return replace(
        standing,
        state=CallState.READY,
        next_try_at=NOW,
        key_generation=standing.key_generation + 1,
        first_sent_at=None,
        absent_count=0,
        lease_until=None,
    )


def test_a_new_key_for_each_attempt_is_caught() -> None:
    def answered(standing: Standing, given: Given) -> Standing:
        after = really_answered(standing, given)
        again = after.state in {CallState.UNKNOWN, CallState.RETRY}
        return new_key(after) if again else after

    found = Checker(answered=answered).explore(moves=4)

    assert found.paid_twice > 0
    assert found.released_but_paid > 0


def test_the_same_key_for_ever_without_a_look_up_is_caught() -> None:
    def taken(standing: Standing) -> tuple[Act, Standing]:
        young = replace(standing, first_sent_at=None)
        act, held = really_taken(young)
        return act, replace(held, first_sent_at=standing.first_sent_at or NOW)

    found = Checker(taken=taken).explore(moves=5)

    assert found.paid_twice > 0


def test_a_look_up_at_once_and_then_a_new_key_is_caught() -> None:
    def taken(standing: Standing) -> tuple[Act, Standing]:
        act, held = really_taken(standing)
        if standing.state is not CallState.UNKNOWN:
            return act, held
        return Act.LOOK_UP, replace(
            held, first_sent_at=standing.first_sent_at, last_sent_at=standing.last_sent_at
        )

    def answered(standing: Standing, given: Given) -> Standing:
        after = really_answered(standing, given)
        absent = given.act is Act.LOOK_UP and given.outcome is Outcome.NOT_RUN
        return new_key(after) if absent else after

    found = Checker(taken=taken, answered=answered).explore(moves=5)

    assert found.paid_twice > 0


def test_a_release_on_any_refusal_is_caught() -> None:
    def answered(standing: Standing, given: Given) -> Standing:
        return really_answered(standing, replace(given, earlier_unanswered=False))

    found = Checker(answered=answered).explore(moves=5)

    assert found.released_but_paid > 0


def test_no_attempt_written_before_the_send_is_caught() -> None:
    found = Checker(attempts_first=False).explore(moves=5)

    assert found.released_but_paid > 0


def test_an_absence_that_is_believed_without_a_quiet_hour_is_caught() -> None:
    def answered(standing: Standing, given: Given) -> Standing:
        after = really_answered(standing, given)
        absent = given.act is Act.LOOK_UP and given.outcome is Outcome.NOT_RUN
        return new_key(after) if absent else after

    found = Checker(answered=answered, jumps=(3, 22 * 60 + 59)).explore(moves=7)

    assert found.paid_twice > 0
