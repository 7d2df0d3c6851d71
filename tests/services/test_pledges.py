"""A brand pledges with a draft campaign, pays for it with the budget, and is held to it."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.causes import queries, service
from marketplace.causes.models import Organisation, Pledge
from marketplace.causes.rules.organisations import OrganisationState
from marketplace.causes.rules.pledges import PledgeState, PledgeTerms
from marketplace.funding import ports as funding_ports
from marketplace.funding import queries as money
from marketplace.funding import service as funding
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidInput, InvalidTransition, NotFound, NotPermitted
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.rules import AccountRef, Code
from tests.conftest import NOON
from tests.factories.campaigns import make_campaign
from tests.factories.causes import BY_VIEWS, FIXED, make_organisation, make_pledge
from tests.services.books import broken, written
from tests.services.paying_in import ask, pay


def usd(minor: int) -> Money:
    return Money(minor, "USD")


@pytest.fixture
def reefs(session: Session, stella: Actor) -> Organisation:
    return make_organisation(session, by=stella)


@pytest.fixture
def draft(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice, state=CampaignState.DRAFT)


@pytest.fixture
def promised(session: Session, draft: Campaign, reefs: Organisation, alice: Actor) -> Pledge:
    """200.00 pledged by a draft campaign."""
    return make_pledge(session, campaign=draft, organisation=reefs, by=alice)


def holds(session: Session, code: Code, owner: object) -> int:
    ref = AccountRef(code, owner)  # type: ignore[arg-type]  # any id
    return ledger.balance_of(session, ref, currency="USD").minor


def where(session: Session, campaign: Campaign) -> tuple[int, int, int]:
    """In the brand's wallet, in the campaign, pledged."""
    session.flush()
    return (
        holds(session, Code.BRAND_FUNDS, campaign.brand_id),
        holds(session, Code.CAMPAIGN_FUNDS, campaign.id),
        holds(session, Code.PLEDGED, campaign.id),
    )


def history(session: Session, pledge: Pledge) -> list[tuple[str, str, int]]:
    session.flush()
    return [
        (step.event.value, step.state.value, step.amount_minor)
        for step in queries.pledge_steps(session, pledge.id)
    ]


def change(session: Session, pledge: Pledge, alice: Actor, terms: PledgeTerms) -> Pledge:
    return make_pledge(
        session,
        campaign=pledge.campaign,
        organisation=pledge.organisation,
        by=alice,
        terms=terms,
    )


def test_a_pledge_is_paid_on_top_of_the_budget_and_bears_no_fee(
    session: Session, promised: Pledge, draft: Campaign, alice: Actor
) -> None:
    asked = ask(session, alice, draft)

    assert (asked.budget, asked.platform_fee, asked.pledge) == (
        usd(100_000),
        usd(10_000),
        usd(20_000),
    )
    assert asked.total == usd(130_000)


def test_the_payment_sets_the_pledge_aside_once(
    session: Session, promised: Pledge, draft: Campaign, alice: Actor
) -> None:
    asked = ask(session, alice, draft)

    for _ in range(2):
        pay(session, asked)

    assert where(session, draft) == (0, 100_000, 20_000)
    assert promised.set_aside_minor == 20_000
    assert history(session, promised) == [
        ("add", "drafted", 20_000),
        ("set_aside", "drafted", 20_000),
    ]
    assert queries.due_of(session, draft) == usd(0)
    assert ask(session, alice, draft).total == usd(110_000)
    assert broken(session) == []


def test_a_pledge_paid_twice_at_once_leaves_the_second_in_the_wallet(
    session: Session, promised: Pledge, draft: Campaign, alice: Actor
) -> None:
    first, second = ask(session, alice, draft), ask(session, alice, draft)

    pay(session, first, number=1)
    pay(session, second, number=2)

    assert where(session, draft) == (20_000, 200_000, 20_000)
    assert broken(session) == []


