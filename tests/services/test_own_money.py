"""Our own money: how much of it there is, and its way to our bank and back."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidInput, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import JournalEntry
from marketplace.ledger.rules import AccountRef, Code, EntryKind
from marketplace.processor import queries as calls
from marketplace.processor.models import ProcessorCall
from marketplace.processor.ports import Answer
from marketplace.processor.rules import CallKind, Outcome
from marketplace.reconciliation import checks
from marketplace.store.outbox import OutboxMessage
from marketplace.treasury import queries
from marketplace.treasury import service as treasury
from marketplace.treasury.models import BankMove
from marketplace.treasury.ports import BankMoveFacts
from marketplace.treasury.rules.own_money import BankMoveState, Direction, RemoteState
from tests.conftest import NOON
from tests.factories.campaigns import make_campaign
from tests.factories.ledger import PROCESSOR, make_brand_funds, make_entry, usd
from tests.factories.money import answer
from tests.services.paying_in import ask, pay

S = BankMoveState


@pytest.fixture
def earned(session: Session, acme: Brand) -> None:
    """1,000.00 of Acme's on the balance, and 60.00 of fees that we have earned."""
    make_brand_funds(session, brand_id=acme.id, amount=usd(100_000))
    campaign = AccountRef(Code.CAMPAIGN_FUNDS, new_id())
    unearned = AccountRef(Code.FEE_UNEARNED, campaign.owner)
    make_brand_funds(session, brand_id=campaign.owner, amount=usd(10_000))
    wallet = AccountRef(Code.BRAND_FUNDS, campaign.owner)
    make_entry(session, (wallet, campaign, usd(10_000)), kind=EntryKind.ALLOCATE)
    make_entry(session, (campaign, unearned, usd(10_000)), kind=EntryKind.FEE)
    make_entry(session, (unearned, AccountRef(Code.FEE_EARNED), usd(6_000)), kind=EntryKind.EARN)


def balance(session: Session, code: Code) -> Money:
    return ledger.balance_of(session, AccountRef(code), currency="USD")


def at_bank(session: Session) -> tuple[int, int, int, int]:
    """Processor, payout under way, our bank, top-up under way."""
    return tuple(  # type: ignore[return-value]
        balance(session, code).minor
        for code in (
            Code.PROCESSOR_BALANCE,
            Code.PLATFORM_PAYOUT_IN_FLIGHT,
            Code.BANK_OPERATING,
            Code.TOPUP_IN_FLIGHT,
        )
    )


def call_of(session: Session, move: BankMove) -> ProcessorCall:
    kind = CallKind.PLATFORM_PAYOUT if move.direction is Direction.TO_BANK else CallKind.TOPUP
    call = calls.call_for(session, kind=kind, subject_id=move.id)
    assert call is not None
    return call


def send(session: Session, move: BankMove, reply: Answer | None = None) -> None:
    session.flush()
    call = call_of(session, move)
    reply = reply or Answer(Outcome.DONE, remote_id=f"po_{move.id.hex[-6:]}")
    if answer(session, call, reply, now=NOON):
        for _ in range(2):
            treasury.conclude_bank_move(session, call=call, now=NOON)
    session.flush()


def told(session: Session, move: BankMove, state: RemoteState, *, problem: str = "") -> None:
    """Hear twice how it stands at the processor."""
    for _ in range(2):
        facts = BankMoveFacts(str(move.stripe_id), state, NOON.date(), problem)
        treasury.record_bank_move(session, move_id=move.id, facts=facts, now=NOON)
        session.flush()


def payout(session: Session, by: Actor, minor: int = 6_000) -> BankMove:
    made = treasury.ask_payout(session, actor=by, amount=usd(minor), now=NOON)
    session.flush()
    return made


def ended(session: Session) -> int:
    wanted = select(func.count()).where(OutboxMessage.name == "BankMoveEnded")
    return session.scalar(wanted) or 0


@pytest.mark.usefixtures("earned")
def test_what_is_ours_is_what_is_left_when_everybody_has_theirs(session: Session) -> None:
    (own,) = queries.own_money_by_currency(session)

    assert (own.ours, own.may_go_out, own.at_processor) == (usd(6_000), usd(6_000), usd(110_000))
    assert [part.minor for _, part in own.parts] == [110_000, -100_000, -4_000]


@pytest.mark.usefixtures("earned")
def test_a_payout_of_ours_arrives_once(session: Session, stella: Actor) -> None:
    move = payout(session, stella)
    assert at_bank(session) == (110_000, 0, 0, 0)

    send(session, move)
    assert (move.state, at_bank(session)) == (S.UNDER_WAY, (104_000, 6_000, 0, 0))
    told(session, move, RemoteState.UNDER_WAY)
    told(session, move, RemoteState.ARRIVED)

    assert (move.state, at_bank(session)) == (S.ARRIVED, (104_000, 0, 6_000, 0))
    assert ended(session) == 1
    assert [r.name for r in checks.run_all(session) if not r.passed and r.name != "I8"] == []


@pytest.mark.usefixtures("earned")
@pytest.mark.parametrize("minor", [6_001, 110_000])
def test_not_one_cent_of_somebody_else_goes_to_our_bank(
    session: Session, stella: Actor, minor: int
) -> None:
    with pytest.raises(InvalidInput, match=r"At most USD 60\.00 is ours"):
        payout(session, stella, minor)

    assert session.scalars(select(BankMove)).all() == []
    assert session.scalars(select(ProcessorCall)).all() == []


