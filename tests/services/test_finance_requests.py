"""What one member of staff asks for and another approves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import (
    Conflict,
    InvalidInput,
    InvalidTransition,
    NotFound,
    NotPermitted,
)
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import JournalEntry
from marketplace.ledger.rules import AccountRef, Code, EntryKind, InsufficientBalance
from marketplace.reconciliation import checks
from marketplace.store.outbox import OutboxMessage
from marketplace.treasury import queries
from marketplace.treasury import service as treasury
from marketplace.treasury.models import FinanceRequest
from marketplace.treasury.rules.requests import RequestKind, RequestState
from tests.conftest import NOON
from tests.factories.ledger import make_brand_funds, make_entry, usd
from tests.services.asking import owe, set_aside

Ask = Callable[..., FinanceRequest]


@pytest.fixture
def wallet(session: Session, acme: Brand) -> AccountRef:
    """Acme's wallet, with 50.00 in it."""
    make_brand_funds(session, brand_id=acme.id, amount=usd(5_000))
    return AccountRef(Code.BRAND_FUNDS, acme.id)


@pytest.fixture
def ask(session: Session, stella: Actor, wallet: AccountRef) -> Ask:
    def asking(*, more: bool = True, minor: int = 1_000, reason: str = "Late.") -> FinanceRequest:
        made = treasury.ask_adjustment(
            session,
            actor=stella,
            account=wallet,
            more=more,
            against=Code.GOODWILL,
            amount=usd(minor),
            reason=reason,
            now=NOON,
        )
        session.flush()
        return made

    return asking


def balance(session: Session, ref: AccountRef) -> Money:
    return ledger.balance_of(session, ref, currency="USD")


def entries(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(JournalEntry)) or 0


def posted(session: Session, name: str) -> int:
    session.flush()
    return len(session.scalars(select(OutboxMessage.id).where(OutboxMessage.name == name)).all())


def test_asking_books_nothing_and_tells_that_it_waits(
    session: Session, ask: Ask, wallet: AccountRef
) -> None:
    before = entries(session)

    made = ask()

    assert (made.state, made.amount, made.entry_id) == (RequestState.ASKED, usd(1_000), None)
    assert [(p.debit.code, p.credit, p.amount) for p in made.pairs] == [
        (Code.GOODWILL, wallet, usd(1_000))
    ]
    assert (entries(session), balance(session, wallet)) == (before, usd(5_000))
    assert posted(session, "RequestAsked") == 1


def test_another_person_approves_and_exactly_what_was_stored_is_booked_once(
    session: Session, ask: Ask, theo: Actor, wallet: AccountRef
) -> None:
    made = ask()

    treasury.approve(session, actor=theo, request_id=made.id, now=NOON)
    session.flush()
    with pytest.raises(InvalidTransition):
        treasury.approve(session, actor=theo, request_id=made.id, now=NOON)

    assert (made.state, made.checker_id) == (RequestState.EXECUTED, theo.user_id)
    assert balance(session, wallet) == usd(6_000)
    written = ledger.entry(session, made.entry_id or 0)
    assert (written.kind, written.idem_key, written.actor) == (
        EntryKind.ADJUST,
        f"adj:{made.id}",
        f"user:{theo.user_id}",
    )
    assert tuple(ledger.pairs_of(session, written.id)) == made.pairs
    assert posted(session, "RequestDecided") == 1
    assert [r.name for r in checks.run_all(session) if r.broken] == []


def test_whoever_asked_can_neither_approve_nor_decline(
    session: Session, ask: Ask, stella: Actor, wallet: AccountRef
) -> None:
    made = ask()

    for decide in (
        lambda: treasury.approve(session, actor=stella, request_id=made.id, now=NOON),
        lambda: treasury.decline(session, actor=stella, request_id=made.id, answer="No.", now=NOON),
    ):
        with pytest.raises(NotPermitted, match="asked for yourself; another member of staff"):
            decide()

    assert (made.state, balance(session, wallet)) == (RequestState.ASKED, usd(5_000))


def test_the_database_itself_wants_two_persons(session: Session, ask: Ask) -> None:
    made = ask()

    for wrong in (
        "checker_id = maker_id, state = 'executed', decided_at = now()",
        "state = 'executed', decided_at = now()",
        "state = 'declined', decided_at = now()",
        "state = 'executed'",
    ):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(
                text(f"UPDATE finance_requests SET {wrong} WHERE id = :id"), {"id": made.id}
            )


