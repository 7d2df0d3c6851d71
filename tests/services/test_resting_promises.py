"""What rests in a campaign is promised to nobody and taken by nobody before its time is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.challenges import service as challenges
from marketplace.collaborations import queries
from marketplace.collaborations import service as collaborations
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import RestReason
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState
from marketplace.funding import queries as funding
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.errors import Conflict
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import AccountRef, Code, InsufficientBalance, events
from marketplace.payouts import service as payouts
from marketplace.payouts.rules.disputes import DisputeReason
from marketplace.treasury import queries as requests
from marketplace.treasury import service as treasury
from marketplace.treasury.models import FinanceRequest
from tests.factories.campaigns import NOON, make_campaign
from tests.factories.challenges import draft_challenge
from tests.factories.collaborations import TERMS, make_collaboration
from tests.factories.ledger import ALL_FREE, usd
from tests.factories.money import make_paid_campaign, pay_in
from tests.services.books import balance, broken, written
from tests.services.counting import begin, book_views
from tests.services.disputing import agree, bank_freezes, call_off, dispute, money, unaccepted
from tests.services.resting import SECOND

DAY = timedelta(days=1)
OVER = NOON + DAY
LAST = OVER - SECOND


def let_rest(
    session: Session, campaign: Campaign, amount: Money, *, until: datetime = OVER
) -> None:
    """So much of a campaign's funds rests, for a day unless told otherwise."""
    collaborations.rest(
        session,
        campaign_id=campaign.id,
        subject_id=new_id(),
        why=RestReason.CALLED_OFF,
        amount=amount,
        until=until,
    )


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    """Of 1,000.00 in it 400.00 rests for a day."""
    made = make_paid_campaign(session, brand=acme, by=alice)
    let_rest(session, made, usd(40_000))
    return made


