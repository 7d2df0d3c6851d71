"""Where is my money, and why not yet: one record, read by the creator, the brand and finance."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.kernel.money import Money
from marketplace.payouts.models import Earning
from tests.conftest import sign_in
from tests.factories.campaigns import make_campaign
from tests.factories.collaborations import make_collaboration
from tests.factories.deliverables import walk
from tests.factories.money import (
    make_accepted,
    make_case,
    make_earning,
    make_payout_account,
    pay_in,
)


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    campaign = make_campaign(session, brand=acme, by=alice)
    pay_in(session, campaign, by=alice)
    return campaign


@pytest.fixture
def earning(session: Session, campaign: Campaign, alice: Actor, bea: Actor) -> Earning:
    return make_earning(session, make_accepted(session, campaign, by=alice, creator=bea))


def seen(client: FlaskClient, actor: Actor, path: str) -> str:
    sign_in(client, actor)
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.text


def test_all_three_read_why_a_fee_is_not_paid(
    client: FlaskClient, earning: Earning, alice: Actor, bea: Actor, stella: Actor
) -> None:
    money = f"/brand/campaigns/{earning.campaign_id}/money"
    work = f"deliverables/{earning.deliverable_id}"

    for mine in (seen(client, bea, "/creator/earnings"), seen(client, bea, f"/creator/{work}")):
        assert "Ready to pay. It waits until you have set up a payout account." in mine
    for theirs in (
        seen(client, alice, money),
        seen(client, alice, f"/brand/{work}"),
        seen(client, stella, "/staff/earnings"),
    ):
        assert "Ready to pay. It waits until the creator has set up a payout account." in theirs
    assert "What was paid" in seen(client, alice, money)


def test_what_is_promised_is_told_to_both_sides_with_the_next_step(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    agreed = make_collaboration(session, campaign=campaign, creator=bea, by=alice, funded=True)
    walk(session, agreed, by=alice, creator=bea, to=DeliverableState.IN_REVIEW)

    mine = seen(client, bea, "/creator/earnings")
    theirs = seen(client, alice, f"/brand/campaigns/{campaign.id}/money")

    assert "Promised to you" in mine
    assert "Waiting for the brand to review the draft" in mine
    assert "Promised to creators" in theirs
    assert "Waiting for you to review the draft" in theirs
    for page in (mine, theirs):
        assert "Expected " in page


def test_finance_counts_what_is_waited_for_and_picks_it(
    client: FlaskClient, session: Session, earning: Earning, bea: Actor, stella: Actor
) -> None:
    page = seen(client, stella, "/staff/earnings")
    assert "The creator: no payout account" in page
    assert 'href="/staff/earnings?why=no_account"' in page

    assert "Ready to pay." in seen(client, stella, "/staff/earnings?why=no_account")
    assert "No fee is like this now." in seen(client, stella, "/staff/earnings?why=frozen")
    one = seen(client, stella, f"/staff/earnings?creator={bea.creator_id}")
    assert "Only one creator’s fees are shown." in one
    assert "Nothing waits for “rain”." in seen(client, stella, "/staff/earnings?why=rain")


def test_a_creator_sees_what_the_processor_asks_for_and_when_it_is_due(
    client: FlaskClient, session: Session, earning: Earning, bea: Actor
) -> None:
    account = make_payout_account(
        session, bea, active=False, requirements=("individual.verification.document",)
    )
    page = seen(client, bea, "/creator/earnings")
    assert "Upload a passport or identity card." in page
    assert "Continue the set-up" in page

    account.requirements = [
        {"code": "individual.id_number", "due_at": "2027-03-01T12:00:00+00:00", "overdue": False}
    ]
    account.transfers_active = True
    session.flush()
    page = seen(client, bea, "/creator/earnings")
    assert "Give your tax or identity number." in page
    assert "Mon 1 Mar 2027" in page


def test_a_clawback_is_told_to_its_creator_and_finance_and_not_to_the_brand(
    client: FlaskClient,
    session: Session,
    earning: Earning,
    alice: Actor,
    bea: Actor,
    stella: Actor,
) -> None:
    make_payout_account(session, bea)
    case = make_case(session, deliverable_id=earning.deliverable_id, amount=Money(8_000, "USD"))
    pages = (
        f"/brand/campaigns/{earning.campaign_id}/money",
        f"/brand/deliverables/{earning.deliverable_id}",
    )

    mine = seen(client, bea, "/creator/earnings")
    finance = seen(client, stella, "/staff/earnings")
    assert "For what you have to give back, the next payout keeps back" in mine
    assert "(The post was deleted after a day); the rest, " in mine
    assert 'href="/creator/earnings#taken-back">Look at the case</a>' in mine
    assert "For what the creator has to give back, the next payout keeps back" in finance
    assert f'href="/staff/clawbacks/{case.id}">Look at the case</a>' in finance
    assert "The next run: a clawback is kept back" in finance
    for page in pages:
        theirs = seen(client, alice, page)
        assert "Ready to pay. It is settled with the creator’s next payout." in theirs
        assert "keeps back" not in theirs


def test_a_collaboration_shows_both_sides_where_each_of_its_amounts_is(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    agreed = make_collaboration(session, campaign=campaign, creator=bea, by=alice, funded=True)
    walk(session, agreed, by=alice, creator=bea, to=DeliverableState.IN_REVIEW)
    path = f"collaborations/{agreed.id}"

    mine, theirs = seen(client, bea, f"/creator/{path}"), seen(client, alice, f"/brand/{path}")

    assert "Waiting for the brand to review the draft" in mine
    assert "Waiting for you to review the draft" in theirs
    assert "Promised" in mine
    assert "Expected " in mine
    assert "Expected " in theirs
    assert mine.count("Every step") == theirs.count("Every step") == 1


def test_what_a_collaboration_has_earned_is_shown_there(
    client: FlaskClient, session: Session, earning: Earning, alice: Actor, bea: Actor
) -> None:
    path = f"collaborations/{session.get_one(Deliverable, earning.deliverable_id).collaboration_id}"

    assert "It waits until you have set up a payout account." in seen(
        client, bea, f"/creator/{path}"
    )
    assert "It waits until the creator has set up a payout account." in seen(
        client, alice, f"/brand/{path}"
    )


def test_a_day_that_has_passed_is_not_told_as_one_to_come(
    client: FlaskClient, session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    agreed = make_collaboration(session, campaign=campaign, creator=bea, by=alice, funded=True)
    work = walk(session, agreed, by=alice, creator=bea, to=DeliverableState.AWAITING_SUBMISSION)
    work.draft_due_on = utc_now().date() - timedelta(days=3)
    session.commit()

    page = seen(client, bea, f"/creator/deliverables/{work.id}")

    assert "Waiting for you to hand in a draft, which was due <time" in page
    assert "hand in a draft, by" not in page
