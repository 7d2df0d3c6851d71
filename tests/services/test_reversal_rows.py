"""What taking a payout back leaves in the books, in rows and in steps; what it is refused for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotPermitted
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Earning, Freeze, Payout, PayoutReversal, PayoutStep
from marketplace.payouts.rules import (
    EarningKind,
    EarningState,
    PayoutEvent,
    PayoutState,
    Recovery,
    ReversalState,
)
from marketplace.processor import queries as calls
from marketplace.processor.models import ProcessorCall
from marketplace.processor.ports import Answer
from marketplace.processor.rules import CallKind, CallState, Outcome
from tests.factories.campaigns import make_campaign
from tests.factories.ledger import usd
from tests.factories.money import (
    HOLD_OVER,
    make_accepted,
    make_case,
    make_earning,
    make_paid_campaign,
    make_payout,
    make_payout_account,
    pay_in,
    send_payout,
)
from tests.services.agreeing import posted
from tests.services.taking_back import LATER, next_work

BACK_AT = LATER + timedelta(hours=5)
WHY = "Wrong account."


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_paid_campaign(session, brand=acme, by=alice)


@pytest.fixture
def earning(session: Session, campaign: Campaign, alice: Actor, bea: Actor) -> Earning:
    """380.00 of Bea's."""
    return make_earning(session, make_accepted(session, campaign, by=alice, creator=bea))


@pytest.fixture
def payout(session: Session, earning: Earning, bea: Actor) -> Payout:
    """They were sent."""
    make_payout_account(session, bea)
    made = make_payout(session, bea)
    send_payout(session, made, Answer(Outcome.DONE, remote_id="tr_1"))
    return made


def ask(
    session: Session,
    by: Actor,
    payout: Payout,
    amount: Money,
    *,
    reason: str = WHY,
    case_id: object = None,
) -> PayoutReversal:
    made = payouts.ask_reversal(
        session,
        actor=by,
        payout_id=payout.id,
        amount=amount,
        reason=reason,
        case_id=case_id,  # type: ignore[arg-type]
        now=LATER,
    )
    session.flush()
    return made


def call_of(session: Session, reversal: PayoutReversal) -> ProcessorCall:
    call = calls.call_for(session, kind=CallKind.REVERSAL, subject_id=reversal.id)
    assert call is not None
    return call


def conclude(
    session: Session, reversal: PayoutReversal, state: CallState, **said: str
) -> PayoutReversal:
    """The processor's answer, heard of twice."""
    call = call_of(session, reversal)
    call.state, call.remote_id = state, said.pop("remote_id", None)
    for name, text in said.items():
        setattr(call, name, text)
    for _ in range(2):
        payouts.conclude_reversal(session, call=call, now=BACK_AT)
        session.flush()
    return reversal


def told(session: Session, key: str) -> tuple[object, ...]:
    """When, by whom and what an entry moved."""
    found = ledger.entry_by_key(session, key)
    assert found is not None
    pairs = [
        f"{pair.debit.code.value}/{pair.credit.code.value} {pair.amount.minor}"
        for pair in ledger.pairs_of(session, found.id)
    ]
    return found.occurred_at, found.actor, found.source_ref, pairs


def steps(session: Session, payout: Payout) -> list[tuple[object, ...]]:
    """All moves of a payout since it was sent."""
    rows = session.scalars(
        select(PayoutStep).where(PayoutStep.payout_id == payout.id).order_by(PayoutStep.id)
    ).all()
    return [(row.event, row.state, row.happened_at, row.note) for row in rows[2:]]


# Asking


def test_a_reversal_is_written_down_and_planned(
    session: Session, payout: Payout, stella: Actor
) -> None:
    made = ask(session, stella, payout, usd(38_000))

    assert (made.payout_id, made.case_id, made.amount) == (payout.id, None, usd(38_000))
    assert (made.state, made.reason) == (ReversalState.REQUESTED, WHY)
    assert (made.asked_by, made.asked_at, made.ended_at) == (stella.user_id, LATER, None)
    call = call_of(session, made)
    assert call.params == {
        "reversal_id": str(made.id),
        "transfer_id": "tr_1",
        "amount_minor": 38_000,
        "currency": "USD",
    }
    assert call.planned_at == LATER
    assert (payout.state, payout.reversed_minor) == (PayoutState.SETTLED, 0)


def test_what_is_asked_for_already_cannot_be_asked_for_again(
    session: Session, campaign: Campaign, payout: Payout, alice: Actor, bea: Actor, stella: Actor
) -> None:
    next_work(session, campaign, alice, bea)
    other = make_payout(session, bea)
    send_payout(session, other, Answer(Outcome.DONE, remote_id="tr_2"))
    ask(session, stella, other, usd(20_000))
    ask(session, stella, payout, usd(30_000))

    with pytest.raises(InvalidInput) as refused:
        ask(session, stella, payout, usd(8_001))
    ask(session, stella, payout, usd(8_000))

    assert refused.value.problems == {"amount": "At most USD 80.00 can be taken back of it."}


