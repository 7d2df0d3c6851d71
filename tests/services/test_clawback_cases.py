"""What a clawback writes down when it is opened, kept back, forgiven and settled."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict
from marketplace.kernel.ids import new_id
from marketplace.ledger import queries as ledger
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.payouts.models import ClawbackCase, ClawbackStep, Earning
from marketplace.payouts.rules import CaseOrigin, EarningState, Recovery
from tests.factories.campaigns import make_campaign
from tests.factories.ledger import usd
from tests.factories.money import (
    make_accepted,
    make_case,
    make_earning,
    make_payout_account,
    pay_in,
)
from tests.services.agreeing import posted
from tests.services.taking_back import LATER, gather

NEXT_DAY = LATER + timedelta(days=1)


@pytest.fixture
def earning(session: Session, acme: Brand, alice: Actor, bea: Actor) -> Earning:
    """380.00 of Bea's that can be paid out."""
    campaign = make_campaign(session, brand=acme, by=alice)
    pay_in(session, campaign, by=alice)
    made = make_earning(session, make_accepted(session, campaign, by=alice, creator=bea))
    make_payout_account(session, bea)
    return made


@pytest.fixture
def case(session: Session, earning: Earning) -> ClawbackCase:
    """40.00 of it have to be given back."""
    return make_case(session, deliverable_id=earning.deliverable_id, amount=usd(4_000))


def steps(session: Session, case: ClawbackCase) -> list[tuple[object, ...]]:
    session.flush()
    rows = session.scalars(
        select(ClawbackStep).where(ClawbackStep.case_id == case.id).order_by(ClawbackStep.number)
    )
    return [
        (r.number, r.how, r.amount.minor, r.currency, r.earning_id, r.happened_at) for r in rows
    ]


def test_a_case_is_opened_once_for_the_work_it_is_about(
    session: Session, earning: Earning, bea: Actor
) -> None:
    case_id = new_id()

    first, second = (
        payouts.open_case(
            session,
            case_id=case_id,
            origin=CaseOrigin.BONUS,
            deliverable_id=earning.deliverable_id,
            amount=usd(minor),
            reason=reason,
            now=LATER,
        )
        for minor, reason in ((4_000, "The views were corrected"), (9_000, "Something else"))
    )

    assert second is first
    assert (first.id, first.origin, first.creator_id) == (case_id, CaseOrigin.BONUS, bea.creator_id)
    assert (first.deliverable_id, first.campaign_id) == (
        earning.deliverable_id,
        earning.campaign_id,
    )
    assert (first.amount, first.rest) == (usd(4_000), usd(4_000))
    assert (first.reason, first.opened_at, first.closed_at) == (
        "The views were corrected",
        LATER,
        None,
    )
    assert posted(session, "ClawbackOpened") == [{"case_id": str(case_id)}]


def test_the_rest_of_a_case_is_known_before_it_is_written(
    session: Session, earning: Earning
) -> None:
    with session.no_autoflush:
        opened = payouts.open_case(
            session,
            case_id=new_id(),
            origin=CaseOrigin.DECIDED,
            deliverable_id=earning.deliverable_id,
            amount=usd(4_000),
            reason="The post was deleted",
            now=LATER,
        )
        assert opened.rest == usd(4_000)


def test_what_is_kept_back_is_booked_and_written_down_as_a_step(
    session: Session, earning: Earning, case: ClawbackCase, bea: Actor
) -> None:
    assert gather(session, bea) == [34_000]

    assert steps(session, case) == [(1, Recovery.NETTED, 4_000, "USD", earning.id, LATER)]
    booked = ledger.entry_by_key(session, f"clawnet:{case.id}:1")
    assert booked is not None
    assert (booked.occurred_at, booked.actor) == (LATER, "system")
    assert (case.rest, case.closed_at) == (usd(0), LATER)
    assert posted(session, "ClawbackSettled") == [{"case_id": str(case.id)}]


def test_an_earning_with_tax_on_it_is_not_kept_back_whole(
    session: Session, earning: Earning, bea: Actor
) -> None:
    earning.withheld_minor = 1_000
    case = make_case(session, deliverable_id=earning.deliverable_id, amount=usd(38_000))

    payouts.gather(session, creator_ids=[earning.creator_id], now=LATER)
    session.flush()

    assert (earning.netted_minor, earning.left) == (37_000, usd(0))
    assert earning.state is EarningState.PAYABLE
    assert (case.rest, case.closed_at) == (usd(1_000), None)
    assert posted(session, "ClawbackSettled") == []


def test_parts_are_numbered_and_the_last_one_closes_the_case(
    session: Session, case: ClawbackCase
) -> None:
    payouts.forgive(session, case_id=case.id, amount=usd(1_500), now=LATER)
    assert (case.rest, case.closed_at) == (usd(2_500), None)
    assert posted(session, "ClawbackSettled") == []

    payouts.forgive(session, case_id=case.id, amount=usd(2_500), now=NEXT_DAY)

    assert (case.rest, case.closed_at) == (usd(0), NEXT_DAY)
    assert steps(session, case) == [
        (1, Recovery.FORGIVEN, 1_500, "USD", None, LATER),
        (2, Recovery.FORGIVEN, 2_500, "USD", None, NEXT_DAY),
    ]
    assert posted(session, "ClawbackSettled") == [{"case_id": str(case.id)}]


def test_each_case_counts_its_own_parts(session: Session, case: ClawbackCase) -> None:
    other = make_case(session, deliverable_id=case.deliverable_id, amount=usd(2_000))
    payouts.forgive(session, case_id=case.id, amount=usd(1_500), now=LATER)

    payouts.forgive(session, case_id=other.id, amount=usd(500), now=LATER)

    assert [step[0] for step in steps(session, other)] == [1]
    assert queries.open_cases_of(session, [case.creator_id]) == [case, other]


def test_no_more_is_forgiven_than_is_left(session: Session, case: ClawbackCase) -> None:
    payouts.forgive(session, case_id=case.id, amount=usd(1_500), now=LATER)

    with pytest.raises(Conflict) as refused:
        payouts.forgive(session, case_id=case.id, amount=usd(2_501), now=LATER)

    assert refused.value.reason == "Less than that is left of this clawback"
    assert (case.rest, len(steps(session, case))) == (usd(2_500), 1)
