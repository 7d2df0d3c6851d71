"""What a dispute takes back of a bonus for views, to the cent."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.deliverables.models import Deliverable
from marketplace.funding.queries import unspent_of
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.errors import Conflict
from marketplace.ledger import queries as ledger
from marketplace.ledger import service as bookkeeping
from marketplace.ledger.rules import Code, events
from marketplace.payouts.models import Dispute, ViewBonus
from marketplace.payouts.rules import BonusState, EarningState
from marketplace.payouts.rules.disputes import DisputeReason
from marketplace.payouts.service import complete
from tests.factories.campaigns import NOON
from tests.factories.ledger import usd
from tests.factories.money import pay_in
from tests.services.agreeing import balance, posted
from tests.services.books import broken, told, written
from tests.services.counting import END, add_up, begin, book_views, rows_of
from tests.services.disputing import (
    HOLD_ENDS,
    LATER,
    agree,
    dispute,
    fee_of,
    mature,
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
def bonus(session: Session, campaign: Campaign, alice: Actor, bea: Actor) -> ViewBonus:
    """Of a post accepted at noon: up to 300.00 for views, of which 10 % are kept back for tax."""
    begun = begin(session, campaign, alice, bea)
    begun.withheld_bps = 1_000
    session.flush()
    return begun


def disputed(
    session: Session,
    bonus: ViewBonus,
    alice: Actor,
    *,
    share: int = 0,
    now: datetime = LATER,
) -> Dispute:
    """A dispute of the brand about the views, which the creator can agree to."""
    work = session.get_one(Deliverable, bonus.deliverable_id)
    return dispute(
        session, work, alice, share=share, reason=DisputeReason.VIEWS_LOOK_BOUGHT, now=now
    )


def fix_of(bonus: ViewBonus, opened: Dispute) -> str:
    return f"bonusfix:{bonus.deliverable_id}:{opened.id}"


def test_each_row_of_a_bonus_is_divided_and_the_sum_is_corrected(
    session: Session, bonus: ViewBonus, alice: Actor, bea: Actor
) -> None:
    book_views(session, bonus, 4_001, NOON + DAY)
    book_views(session, bonus, 12_345, LATER)
    assert add_up(bonus) == (6_172, 309, 617)
    opened = disputed(session, bonus, alice, share=3_333)
    assert opened.stake == usd(46_172)

    agree(session, opened, bea, 3_333)

    assert told(session, fix_of(bonus, opened)) == (
        LATER,
        f"user:{bea.user_id}",
        "As a dispute has ended",
        ["2040/2030 3908", "4010/2030 206", "4010/2100 411"],
    )
    assert told(session, f"uncommit:{bonus.collaboration_id}:3")[3] == ["2030/2020 30782"]
    assert [
        (row.fee_minor, row.platform_share_minor, row.net_minor, row.withheld_minor)
        for row in rows_of(session, bonus)
    ] == [(667, 33, 634, 63), (1_391, 70, 1_321, 132)]
    assert {(row.dispute_id, row.is_disputed) for row in rows_of(session, bonus)} == {
        (opened.id, False)
    }
    session.refresh(bonus)
    assert add_up(bonus) == (2_058, 103, 206)
    assert (bonus.state, bonus.ended_at, bonus.next_booking_at) == (BonusState.ENDED, LATER, None)
    assert not bonus.is_disputed
    assert posted(session, "BonusEnded") == [{"bonus_id": str(bonus.id)}]
    assert broken(session) == []


def test_after_a_correction_the_platform_fee_follows_what_is_left(
    session: Session, bonus: ViewBonus, alice: Actor, bea: Actor
) -> None:
    book_views(session, bonus, 10_000, NOON + DAY)
    book_views(session, bonus, 4_000, LATER)
    assert add_up(bonus) == (2_000, 100, 200)
    opened = disputed(session, bonus, alice, share=5_000)

    agree(session, opened, bea, 5_000)

    assert told(session, fix_of(bonus, opened))[3] == [
        "2040/2030 950",
        "4010/2030 50",
        "4010/2100 100",
    ]
    assert add_up(bonus) == (1_000, 50, 100)
    assert broken(session) == []


@pytest.mark.parametrize(
    ("share", "pairs", "left"),
    [
        (8_000, ["2040/2030 950", "4010/2030 50"], (4_000, 200, 200)),
        (2_000, ["2040/2030 3800", "4010/2030 200", "4010/2100 100"], (1_000, 50, 100)),
    ],
)
def test_of_a_platform_fee_that_was_not_paid_whole_less_goes_back(
    session: Session,
    campaign: Campaign,
    bonus: ViewBonus,
    alice: Actor,
    bea: Actor,
    share: int,
    pairs: list[str],
    left: tuple[int, int, int],
) -> None:
    unpaid = balance(session, Code.FEE_UNEARNED, campaign.id) - usd(200)
    returned = events.fee_returned(campaign_id=campaign.id, number="1", fee=unpaid, tax=usd(0))
    bookkeeping.write_entry(session, returned, occurred_at=NOON, actor=SYSTEM)
    book_views(session, bonus, 10_000, NOON + DAY)
    assert add_up(bonus) == (5_000, 250, 200)
    opened = disputed(session, bonus, alice, share=share)

    agree(session, opened, bea, share)

    assert told(session, fix_of(bonus, opened))[3] == pairs
    assert add_up(bonus) == left
    assert broken(session) == []


@pytest.mark.parametrize(("before", "held"), [(timedelta(0), False), (SECOND, True)])
def test_what_is_due_at_that_second_is_no_matter_of_the_dispute(
    session: Session, bonus: ViewBonus, alice: Actor, bea: Actor, before: timedelta, *, held: bool
) -> None:
    bonus.hold_days = 1
    session.flush()
    book_views(session, bonus, 4_000, NOON + DAY)
    book_views(session, bonus, 10_000, NOON + DAY + SECOND)
    now = LATER - before
    opened = disputed(session, bonus, alice, now=now)
    assert opened.stake == usd(40_000 + 3_000 + (2_000 if held else 0))
    assert [row.is_disputed for row in rows_of(session, bonus)] == [held, True]

    agree(session, opened, bea, 0, now=now)

    first, second = rows_of(session, bonus)
    assert (first.state, first.fee_minor) == (
        (EarningState.TAKEN_BACK, 0) if held else (EarningState.PENDING, 2_000)
    )
    assert (second.state, second.fee_minor) == (EarningState.TAKEN_BACK, 0)
    assert add_up(bonus) == ((0, 0, 0) if held else (2_000, 100, 200))
    assert broken(session) == []


def test_a_bonus_alone_is_divided_when_its_fee_is_the_creators_already(
    session: Session, bonus: ViewBonus, alice: Actor, bea: Actor
) -> None:
    book_views(session, bonus, 10_000, LATER)
    mature(session, HOLD_ENDS)
    opened = disputed(session, bonus, alice, share=5_000, now=HOLD_ENDS)
    assert opened.stake == usd(5_000)
    before = written(session)

    agree(session, opened, bea, 5_000, now=HOLD_ENDS)

    work = session.get_one(Deliverable, bonus.deliverable_id)
    fee = fee_of(session, work)
    assert (fee.state, fee.fee_minor, fee.dispute_id) == (EarningState.PAYABLE, 40_000, None)
    assert written(session) == (before[0] + 2, before[1] + 4)
    assert told(session, f"uncommit:{bonus.collaboration_id}:3")[3] == ["2030/2020 2500"]
    assert broken(session) == []


def test_a_bonus_with_no_views_yet_ends_with_the_dispute_and_has_no_entry(
    session: Session, bonus: ViewBonus, alice: Actor, bea: Actor
) -> None:
    opened = disputed(session, bonus, alice, share=5_000)

    agree(session, opened, bea, 5_000)

    assert ledger.entry_by_key(session, fix_of(bonus, opened)) is None
    assert (bonus.state, bonus.ended_at) == (BonusState.ENDED, LATER)
    assert posted(session, "BonusEnded") == [{"bonus_id": str(bonus.id)}]


def test_a_bonus_that_has_ended_keeps_its_end(
    session: Session, bonus: ViewBonus, alice: Actor, bea: Actor
) -> None:
    book_views(session, bonus, 10_000, END)
    assert bonus.state is BonusState.ENDED
    opened = disputed(session, bonus, alice, share=5_000, now=END + DAY)

    agree(session, opened, bea, 5_000, now=END + DAY)

    assert (bonus.state, bonus.ended_at, bonus.gross_minor) == (BonusState.ENDED, END, 2_500)
    assert len(posted(session, "BonusEnded")) == 1


def test_what_is_rounded_to_what_it_was_has_no_entry(
    session: Session, bonus: ViewBonus, alice: Actor, bea: Actor
) -> None:
    book_views(session, bonus, 2, LATER)
    mature(session, HOLD_ENDS)
    opened = disputed(session, bonus, alice, share=5_000, now=HOLD_ENDS)
    before = written(session)

    agree(session, opened, bea, 5_000, now=HOLD_ENDS)

    assert written(session) == before
    assert [(row.fee_minor, row.state) for row in rows_of(session, bonus)] == [
        (1, EarningState.PENDING)
    ]
    assert (bonus.state, add_up(bonus)) == (BonusState.ENDED, (1, 0, 0))


def test_what_a_dispute_of_the_brand_took_back_is_no_matter_of_the_creators(
    session: Session, bonus: ViewBonus, alice: Actor, bea: Actor
) -> None:
    """61.72 was counted and 20.57 is left of it: of 300.00 at most 238.28 can still be earned."""
    book_views(session, bonus, 12_345, LATER)
    agree(session, disputed(session, bonus, alice, share=3_333), bea, 3_333)
    assert (bonus.gross_minor, bonus.left) == (2_057, usd(23_828))
    work = session.get_one(Deliverable, bonus.deliverable_id)
    complete(session, collaboration_id=bonus.collaboration_id, now=LATER)
    campaign = session.get_one(Campaign, bonus.campaign_id)
    assert unspent_of(session, campaign, now=LATER).left.resting == usd(23_828)

    opened = dispute(session, work, bea, reason=DisputeReason.BONUS_COUNT, share=10_000)
    assert (opened.stake, opened.set_aside) == (usd(23_828), usd(23_828))
    agree(session, opened, alice, 10_000)

    session.refresh(bonus)
    assert (bonus.gross_minor, bonus.left) == (25_885, usd(0))
    assert balance(session, Code.COMMITTED, bonus.collaboration_id) == usd(0)
    assert broken(session) == []


def test_of_a_bonus_that_was_counted_to_its_cap_and_taken_back_nothing_is_left_to_ask_for(
    session: Session, bonus: ViewBonus, alice: Actor, bea: Actor
) -> None:
    book_views(session, bonus, 1_000_000, LATER)
    agree(session, disputed(session, bonus, alice), bea, 0)
    work = session.get_one(Deliverable, bonus.deliverable_id)
    before = written(session)

    with pytest.raises(Conflict):
        dispute(session, work, bea, reason=DisputeReason.BONUS_COUNT, share=10_000)

    assert (bonus.gross_minor, written(session)) == (0, before)