def test_a_refused_reversal_can_be_asked_for_again(
    session: Session, payout: Payout, stella: Actor
) -> None:
    conclude(session, ask(session, stella, payout, usd(38_000)), CallState.REFUSED)

    again = ask(session, stella, payout, usd(38_000))

    assert again.state is ReversalState.REQUESTED


def test_each_refusal_says_what_is_wrong_and_changes_nothing(
    session: Session,
    campaign: Campaign,
    payout: Payout,
    earning: Earning,
    alice: Actor,
    bea: Actor,
    carl: Actor,
    stella: Actor,
) -> None:
    his = make_case(
        session,
        deliverable_id=next_work(session, campaign, alice, carl).deliverable_id,
        amount=usd(4_000),
    )
    hers = make_case(session, deliverable_id=earning.deliverable_id, amount=usd(4_000))
    next_work_of_hers = next_work_again(session, campaign, alice, bea)

    with pytest.raises(NotPermitted) as barred:
        ask(session, bea, payout, usd(1))
    with pytest.raises(InvalidInput) as silent:
        ask(session, stella, payout, usd(1), reason="")
    with pytest.raises(InvalidInput) as foreign:
        ask(session, stella, payout, Money(1, "EUR"))
    with pytest.raises(Conflict) as another:
        ask(session, stella, payout, usd(1), case_id=his.id)
    with pytest.raises(Conflict) as beyond:
        ask(session, stella, payout, usd(4_001), case_id=hers.id)
    with pytest.raises(Conflict) as unsent:
        ask(session, stella, next_work_of_hers, usd(1))

    assert str(barred.value) == str(NotPermitted("take a payout back"))
    assert silent.value.problems == {"reason": "Say why, for your colleagues."}
    assert foreign.value.problems == {"amount": "At most USD 380.00 can be taken back of it."}
    assert another.value.reason == "This payout did not go to who has to give it back"
    assert beyond.value.reason == "Less than that is left of this clawback"
    assert unsent.value.reason == "Only a payout that has settled can be taken back"
    assert session.scalars(select(PayoutReversal)).all() == []
    assert (
        session.scalars(select(ProcessorCall).where(ProcessorCall.kind == "reversal")).all() == []
    )


def next_work_again(session: Session, campaign: Campaign, alice: Actor, bea: Actor) -> Payout:
    """A payout of Bea's that is reserved and not sent; nothing is kept back of it."""
    stews = make_campaign(
        session, brand=session.get_one(Brand, campaign.brand_id), by=alice, name="Stews"
    )
    pay_in(session, stews, by=alice, charge_id="ch_stews")
    done = make_accepted(session, stews, by=alice, creator=bea, video_id="7345678901234567892")
    make_earning(session, done)
    (made,) = payouts.gather(session, creator_ids=[done.creator_id], now=HOLD_OVER)
    session.flush()
    return made


# Done


def test_a_part_that_came_back_is_payable_again_for_the_same_work(
    session: Session, payout: Payout, earning: Earning, stella: Actor
) -> None:
    made = conclude(
        session,
        ask(session, stella, payout, usd(8_000)),
        CallState.SUCCEEDED,
        remote_id="trr_1",
    )

    assert told(session, "trr:trr_1") == (BACK_AT, "system", "trr_1", ["1010/2050 8000"])
    assert (made.state, made.ended_at, made.problem) == (ReversalState.DONE, BACK_AT, "")
    assert steps(session, payout) == [
        (
            PayoutEvent.REVERSE_PART,
            PayoutState.PARTLY_REVERSED,
            BACK_AT,
            "USD 80.00 of it was taken back.",
        )
    ]
    back = session.scalars(select(Earning).where(Earning.kind == EarningKind.RETURNED)).one()
    assert (back.deliverable_id, back.campaign_id) == (earning.deliverable_id, earning.campaign_id)
    assert (back.creator_id, back.state) == (payout.creator_id, EarningState.PAYABLE)
    assert (back.fee, back.platform_share, back.net) == (usd(8_000), usd(0), usd(8_000))
    assert (back.withheld_minor, back.netted_minor) == (0, 0)
    assert (back.earned_at, back.payable_at) == (BACK_AT, BACK_AT)
    assert posted(session, "ReversalEnded") == [{"reversal_id": str(made.id)}]


def test_a_payout_that_came_back_whole_stops_its_creator_and_says_why(
    session: Session, payout: Payout, stella: Actor
) -> None:
    conclude(
        session, ask(session, stella, payout, usd(38_000)), CallState.SUCCEEDED, remote_id="trr_1"
    )

    assert steps(session, payout)[-1][:2] == (PayoutEvent.REVERSE, PayoutState.REVERSED)
    (stopped,) = session.scalars(select(Freeze)).all()
    assert (stopped.creator_id, stopped.frozen_by) == (payout.creator_id, None)
    assert (stopped.reason, stopped.frozen_at) == (
        "A payout was taken back: Wrong account.",
        BACK_AT,
    )