def test_an_offer_is_accepted_with_what_is_free_and_with_the_rest_when_it_is(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    def accept(now: datetime) -> Collaboration:
        return make_collaboration(
            session,
            campaign=campaign,
            creator=bea,
            by=alice,
            offered=replace(TERMS, fee=usd(60_001)),
            funded=True,
            now=now,
        )

    before = written(session)
    with pytest.raises(Conflict) as refused, session.begin_nested():
        accept(LAST)
    assert refused.value.reason == (
        "The campaign has USD 600.00 left (USD 400.00 rests in the campaign until Tue 3 Nov 2026,"
        " 12:00 UTC, as creators may dispute work that was called off until then) and this offer"
        " needs USD 600.01; the brand must add funds first"
    )
    assert written(session) == before

    accept(OVER)
    assert balance(session, Code.CAMPAIGN_FUNDS, campaign.id) == usd(39_999)


def test_all_that_is_free_may_be_promised_meanwhile(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    make_collaboration(
        session,
        campaign=campaign,
        creator=bea,
        by=alice,
        offered=replace(TERMS, fee=usd(60_000)),
        funded=True,
        now=LAST,
    )

    where = queries.campaign_money(session, campaign, now=LAST)
    assert (where.funded, where.available, where.resting, where.committed) == (
        usd(100_000), usd(0), usd(40_000), usd(60_000)
    )  # fmt: skip
    later = queries.campaign_money(session, campaign, now=OVER)
    assert (later.available, later.resting) == (usd(40_000), usd(0))


def test_a_list_of_campaigns_tells_what_rests_in_each(
    session: Session, campaign: Campaign, acme: Brand, alice: Actor
) -> None:
    empty = make_campaign(session, brand=acme, by=alice, name="Empty")
    let_rest(session, empty, usd(5))

    found = queries.campaigns_money(session, [campaign, empty], now=LAST)

    assert (found[campaign.id].resting, found[campaign.id].available) == (usd(40_000), usd(60_000))
    assert (found[empty.id].resting, found[empty.id].available) == (usd(0), usd(0))


def test_a_challenge_does_not_open_with_prizes_that_rest(
    session: Session, acme: Brand, alice: Actor
) -> None:
    drafted = draft_challenge(session, brand=acme, by=alice)
    pay_in(session, drafted.campaign, by=alice)
    let_rest(session, drafted.campaign, usd(10_001), until=NOON + SECOND)
    before = written(session)

    def publish(now: datetime) -> None:
        challenges.open_challenge(
            session,
            campaign_id=drafted.campaign_id,
            actor=alice,
            now=now,
        )
        session.flush()

    short = r"has USD 899\.99 left \(USD 100\.01 rests .*\) and the prizes need USD 900\.00"
    with pytest.raises(Conflict, match=short), session.begin_nested():
        publish(NOON)
    assert written(session) == before

    session.expire_all()
    publish(NOON + SECOND)
    assert balance(session, Code.PRIZE_POOL, drafted.campaign_id) == usd(90_000)


def ask(
    session: Session, campaign: Campaign, stella: Actor, minor: int, now: datetime
) -> FinanceRequest:
    made = treasury.ask_adjustment(
        session,
        actor=stella,
        account=AccountRef(Code.CAMPAIGN_FUNDS, campaign.id),
        more=False,
        against=Code.GOODWILL,
        amount=usd(minor),
        reason="Booked twice.",
        now=now,
    )
    session.flush()
    return made


def test_finance_takes_nothing_that_rests(
    session: Session, campaign: Campaign, stella: Actor
) -> None:
    before = written(session)
    with pytest.raises(Conflict, match=r"has USD 600\.00 left \(USD 400\.00 rests"):
        ask(session, campaign, stella, 60_001, LAST)
    with pytest.raises(InsufficientBalance):
        ask(session, campaign, stella, 100_001, LAST)

    assert (requests.open_requests(session), written(session)) == ([], before)
    assert ask(session, campaign, stella, 60_000, LAST).amount_minor == 60_000
    assert ask(session, campaign, stella, 60_001, OVER).amount_minor == 60_001


def test_what_rests_since_a_request_was_asked_is_not_taken_by_its_approval(
    session: Session, acme: Brand, alice: Actor, stella: Actor, theo: Actor
) -> None:
    paid = make_paid_campaign(session, brand=acme, by=alice)
    asked = ask(session, paid, stella, 70_000, NOON)
    let_rest(session, paid, usd(40_000))
    before = written(session)

    with pytest.raises(Conflict, match=r"USD 400\.00 rests"), session.begin_nested():
        treasury.approve(session, actor=theo, request_id=asked.id, now=LAST)
    assert written(session) == before

    treasury.approve(session, actor=theo, request_id=asked.id, now=OVER)
    assert balance(session, Code.CAMPAIGN_FUNDS, paid.id) == usd(30_000)


def test_a_dispute_is_not_paid_from_what_rests_for_somebody_else(
    session: Session, acme: Brand, alice: Actor, bea: Actor, carl: Actor
) -> None:
    """Bea's bonus left 300.00; of Carl's 300.00 a bank has frozen a third when he disputes."""
    campaign = make_paid_campaign(session, brand=acme, by=alice)
    called_off_at = NOON + 40 * DAY
    bonus = begin(session, campaign, alice, bea)
    small = replace(TERMS, fee=usd(30_000))
    work = unaccepted(
        session, campaign, alice, carl, DeliverableState.AWAITING_SUBMISSION, offered=small
    )
    book_views(session, bonus, 10_000, called_off_at)
    payouts.complete(session, collaboration_id=bonus.collaboration_id, now=called_off_at)
    call_off(session, work, alice, now=called_off_at, release=usd(30_000))
    assert funding.unspent_of(session, campaign, now=called_off_at).left.free == usd(0)
    bank_freezes(session, campaign, usd(40_000))
    opened = dispute(
        session, work, carl, reason=DisputeReason.CALLED_OFF, share=10_000, now=called_off_at
    )
    assert opened.set_aside == usd(20_000)
    freed = events.unfrozen(
        stripe_warning_id="issfr_1", campaign_id=campaign.id, amount=usd(20_000)
    )
    ledger.write_entry(session, freed, occurred_at=NOON, actor=SYSTEM)
    before = money(session, work)

    refused = pytest.raises(
        Conflict, match=r"only USD 0\.00 left \(USD 200\.00 rests .* the views of a bonus until"
    )
    with refused, session.begin_nested():
        agree(session, opened, alice, 10_000, now=called_off_at)
    assert money(session, work) == before

    session.refresh(opened)
    agree(session, opened, alice, 10_000, now=called_off_at + 7 * DAY)
    assert money(session, work)["held"] == usd(28_500)


def test_what_is_set_aside_for_a_dispute_stays_when_the_last_bonus_ends(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    """The collaboration has ended early, one deliverable accepted and one called off."""
    campaign = make_paid_campaign(session, brand=acme, by=alice)
    bonus = begin(session, campaign, alice, bea)
    agreed = session.get_one(Collaboration, bonus.collaboration_id)
    work = session.get_one(Deliverable, bonus.deliverable_id)
    aside = events.committed(
        collaboration_id=agreed.id,
        revision=2,
        campaign_id=campaign.id,
        amount=usd(30_000),
        free=ALL_FREE,
        memo="What a dispute is about",
    )
    ledger.write_entry(session, aside, occurred_at=NOON, actor=SYSTEM)
    agreed.released_minor -= 30_000
    book_views(session, bonus, 10_000, NOON + 14 * DAY)
    opened = dispute(session, work, alice, now=NOON + 2 * DAY)
    opened.set_aside_minor = 30_000
    bonus.is_disputed = False
    session.flush()

    payouts.complete(session, collaboration_id=agreed.id, now=NOON + 14 * DAY)

    assert balance(session, Code.COMMITTED, agreed.id) == usd(30_000)
    assert broken(session) == []
