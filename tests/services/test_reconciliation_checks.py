"""Each invariant above the ledger fails on the book that it is there for."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor
from marketplace.ledger.checks import Finding
from marketplace.ledger.rules import AccountRef, Code, EntryKind
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Earning, Payout, PayoutAccount
from marketplace.payouts.rules import EarningState, PayoutState
from marketplace.reconciliation.checks import runs
from tests.conftest import NOON, damage
from tests.factories.campaigns import make_campaign
from tests.factories.collaborations import make_collaboration
from tests.factories.ledger import PROCESSOR, make_entry, usd
from tests.services.statements import (
    DAY,
    WEEK,
    charge,
    check,
    failing,
    line,
    read,
)

# Each invariant fails on the book that it is there for.


@pytest.fixture
def paid(session: Session, acme: Brand, alice: Actor, bea: Actor) -> Earning:
    """A fee of 400.00 that is payable to bea."""
    campaign = make_campaign(session, brand=acme, by=alice)
    collaboration = make_collaboration(session, campaign=campaign, creator=bea, by=alice)
    done = session.scalars(
        select(Deliverable).where(Deliverable.collaboration_id == collaboration.id)
    ).one()
    done.state, done.accepted_at = DeliverableState.ACCEPTED, NOON
    payouts.open_account(session, actor=bea, country="US", email="bea@example.test", now=NOON)
    earning = payouts.earn(session, deliverable_id=done.id)
    session.flush()
    payouts.mature_due(session, now=NOON + WEEK)
    session.flush()
    return earning


def reserve(session: Session, earning: Earning, *, booked: int) -> Payout:
    """A payout of the whole fee, of which so much was really reserved."""
    account = session.scalars(select(PayoutAccount)).one()
    payout = Payout(
        id=uuid4(),
        creator_id=earning.creator_id,
        payout_account_id=account.id,
        amount_minor=earning.net_minor,
        currency="USD",
        state=PayoutState.RESERVED,
        reserved_at=NOON + WEEK,
    )
    session.add(payout)
    session.flush()
    earning.state, earning.payout_id = EarningState.PAYING, payout.id
    if booked:
        make_entry(
            session,
            (
                AccountRef(Code.CREATOR_PAYABLE, earning.creator_id),
                AccountRef(Code.PAYOUT_IN_FLIGHT, payout.id),
                usd(booked),
            ),
            kind=EntryKind.PAYOUT_RESERVE,
        )
    session.flush()
    return payout


def test_a_right_book_passes_every_check(session: Session, paid: Earning) -> None:
    assert failing(session) == []

    reserve(session, paid, booked=38_000)

    assert failing(session) == []


def test_i6_finds_campaign_money_that_no_entry_put_there(session: Session, paid: Earning) -> None:
    damage(
        session,
        "UPDATE ledger_balances SET balance_minor = balance_minor + 7 WHERE account_id ="
        " (SELECT id FROM ledger_accounts WHERE code = 2020 AND owner_id = :campaign)",
        campaign=paid.campaign_id,
    )

    i6 = check(session, "I6")

    assert (i6.passed, i6.broken) == (False, True)
    assert [(f.subject, f.text) for f in i6.findings] == [
        (f"campaign {paid.campaign_id}", "-USD 0.07 unexplained")
    ]


@pytest.mark.parametrize("booked", [0, 37_999])
def test_i7_finds_a_payout_that_was_not_reserved_in_full(
    session: Session, paid: Earning, booked: int
) -> None:
    payout = reserve(session, paid, booked=booked)

    i7 = check(session, "I7")

    assert (i7.passed, i7.broken) == (False, True)
    assert [f.subject for f in i7.findings] == [f"payout {payout.id}"]


def test_i7_finds_a_payout_that_settled_in_its_row_alone(session: Session, paid: Earning) -> None:
    payout = reserve(session, paid, booked=38_000)
    payout.state, payout.stripe_transfer_id = PayoutState.SETTLED, "tr_1"

    (finding,) = check(session, "I7").findings

    assert finding.text == (
        "It is settled; USD 380.00 were reserved and USD 0.00 settled or released."
    )


def test_i7_finds_a_payout_that_settled_in_the_ledger_alone(
    session: Session, paid: Earning
) -> None:
    payout = reserve(session, paid, booked=38_000)
    make_entry(
        session,
        (AccountRef(Code.PAYOUT_IN_FLIGHT, payout.id), PROCESSOR, usd(38_000)),
        kind=EntryKind.PAYOUT_SETTLE,
    )

    assert check(session, "I7").passed is False


def test_p1_finds_a_creator_who_is_shown_what_the_ledger_does_not_hold(
    session: Session, paid: Earning
) -> None:
    paid.state = EarningState.PENDING

    p1 = check(session, "P1")

    assert (p1.passed, p1.broken) == (False, True)
    assert {f.subject for f in p1.findings} == {f"creator {paid.creator_id}"}
    assert sorted(f.text for f in p1.findings) == [
        "Earnings and ledger differ by -USD 380.00.",
        "Earnings and ledger differ by USD 380.00.",
    ]


def test_p1_finds_money_of_a_creator_that_no_earning_tells_of(
    session: Session, paid: Earning
) -> None:
    paid.state = EarningState.PAID

    (finding,) = check(session, "P1").findings

    assert finding.text == "Earnings and ledger differ by -USD 380.00."


def test_i8_says_that_nothing_was_read_yet(session: Session) -> None:
    i8 = check(session, "I8")

    assert (i8.passed, i8.figure) == (True, "the processor’s statement was not read yet")


@pytest.mark.parametrize("name", ["I8", "R1"])
def test_what_was_not_read_for_a_day_does_not_count_as_agreeing(
    session: Session, name: str
) -> None:
    charge(session)
    read(session, line())
    checked(session, NOON + DAY)
    assert check(session, name).passed is True

    checked(session, NOON + DAY + timedelta(minutes=1))

    unread = check(session, name)
    assert (unread.passed, unread.alarm) == (False, True)
    assert [(f.subject, f.text) for f in unread.findings] == [
        (
            "the processor’s statement",
            "It was last read on Mon 2 Nov 2026, 12:00 UTC: what moved since is not known.",
        )
    ]
    read(session, there=10_651, now=NOON + DAY)
    assert check(session, name).passed is True


@pytest.mark.parametrize("name", ["I8", "R1"])
def test_what_was_never_read_does_not_count_as_agreeing(session: Session, name: str) -> None:
    checked(session, NOON + DAY + timedelta(minutes=1))
    assert check(session, name).passed is True  # nothing has moved yet
    charge(session)
    (found,) = check(session, name).findings
    assert found == Finding(
        "the processor’s statement",
        "It was never read, and by our books money has moved there since"
        " Mon 2 Nov 2026, 12:00 UTC.",
    )
    read(session, line(), now=NOON + DAY)
    assert check(session, name).passed is True


@pytest.mark.parametrize("name", ["I8", "R1"])
def test_a_run_that_a_clock_dated_ahead_holds_nothing_up(session: Session, name: str) -> None:
    charge(session)
    checked(session, NOON + 30 * DAY)
    read(session, line(), now=NOON)
    assert check(session, name).passed is False

    checked(session, NOON)

    assert check(session, name).passed is True
    newest = runs.last(session)
    assert newest is not None
    assert newest.run.begun_at == NOON


def checked(session: Session, at: datetime) -> None:
    """The invariants were checked then, so it is that late at least."""
    runs.begin(session, asked_by=None, now=at).ended_at = at
    session.flush()
