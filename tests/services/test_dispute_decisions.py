"""Staff decide a dispute: a small one alone, a larger one with a colleague."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.deliverables.models import Deliverable
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import Conflict, InvalidInput, InvalidTransition, NotPermitted
from marketplace.payouts.models import Dispute
from marketplace.payouts.rules.disputes import DisputeState
from marketplace.terms import queries
from marketplace.treasury import service as treasury
from marketplace.treasury.models import FinanceRequest
from marketplace.treasury.rules.requests import RequestState
from tests.factories.campaigns import make_campaign
from tests.factories.collaborations import terms
from tests.factories.ledger import usd
from tests.factories.money import make_accepted, make_earning, pay_in
from tests.factories.terms import set_terms
from tests.services.agreeing import posted
from tests.services.books import written
from tests.services.disputing import (
    LATER,
    agree,
    all_checks_pass,
    dispute,
    fee_of,
    money,
    said_in,
    say,
)


def answered(
    session: Session, acme: Brand, alice: Actor, bea: Actor, minor: int
) -> tuple[Dispute, Deliverable]:
    """A dispute about a fee that both sides have said their word on."""
    campaign = make_campaign(session, brand=acme, by=alice)
    pay_in(session, campaign, by=alice)
    work = make_accepted(session, campaign, by=alice, creator=bea, offered=terms(fee=usd(minor)))
    make_earning(session, work, matured=False)
    opened = dispute(session, work, alice, share=5_000)
    say(session, opened, bea)
    return opened, work


def ask(
    session: Session,
    opened: Dispute,
    actor: Actor,
    share: int | None = 2_500,
    reason: str = "It was gone for a day.",
) -> FinanceRequest:
    made = treasury.ask_dispute_decision(
        session, actor=actor, dispute_id=opened.id, share_bps=share, reason=reason, now=LATER
    )
    session.flush()
    return made


def approve(session: Session, request_id: UUID, actor: Actor) -> None:
    treasury.approve(session, actor=actor, request_id=request_id, now=LATER)
    session.flush()


def test_up_to_500_one_person_decides_and_it_is_booked_at_once(
    session: Session, acme: Brand, alice: Actor, bea: Actor, stella: Actor
) -> None:
    opened, work = answered(session, acme, alice, bea, 50_000)

    made = ask(session, opened, stella)

    assert (made.state, made.alone, made.amount) == (RequestState.EXECUTED, True, usd(50_000))
    assert (opened.state, fee_of(session, work).fee_minor) == (DisputeState.DECIDED, 12_500)
    assert all_checks_pass(session)


def test_the_terms_in_force_say_up_to_how_much_one_person_decides(
    session: Session, acme: Brand, alice: Actor, bea: Actor, stella: Actor
) -> None:
    opened, _ = answered(session, acme, alice, bea, 50_000)
    limits = dict(queries.terms_for(session, at=LATER).limits)
    limits["USD"] = replace(limits["USD"], dispute_alone=usd(49_999))
    set_terms(session, by=stella, at=LATER, now=LATER, limits=limits)

    made = ask(session, opened, stella)

    assert (made.state, made.alone) == (RequestState.ASKED, False)
    assert opened.state is DisputeState.WITH_STAFF


def test_above_500_nothing_happens_until_a_colleague_agrees(
    session: Session, acme: Brand, alice: Actor, bea: Actor, stella: Actor, theo: Actor
) -> None:
    opened, work = answered(session, acme, alice, bea, 50_001)
    before = money(session, work), written(session), said_in(session, opened)
    news = posted(session, "DisputeMoved")

    made = ask(session, opened, stella)

    session.refresh(opened)
    assert (made.state, opened.state) == (RequestState.ASKED, DisputeState.WITH_STAFF)
    assert (money(session, work), written(session), said_in(session, opened)) == before
    assert posted(session, "DisputeMoved") == news
    with pytest.raises(Conflict, match="asked for already"):
        ask(session, opened, stella, share=0)
    with pytest.raises(NotPermitted):
        approve(session, made.id, stella)

    approve(session, made.id, theo)

    with pytest.raises(InvalidTransition):
        approve(session, made.id, theo)
    assert (opened.state, opened.result_bps) == (DisputeState.DECIDED, 2_500)
    assert fee_of(session, work).fee_minor == 12_500
    assert all_checks_pass(session)


def test_what_the_two_sides_settle_meanwhile_is_not_decided_any_more(
    session: Session, acme: Brand, alice: Actor, bea: Actor, stella: Actor, theo: Actor
) -> None:
    opened, work = answered(session, acme, alice, bea, 60_000)
    made = ask(session, opened, stella, share=0)
    agree(session, opened, bea, 5_000)

    with pytest.raises(InvalidTransition), session.begin_nested():
        approve(session, made.id, theo)

    session.refresh(made)
    assert (made.state, opened.state) == (RequestState.ASKED, DisputeState.SETTLED)
    assert fee_of(session, work).fee_minor == 30_000


def test_nobody_approves_a_decision_about_their_own_side(
    session: Session, acme: Brand, alice: Actor, bea: Actor, stella: Actor, theo: Actor
) -> None:
    opened, _ = answered(session, acme, alice, bea, 60_000)
    made = ask(session, opened, stella)
    member = Actor(user_id=theo.user_id, is_staff=True, brands={acme.id: Role.VIEWER})

    with pytest.raises(NotPermitted, match="own side"), session.begin_nested():
        approve(session, made.id, member)

    session.refresh(made)
    assert made.state is RequestState.ASKED


@pytest.mark.parametrize(("share", "reason"), [(10_001, "So."), (-1, "So."), (0, "  ")])
def test_a_decision_that_cannot_be_meant_leaves_no_request_behind(
    session: Session,
    acme: Brand,
    alice: Actor,
    bea: Actor,
    stella: Actor,
    share: int,
    reason: str,
) -> None:
    opened, _ = answered(session, acme, alice, bea, 40_000)

    with pytest.raises(InvalidInput), session.begin_nested():
        ask(session, opened, stella, share=share, reason=reason)

    assert session.scalars(select(FinanceRequest.id)).all() == []
    session.refresh(opened)
    assert opened.state is DisputeState.WITH_STAFF