def test_the_wallet_pays_for_the_pledge_with_the_budget(
    session: Session, promised: Pledge, draft: Campaign, acme: Brand, alice: Actor
) -> None:
    other = make_campaign(session, brand=acme, by=alice, name="Soup")
    pay(session, ask(session, alice, other))
    funding.take_back(
        session, actor=alice, campaign_id=other.id, budget=usd(50_000), asked_as=uuid4(), now=NOON
    )
    _refund_fails(session, other)
    before = where(session, draft)[0]

    for _ in range(2):
        funding.use_wallet(
            session,
            actor=alice,
            campaign_id=draft.id,
            budget=usd(10_000),
            allocation_id=promised.id,  # any id of a form
            now=NOON,
        )

    assert where(session, draft) == (before - 31_000, 10_000, 20_000)
    assert broken(session) == []


def _refund_fails(session: Session, campaign: Campaign) -> None:
    for each in money.refunds_of(session, campaign_id=campaign.id):
        funding.record_refund(
            session,
            refund_id=each.id,
            facts=_failed(),
            now=NOON,
        )
    session.flush()


def _failed() -> funding_ports.RefundFacts:
    return funding_ports.RefundFacts(
        "re_1", funding_ports.RefundStatus.FAILED, left=None, problem="declined"
    )


def test_a_wallet_that_does_not_reach_says_what_the_pledge_leaves(
    session: Session, promised: Pledge, draft: Campaign, alice: Actor
) -> None:
    before = written(session)

    with pytest.raises(InvalidInput) as refusal:
        funding.use_wallet(
            session,
            actor=alice,
            campaign_id=draft.id,
            budget=usd(10_000),
            allocation_id=uuid4(),
            now=NOON,
        )

    assert refusal.value.problems == {
        "amount": "Your wallet does not pay for any budget beside the pledge of USD 200.00."
    }
    assert written(session) == before


def test_a_smaller_pledge_gives_the_difference_back_at_once(
    session: Session, promised: Pledge, draft: Campaign, alice: Actor
) -> None:
    pay(session, ask(session, alice, draft))

    change(session, promised, alice, replace(FIXED, amount=usd(15_000)))
    change(session, promised, alice, replace(FIXED, amount=usd(12_000)))

    assert where(session, draft) == (8_000, 100_000, 12_000)
    assert promised.money().returned == usd(8_000)
    assert broken(session) == []


def test_a_larger_pledge_is_due_again_with_the_next_payment(
    session: Session, promised: Pledge, draft: Campaign, alice: Actor
) -> None:
    pay(session, ask(session, alice, draft))

    change(session, promised, alice, BY_VIEWS)
    change(session, promised, alice, replace(BY_VIEWS, amount=usd(23_000)))

    assert queries.due_of(session, draft) == usd(3_000)
    pay(session, ask(session, alice, draft), number=2)
    assert where(session, draft) == (0, 200_000, 23_000)
    assert broken(session) == []


def test_a_pledge_taken_off_a_draft_goes_back_to_the_wallet_once(
    session: Session, promised: Pledge, draft: Campaign, alice: Actor
) -> None:
    pay(session, ask(session, alice, draft))

    for _ in range(2):
        service.take_off(session, actor=alice, campaign_id=draft.id, now=NOON)

    assert where(session, draft) == (20_000, 100_000, 0)
    assert promised.state is PledgeState.WITHDRAWN
    assert queries.pledge_of(session, draft.id) is None
    assert broken(session) == []


def test_a_new_pledge_can_follow_one_that_was_taken_off(
    session: Session, promised: Pledge, draft: Campaign, reefs: Organisation, alice: Actor
) -> None:
    pay(session, ask(session, alice, draft))
    service.take_off(session, actor=alice, campaign_id=draft.id, now=NOON)

    again = make_pledge(session, campaign=draft, organisation=reefs, by=alice, terms=BY_VIEWS)
    pay(session, ask(session, alice, draft), number=2)

    assert again.id != promised.id
    assert where(session, draft) == (20_000, 200_000, 20_000)
    assert broken(session) == []


def test_a_pledge_in_the_currency_that_a_campaign_had_is_not_charged(
    session: Session, promised: Pledge, draft: Campaign, reefs: Organisation, alice: Actor
) -> None:
    pay(session, ask(session, alice, draft))
    draft.currency = "EUR"
    draft.budget_minor = 50_000
    session.flush()
    session.refresh(draft)

    assert queries.due_of(session, draft) == Money(0, "EUR")
    euros = PledgeTerms(FIXED.kind, Money(1_000, "EUR"))
    again = make_pledge(session, campaign=draft, organisation=reefs, by=alice, terms=euros)

    assert promised.state is PledgeState.WITHDRAWN
    assert holds(session, Code.BRAND_FUNDS, draft.brand_id) == 20_000
    assert again.amount == Money(1_000, "EUR")