@pytest.mark.usefixtures("earned")
def test_what_was_asked_for_is_not_ours_a_second_time(session: Session, stella: Actor) -> None:
    payout(session, stella, 4_000)

    with pytest.raises(InvalidInput, match=r"At most USD 20\.00"):
        payout(session, stella, 2_001)
    payout(session, stella, 2_000)

    with pytest.raises(InvalidInput, match="Nothing of what is there in USD is ours"):
        payout(session, stella, 1)


@pytest.mark.usefixtures("earned")
def test_money_that_nobody_knows_is_not_ours(session: Session) -> None:
    make_entry(session, (PROCESSOR, AccountRef(Code.SUSPENSE), usd(900)), kind=EntryKind.SUSPENSE)

    (own,) = queries.own_money_by_currency(session)

    assert (own.may_go_out, own.parts[-1][1]) == (usd(6_000), usd(-900))


@pytest.mark.usefixtures("earned")
def test_a_payout_that_is_refused_moves_nothing_and_says_why(
    session: Session, stella: Actor
) -> None:
    move = payout(session, stella)

    send(
        session, move, Answer(Outcome.REFUSED, code="own_balance_insufficient", text="Too little.")
    )

    assert (move.state, move.problem, at_bank(session)) == (
        S.REFUSED,
        "Too little.",
        (110_000, 0, 0, 0),
    )
    assert queries.own_money_in(session, "USD").may_go_out == usd(6_000)
    assert ended(session) == 1


@pytest.mark.usefixtures("earned")
@pytest.mark.parametrize("state", [RemoteState.FAILED, RemoteState.CANCELLED])
@pytest.mark.parametrize("arrived_first", [False, True])
def test_a_payout_that_fails_is_back_at_the_processor_also_after_it_had_arrived(
    session: Session, stella: Actor, state: RemoteState, arrived_first: bool
) -> None:
    move = payout(session, stella)
    send(session, move)
    if arrived_first:
        told(session, move, RemoteState.ARRIVED)
    told(session, move, state, problem="Account closed.")

    if arrived_first and state is RemoteState.CANCELLED:  # nothing that has arrived is cancelled
        assert (move.state, at_bank(session)) == (S.ARRIVED, (104_000, 0, 6_000, 0))
        return
    assert (at_bank(session), move.problem) == ((110_000, 0, 0, 0), "Account closed.")
    told(session, move, RemoteState.ARRIVED)
    assert at_bank(session) == (110_000, 0, 0, 0)


def test_a_top_up_arrives_and_can_be_taken_back(session: Session, stella: Actor) -> None:
    move = treasury.ask_topup(session, actor=stella, amount=usd(50_000), now=NOON)
    send(session, move)
    assert at_bank(session) == (0, 0, -50_000, 50_000)

    told(session, move, RemoteState.ARRIVED)
    assert at_bank(session) == (50_000, 0, -50_000, 0)
    told(session, move, RemoteState.FAILED, problem="Taken back.")

    assert (move.state, at_bank(session)) == (S.FAILED, (0, 0, 0, 0))


def test_a_top_up_that_fails_before_it_came_leaves_the_money_at_our_bank(
    session: Session, stella: Actor
) -> None:
    move = treasury.ask_topup(session, actor=stella, amount=usd(50_000), now=NOON)
    send(session, move)

    told(session, move, RemoteState.FAILED, problem="No money there.")

    assert (move.state, at_bank(session)) == (S.FAILED, (0, 0, 0, 0))


@pytest.mark.usefixtures("earned")
def test_only_staff_move_our_money(session: Session, alice: Actor, bea: Actor) -> None:
    entries = session.scalar(select(func.count()).select_from(JournalEntry))
    for actor in (alice, bea, Actor()):
        with pytest.raises(NotPermitted):
            treasury.ask_payout(session, actor=actor, amount=usd(1), now=NOON)
        with pytest.raises(NotPermitted):
            treasury.ask_topup(session, actor=actor, amount=usd(1), now=NOON)

    assert session.scalars(select(BankMove)).all() == []
    assert session.scalar(select(func.count()).select_from(JournalEntry)) == entries


def test_a_top_up_too_large_to_be_meant_is_refused(session: Session, stella: Actor) -> None:
    with pytest.raises(InvalidInput, match="at most 1,000,000 USD"):
        treasury.ask_topup(session, actor=stella, amount=usd(100_000_001), now=NOON)

    assert session.scalars(select(BankMove)).all() == []


def test_dollars_that_arrived_for_euros_are_not_ours_to_pay_out(
    session: Session, acme: Brand, alice: Actor, stella: Actor
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice, budget=Money(100_000, "EUR"))
    asked = ask(session, alice, campaign)
    pay(session, asked, settled=usd(119_317), fee=usd(3_490), exchange_rate="1.0847")

    dollars = queries.own_money_in(session, "USD")
    assert (dollars.at_processor, dollars.ours) == (usd(115_827), usd(-3_490))
    assert queries.own_money_in(session, "EUR").ours == Money(0, "EUR")
    for minor in (1, 100_000):
        with pytest.raises(InvalidInput, match="Nothing of what is there in USD is ours now"):
            treasury.ask_payout(session, actor=stella, amount=usd(minor), now=NOON)
    assert session.scalars(select(BankMove)).all() == []
