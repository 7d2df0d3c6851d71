"""A pledge through the sandbox: paid by card with the budget, given, sent, and reconciled."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.rules import CampaignState
from marketplace.causes import queries
from marketplace.causes.models import Pledge
from marketplace.causes.rules.pledges import PledgeState
from marketplace.funding import service as funding
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.ledger.rules import Code
from marketplace.reconciliation import checks
from marketplace.reconciliation import queries as reconciliation
from marketplace.treasury import service as treasury
from tests.conftest import NOON, make_person
from tests.factories.campaigns import make_campaign
from tests.factories.causes import make_organisation, make_pledge
from tests.workers.conftest import World
from tests.workers.road import Road, usd
from workers import processor as processor_jobs
from workers import reconciliation as reconciliation_jobs


@pytest.fixture
def road(world: World, session: Session, acme: Brand, alice: Actor, bea: Actor) -> Road:
    draft = make_campaign(session, brand=acme, by=alice, state=CampaignState.DRAFT)
    return Road(world=world, brand=acme, owner=alice, creator=bea, campaign=draft)


@pytest.fixture
def pledge(road: Road, stella: Actor) -> Pledge:
    """200.00 to an organisation, by a draft that holds no money yet."""
    reefs = make_organisation(road.session, by=stella)
    return make_pledge(road.session, campaign=road.campaign, organisation=reefs, by=road.owner)


def test_a_pledge_goes_from_a_card_to_the_cause_and_every_book_agrees(
    road: Road, pledge: Pledge, stella: Actor
) -> None:
    asked = road.fund()
    assert asked.total == usd(130_000)
    for _ in range(2):
        road.world.webhooks(again=True)
        road.world.drain()
    assert road.balance(Code.PLEDGED, road.campaign.id) == usd(20_000)
    assert road.balance(Code.CAMPAIGN_FUNDS, road.campaign.id) == usd(100_000)

    campaigns.publish(road.session, campaign_id=road.campaign.id, actor=road.owner, now=NOON)
    road.world.drain()
    campaigns.close(road.session, campaign_id=road.campaign.id, actor=road.owner, now=utc_now())
    road.world.drain()
    road.session.refresh(pledge)
    assert pledge.state is PledgeState.SETTLED
    assert road.balance(Code.OWED_TO_CAUSE, pledge.organisation_id) == usd(20_000)

    # Everything unspent goes back; the pledge is not part of it.
    (back,) = funding.refund_unspent(
        road.session, actor=road.owner, campaign_id=road.campaign.id, now=utc_now()
    )
    assert back.amount == usd(110_000)
    road.world.drain()
    road.world.sweep(processor_jobs.ring_due_calls)
    for again in (False, True):
        road.world.webhooks(again=again)
        road.world.drain()

    theo = Actor(user_id=make_person(road.session, "theo", is_staff=True).id, is_staff=True)
    sent = treasury.ask_cause_payment(
        road.session,
        actor=stella,
        organisation_id=pledge.organisation_id,
        amount=usd(20_000),
        reference="FV-1",
        reason="The pledge is final.",
        now=utc_now(),
    )
    treasury.approve(road.session, actor=theo, request_id=sent.id, now=utc_now())
    road.world.drain()

    assert queries.paid_of(road.session, pledge) == usd(20_000)
    road.world.sweep(reconciliation_jobs.reconcile, reconciliation_jobs.reconcile)
    assert reconciliation.open_breaks(road.session) == []
    assert [each.name for each in checks.run_all(road.session) if each.broken] == []
    (compared,) = reconciliation.compare_balances(road.session)
    assert compared.processor == compared.ledger