def test_what_was_published_can_neither_shrink_nor_be_taken_off(
    session: Session, promised: Pledge, draft: Campaign, alice: Actor
) -> None:
    pay(session, ask(session, alice, draft))
    campaigns.publish(session, campaign_id=draft.id, actor=alice, now=NOON)
    before = where(session, draft)

    with pytest.raises(InvalidTransition):  # also before the job has held the brand to it
        change(session, promised, alice, replace(FIXED, amount=usd(1)))
    for _ in range(2):
        service.promise(session, campaign_id=draft.id, now=NOON)
    with pytest.raises(InvalidTransition):
        service.take_off(session, actor=alice, campaign_id=draft.id, now=NOON)

    assert promised.state is PledgeState.PROMISED
    assert promised.amount == usd(20_000)
    assert where(session, draft) == before
    assert history(session, promised)[-1] == ("promise", "promised", 20_000)


def test_a_pledge_of_a_draft_is_not_held_to(session: Session, promised: Pledge) -> None:
    service.promise(session, campaign_id=promised.campaign_id, now=NOON)

    assert promised.state is PledgeState.DRAFTED


def test_the_public_sees_a_pledge_once_its_money_is_there(
    session: Session, promised: Pledge, draft: Campaign, alice: Actor
) -> None:
    def shown() -> list[Pledge]:
        session.flush()
        assert list(queries.shown_to(session, [draft.id])) == [
            each.campaign_id for each in queries.pledges_shown(session)
        ]
        return list(queries.pledges_shown(session))

    assert shown() == []
    campaigns.publish(session, campaign_id=draft.id, actor=alice, now=NOON)
    service.promise(session, campaign_id=draft.id, now=NOON)
    assert shown() == []
    pay(session, ask(session, alice, draft))
    assert shown() == [promised]


def test_money_for_a_draft_that_is_closed_goes_back_to_the_wallet(
    session: Session, promised: Pledge, draft: Campaign, alice: Actor
) -> None:
    pay(session, ask(session, alice, draft))
    campaigns.close(session, campaign_id=draft.id, actor=alice, now=NOON)

    for _ in range(2):
        service.withdraw_with_campaign(session, campaign_id=draft.id, now=NOON)

    assert where(session, draft) == (20_000, 100_000, 0)
    assert promised.state is PledgeState.WITHDRAWN
    assert broken(session) == []


def test_nobody_pledges_to_an_organisation_that_is_not_verified(
    session: Session, draft: Campaign, alice: Actor, stella: Actor
) -> None:
    entered = make_organisation(session, by=stella, state=OrganisationState.ENTERED)

    with pytest.raises(InvalidInput) as refusal:
        make_pledge(session, campaign=draft, organisation=entered, by=alice)

    assert refusal.value.problems == {"organisation": "Choose a verified organisation."}
    assert queries.pledge_of(session, draft.id) is None


def test_only_who_runs_the_campaign_pledges(
    session: Session,
    draft: Campaign,
    reefs: Organisation,
    fiona: Actor,
    mallory: Actor,
    stella: Actor,
    bea: Actor,
) -> None:
    for actor, refusal in (
        (fiona, NotPermitted),
        (mallory, NotFound),
        (bea, NotFound),
        (stella, NotPermitted),
    ):
        with pytest.raises(refusal):
            make_pledge(session, campaign=draft, organisation=reefs, by=actor)
        with pytest.raises(refusal):
            service.take_off(session, actor=actor, campaign_id=draft.id, now=NOON)

    assert queries.pledge_of(session, draft.id) is None


def test_bills_say_where_pledged_money_is(
    session: Session, promised: Pledge, draft: Campaign, acme: Brand, alice: Actor
) -> None:
    pay(session, ask(session, alice, draft))

    (bill,) = money.bills_of(session, brand_id=acme.id)

    assert (bill.paid_in, bill.pledged, bill.given) == (usd(130_000), usd(20_000), usd(0))
    assert bill.held == usd(130_000)