@pytest.mark.parametrize("who", ["alice", "bea", "nobody"])
def test_only_staff_may_ask_and_decide(
    session: Session, ask: Ask, alice: Actor, bea: Actor, wallet: AccountRef, who: str
) -> None:
    made = ask()
    actor = {"alice": alice, "bea": bea, "nobody": Actor()}[who]

    for attempt in (
        lambda: treasury.approve(session, actor=actor, request_id=made.id, now=NOON),
        lambda: treasury.decline(session, actor=actor, request_id=made.id, answer="n", now=NOON),
        lambda: treasury.withdraw(session, actor=actor, request_id=made.id, now=NOON),
        lambda: treasury.ask_adjustment(
            session,
            actor=actor,
            account=wallet,
            more=True,
            against=Code.GOODWILL,
            amount=usd(1),
            reason="For me.",
            now=NOON,
        ),
    ):
        with pytest.raises(NotPermitted):
            attempt()

    assert made.state is RequestState.ASKED
    assert balance(session, wallet) == usd(5_000)
    assert len(queries.open_requests(session)) == 1


def test_a_request_is_declined_with_a_reason_and_books_nothing(
    session: Session, ask: Ask, theo: Actor, wallet: AccountRef
) -> None:
    made = ask()

    with pytest.raises(InvalidInput, match="Say why"):
        treasury.decline(session, actor=theo, request_id=made.id, answer="", now=NOON)
    treasury.decline(session, actor=theo, request_id=made.id, answer="No receipt.", now=NOON)
    session.flush()
    with pytest.raises(InvalidTransition):
        treasury.decline(session, actor=theo, request_id=made.id, answer="No.", now=NOON)

    assert (made.state, made.answer) == (RequestState.DECLINED, "No receipt.")
    assert balance(session, wallet) == usd(5_000)


def test_only_whoever_asked_takes_a_request_back(
    session: Session, ask: Ask, stella: Actor, theo: Actor
) -> None:
    made = ask()

    with pytest.raises(NotPermitted, match="only whoever asked"):
        treasury.withdraw(session, actor=theo, request_id=made.id, now=NOON)
    treasury.withdraw(session, actor=stella, request_id=made.id, now=NOON)
    session.flush()
    with pytest.raises(InvalidTransition):
        treasury.withdraw(session, actor=stella, request_id=made.id, now=NOON)

    assert made.state is RequestState.WITHDRAWN


def test_nobody_is_asked_for_what_the_books_would_refuse(session: Session, ask: Ask) -> None:
    with pytest.raises(InsufficientBalance):
        ask(more=False, minor=5_001)

    assert queries.open_requests(session) == []


def test_money_that_has_moved_on_is_told_at_the_approval_and_nothing_changes(
    session: Session, ask: Ask, theo: Actor, wallet: AccountRef
) -> None:
    made = ask(more=False, minor=4_000)
    make_entry(
        session,
        (wallet, AccountRef(Code.CAMPAIGN_FUNDS, new_id()), usd(2_000)),
        kind=EntryKind.ALLOCATE,
    )

    with pytest.raises(InsufficientBalance), session.begin_nested():
        treasury.approve(session, actor=theo, request_id=made.id, now=NOON)
    session.refresh(made)

    assert (made.state, made.checker_id) == (RequestState.ASKED, None)
    assert balance(session, wallet) == usd(3_000)


def test_a_request_needs_a_reason_an_owner_and_an_amount_that_can_be_meant(
    session: Session, ask: Ask, stella: Actor
) -> None:
    with pytest.raises(InvalidInput, match="Say why"):
        ask(reason="")
    with pytest.raises(InvalidInput, match="at most 1,000,000 USD"):
        ask(minor=100_000_001)
    for account in (AccountRef(Code.BRAND_FUNDS, new_id()), AccountRef(Code.FEE_EARNED)):
        with pytest.raises(InvalidInput):
            treasury.ask_adjustment(
                session,
                actor=stella,
                account=account,
                more=True,
                against=Code.GOODWILL,
                amount=usd(1),
                reason="Why not.",
                now=NOON,
            )

    assert queries.open_requests(session) == []


