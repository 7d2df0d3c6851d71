"""The processor's statement beside the ledger: pairs, breaks, and the invariants over both."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from marketplace.kernel.money import Money
from marketplace.ledger.checks import CheckResult
from marketplace.ledger.rules import AccountRef, Code, EntryKind
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Earning, Payout, PayoutAccount
from marketplace.payouts.rules import EarningState, PayoutState
from marketplace.reconciliation import checks, queries
from marketplace.reconciliation import service as reconciliation
from marketplace.reconciliation.models import Pairing, ReconciliationBreak, StatementLine
from marketplace.reconciliation.ports import StatementLineFacts
from marketplace.reconciliation.rules import BreakKind, BreakState
from marketplace.store.outbox import OutboxMessage
from tests.conftest import NOON, damage
from tests.factories.campaigns import make_campaign
from tests.factories.collaborations import make_collaboration
from tests.factories.ledger import PROCESSOR, make_entry, usd

DAY = timedelta(days=1)
WEEK = timedelta(days=7)


def line(
    source: str | None = "ch_1",
    *,
    amount: int = 11_000,
    fee: int = 349,
    line_id: str | None = None,
    at: datetime = NOON,
    kind: str = "charge",
) -> StatementLineFacts:
    return StatementLineFacts(
        line_id=line_id or f"txn_{source}",
        kind=kind,
        source_id=source,
        amount=usd(amount),
        fee=usd(fee),
        net=usd(amount - fee),
        occurred_at=at,
        available_on=date(2026, 11, 4),
        raw={"id": line_id or f"txn_{source}"},
    )


def read(
    session: Session,
    *lines: StatementLineFacts,
    there: int | None = None,
    now: datetime = NOON,
) -> int:
    """Import these lines and pair them. there: our balance, else what the lines add up to."""
    total = sum(each.net.minor for each in lines) if there is None else there
    statement = reconciliation.import_statement(
        session,
        lines=lines,
        balances={"USD": usd(total)},
        from_at=now - DAY,
        until_at=now,
        now=now,
    )
    session.flush()
    reconciliation.reconcile(session, now=now)
    session.flush()
    session.expire_all()
    return statement.new_line_count


def charge(session: Session, source: str = "ch_1", *, amount: int = 11_000, fee: int = 349) -> None:
    """A charge in the books, less what the processor kept."""
    make_entry(
        session,
        (PROCESSOR, AccountRef(Code.BRAND_FUNDS, uuid4()), usd(amount)),
        (AccountRef(Code.PROCESSOR_FEES), PROCESSOR, usd(fee)),
        kind=EntryKind.FUND,
        idem_key=f"fund:{source}",
        source_ref=source,
    )
    session.flush()


def breaks(session: Session) -> list[tuple[BreakKind, str, int]]:
    return [
        (found.kind, found.reference, found.difference_minor)
        for found in queries.open_breaks(session)
    ]


def pairings(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Pairing)) or 0


def rung(session: Session) -> int:
    statement = select(func.count()).where(OutboxMessage.name == "BreakOpened")
    return session.scalar(statement) or 0


def failing(session: Session) -> list[str]:
    session.flush()
    return [result.name for result in checks.run_all(session) if not result.passed]


def check(session: Session, name: str) -> CheckResult:
    session.flush()
    return next(result for result in checks.run_all(session) if result.name == name)


# Pairing.


def test_a_line_and_an_entry_of_one_charge_are_paired(session: Session) -> None:
    charge(session)

    assert read(session, line()) == 1

    assert breaks(session) == []
    pairing = session.scalars(select(Pairing)).one()
    kept = session.scalars(select(StatementLine)).one()
    assert pairing.line_id == kept.id
    assert (kept.amount_minor, kept.fee_minor, kept.net_minor) == (11_000, 349, 10_651)
    assert kept.raw == {"id": "txn_ch_1"}
    (compared,) = queries.compare_balances(session)
    assert (compared.processor, compared.ledger, compared.explained) == (
        usd(10_651),
        usd(10_651),
        usd(0),
    )
    assert check(session, "R1").passed is True
    assert check(session, "I8").passed is True


def test_the_same_statement_again_adds_nothing(session: Session) -> None:
    charge(session)
    read(session, line())

    assert read(session, line(), now=NOON + timedelta(minutes=15)) == 0

    assert session.scalar(select(func.count()).select_from(StatementLine)) == 1
    assert pairings(session) == 1
    assert breaks(session) == []


def test_a_line_stays_as_it_was_first_read(session: Session) -> None:
    charge(session)
    read(session, line())

    read(session, line(amount=99_999), there=10_651)

    assert session.scalars(select(StatementLine.amount_minor)).all() == [11_000]
    assert breaks(session) == []


def test_a_long_statement_is_kept_whole(session: Session) -> None:
    statement = reconciliation.import_statement(
        session,
        lines=[line(f"ch_{number}", amount=100, fee=0) for number in range(6_000)],
        balances={},
        from_at=NOON - DAY,
        until_at=NOON,
        now=NOON,
    )

    assert (statement.line_count, statement.new_line_count) == (6_000, 6_000)
    assert session.scalar(select(func.count()).select_from(StatementLine)) == 6_000


def test_an_empty_statement_is_kept_as_read(session: Session) -> None:
    assert read(session) == 0

    statement = queries.last_statement(session)
    assert statement is not None
    assert (statement.line_count, statement.new_line_count) == (0, 0)
    assert breaks(session) == []


# Breaks.


def test_another_amount_is_a_break_to_the_cent(session: Session) -> None:
    charge(session)

    read(session, line(amount=11_001))

    assert breaks(session) == [(BreakKind.AMOUNT_DIFFERS, "txn_ch_1", 1)]
    assert pairings(session) == 0
    assert check(session, "R1").passed is False
    # The two balances differ by what the two unpaired records explain.
    assert check(session, "I8").passed is True


def test_a_movement_that_the_ledger_does_not_know_is_a_break_at_once(session: Session) -> None:
    read(session, line("py_9", amount=500, fee=0))

    assert breaks(session) == [(BreakKind.MISSING_IN_LEDGER, "txn_py_9", 500)]
    assert rung(session) == 1


def test_an_entry_waits_a_day_for_its_line(session: Session) -> None:
    charge(session)

    read(session, now=NOON + DAY)
    assert breaks(session) == []
    read(session, now=NOON + DAY + timedelta(seconds=1))

    assert breaks(session) == [(BreakKind.MISSING_AT_PROCESSOR, "fund:ch_1", -10_651)]


def test_a_balance_that_nothing_explains_is_a_break(session: Session) -> None:
    charge(session)

    read(session, line(), there=10_650)

    assert breaks(session) == [(BreakKind.BALANCE_DIFFERS, "USD", -1)]
    i8 = check(session, "I8")
    assert (i8.passed, i8.broken, i8.alarm) == (False, False, True)
    assert [finding.text for finding in i8.findings] == [
        "The processor says 106.50 USD, the ledger 106.51 USD; -0.01 USD is unexplained."
    ]
    assert i8.figure == "106.50 USD there, 106.51 USD here"


def test_a_currency_that_only_the_processor_has_is_compared_as_well(session: Session) -> None:
    reconciliation.import_statement(
        session,
        lines=[],
        balances={"EUR": Money(5, "EUR")},
        from_at=NOON - DAY,
        until_at=NOON,
        now=NOON,
    )
    reconciliation.reconcile(session, now=NOON)

    assert breaks(session) == [(BreakKind.BALANCE_DIFFERS, "EUR", 5)]


def test_a_break_that_is_found_again_stays_one_and_rings_once(session: Session) -> None:
    for minutes in range(3):
        read(session, line("py_9"), now=NOON + timedelta(minutes=15 * minutes))

    assert len(session.scalars(select(ReconciliationBreak)).all()) == 1
    assert rung(session) == 1
    assert queries.open_breaks(session)[0].opened_at == NOON


def test_a_break_that_agrees_later_is_resolved_by_itself(session: Session) -> None:
    read(session, line())
    assert breaks(session) == [(BreakKind.MISSING_IN_LEDGER, "txn_ch_1", 10_651)]
    charge(session)

    read(session, there=10_651, now=NOON + timedelta(minutes=15))

    assert breaks(session) == []
    found = session.scalars(select(ReconciliationBreak)).one()
    assert (found.state, found.resolution, found.resolved_at) == (
        BreakState.RESOLVED,
        "Agrees now: found by the next run.",
        NOON + timedelta(minutes=15),
    )
    assert pairings(session) == 1
    assert check(session, "R1").passed is True
    assert check(session, "I8").passed is True


# Resolving.


@pytest.fixture
def broken(session: Session) -> UUID:
    read(session, line("py_9", amount=500, fee=0))
    return queries.open_breaks(session)[0].id


def test_staff_resolve_a_break_with_a_note(session: Session, broken: UUID, stella: Actor) -> None:
    found = reconciliation.resolve_break(
        session, actor=stella, break_id=broken, resolution="A test payment.", now=NOON
    )

    assert (found.state, found.resolution, found.resolved_at) == (
        BreakState.RESOLVED,
        "A test payment.",
        NOON,
    )
    assert queries.open_breaks(session) == []
    assert check(session, "R1").passed is True


def test_a_break_without_a_note_stays_open(session: Session, broken: UUID, stella: Actor) -> None:
    with pytest.raises(InvalidInput) as refusal:
        reconciliation.resolve_break(
            session, actor=stella, break_id=broken, resolution="", now=NOON
        )

    assert refusal.value.problems == {"resolution": "Say what you found out."}
    assert len(queries.open_breaks(session)) == 1


def test_only_staff_resolve_breaks(
    session: Session, broken: UUID, alice: Actor, bea: Actor, fiona: Actor
) -> None:
    for person in (alice, bea, fiona):
        with pytest.raises(NotPermitted):
            reconciliation.resolve_break(
                session, actor=person, break_id=broken, resolution="Mine.", now=NOON
            )
    assert len(queries.open_breaks(session)) == 1


def test_a_break_is_resolved_once(session: Session, broken: UUID, stella: Actor) -> None:
    def resolve() -> None:
        reconciliation.resolve_break(
            session, actor=stella, break_id=broken, resolution="Known.", now=NOON
        )

    resolve()
    with pytest.raises(Conflict):
        resolve()


def test_a_break_that_is_not_there_cannot_be_resolved(session: Session, stella: Actor) -> None:
    with pytest.raises(NotFound):
        reconciliation.resolve_break(
            session, actor=stella, break_id=uuid4(), resolution="?", now=NOON
        )


def test_a_break_that_was_resolved_and_is_still_there_is_opened_anew(
    session: Session, broken: UUID, stella: Actor
) -> None:
    reconciliation.resolve_break(
        session, actor=stella, break_id=broken, resolution="Gone, I thought.", now=NOON
    )
    session.flush()

    read(session, there=500, now=NOON + timedelta(minutes=15))

    assert breaks(session) == [(BreakKind.MISSING_IN_LEDGER, "txn_py_9", 500)]
    assert queries.open_breaks(session)[0].id != broken
    assert rung(session) == 2


# Each invariant fails on the book that it is there for.


@pytest.fixture
def paid(session: Session, acme: Brand, alice: Actor, bea: Actor) -> Earning:
    """A fee of 400.00 that is payable to bea."""
    campaign = make_campaign(session, brand=acme, by=alice)
    collaboration = make_collaboration(session, campaign=campaign, creator=bea, by=alice)
    deliverables.create_from_offer(session, collaboration_id=collaboration.id)
    session.flush()
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
        (f"campaign {paid.campaign_id}", "-0.07 USD unexplained")
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
        "It is settled; 380.00 USD were reserved and 0.00 USD settled or released."
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
        "Earnings and ledger differ by -380.00 USD.",
        "Earnings and ledger differ by 380.00 USD.",
    ]


def test_p1_finds_money_of_a_creator_that_no_earning_tells_of(
    session: Session, paid: Earning
) -> None:
    paid.state = EarningState.PAID

    (finding,) = check(session, "P1").findings

    assert finding.text == "Earnings and ledger differ by -380.00 USD."


def test_r1_is_an_alarm_and_says_how_many(session: Session, broken: UUID) -> None:
    r1 = check(session, "R1")

    assert (r1.passed, r1.broken, r1.figure) == (False, False, "1 open breaks")
    assert [f.subject for f in r1.findings] == ["txn_py_9"]


def test_i8_says_that_nothing_was_read_yet(session: Session) -> None:
    i8 = check(session, "I8")

    assert (i8.passed, i8.figure) == (True, "the processor's statement was not read yet")
