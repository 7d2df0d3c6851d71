"""What a prize leaves in the books and in its row, and what nobody won."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.challenges.models import Challenge
from marketplace.deliverables import queries as works
from marketplace.deliverables.models import Deliverable
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.errors import Conflict
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger import service as bookkeeping
from marketplace.ledger.rules import Code, events
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Earning, EntryPrize
from marketplace.payouts.rules import EarningKind, EarningState
from marketplace.payouts.service import Outcome
from marketplace.terms.rules import Shares
from tests.factories.challenges import COUNTED, join, make_challenge
from tests.factories.ledger import usd
from tests.services.books import balance, told, written

TERMS = Shares(brand=1_000, creator=500, withheld=1_000)


@pytest.fixture
def challenge(session: Session, acme: Brand, alice: Actor) -> Challenge:
    """A challenge with a pool of 900.00, of a campaign that has paid 100.00 of platform fee."""
    return make_challenge(session, brand=acme, by=alice)


def entry_of(session: Session, challenge: Challenge, creator: Actor) -> Deliverable:
    entry = join(session, challenge, creator)
    (work,) = works.deliverables_of(session, collaboration_id=entry.collaboration_id)
    return work


def won(work: Deliverable, minor: int, *, shares: Shares = TERMS, hold_days: int = 7) -> Outcome:
    return Outcome(work, usd(minor), usd(90_000), shares, hold_days, memo=f"Place of {minor}")


def book(session: Session, challenge: Challenge, *prizes: Outcome, rest: Money) -> None:
    payouts.book_prizes(
        session,
        prizes,
        challenge_id=challenge.id,
        campaign_id=challenge.campaign_id,
        rest=rest,
        now=COUNTED,
    )
    session.flush()


def test_a_prize_is_booked_with_its_shares_and_earned_after_its_hold_window(
    session: Session, challenge: Challenge, bea: Actor
) -> None:
    work = entry_of(session, challenge, bea)

    book(session, challenge, won(work, 12_345, hold_days=3), rest=usd(77_655))

    assert told(session, f"prize:{work.id}") == (
        COUNTED,
        "system",
        "Place of 12345",
        ["2035/2040 11728", "2035/4010 617", "2100/4010 1235"],
    )
    (row,) = session.scalars(select(Earning)).all()
    assert (row.fee, row.platform_share, row.net) == (usd(12_345), usd(617), usd(11_728))
    assert (row.withheld_minor, row.netted_minor) == (1_173, 0)
    assert (row.kind, row.state) == (EarningKind.PRIZE, EarningState.PENDING)
    assert (row.deliverable_id, row.creator_id) == (work.id, bea.creator_id)
    assert (row.campaign_id, row.dispute_id) == (challenge.campaign_id, None)
    assert (row.earned_at, row.payable_at) == (COUNTED, COUNTED + timedelta(days=3))


def test_what_nobody_won_is_the_campaigns_again_and_says_so(
    session: Session, challenge: Challenge, bea: Actor
) -> None:
    work = entry_of(session, challenge, bea)

    book(session, challenge, won(work, 50_000), rest=usd(40_000))

    assert told(session, f"prizes_return:{challenge.id}") == (
        COUNTED,
        "system",
        "What nobody won of the prizes",
        ["2035/2020 40000"],
    )
    assert balance(session, Code.PRIZE_POOL, challenge.campaign_id) == usd(0)


def test_a_pool_that_is_won_whole_gives_nothing_back(
    session: Session, challenge: Challenge, bea: Actor
) -> None:
    work = entry_of(session, challenge, bea)

    book(session, challenge, won(work, 90_000), rest=usd(0))

    assert ledger.entry_by_key(session, f"prizes_return:{challenge.id}") is None
    assert balance(session, Code.PRIZE_POOL, challenge.campaign_id) == usd(0)


def test_prizes_share_what_is_left_of_the_platform_fee_in_their_order(
    session: Session, challenge: Challenge, bea: Actor, carl: Actor
) -> None:
    left = balance(session, Code.FEE_UNEARNED, challenge.campaign_id) - usd(6_000)
    returned = events.fee_returned(
        campaign_id=challenge.campaign_id, number="1", fee=left, tax=usd(0)
    )
    bookkeeping.write_entry(session, returned, occurred_at=COUNTED, actor=SYSTEM)
    first, second = (entry_of(session, challenge, each) for each in (carl, bea))

    book(session, challenge, won(first, 50_000), won(second, 20_000), rest=usd(20_000))

    assert told(session, f"prize:{first.id}")[3][-1] == "2100/4010 5000"
    assert told(session, f"prize:{second.id}")[3][-1] == "2100/4010 1000"
    assert balance(session, Code.FEE_UNEARNED, challenge.campaign_id) == usd(0)


def test_a_prize_of_which_the_platforms_share_is_all_earns_no_row(
    session: Session, challenge: Challenge, bea: Actor
) -> None:
    work = entry_of(session, challenge, bea)

    book(
        session,
        challenge,
        won(work, 1, shares=Shares(brand=0, creator=5_000)),
        rest=usd(89_999),
    )

    assert session.scalars(select(Earning)).all() == []
    assert told(session, f"prize:{work.id}")[3] == ["2035/4010 1"]


def test_the_smallest_prize_of_which_something_is_left_earns_a_row(
    session: Session, challenge: Challenge, bea: Actor
) -> None:
    work = entry_of(session, challenge, bea)

    book(session, challenge, won(work, 1), rest=usd(89_999))

    (row,) = session.scalars(select(Earning)).all()
    assert (row.fee_minor, row.platform_share_minor, row.net_minor) == (1, 0, 1)


def test_other_prizes_for_the_same_entries_are_refused_by_the_books(
    session: Session, challenge: Challenge, bea: Actor
) -> None:
    work = entry_of(session, challenge, bea)
    book(session, challenge, won(work, 50_000), rest=usd(40_000))
    before = written(session)

    with pytest.raises(Conflict), session.begin_nested():
        book(session, challenge, won(work, 20_000), rest=usd(70_000))

    assert written(session) == before
    assert [each.fee_minor for each in session.scalars(select(Earning))] == [50_000]


def test_what_every_entry_could_have_won_is_kept_for_its_hold_window(
    session: Session, challenge: Challenge, bea: Actor, carl: Actor
) -> None:
    first, second = (entry_of(session, challenge, each) for each in (carl, bea))

    book(session, challenge, won(first, 50_000, hold_days=3), won(second, 0), rest=usd(40_000))

    kept = [session.get_one(EntryPrize, each.id) for each in (first, second)]
    assert [(each.won, each.most, each.disputable_until) for each in kept] == [
        (usd(50_000), usd(90_000), COUNTED + timedelta(days=3)),
        (usd(0), usd(90_000), COUNTED + timedelta(days=7)),
    ]
    assert [each.fee_minor for each in session.scalars(select(Earning))] == [50_000]
    assert ledger.entry_by_key(session, f"prize:{second.id}") is None
