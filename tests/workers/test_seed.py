"""The demo's market after its past: everybody has something to do, and the books are right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.authenticity.models import Assessment
from marketplace.authenticity.rules.life import AssessmentState
from marketplace.campaigns.models import Brief, Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.cli import seed
from marketplace.collaborations.models import RestingFunds
from marketplace.collaborations.rules import RestReason
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState
from marketplace.funding.models import Chargeback
from marketplace.funding.rules import ChargebackState
from marketplace.kernel.clock import demo_offset
from marketplace.kernel.money import Money
from marketplace.ledger.models import JournalEntry
from marketplace.metrics import queries as metrics
from marketplace.metrics.models import MetricSnapshot
from marketplace.payouts.models import ClawbackCase, Dispute, Earning, Payout
from marketplace.payouts.rules import EarningKind, EarningState, PayoutState
from marketplace.payouts.rules.disputes import DisputeState
from marketplace.reconciliation import checks
from marketplace.reconciliation import queries as reconciliation
from marketplace.reconciliation.rules import BreakKind
from tests.workers.conftest import World
from workers.seed import fill

pytestmark = pytest.mark.slow

NOTHING = "Nothing needs you now"


@pytest.fixture
def told(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    monkeypatch.setattr(seed, "CREATORS", 50)
    said: list[str] = []
    world.app.config["DEMO"], before = True, world.app.config["DEMO"]
    world.app.config["DEMO_ACCOUNTS"] = seed.DEMO_ACCOUNTS
    assert fill(world.app, sandbox_url=world.sandbox.base_url, say=said.append) is True
    yield said
    world.app.config["DEMO"] = before


def test_after_its_past_the_books_are_right_and_everybody_has_something_to_do(
    client: FlaskClient, world: World, told: list[str]
) -> None:
    session = world.session

    def states(column: object) -> dict[object, int]:
        return dict(session.execute(select(column, func.count()).group_by(column)).all())  # type: ignore[call-overload]

    assert demo_offset() == timedelta(0)
    assert states(Campaign.state) == {
        CampaignState.DRAFT: 1,
        CampaignState.PUBLISHED: 11,
        CampaignState.CLOSED: 4,
    }
    assert states(Deliverable.state) == {
        DeliverableState.ACCEPTED: 43,
        DeliverableState.LIVE: 4,
        DeliverableState.APPROVED: 1,
        DeliverableState.IN_REVIEW: 2,
        DeliverableState.CHANGES_REQUESTED: 1,
        DeliverableState.CANCELLED: 1,
    }
    assert states(Payout.state) == {
        PayoutState.SETTLED: 15,
        PayoutState.PARTLY_REVERSED: 1,
        PayoutState.RESERVED: 1,
    }
    (bonus,) = session.scalars(select(Earning).where(Earning.kind == EarningKind.BONUS)).all()
    assert (bonus.state, bonus.fee_minor) == (EarningState.PAID, 6_000)
    (case,) = session.scalars(select(ClawbackCase)).all()
    assert (case.amount_minor, case.settled_minor) == (9_000, 3_000)
    (chargeback,) = session.scalars(select(Chargeback)).all()
    assert (chargeback.state, chargeback.frozen_minor) == (ChargebackState.NEEDS_RESPONSE, 55_000)
    assert states(Earning.state)[EarningState.PENDING] == 1
    disputes = session.scalars(select(Dispute).order_by(Dispute.opened_at)).all()
    assert [(each.state, each.stake) for each in disputes] == [
        (DisputeState.DECIDED, Money(24_000, "USD")),
        (DisputeState.WITH_STAFF, Money(28_000, "GBP")),
        (DisputeState.ASKED, Money(30_000, "USD")),
    ]
    assert (session.scalar(select(func.count()).select_from(MetricSnapshot)) or 0) > 30
    assert states(Assessment.state) == {AssessmentState.CLEARED: 1, AssessmentState.APPEALED: 1}
    oldest = session.scalar(select(func.min(JournalEntry.occurred_at)))
    newest = session.scalar(select(func.max(JournalEntry.occurred_at)))
    assert oldest is not None
    assert newest is not None
    assert oldest < newest - timedelta(days=240)
    assert newest <= datetime.now(UTC)

    videos = metrics.followed_videos(session, now=datetime.now(UTC))
    assert len(videos) == 36
    assert len({each.creator_id for each in videos}) == 6
    assert {each.is_met for each in videos} == {True, False}

    (found,) = reconciliation.open_breaks(session)
    assert found.kind is BreakKind.UNIDENTIFIED
    assert [each.name for each in checks.run_all(session) if not each.passed] == ["R1"]
    asked = session.scalars(select(Brief.target_words).where(Brief.target_words != [])).all()
    assert asked == [["trail running", "wild camping"]]

    _assert_something_needs_everybody(client)
    (rest,) = session.scalars(select(RestingFunds)).all()
    assert (rest.why, rest.amount) == (RestReason.CALLED_OFF, Money(20_000, "USD"))
    owner = next(each for each in seed.DEMO_ACCOUNTS if each.persona == "Brand owner")
    client.post("/demo/sign-in", data={"email": owner.email})
    page = client.get(f"/brand/campaigns/{rest.campaign_id}/money").text
    assert "creators may still dispute it" in page


def _assert_something_needs_everybody(client: FlaskClient) -> None:
    expected = {
        "Brand owner": ("/brand/", "Review Ines"),
        "Brand finance": ("/brand/", "has no money yet"),
        "Creator": ("/creator/", "made you an offer"),
        "Second creator": ("/creator/", "asks for changes"),
        "Finance staff": ("/staff/", "break is open"),
        "Second staff": ("/staff/", "break is open"),
    }
    assert set(expected) == {each.persona for each in seed.DEMO_ACCOUNTS}

    for account in seed.DEMO_ACCOUNTS:
        page, words = expected[account.persona]
        assert client.post("/demo/sign-in", data={"email": account.email}).status_code == 303
        home = client.get(page).text
        assert words in home
        assert NOTHING not in home

    client.post("/demo/sign-in", data={"email": "ines@creators.test"})
    feed = client.get("/creator/briefs").text
    assert "A night outside" in feed
    assert "not for you now: 1 for where you live" in feed

    client.post("/demo/sign-in", data={"email": "tilda@creators.test"})
    work = client.get("/creator/work").text
    post = re.search(r'<a href="([^"]+)">Breakfast on the balcony</a>', work)
    assert post is not None
    page = client.get(post[1]).text
    assert "Bonus for views" in page
    assert "Counting" in page
