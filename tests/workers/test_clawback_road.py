"""Taking back what was sent, through the sandbox: calls, lost answers, an empty account."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts.models import Brand
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.notifications.models import Notification
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Payout, PayoutReversal
from marketplace.payouts.rules import PayoutState, ReversalState
from tests.factories.money import make_case
from tests.workers.conftest import Skip, World
from tests.workers.road import Road, make_road, usd
from workers import processor as processor_jobs


@pytest.fixture
def road(world: World, acme: Brand, alice: Actor, bea: Actor, skip: Skip) -> Road:
    """380.00 have been sent to Bea's account at the processor."""
    road = make_road(world, acme, alice, bea)
    road.payable()
    skip(timedelta(days=8))
    road.release()
    road.world.drain()
    return road


def sent(road: Road) -> Payout:
    road.session.expire_all()
    return road.session.scalars(select(Payout)).one()


def reverse(road: Road, by: Actor, minor: int, **more: object) -> PayoutReversal:
    made = payouts.ask_reversal(
        road.session,
        actor=by,
        payout_id=sent(road).id,
        amount=usd(minor),
        reason="Wrong account.",
        now=utc_now(),
        **more,  # type: ignore[arg-type]
    )
    road.world.drain(mail=True)
    return made


def now(road: Road, made: PayoutReversal) -> PayoutReversal:
    road.session.expire_all()
    return road.session.get_one(PayoutReversal, made.id)


def test_a_payout_comes_back_once_and_the_statement_agrees(road: Road, stella: Actor) -> None:
    made = reverse(road, stella, 8_000)

    assert now(road, made).state is ReversalState.DONE
    assert (sent(road).state, sent(road).reversed_minor) == (PayoutState.PARTLY_REVERSED, 8_000)
    assert len(road.world.sandbox.store.newest("transfer_reversal")) == 1
    road.assert_all_agrees()


def test_an_answer_that_was_lost_is_one_reversal(road: Road, stella: Actor, skip: Skip) -> None:
    road.world.script(path="*/reversals", method="POST", drop="after")
    made = reverse(road, stella, 8_000)
    skip(timedelta(hours=25))
    for _ in range(2):
        road.world.sweep(processor_jobs.ring_due_calls)
        road.world.drain()

    assert now(road, made).state is ReversalState.DONE
    assert len(road.world.sandbox.store.newest("transfer_reversal")) == 1
    road.assert_all_agrees()


def test_a_webhook_brings_the_answer_that_was_lost(road: Road, stella: Actor) -> None:
    road.world.script(path="*/reversals", method="POST", drop="after")
    made = reverse(road, stella, 8_000)
    assert now(road, made).state is ReversalState.REQUESTED
    entries = road.entries()

    for again in (False, True):
        road.world.webhooks(again=again)
        road.world.drain()

    assert now(road, made).state is ReversalState.DONE
    assert road.entries() == entries + 1
    assert len(road.world.sandbox.store.newest("transfer_reversal")) == 1
    road.assert_all_agrees()


def test_what_the_creators_bank_has_is_out_of_reach_and_a_clawback_keeps_it_back(
    road: Road, stella: Actor
) -> None:
    account = queries.account_of(road.session, sent(road).creator_id)
    assert account is not None
    road.world.sandbox.control(
        "bank", {"press": "creator_payout", "id": str(account.stripe_account_id)}
    )

    made = reverse(road, stella, 8_000)

    assert now(road, made).state is ReversalState.REFUSED
    assert sent(road).state is PayoutState.SETTLED
    texts = road.session.scalars(
        select(Notification.text).where(Notification.kind == "reversal_ended")
    ).all()
    assert texts == [
        "The creator’s account holds too little: their bank has it already."
        " A clawback keeps it back from later earnings."
    ]
    road.assert_all_agrees()


def test_a_clawback_is_taken_out_of_a_payout_and_both_sides_hear_of_it(
    road: Road, stella: Actor
) -> None:
    (earning,) = queries.earnings_in(road.session, sent(road).id)
    case = make_case(
        road.session, deliverable_id=earning.deliverable_id, amount=usd(4_000), at=utc_now()
    )
    reverse(road, stella, 4_000, case_id=case.id)

    assert queries.case_by_id(road.session, case.id).case.rest == usd(0)
    titles = road.session.scalars(select(Notification.title)).all()
    assert "We take USD 40.00 back from your next payouts" in titles
    assert any(title.startswith("USD 40.00 is back in") for title in titles)
    assert "The USD 40.00 that we took back is settled" in titles
    road.assert_all_agrees()
