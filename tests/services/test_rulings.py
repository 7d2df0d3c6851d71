"""A call that waits for a person: what could pay twice needs two of them."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotPermitted
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Earning, Payout
from marketplace.payouts.rules import EarningState, PayoutState
from marketplace.processor import service as processor
from marketplace.processor.models import ProcessorCall
from marketplace.processor.ports import Answer
from marketplace.processor.rules import CallState, Outcome, Ruling
from marketplace.reconciliation import checks
from marketplace.treasury import service as treasury
from marketplace.treasury.models import FinanceRequest
from marketplace.treasury.rules.requests import RequestKind, RequestState
from tests.conftest import make_person
from tests.factories.campaigns import make_campaign
from tests.factories.money import (
    HOLD_OVER,
    make_accepted,
    make_earning,
    make_payout,
    make_payout_account,
    pay_in,
    send_payout,
)

MISUSED = Answer(Outcome.MISUSED, code="idempotency_error")
WHY = "The dashboard shows no transfer of this payout."


@pytest.fixture
def earning(session: Session, acme: Brand, alice: Actor, bea: Actor) -> Earning:
    campaign = make_campaign(session, brand=acme, by=alice)
    pay_in(session, campaign, by=alice)
    made = make_earning(session, make_accepted(session, campaign, by=alice, creator=bea))
    make_payout_account(session, bea)
    return made


@pytest.fixture
def payout(session: Session, earning: Earning, bea: Actor) -> Payout:
    return make_payout(session, bea)


@pytest.fixture
def stuck(session: Session, payout: Payout) -> ProcessorCall:
    return send_payout(session, payout, MISUSED)


@pytest.fixture
def sam(session: Session) -> Actor:
    """Another member of staff."""
    return Actor(user_id=make_person(session, "sam", is_staff=True).id, is_staff=True)


def rule(
    session: Session, call: ProcessorCall, actor: Actor, ruling: Ruling, *, reason: str = WHY
) -> FinanceRequest | None:
    made = treasury.ask_ruling(
        session, actor=actor, call_id=call.id, ruling=ruling, reason=reason, now=HOLD_OVER
    )
    session.flush()
    return made


def test_one_person_can_have_it_looked_for(
    session: Session, stuck: ProcessorCall, stella: Actor
) -> None:
    assert rule(session, stuck, stella, Ruling.LOOK_UP) is None

    assert (stuck.state, stuck.look_only) == (CallState.UNKNOWN, True)


def test_a_new_key_waits_for_a_second_person(
    session: Session, stuck: ProcessorCall, stella: Actor, sam: Actor
) -> None:
    asked = rule(session, stuck, stella, Ruling.NEW_KEY)

    assert asked is not None
    assert (asked.kind, asked.state) == (RequestKind.RESEND_CALL, RequestState.ASKED)
    assert (stuck.state, stuck.key_generation) == (CallState.MANUAL, 0)
    with pytest.raises(NotPermitted):
        treasury.approve(session, actor=stella, request_id=asked.id, now=HOLD_OVER)
    assert stuck.state is CallState.MANUAL
    treasury.approve(session, actor=sam, request_id=asked.id, now=HOLD_OVER)
    assert (stuck.state, stuck.key_generation) == (CallState.READY, 1)
    assert (asked.state, asked.entry_id) == (RequestState.EXECUTED, None)


def test_giving_it_up_frees_the_reservation_once_two_agree(
    session: Session,
    stuck: ProcessorCall,
    payout: Payout,
    earning: Earning,
    stella: Actor,
    sam: Actor,
) -> None:
    asked = rule(session, stuck, stella, Ruling.GIVE_UP)
    assert asked is not None

    treasury.approve(session, actor=sam, request_id=asked.id, now=HOLD_OVER)
    for _ in range(2):
        payouts.conclude_transfer(session, call=stuck, now=HOLD_OVER)
        session.flush()

    assert stuck.state is CallState.REFUSED
    assert payout.problem == "We looked into it and called it off."
    assert (payout.state, earning.state) == (PayoutState.RETURNED, EarningState.PAYABLE)
    assert [r.name for r in checks.run_all(session) if not r.passed and r.broken] == []


def test_what_went_on_meanwhile_is_not_ruled_on(
    session: Session, stuck: ProcessorCall, stella: Actor, sam: Actor
) -> None:
    asked = rule(session, stuck, stella, Ruling.NEW_KEY)
    assert asked is not None
    processor.adopt(session, call_id=stuck.id, remote_id="tr_1", now=HOLD_OVER)

    with pytest.raises(Conflict):
        treasury.approve(session, actor=sam, request_id=asked.id, now=HOLD_OVER)

    assert (stuck.state, stuck.key_generation) == (CallState.SUCCEEDED, 0)


def test_a_ruling_is_refused_without_a_reason_twice_or_by_others(
    session: Session, stuck: ProcessorCall, stella: Actor, sam: Actor, alice: Actor
) -> None:
    for ruling in Ruling:
        with pytest.raises(NotPermitted):
            rule(session, stuck, alice, ruling)
        with pytest.raises(InvalidInput):
            rule(session, stuck, stella, ruling, reason="")
    assert stuck.state is CallState.MANUAL
    rule(session, stuck, stella, Ruling.NEW_KEY)
    with pytest.raises(Conflict):
        rule(session, stuck, sam, Ruling.NEW_KEY)


def test_nobody_rules_on_a_call_that_goes_on_by_itself(
    session: Session, payout: Payout, stella: Actor
) -> None:
    call = send_payout(session, payout, Answer(Outcome.UNKNOWN))

    for ruling in Ruling:
        with pytest.raises(Conflict):
            rule(session, call, stella, ruling)

    assert (call.state, call.look_only) == (CallState.UNKNOWN, False)
