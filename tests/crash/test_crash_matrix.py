"""Every row of the crash matrix: whatever is killed, a payout is made once and the books agree.

The workers are real processes that die at named points, as by SIGKILL; PostgreSQL is stopped
without warning, Redis forgets everything. What has to be waited for is skipped by the demo clock,
for the product and the sandbox together. ``make test-crash`` plays each row 20 times.

Every row applies. Of K17, a standby that has not heard of the last commits, what can be repaired is
played: the claim is lost, the payout is not. Where the payout itself is lost with its call, its
transfer is one that nobody knows: the daily comparison opens a break for it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from marketplace.kernel.clock import skip_ahead
from marketplace.processor.rules import CallState, Outcome
from marketplace.store.inbox import InboxMessage
from tests.crash.conftest import REPETITIONS, Market, until

pytestmark = pytest.mark.slow

TRANSFERS = {"method": "POST", "path": "/v1/transfers"}
again = pytest.mark.parametrize("time_played", range(REPETITIONS))
BEFORE_THE_ANSWER = "before the answer is written"


@pytest.fixture(autouse=True)
def _all_agrees_in_the_end(market: Market) -> Iterator[None]:
    """One live transfer for each payout, of its amount, and every invariant holds."""
    yield
    assert market.is_settled()
    sent = [(t["transfer_group"], t["amount"]) for t in market.road.transfers()]
    payout = market.payout()
    assert payout is not None
    assert sent.count((f"payout_{payout.id}", payout.amount_minor)) == 1
    assert len(sent) == market.payouts_made
    market.road.assert_all_agrees()


@again
def test_k0_killed_before_the_payout_is_committed(market: Market, time_played: int) -> None:
    market.want_payout()
    market.killed(at="before the payout is committed")
    assert not market.is_settled()

    market.let_time_pass(sweep="payouts.pay_everybody")


@again
def test_k1_killed_after_the_payout_is_committed(market: Market, time_played: int) -> None:
    market.want_payout()
    market.killed(at="after the payout")

    market.let_time_pass()


@again
def test_k2_redis_forgets_every_bell(market: Market, time_played: int) -> None:
    market.reserve()
    market.redis.flushall()

    market.let_time_pass()


@again
def test_k3_killed_with_the_job_in_hand(market: Market, time_played: int) -> None:
    market.reserve()
    market.killed(at="before the claim")
    assert market.attempts() == []

    market.let_time_pass()


@again
def test_k4_killed_between_claim_and_call(market: Market, time_played: int) -> None:
    market.reserve()
    market.killed(at="before the call")
    assert [a.outcome for a in market.attempts()] == [None]  # sent? no answer

    market.let_time_pass()

    assert [a.outcome for a in market.attempts()] == [None, Outcome.DONE]


@again
def test_k5_the_request_is_lost_on_its_way(market: Market, time_played: int) -> None:
    market.world.script(**TRANSFERS, drop="before")
    market.reserve()

    market.let_time_pass()

    assert [a.outcome for a in market.attempts()] == [Outcome.UNKNOWN, Outcome.DONE]


@again
def test_k6_the_answer_is_lost_on_its_way(market: Market, time_played: int) -> None:
    market.world.script(**TRANSFERS, drop="after")
    market.reserve()

    market.let_time_pass()

    assert [a.outcome for a in market.attempts()] == [Outcome.UNKNOWN, Outcome.DONE]


@again
def test_k7_killed_with_the_answer_in_hand(market: Market, time_played: int) -> None:
    market.reserve()
    market.killed(at=BEFORE_THE_ANSWER)

    market.let_time_pass()

    assert [a.outcome for a in market.attempts()] == [None, Outcome.DONE]


@again
def test_k8_killed_inside_the_last_transaction(market: Market, time_played: int) -> None:
    market.reserve()
    market.killed(at="before the answer is committed")
    assert market.call().state is CallState.SENDING

    market.let_time_pass()


@again
def test_k9_killed_after_the_last_transaction(market: Market, time_played: int) -> None:
    market.reserve()
    market.killed(at="after the answer")
    assert market.is_settled()

    market.let_time_pass()

    assert len(market.attempts()) == 1


@again
def test_k10_the_worker_is_killed_and_its_child_goes_on(market: Market, time_played: int) -> None:
    market.world.script(**TRANSFERS, delay=4.0)
    market.reserve()
    market.await_death(market.worker(dies="before the call:parent"))
    time.sleep(0.5)  # the orphan's request is at the processor
    skip_ahead(timedelta(minutes=3))

    market.let_time_pass()

    until(
        lambda: all(a.outcome is not None for a in market.attempts()),
        "the orphan does not come back, or who asked after it",
    )
    first, *later = (a.outcome for a in market.attempts())
    # The second run met the first one at the processor, or found what it had made.
    assert first is Outcome.DONE
    assert set(later) <= {Outcome.NOT_RUN, Outcome.DONE}


@again
@pytest.mark.parametrize(("point", "generation"), [("before the call", 1), (BEFORE_THE_ANSWER, 0)])
def test_k11_down_for_more_than_a_day(
    market: Market, point: str, generation: int, time_played: int
) -> None:
    market.reserve()
    market.killed(at=point)
    skip_ahead(timedelta(hours=25))

    market.let_time_pass()

    # What was never sent gets a new key; what was made is found by the list.
    assert market.call().key_generation == generation
    assert len(market.attempts()) == 1 + generation


@again
def test_k12_the_processor_keeps_saying_500(market: Market, time_played: int) -> None:
    market.world.script(**TRANSFERS, status=500)
    market.reserve()
    market.worker()
    until(lambda: market.call().state is CallState.UNKNOWN, "no answer came")
    skip_ahead(timedelta(hours=25))

    market.let_time_pass()

    assert market.call().key_generation == 1


@again
def test_k13_refused_after_a_try_that_nobody_answered(market: Market, time_played: int) -> None:
    market.reserve()
    market.killed(at="before the call")
    market.world.script(**TRANSFERS, status=400, code="account_invalid", saved=False)

    market.let_time_pass()

    assert [a.outcome for a in market.attempts()] == [None, Outcome.REFUSED, Outcome.DONE]


@again
def test_k14_the_webhook_is_there_first(market: Market, time_played: int) -> None:
    market.reserve()
    market.killed(at=BEFORE_THE_ANSWER)
    market.world.webhooks()
    market.worker()

    until(market.is_settled, "the webhook settled nothing")

    assert [a.outcome for a in market.attempts()] == [None]


@again
def test_k15_no_webhook_ever_comes(market: Market, time_played: int) -> None:
    market.world.script(**TRANSFERS, drop="after")
    market.reserve()
    market.worker()
    until(lambda: market.call().state is CallState.UNKNOWN, "no answer was lost")
    skip_ahead(timedelta(minutes=61))

    market.sweep("processor.look_for_unclear_calls")

    until(market.is_settled, "nobody looked for it")
    assert [a.outcome for a in market.attempts()] == [Outcome.UNKNOWN]


@again
def test_k16_killed_between_keeping_and_handling_a_webhook(
    market: Market, time_played: int
) -> None:
    market.reserve()
    market.killed(at=BEFORE_THE_ANSWER)
    market.world.webhooks()
    market.killed(at="before the webhook is handled")
    assert not market.is_settled()
    skip_ahead(timedelta(minutes=2))
    market.worker()
    market.sweep("inbox.ring_waiting_webhooks")

    until(market.is_settled, "the webhook was forgotten")

    market.session.rollback()
    rows = market.session.scalars(select(InboxMessage.handled_at)).all()
    assert rows
    assert len(market.attempts()) == 1


@again
def test_k17_the_database_loses_that_it_was_sent(market: Market, time_played: int) -> None:
    market.reserve()
    market.killed(at=BEFORE_THE_ANSWER)
    call_id = market.call().id
    market.session.execute(
        text("DELETE FROM processor_attempts WHERE call_id = :id"), {"id": call_id}
    )
    market.session.execute(
        text(
            "UPDATE processor_calls SET state = 'ready', fence = 0, lease_until = NULL,"
            " first_sent_at = NULL, last_sent_at = NULL WHERE id = :id"
        ),
        {"id": call_id},
    )
    market.session.commit()

    market.let_time_pass()

    assert market.call().key_generation == 0  # the same key, so the same transfer


@again
def test_the_database_stops_while_the_processor_answers(market: Market, time_played: int) -> None:
    market.world.script(**TRANSFERS, delay=1.0)
    market.reserve()
    market.worker()
    until(lambda: market.call().state is CallState.SENDING, "nothing is sent")
    market.session.rollback()

    market.restart_postgres()

    # Pages and workers that had connections go on with new ones.
    assert market.world.app.test_client().get("/health/ready").status_code == 200
    market.let_time_pass()


@again
def test_the_database_stops_between_two_payouts(market: Market, time_played: int) -> None:
    worker = market.worker()
    market.sweep("processor.ring_due_calls")
    market.session.rollback()
    market.restart_postgres()
    market.want_payout()

    market.let_time_pass()

    assert market.workers == {worker}