def test_a_creator_who_is_stopped_already_stays_so_when_a_payout_comes_back(
    session: Session, payout: Payout, stella: Actor
) -> None:
    payouts.freeze(
        session, actor=stella, creator_id=payout.creator_id, reason="Looks odd.", now=LATER
    )

    conclude(
        session, ask(session, stella, payout, usd(38_000)), CallState.SUCCEEDED, remote_id="trr_1"
    )

    stopped = queries.freeze_of(session, payout.creator_id)
    assert stopped is not None
    assert stopped.reason == "Looks odd."


def test_what_comes_back_counts_for_the_work_that_most_of_it_was_for(
    session: Session, campaign: Campaign, earning: Earning, alice: Actor, bea: Actor, stella: Actor
) -> None:
    other = next_work(session, campaign, alice, bea)
    other.fee_minor, other.net_minor = 42_001, 40_001
    earning.fee_minor, earning.net_minor = 37_999, 35_999
    session.flush()
    make_payout_account(session, bea)
    both = make_payout(session, bea)
    send_payout(session, both, Answer(Outcome.DONE, remote_id="tr_1"))

    conclude(session, ask(session, stella, both, usd(1)), CallState.SUCCEEDED, remote_id="trr_1")

    back = session.scalars(select(Earning).where(Earning.kind == EarningKind.RETURNED)).one()
    assert back.deliverable_id == other.deliverable_id


def test_what_comes_back_for_a_clawback_settles_a_part_of_it(
    session: Session, payout: Payout, earning: Earning, stella: Actor
) -> None:
    case = make_case(session, deliverable_id=earning.deliverable_id, amount=usd(4_000))
    asked = ask(session, stella, payout, usd(3_000), case_id=case.id)

    conclude(session, asked, CallState.SUCCEEDED, remote_id="trr_1")

    assert told(session, "trr:trr_1") == (BACK_AT, "system", "trr_1", ["1010/1110 3000"])
    assert (asked.case_id, case.rest, case.closed_at) == (case.id, usd(1_000), None)
    (step,) = queries.steps_of_case(session, case.id)
    assert (step.number, step.how, step.amount) == (1, Recovery.REVERSED, usd(3_000))
    assert (step.happened_at, step.earning_id) == (BACK_AT, None)
    assert session.scalars(select(Earning).where(Earning.kind == EarningKind.RETURNED)).all() == []
    assert session.scalars(select(Freeze)).all() == []


def test_what_a_reversal_will_bring_cannot_be_given_up_as_well(
    session: Session, payout: Payout, earning: Earning, stella: Actor
) -> None:
    case = make_case(session, deliverable_id=earning.deliverable_id, amount=usd(4_000))
    ask(session, stella, payout, usd(3_000), case_id=case.id)

    with pytest.raises(Conflict) as refused:
        payouts.forgive(session, case_id=case.id, amount=usd(1_001), now=LATER)
    payouts.forgive(session, case_id=case.id, amount=usd(1_000), now=LATER)

    assert refused.value.reason == "Less than that is left of this clawback"
    assert case.rest == usd(3_000)


# Refused


@pytest.mark.parametrize(
    ("said", "code", "problem"),
    [
        ({"error_text": "Too little.", "error_code": "short"}, "short", "Too little."),
        ({"error_code": "short"}, "short", "short"),
        ({}, "", ""),
    ],
)
def test_a_reversal_that_is_refused_says_why_and_takes_nothing(
    session: Session, payout: Payout, stella: Actor, said: dict[str, str], code: str, problem: str
) -> None:
    made = conclude(session, ask(session, stella, payout, usd(38_000)), CallState.REFUSED, **said)

    assert (made.state, made.problem_code, made.problem) == (ReversalState.REFUSED, code, problem)
    assert made.ended_at == BACK_AT
    assert (payout.state, payout.reversed_minor) == (PayoutState.SETTLED, 0)
    assert steps(session, payout) == []
    assert posted(session, "ReversalEnded") == [{"reversal_id": str(made.id)}]


def test_a_success_without_its_reversal_is_no_success(
    session: Session, payout: Payout, stella: Actor
) -> None:
    made = conclude(session, ask(session, stella, payout, usd(38_000)), CallState.SUCCEEDED)

    assert (made.state, payout.state) == (ReversalState.REFUSED, PayoutState.SETTLED)


def test_a_refusal_that_names_a_reversal_is_a_refusal(
    session: Session, payout: Payout, stella: Actor
) -> None:
    asked = ask(session, stella, payout, usd(38_000))

    made = conclude(session, asked, CallState.REFUSED, remote_id="trr_1")

    assert (made.state, payout.state) == (ReversalState.REFUSED, PayoutState.SETTLED)