def test_a_brands_debt_is_written_off_by_two(
    session: Session, acme: Brand, stella: Actor, theo: Actor
) -> None:
    owed = owe(session, acme, 9_000)

    def asking() -> FinanceRequest:
        return treasury.ask_write_off(
            session,
            actor=stella,
            brand_id=acme.id,
            amount=usd(9_000),
            reason="Bankrupt.",
            now=NOON,
        )

    made = asking()
    session.flush()
    with pytest.raises(Conflict, match="asked for already"):
        asking()
    treasury.approve(session, actor=theo, request_id=made.id, now=NOON)
    session.flush()

    assert balance(session, owed) == usd(0)
    assert balance(session, AccountRef(Code.LOSSES)) == usd(9_000)
    assert ledger.entry(session, made.entry_id or 0).idem_key == f"writeoff:{made.id}"
    with pytest.raises(InsufficientBalance):
        asking()


def test_a_small_movement_is_identified_by_one_person_at_once(
    session: Session, stella: Actor
) -> None:
    fees = balance(session, AccountRef(Code.PROCESSOR_FEES))
    moved = set_aside(session, -10_000)

    def saying() -> FinanceRequest:
        return treasury.ask_identification(
            session,
            actor=stella,
            movement_id=moved.public_id,
            becomes=AccountRef(Code.PROCESSOR_FEES),
            reason="A yearly fee.",
            now=NOON,
        )

    made = saying()
    session.flush()
    with pytest.raises(Conflict, match="identified already"):
        saying()

    assert (made.state, made.checker_id) == (RequestState.EXECUTED, None)
    assert balance(session, AccountRef(Code.SUSPENSE)) == usd(0)
    assert balance(session, AccountRef(Code.PROCESSOR_FEES)) - fees == usd(10_000)
    assert ledger.entry(session, made.entry_id or 0).idem_key == "ident:bt:txn_1"
    assert queries.suspended_movements(session) == []


def test_a_large_movement_is_identified_by_two(
    session: Session, stella: Actor, theo: Actor, wallet: AccountRef
) -> None:
    moved = set_aside(session, 10_001)
    made = treasury.ask_identification(
        session,
        actor=stella,
        movement_id=moved.public_id,
        becomes=wallet,
        reason="A bank transfer of Acme.",
        now=NOON,
    )
    session.flush()
    assert (made.state, balance(session, wallet)) == (RequestState.ASKED, usd(5_000))

    treasury.approve(session, actor=theo, request_id=made.id, now=NOON)
    session.flush()

    assert balance(session, wallet) == usd(15_001)
    assert balance(session, AccountRef(Code.SUSPENSE)) == usd(0)


@pytest.mark.parametrize(
    ("minor", "becomes"),
    [
        (-7, Code.BRAND_FUNDS),
        (7, Code.LOSSES),
        (7, Code.CHARGEBACK_FEES),
        (7, Code.GOODWILL),
    ],
)
def test_a_movement_cannot_have_been_what_its_direction_forbids(
    session: Session, stella: Actor, acme: Brand, minor: int, becomes: Code
) -> None:
    moved = set_aside(session, minor)
    owner = acme.id if becomes is Code.BRAND_FUNDS else None
    before = entries(session)

    with pytest.raises(InvalidInput, match="cannot have been that"):
        treasury.ask_identification(
            session,
            actor=stella,
            movement_id=moved.public_id,
            becomes=AccountRef(becomes, owner) if owner else AccountRef(becomes),
            reason="It looks so.",
            now=NOON,
        )

    assert entries(session) == before
    assert len(queries.suspended_movements(session)) == 1


def test_what_is_not_in_suspense_is_not_found(session: Session, stella: Actor) -> None:
    with pytest.raises(NotFound):
        treasury.ask_identification(
            session,
            actor=stella,
            movement_id=new_id(),
            becomes=AccountRef(Code.LOSSES),
            reason="?",
            now=NOON,
        )


def test_requests_that_wait_are_listed_by_age_and_decided_ones_below(
    session: Session, ask: Ask, theo: Actor
) -> None:
    first, second = ask(), ask()
    treasury.approve(session, actor=theo, request_id=second.id, now=NOON)
    session.flush()

    assert [r.id for r in queries.open_requests(session)] == [first.id]
    assert [r.id for r in queries.decided_requests(session, page=1).rows] == [second.id]
    assert queries.open_requests(session)[0].kind is RequestKind.ADJUSTMENT
