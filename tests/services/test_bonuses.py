"""Bonuses for views: booked by the readings, corrected downward, ended at their day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.collaborations import queries as collaborations
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import CollaborationState
from marketplace.deliverables.models import Deliverable, PublishedPost
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.rules import Code, EntryKind
from marketplace.metrics import service as metrics
from marketplace.payouts import queries
from marketplace.payouts import service as payouts
from marketplace.payouts.models import BonusMeasurement, Earning, ViewBonus
from marketplace.payouts.rules import BonusState, EarningKind, EarningState
from marketplace.processor.ports import Answer
from marketplace.processor.rules import Outcome
from marketplace.reconciliation import checks
from tests.factories.campaigns import NOON, make_campaign
from tests.factories.collaborations import BONUS, TERMS
from tests.factories.deliverables import reading_at
from tests.factories.ledger import usd
from tests.factories.money import (
    HOLD_OVER,
    make_accepted,
    make_earning,
    make_paid_campaign,
    make_payout,
    make_payout_account,
    pay_in,
    send_payout,
)
from tests.services import counting
from tests.services.agreeing import balance, posted

WEEK = NOON + timedelta(days=7)
END = NOON + timedelta(days=14)
WITH_BONUS = replace(TERMS, bonus=BONUS)


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_paid_campaign(session, brand=acme, by=alice)


@pytest.fixture
def owed(session: Session, campaign: Campaign, alice: Actor, bea: Actor) -> Deliverable:
    """A live post of 400.00 and up to 300.00 for views, accepted and booked at noon."""
    made = make_accepted(session, campaign, by=alice, creator=bea, offered=WITH_BONUS)
    make_earning(session, made, matured=False)
    return made


@pytest.fixture
def bonus(session: Session, owed: Deliverable) -> ViewBonus:
    found = queries.bonus_of(session, deliverable_id=owed.id)
    assert found is not None
    return found


def read(session: Session, *, views: int | None, at: datetime) -> None:
    post = session.scalars(select(PublishedPost)).one()
    metrics.record_snapshot(session, post_id=post.id, reading=reading_at(at, views=views))
    session.flush()


def book(session: Session, at: datetime) -> int:
    due = payouts.book_bonuses(session, now=at)
    session.flush()
    return due


def bonus_earnings(session: Session) -> list[tuple[EarningState, int, int, int]]:
    rows = session.scalars(
        select(Earning).where(Earning.kind == EarningKind.BONUS).order_by(Earning.id)
    )
    return [(e.state, e.fee_minor, e.platform_share_minor, e.net_minor) for e in rows]


def all_checks_pass(session: Session) -> bool:
    return [each.name for each in checks.run_all(session) if not each.passed] == []


def mature(session: Session, at: datetime) -> None:
    payouts.mature_due(session, now=at)
    session.flush()


def test_a_bonus_begins_with_the_fee_and_runs_from_publication(bonus: ViewBonus) -> None:
    assert (bonus.rate, bonus.cap) == (usd(500), usd(30_000))
    assert (bonus.counted_from, bonus.counted_until) == (NOON, END)
    assert (bonus.state, bonus.next_booking_at) == (BonusState.COUNTING, WEEK)


def test_without_a_bonus_in_the_offer_none_begins(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    made = make_accepted(session, campaign, by=alice, creator=bea)
    make_earning(session, made)

    assert queries.bonus_of(session, deliverable_id=made.id) is None
    assert book(session, END) == 0


def test_a_week_of_views_is_booked_by_its_last_reading(
    session: Session, owed: Deliverable, bonus: ViewBonus
) -> None:
    read(session, views=4_000, at=NOON + timedelta(days=1))
    read(session, views=12_345, at=WEEK - timedelta(hours=1))
    read(session, views=20_000, at=WEEK + timedelta(hours=1))
    before = balance(session, Code.FEE_UNEARNED, owed.campaign_id)

    assert book(session, WEEK) == 1
    assert book(session, WEEK) == 0

    assert bonus_earnings(session) == [(EarningState.PENDING, 6_172, 309, 5_863)]
    assert balance(session, Code.COMMITTED, owed.collaboration_id) == usd(30_000 - 6_172)
    assert balance(session, Code.CREATOR_PENDING, owed.creator_id) == usd(38_000 + 5_863)
    assert before - balance(session, Code.FEE_UNEARNED, owed.campaign_id) == usd(617)
    assert (bonus.views, bonus.next_booking_at) == (12_345, END)
    assert all_checks_pass(session)


def test_every_entry_says_by_which_reading_and_rule_it_was_made(
    session: Session, owed: Deliverable, bonus: ViewBonus
) -> None:
    read(session, views=12_345, at=WEEK)
    book(session, WEEK)

    (measured,) = counting.measured(session, bonus)
    assert (measured.number, measured.rule) == (1, "views-1")
    assert (measured.views_read, measured.views_counted) == (12_345, 12_345)
    assert (measured.gross_before_minor, measured.gross_after_minor) == (0, 6_172)
    assert (measured.share_after_minor, measured.on_top_after_minor) == (309, 617)
    entry = ledger.entry(session, measured.entry_id)
    assert (entry.kind, entry.idem_key) == (EntryKind.BONUS, f"bonus:{owed.id}:{measured.id}")
    assert entry.memo == "12345 views, 500 for 1000, rule views-1: 0 before, 6172 now"


def test_what_is_booked_later_is_the_difference(session: Session, bonus: ViewBonus) -> None:
    read(session, views=12_345, at=WEEK)
    book(session, WEEK)
    read(session, views=20_001, at=END)
    book(session, END)

    assert bonus_earnings(session) == [
        (EarningState.PENDING, 6_172, 309, 5_863),
        (EarningState.PENDING, 3_828, 191, 3_637),
    ]
    assert bonus.booked.gross == usd(10_000)
    assert all_checks_pass(session)


def test_without_a_reading_nothing_is_booked_and_the_bonus_waits(
    session: Session, bonus: ViewBonus
) -> None:
    read(session, views=None, at=WEEK - timedelta(days=1))

    assert book(session, WEEK) == 1
    assert (bonus.state, bonus.next_booking_at, bonus.measurements) == (
        BonusState.COUNTING,
        END,
        0,
    )


def test_the_cap_is_never_passed(session: Session, owed: Deliverable, bonus: ViewBonus) -> None:
    read(session, views=9_000_000, at=WEEK)
    book(session, WEEK)
    read(session, views=90_000_000, at=END)
    book(session, END)

    assert bonus.booked.gross == usd(30_000)
    assert len(bonus_earnings(session)) == 1
    assert balance(session, Code.COMMITTED, owed.collaboration_id) == usd(0)
    assert all_checks_pass(session)


# Corrections


def test_a_correction_takes_from_what_is_pending_the_newest_first(
    session: Session, owed: Deliverable, bonus: ViewBonus
) -> None:
    read(session, views=4_000, at=NOON + timedelta(days=6))
    book(session, WEEK)
    read(session, views=10_000, at=WEEK + timedelta(days=1))
    bonus.next_booking_at = WEEK + timedelta(days=2)
    session.flush()
    book(session, WEEK + timedelta(days=2))
    read(session, views=3_000, at=END)
    book(session, END)

    assert bonus_earnings(session) == [
        (EarningState.PENDING, 1_500, 75, 1_425),
        (EarningState.TAKEN_BACK, 0, 0, 0),
    ]
    assert balance(session, Code.COMMITTED, owed.collaboration_id) == usd(30_000 - 1_500)
    assert balance(session, Code.OWED_BY_CREATOR, owed.creator_id) == usd(0)
    assert posted(session, "BonusCorrected")[0]["owed_minor"] == 0
    assert all_checks_pass(session)


def test_a_correction_takes_from_what_is_payable_next(
    session: Session, owed: Deliverable, bonus: ViewBonus
) -> None:
    read(session, views=10_000, at=NOON + timedelta(days=6))
    book(session, WEEK)
    mature(session, END)
    read(session, views=4_000, at=END)
    book(session, END)

    assert bonus_earnings(session) == [(EarningState.PAYABLE, 2_000, 100, 1_900)]
    assert balance(session, Code.CREATOR_PAYABLE, owed.creator_id) == usd(38_000 + 1_900)
    (_, fix) = counting.measured(session, bonus)
    assert [
        (pair.debit.code, pair.credit.code, pair.amount.minor)
        for pair in ledger.pairs_of(session, fix.entry_id)
    ] == [
        (Code.CREATOR_PAYABLE, Code.COMMITTED, 2_850),
        (Code.FEE_EARNED, Code.COMMITTED, 150),
        (Code.FEE_EARNED, Code.FEE_UNEARNED, 300),
    ]
    assert all_checks_pass(session)


def test_what_was_sent_already_is_owed_back(
    session: Session, owed: Deliverable, bonus: ViewBonus, bea: Actor
) -> None:
    make_payout_account(session, bea)
    early = NOON + timedelta(days=1)
    read(session, views=10_000, at=early)
    bonus.next_booking_at = early
    session.flush()
    book(session, early)
    mature(session, HOLD_OVER)
    send_payout(session, make_payout(session, bea), Answer(Outcome.DONE, remote_id="tr_1"))
    read(session, views=4_000, at=END)
    book(session, END)

    assert bonus_earnings(session) == [(EarningState.PAID, 5_000, 250, 4_750)]
    assert balance(session, Code.OWED_BY_CREATOR, owed.creator_id) == usd(2_850)
    assert balance(session, Code.COMMITTED, owed.collaboration_id) == usd(30_000 - 2_000)
    assert posted(session, "BonusCorrected")[0]["owed_minor"] == 2_850


def test_the_fee_itself_is_never_taken_for_a_corrected_bonus(
    session: Session, owed: Deliverable, bonus: ViewBonus
) -> None:
    read(session, views=10_000, at=NOON + timedelta(days=6))
    book(session, WEEK)
    read(session, views=0, at=END)
    book(session, END)

    fee = session.scalars(select(Earning).where(Earning.kind == EarningKind.FEE)).one()
    assert fee.net == usd(38_000)
    assert balance(session, Code.CREATOR_PENDING, owed.creator_id) == usd(38_000)
    assert all_checks_pass(session)


# The end


def test_the_first_reading_after_the_end_closes_the_bonus(
    session: Session, bonus: ViewBonus
) -> None:
    read(session, views=10_000, at=END - timedelta(hours=2))
    book(session, END)
    assert (bonus.state, bonus.next_booking_at) == (
        BonusState.COUNTING,
        END + timedelta(hours=1),
    )

    read(session, views=11_000, at=END + timedelta(hours=4))
    read(session, views=12_000, at=END + timedelta(hours=10))
    book(session, END + timedelta(hours=12))

    assert (bonus.state, bonus.views) == (BonusState.ENDED, 11_000)
    assert posted(session, "BonusEnded") == [{"bonus_id": str(bonus.id)}]
    assert book(session, END + timedelta(days=40)) == 0


def test_a_bonus_that_nobody_could_read_at_its_end_closes_by_the_last_reading(
    session: Session, bonus: ViewBonus
) -> None:
    read(session, views=10_000, at=END - timedelta(days=2))
    late = END + timedelta(days=7)
    book(session, late - timedelta(seconds=1))
    assert bonus.state is BonusState.COUNTING

    read(session, views=99_000, at=late + timedelta(seconds=1))
    book(session, late + timedelta(hours=1))

    assert (bonus.state, bonus.views) == (BonusState.ENDED, 10_000)


def test_the_rest_of_the_cap_goes_back_once_when_everything_is_over(
    session: Session, campaign: Campaign, owed: Deliverable, bonus: ViewBonus
) -> None:
    agreed = session.get_one(Collaboration, owed.collaboration_id)
    assert not payouts.complete(session, collaboration_id=agreed.id, now=NOON)
    read(session, views=10_000, at=END)
    book(session, END)

    said = [payouts.complete(session, collaboration_id=agreed.id, now=END) for _ in range(2)]

    assert said == [True, False]
    assert (agreed.state, agreed.released_minor) == (CollaborationState.COMPLETED, 25_000)
    assert balance(session, Code.COMMITTED, agreed.id) == usd(0)
    assert balance(session, Code.CAMPAIGN_FUNDS, campaign.id) == usd(30_000 + 25_000)
    entry = ledger.entry_by_key(session, f"uncommit:{agreed.id}:2")
    assert entry is not None
    money = collaborations.campaign_money(session, campaign, now=END)
    assert (money.funded, money.available, money.resting, money.committed, money.earned) == (
        usd(100_000),
        usd(30_000),
        usd(25_000),
        usd(0),
        usd(45_000),
    )
    assert all_checks_pass(session)


def test_a_collaboration_without_a_rest_ends_without_an_entry(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    made = make_accepted(session, campaign, by=alice, creator=bea)
    assert not payouts.complete(session, collaboration_id=made.collaboration_id, now=NOON)
    make_earning(session, made)

    assert payouts.complete(session, collaboration_id=made.collaboration_id, now=NOON)
    assert ledger.entry_by_key(session, f"uncommit:{made.collaboration_id}:2") is None


def test_steps_come_to_what_one_booking_comes_to(
    session: Session, owed: Deliverable, bonus: ViewBonus
) -> None:
    for day, views in enumerate([333, 1_777, 1_770, 9_999, 33_333, 33_301, 41_237], start=1):
        at = NOON + timedelta(days=day)
        read(session, views=views, at=at)
        bonus.next_booking_at = at
        session.flush()
        book(session, at)

    left = [each for each in bonus_earnings(session) if each[0] is EarningState.PENDING]
    assert sum(net for _, _, _, net in left) == (20_618 - 1_031)
    assert bonus.booked.gross == usd(20_618)
    assert bonus.booked.on_top == usd(2_062)
    assert len(session.scalars(select(BonusMeasurement)).all()) == 7
    assert balance(session, Code.CREATOR_PENDING, owed.creator_id) == usd(38_000 + 19_587)
    assert all_checks_pass(session)


def test_amounts_are_right_in_a_currency_without_decimals(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    yen = make_campaign(session, brand=acme, by=alice, budget=Money(100_000, "JPY"))
    pay_in(session, yen, by=alice, budget=Money(100_000, "JPY"))
    offered = replace(TERMS, bonus=replace(BONUS, rate=Money(300, "JPY"), cap=Money(9_000, "JPY")))
    made = make_accepted(session, yen, by=alice, creator=bea, offered=offered)
    make_earning(session, made, matured=False)
    read(session, views=10_001, at=WEEK)
    book(session, WEEK)

    assert bonus_earnings(session) == [(EarningState.PENDING, 3_000, 150, 2_850)]
    assert all_checks_pass(session)
