"""What a dispute adds to a bonus for views, beside what was counted."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import CollaborationState
from marketplace.deliverables.models import Deliverable
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.errors import Conflict
from marketplace.ledger import queries as ledger
from marketplace.ledger import service as bookkeeping
from marketplace.ledger.rules import Code, EntryKind, events
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Dispute, Earning, ViewBonus
from marketplace.payouts.rules import BonusState, EarningKind, EarningState
from marketplace.payouts.rules.disputes import DisputeReason, DisputeState
from tests.factories.campaigns import NOON
from tests.factories.ledger import usd
from tests.factories.money import pay_in
from tests.factories.terms import set_terms
from tests.services.agreeing import balance, posted
from tests.services.books import broken, told, written
from tests.services.counting import END, add_up, begin, book, book_views, read
from tests.services.disputing import (
    LATER,
    agree,
    bank_freezes,
    decide,
    dispute,
    keep_tax,
    mature,
    say,
)

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
SECOND = timedelta(seconds=1)


@pytest.fixture
def campaign(session: Session, campaign: Campaign, alice: Actor) -> Campaign:
    """A campaign with 1,000.00 and the 100.00 of the platform fee."""
    pay_in(session, campaign, by=alice)
    return campaign


@pytest.fixture
def bonus(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, stella: Actor
) -> ViewBonus:
    """Of a post accepted at noon: up to 300.00 for views, of which 10 % are kept back for tax."""
    keep_tax(session, bea, stella)
    return begin(session, campaign, alice, bea)


def asked_for_more(
    session: Session, bonus: ViewBonus, bea: Actor, *, now: datetime = LATER
) -> Dispute:
    """A dispute of the creator about what was counted."""
    work = session.get_one(Deliverable, bonus.deliverable_id)
    return dispute(session, work, bea, share=10_000, reason=DisputeReason.BONUS_COUNT, now=now)


def given_more(session: Session, bonus: ViewBonus, alice: Actor, bea: Actor, share: int) -> Dispute:
    """The same, settled at a part of what was left to the cap."""
    opened = asked_for_more(session, bonus, bea)
    say(session, opened, alice, share=share)
    agree(session, opened, bea, share)
    return opened


def awarded(session: Session) -> list[Earning]:
    return list(session.scalars(select(Earning).where(Earning.kind == EarningKind.AWARDED)))


def test_a_part_of_what_was_left_to_the_cap_is_earned_like_views(
    session: Session, bonus: ViewBonus, alice: Actor, bea: Actor
) -> None:
    book_views(session, bonus, 12_000, LATER)
    opened = given_more(session, bonus, alice, bea, 3_333)

    assert bonus.withheld_bps == 1_000
    assert told(session, f"bonus:{bonus.deliverable_id}:{opened.id}") == (
        LATER,
        f"user:{bea.user_id}",
        "What a dispute gave beside the views counted",
        ["2030/2040 7599", "2030/4010 400", "2100/4010 800"],
    )
    (row,) = awarded(session)
    assert (row.fee, row.platform_share, row.net) == (usd(7_999), usd(400), usd(7_599))
    assert (row.withheld_minor, row.netted_minor, row.measurement_id) == (760, 0, None)
    assert (row.deliverable_id, row.campaign_id) == (bonus.deliverable_id, bonus.campaign_id)
    assert (row.creator_id, row.state) == (bea.creator_id, EarningState.PENDING)
    assert (row.earned_at, row.payable_at) == (LATER, LATER)
    assert (row.dispute_id, row.is_disputed) == (opened.id, False)
    session.refresh(bonus)
    assert add_up(bonus) == (6_000 + 7_999, 300 + 400, 600 + 800)
    assert (bonus.state, bonus.ended_at, bonus.next_booking_at) == (BonusState.ENDED, LATER, None)
    assert posted(session, "BonusEnded") == [{"bonus_id": str(bonus.id)}]
    assert ledger.entry_by_key(session, f"commit:{bonus.collaboration_id}:2") is None
    assert told(session, f"uncommit:{bonus.collaboration_id}:2")[3] == ["2030/2020 16001"]
    agreed = session.get_one(Collaboration, bonus.collaboration_id)
    assert (agreed.state, agreed.ended_at) == (CollaborationState.COMPLETED, LATER)
    assert mature(session, LATER) == 1
    assert broken(session) == []


def test_the_platform_fee_on_it_is_earned_as_far_as_the_brand_has_paid_it(
    session: Session, campaign: Campaign, bonus: ViewBonus, alice: Actor, bea: Actor
) -> None:
    unpaid = balance(session, Code.FEE_UNEARNED, campaign.id) - usd(150)
    returned = events.fee_returned(campaign_id=campaign.id, number="1", fee=unpaid, tax=usd(0))
    bookkeeping.write_entry(session, returned, occurred_at=NOON, actor=SYSTEM)

    opened = given_more(session, bonus, alice, bea, 1_000)

    assert told(session, f"bonus:{bonus.deliverable_id}:{opened.id}")[3] == [
        "2030/2040 2850",
        "2030/4010 150",
        "2100/4010 150",
    ]
    assert add_up(bonus) == (3_000, 150, 150)
    assert broken(session) == []


def test_nothing_for_the_creator_leaves_the_bonus_counting(
    session: Session, bonus: ViewBonus, alice: Actor, bea: Actor, stella: Actor
) -> None:
    book_views(session, bonus, 12_000, LATER)
    opened = asked_for_more(session, bonus, bea)
    assert bonus.is_disputed
    say(session, opened, alice)
    before = written(session)

    decide(session, opened, stella, 0)

    assert (written(session), awarded(session)) == (before, [])
    assert (opened.state, bonus.state) == (DisputeState.DECIDED, BonusState.COUNTING)
    assert (bonus.is_disputed, bonus.gross_minor) == (False, 6_000)
    read(session, bonus, 14_000, LATER + WEEK)
    assert book(session, LATER + WEEK) == 1


def test_a_part_that_is_rounded_away_leaves_the_bonus_counting(
    session: Session, bonus: ViewBonus, alice: Actor, bea: Actor, stella: Actor
) -> None:
    book_views(session, bonus, 59_920, LATER)

    decided_at(session, bonus, alice, bea, stella, 100)  # 1 % of 0.40


def test_a_part_that_is_all_the_platforms_leaves_the_bonus_counting(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, stella: Actor
) -> None:
    set_terms(session, by=stella, at=NOON, now=NOON - DAY, creator_fee_bps=5_000)
    bonus = begin(session, campaign, alice, bea)
    book_views(session, bonus, 59_998, LATER)

    decided_at(session, bonus, alice, bea, stella, 10_000)  # half of 0.01, rounded up


def decided_at(
    session: Session, bonus: ViewBonus, alice: Actor, bea: Actor, stella: Actor, share: int
) -> None:
    """Nothing is written, and the bonus counts on."""
    opened = asked_for_more(session, bonus, bea)
    say(session, opened, alice)
    before = written(session)

    decide(session, opened, stella, share)

    assert (written(session), awarded(session)) == (before, [])
    assert (opened.state, bonus.state) == (DisputeState.DECIDED, BonusState.COUNTING)


def test_the_whole_of_the_cap_can_be_given(
    session: Session, bonus: ViewBonus, alice: Actor, bea: Actor
) -> None:
    book_views(session, bonus, 59_998, LATER)

    given_more(session, bonus, alice, bea, 10_000)

    assert [(row.fee_minor, row.net_minor) for row in awarded(session)] == [(1, 1)]
    assert add_up(bonus)[0] == 30_000


def ended(session: Session, bonus: ViewBonus) -> Collaboration:
    """Its views are counted, and its collaboration has given back what was left."""
    book_views(session, bonus, 12_000, END)
    assert bonus.state is BonusState.ENDED
    assert payouts.complete(session, collaboration_id=bonus.collaboration_id, now=END)
    session.flush()
    return session.get_one(Collaboration, bonus.collaboration_id)


def test_what_went_back_at_the_end_is_set_aside_and_used(
    session: Session, bonus: ViewBonus, alice: Actor, bea: Actor
) -> None:
    agreed = ended(session, bonus)
    back = agreed.released_minor
    opened = asked_for_more(session, bonus, bea, now=END + DAY)
    assert told(session, f"commit:{agreed.id}:2") == (
        END + DAY,
        f"user:{bea.user_id}",
        "What a dispute is about",
        ["2020/2030 24000"],
    )
    assert (opened.set_aside, agreed.released_minor) == (usd(24_000), back - 24_000)
    say(session, opened, alice, share=2_500, now=END + DAY)

    agree(session, opened, bea, 2_500, now=END + 2 * DAY)

    assert told(session, f"uncommit:{agreed.id}:3") == (
        END + 2 * DAY,
        f"user:{bea.user_id}",
        "What a dispute gave back",
        ["2030/2020 18000"],
    )
    assert (opened.set_aside, agreed.released_minor) == (usd(0), back - 6_000)
    assert balance(session, Code.COMMITTED, agreed.id) == usd(0)
    assert add_up(bonus) == (12_000, 600, 1_200)
    assert (bonus.ended_at, len(posted(session, "BonusEnded"))) == (END, 1)
    assert broken(session) == []


def test_nothing_of_it_gives_all_that_was_set_aside_back(
    session: Session, bonus: ViewBonus, alice: Actor, bea: Actor, stella: Actor
) -> None:
    agreed = ended(session, bonus)
    opened = asked_for_more(session, bonus, bea, now=END + DAY)
    say(session, opened, alice, now=END + DAY)

    decide(session, opened, stella, 0, now=END + DAY)

    assert told(session, f"uncommit:{agreed.id}:3")[3] == ["2030/2020 24000"]
    assert (opened.set_aside, awarded(session)) == (usd(0), [])
    assert (bonus.gross_minor, bonus.ended_at) == (6_000, END)
    assert broken(session) == []


def test_what_the_campaign_has_not_any_more_cannot_be_given(
    session: Session, campaign: Campaign, bonus: ViewBonus, alice: Actor, bea: Actor
) -> None:
    ended(session, bonus)
    bank_freezes(session, campaign, usd(50_000))
    opened = asked_for_more(session, bonus, bea, now=END + DAY)
    assert opened.set_aside == usd(4_000)
    say(session, opened, alice, share=2_500, now=END + DAY)
    before = (written(session), awarded(session), add_up(bonus))

    refused = pytest.raises(Conflict, match=r"0\.00 left, and this takes USD 20\.00 more")
    with refused, session.begin_nested():
        agree(session, opened, bea, 2_500, now=END + DAY)

    session.refresh(opened)
    assert (opened.state, opened.set_aside) == (DisputeState.WITH_STAFF, usd(4_000))
    assert (written(session), awarded(session), add_up(bonus)) == before

    pay_in(session, campaign, by=alice, charge_id="ch_2")
    agree(session, opened, bea, 2_500, now=END + 2 * DAY)
    assert told(session, f"commit:{bonus.collaboration_id}:3") == (
        END + 2 * DAY,
        f"user:{bea.user_id}",
        "What a dispute gave the creator",
        ["2020/2030 2000"],
    )
    assert opened.set_aside == usd(0)
    assert balance(session, Code.COMMITTED, bonus.collaboration_id) == usd(0)


@pytest.mark.parametrize("early", [False, True])
def test_what_is_promised_still_is_not_promised_a_second_time(
    session: Session, bonus: ViewBonus, alice: Actor, bea: Actor, *, early: bool
) -> None:
    book_views(session, bonus, 12_000, LATER if early else END)
    agreed = session.get_one(Collaboration, bonus.collaboration_id)
    if early:  # other work of the same agreement was called off
        agreed.state = CollaborationState.CANCELLED
    session.flush()
    now = LATER if early else END + DAY
    opened = asked_for_more(session, bonus, bea, now=now)
    assert (bonus.state, opened.set_aside) == (
        BonusState.COUNTING if early else BonusState.ENDED,
        usd(0),
    )
    say(session, opened, alice, share=2_500, now=now)

    agree(session, opened, bea, 2_500, now=now)

    assert len(ledger.entries(session, kind=EntryKind.COMMIT)) == 1
    assert told(session, f"uncommit:{agreed.id}:2")[3] == ["2030/2020 18000"]


def test_an_agreement_that_only_waits_for_the_dispute_is_over_once_it_is_withdrawn(
    session: Session, bonus: ViewBonus, bea: Actor
) -> None:
    book_views(session, bonus, 12_000, END)
    agreed = session.get_one(Collaboration, bonus.collaboration_id)
    opened = asked_for_more(session, bonus, bea, now=END + DAY)
    assert not payouts.complete(session, collaboration_id=agreed.id, now=END + DAY)
    assert agreed.state is CollaborationState.ACTIVE

    payouts.withdraw_dispute(session, dispute_id=opened.id, actor=bea, now=END + 2 * DAY)

    assert (agreed.state, agreed.ended_at) == (CollaborationState.COMPLETED, END + 2 * DAY)
    assert told(session, f"uncommit:{agreed.id}:2")[3] == ["2030/2020 24000"]
    assert broken(session) == []
