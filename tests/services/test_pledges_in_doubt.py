"""A chargeback or a warning holds a pledge, also where the campaign has nothing left to freeze."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.rules import CampaignState
from marketplace.causes import queries, service
from marketplace.causes.models import Pledge
from marketplace.funding import service as funding
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Code, events
from tests.conftest import NOON
from tests.factories.campaigns import make_campaign
from tests.factories.causes import FIXED, make_organisation, make_pledge
from tests.factories.chargebacks import LOST, OPENED, REVIEW, WARNING, WON, tell
from tests.factories.ledger import ALL_FREE, usd
from tests.services.books import balance, written
from tests.services.paying_in import ask, pay


@pytest.fixture
def pledge(session: Session, acme: Brand, alice: Actor, stella: Actor) -> Pledge:
    """200.00 of a campaign that has ended and has promised all its money to creators."""
    draft = make_campaign(session, brand=acme, by=alice, state=CampaignState.DRAFT)
    reefs = make_organisation(session, by=stella)
    made = make_pledge(session, campaign=draft, organisation=reefs, by=alice, terms=FIXED)
    pay(session, ask(session, alice, draft))
    campaigns.publish(session, campaign_id=draft.id, actor=alice, now=NOON)
    service.promise(session, campaign_id=draft.id, now=NOON)
    promised = events.committed(
        collaboration_id=UUID(int=1),
        revision=1,
        campaign_id=draft.id,
        amount=balance(session, Code.CAMPAIGN_FUNDS, draft.id),
        free=ALL_FREE,
    )
    ledger.write_entry(session, promised, occurred_at=NOON, actor=SYSTEM)
    campaigns.close(session, campaign_id=draft.id, actor=alice, now=NOON)
    session.flush()
    return made


def owed(session: Session, pledge: Pledge) -> int:
    """What is the organisation's after booking it."""
    service.book_pledge(session, pledge_id=pledge.id, now=NOON)
    session.flush()
    return balance(session, Code.OWED_TO_CAUSE, pledge.organisation_id).minor


def test_a_chargeback_on_an_empty_campaign_holds_its_pledge_until_it_is_won(
    session: Session, pledge: Pledge
) -> None:
    tell(session, OPENED)
    assert balance(session, Code.CAMPAIGN_FROZEN, pledge.campaign_id) == usd(0)
    assert (queries.is_held(session, pledge), owed(session, pledge)) == (True, 0)
    since = pledge.doubted_at
    tell(session, REVIEW)
    assert (pledge.doubted_at, owed(session, pledge)) == (since, 0)

    tell(session, WON)

    assert (pledge.doubted_at, queries.is_held(session, pledge)) == (None, False)
    assert owed(session, pledge) == 20_000
    before = written(session)
    assert (owed(session, pledge), written(session)) == (20_000, before)


def test_after_a_lost_one_the_brands_debt_holds_it(session: Session, pledge: Pledge) -> None:
    tell(session, OPENED, LOST)

    assert (pledge.doubted_at, queries.is_held(session, pledge)) == (None, True)
    assert owed(session, pledge) == 0


def test_a_warning_on_an_empty_campaign_holds_it_until_staff_find_it_in_order(
    session: Session, pledge: Pledge, stella: Actor
) -> None:
    for _ in range(2):
        warning = funding.record_warning(session, facts=WARNING, now=NOON)
    session.flush()
    assert warning is not None
    assert (warning.frozen, owed(session, pledge)) == (usd(0), 0)

    funding.dismiss_warning(
        session, actor=stella, warning_id=warning.id, note="It was theirs.", now=NOON
    )

    assert owed(session, pledge) == 20_000


def test_a_warning_that_ends_leaves_the_doubt_of_a_chargeback(
    session: Session, pledge: Pledge
) -> None:
    funding.record_warning(session, facts=WARNING, now=NOON)
    tell(session, OPENED)
    funding.record_warning(session, facts=replace(WARNING, actionable=False), now=NOON)
    session.flush()

    assert owed(session, pledge) == 0
