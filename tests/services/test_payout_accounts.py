"""The accounts that creators are paid to: opened, made, ready, paused, closed; and their banks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidInput, NotPermitted
from marketplace.payouts import service as payouts
from marketplace.payouts.models import BankPayout, PayoutAccount
from marketplace.payouts.ports import AccountFacts, BankPayoutFacts
from marketplace.payouts.rules.accounts import BankState, Requirement
from marketplace.processor import queries as calls
from marketplace.processor.models import ProcessorCall
from marketplace.processor.rules import CallKind, CallState
from tests.conftest import NOON
from tests.factories.ledger import usd
from tests.services.agreeing import posted

LATER = NOON + timedelta(days=1)
LATEST = NOON + timedelta(days=2)
ID = Requirement("individual.id_number", LATEST)


def asked_for(session: Session, creator: Actor, country: str = "US") -> PayoutAccount:
    made = payouts.open_account(
        session, actor=creator, country=country, email="bea@example.test", now=NOON
    )
    session.flush()
    return made


def call_of(session: Session, account: PayoutAccount) -> ProcessorCall:
    call = calls.call_for(session, kind=CallKind.ACCOUNT, subject_id=account.id)
    assert call is not None
    return call


def conclude(session: Session, account: PayoutAccount, state: CallState, **said: str) -> None:
    """The processor's answer to what made the account, heard of twice."""
    call = call_of(session, account)
    call.state = state
    for name, text in said.items():
        setattr(call, name, text)
    for _ in range(2):
        payouts.conclude_account(session, call=call, now=LATER)
    session.flush()


def made(session: Session, creator: Actor, account_id: str = "acct_bea") -> PayoutAccount:
    """An account that the processor has made; nothing more is known of it."""
    account = asked_for(session, creator)
    conclude(session, account, CallState.SUCCEEDED, remote_id=account_id)
    return account


def hear(session: Session, account: PayoutAccount, at: object = LATER, **facts: object) -> None:
    told = AccountFacts(
        account.stripe_account_id or "?",
        **({"transfers_active": False} | facts),  # type: ignore[arg-type]
    )
    payouts.record_account(session, facts=told, now=at)  # type: ignore[arg-type]
    session.flush()


def news(session: Session) -> list[tuple[str, int]]:
    """How often each message about accounts was left, apart from those that ask to look."""
    names = ("PayoutAccountReady", "PayoutAccountPaused", "PayoutAccountClosed", "PayoutsWanted")
    return [(name, count) for name in names if (count := len(posted(session, name)))]


# Opening


def test_a_new_account_is_asked_for_and_can_do_nothing_yet(session: Session, bea: Actor) -> None:
    account = asked_for(session, bea, country="de")

    assert (account.creator_id, account.country, account.opened_at) == (bea.creator_id, "DE", NOON)
    assert (account.stripe_account_id, account.transfers_active) == (None, False)
    assert (account.requirements, account.under_review, account.problem) == ([], False, "")
    call = call_of(session, account)
    assert call.params == {
        "payout_account_id": str(account.id),
        "country": "DE",
        "email": "bea@example.test",
        "display_name": "Bea",
    }
    assert call.planned_at == NOON


def test_each_creator_has_an_account_of_their_own(
    session: Session, bea: Actor, carl: Actor
) -> None:
    first, second = asked_for(session, bea), asked_for(session, carl)

    assert (first.creator_id, second.creator_id) == (bea.creator_id, carl.creator_id)
    assert asked_for(session, bea, country="GB") is first
    assert session.scalar(select(func.count()).select_from(ProcessorCall)) == 2


def test_after_one_was_closed_another_is_opened(session: Session, bea: Actor) -> None:
    closed = made(session, bea)
    hear(session, closed, gone=True)

    fresh = asked_for(session, bea, country="GB")

    assert fresh.id != closed.id
    assert (fresh.country, fresh.closed_at) == ("GB", None)


@pytest.mark.parametrize("country", ["BR", "", "USA", "1!", "ÜS"])
def test_who_may_open_one_and_where_is_said_in_words(
    session: Session, bea: Actor, alice: Actor, country: str
) -> None:
    with pytest.raises(NotPermitted) as barred:
        asked_for(session, alice)
    with pytest.raises(InvalidInput) as refused:
        asked_for(session, bea, country=country)

    assert str(barred.value) == str(NotPermitted("open a payout account; only creators have one"))
    assert refused.value.problems == {
        "country": "Choose the country your bank account is in; we cannot pay to others yet."
    }
    assert session.scalars(select(PayoutAccount)).all() == []
    assert session.scalars(select(ProcessorCall)).all() == []


# What the processor answers


def test_the_account_that_the_processor_made_is_kept_once_and_looked_at(
    session: Session, bea: Actor
) -> None:
    account = made(session, bea)

    assert (account.stripe_account_id, account.checked_at) == ("acct_bea", LATER)
    assert posted(session, "PayoutAccountChanged") == [{"payout_account_id": str(account.id)}]


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"error_text": "Not there.", "error_code": "country_unsupported"}, "Not there."),
        ({"error_code": "country_unsupported"}, "country_unsupported"),
        ({}, ""),
    ],
)
def test_an_account_that_the_processor_refuses_is_closed_and_says_why(
    session: Session, bea: Actor, said: dict[str, str], problem: str
) -> None:
    account = asked_for(session, bea)

    conclude(session, account, CallState.REFUSED, **said)

    assert (account.closed_at, account.problem) == (LATER, problem)
    assert account.transfers_active is False
    assert posted(session, "PayoutAccountClosed") == [{"payout_account_id": str(account.id)}]


def test_an_answer_that_is_missing_changes_nothing(session: Session, bea: Actor) -> None:
    account = asked_for(session, bea)

    conclude(session, account, CallState.UNKNOWN)

    assert (account.stripe_account_id, account.closed_at, account.checked_at) == (None, None, None)
    assert news(session) == []


def test_an_account_that_was_closed_stays_closed_when_it_is_made_after_all(
    session: Session, bea: Actor
) -> None:
    account = asked_for(session, bea)
    conclude(session, account, CallState.REFUSED, error_code="country_unsupported")

    conclude(session, account, CallState.SUCCEEDED, remote_id="acct_late")

    assert (account.stripe_account_id, account.closed_at) == (None, LATER)


# How it stands


def test_what_is_asked_of_the_creator_is_kept(session: Session, bea: Actor) -> None:
    account = made(session, bea)

    hear(session, account, requirements=(ID,), under_review=True)

    assert account.asked == [ID]
    assert (account.under_review, account.checked_at) == (True, LATER)
    hear(session, account, LATEST)
    assert (account.asked, account.under_review, account.checked_at) == ([], False, LATEST)


def test_an_account_that_was_never_ready_is_not_paused(session: Session, bea: Actor) -> None:
    account = made(session, bea)

    hear(session, account)

    assert (account.transfers_active, account.ready_at, account.paused_at) == (False, None, None)
    assert news(session) == []


def test_it_is_ready_for_the_first_time_once_and_rings_for_money_each_time(
    session: Session, bea: Actor
) -> None:
    account = made(session, bea)

    for at in (LATER, LATEST):
        hear(session, account, at, transfers_active=True)

    assert (account.transfers_active, account.ready_at, account.paused_at) == (True, LATER, None)
    assert news(session) == [("PayoutAccountReady", 1), ("PayoutsWanted", 2)]
    assert [each["payout_account_id"] for each in posted(session, "PayoutAccountReady")] == [
        str(account.id)
    ]
    assert posted(session, "PayoutsWanted") == [{"creator_id": str(bea.creator_id)}] * 2


def test_it_is_paused_since_the_first_time_it_is_heard_of_and_goes_on(
    session: Session, bea: Actor
) -> None:
    account = made(session, bea)
    hear(session, account, transfers_active=True)

    for at in (LATER + timedelta(hours=1), LATEST):
        hear(session, account, at)

    assert (account.transfers_active, account.paused_at) == (False, LATER + timedelta(hours=1))
    (paused,) = posted(session, "PayoutAccountPaused")
    assert paused["payout_account_id"] == str(account.id)
    hear(session, account, LATEST, transfers_active=True)
    assert (account.ready_at, account.paused_at) == (LATER, None)
    first, again = posted(session, "PayoutAccountReady")
    assert len({paused["change_id"], first["change_id"], again["change_id"]}) == 3


def test_an_account_that_is_gone_is_closed_for_good(session: Session, bea: Actor) -> None:
    account = made(session, bea)
    hear(session, account, transfers_active=True)

    hear(session, account, LATEST, transfers_active=True, gone=True)
    hear(session, account, LATEST + timedelta(hours=1), transfers_active=True)

    assert (account.transfers_active, account.closed_at) == (False, LATEST)
    assert account.problem == "It was closed or disconnected from us at Stripe."
    assert account.checked_at == LATEST
    assert news(session) == [
        ("PayoutAccountReady", 1),
        ("PayoutAccountClosed", 1),
        ("PayoutsWanted", 1),
    ]


def test_facts_that_are_older_than_what_is_kept_change_nothing(
    session: Session, bea: Actor
) -> None:
    account = made(session, bea)
    hear(session, account, LATEST, transfers_active=True)

    hear(session, account, LATEST - timedelta(microseconds=1), requirements=(ID,))

    assert (account.transfers_active, account.asked, account.checked_at) == (True, [], LATEST)


def test_facts_of_one_account_change_no_other(session: Session, bea: Actor, carl: Actor) -> None:
    hers = made(session, bea)
    his = made(session, carl, "acct_carl")

    hear(session, his, transfers_active=True)

    assert (hers.transfers_active, his.transfers_active) == (False, True)


def test_an_account_of_nobody_changes_nothing(session: Session, bea: Actor) -> None:
    account = made(session, bea)

    stranger = AccountFacts("acct_stranger", transfers_active=True)
    payouts.record_account(session, facts=stranger, now=LATER)

    assert (account.transfers_active, news(session)) == (False, [])


def test_every_account_in_use_is_looked_at_when_all_are_rung(
    session: Session, bea: Actor, carl: Actor, stella: Actor
) -> None:
    used = made(session, bea)
    closed = made(session, carl, "acct_carl")
    hear(session, closed, gone=True)
    asked_for(session, carl)
    before = len(posted(session, "PayoutAccountChanged"))

    assert payouts.ring_accounts(session) == 1

    assert posted(session, "PayoutAccountChanged")[before:] == [{"payout_account_id": str(used.id)}]


# Their banks


def bank(
    session: Session,
    account_id: str = "acct_bea",
    state: BankState = BankState.PENDING,
    *,
    at: object = LATER,
    on: date = date(2026, 11, 6),
    why: str = "",
) -> None:
    facts = BankPayoutFacts("po_1", account_id, usd(38_000), state, on, NOON, failure_code=why)
    payouts.record_bank_payout(session, facts=facts, now=at)  # type: ignore[arg-type]
    session.flush()


def test_a_payment_to_a_bank_is_kept_as_it_stands(session: Session, bea: Actor) -> None:
    account = made(session, bea)

    bank(session, why="account_closed")

    (kept,) = session.scalars(select(BankPayout)).all()
    assert (kept.payout_account_id, kept.stripe_payout_id) == (account.id, "po_1")
    assert (kept.amount, kept.made_at, kept.checked_at) == (usd(38_000), NOON, LATER)
    assert (kept.state, kept.arrives_on) == (BankState.PENDING, date(2026, 11, 6))
    assert kept.failure_code == ""
    bank(session, state=BankState.PAID, at=LATER, on=date(2026, 11, 9))
    assert session.scalars(select(BankPayout)).all() == [kept]
    assert (kept.state, kept.arrives_on) == (BankState.PAID, date(2026, 11, 9))
    assert posted(session, "BankPayoutFailed") == []


def test_each_time_a_bank_sends_money_back_is_told_once(session: Session, bea: Actor) -> None:
    made(session, bea)

    failed, told = BankState.FAILED, []
    for state in (failed, failed, failed, BankState.PAID, failed):
        bank(session, state=state, why="account_closed")
        told.append(len(posted(session, "BankPayoutFailed")))

    assert told == [1, 1, 1, 1, 2]
    (kept,) = session.scalars(select(BankPayout)).all()
    assert (kept.state, kept.failure_code) == (failed, "account_closed")
    assert posted(session, "BankPayoutFailed") == [{"bank_payout_id": str(kept.id)}] * 2


def test_older_news_of_a_bank_changes_nothing(session: Session, bea: Actor) -> None:
    made(session, bea)
    bank(session, state=BankState.PAID, at=LATEST)

    bank(session, state=BankState.FAILED, at=LATER, why="account_closed")

    (kept,) = session.scalars(select(BankPayout)).all()
    assert (kept.state, kept.checked_at) == (BankState.PAID, LATEST)
    assert posted(session, "BankPayoutFailed") == []


def test_a_bank_payment_of_an_account_that_nobody_has_is_not_kept(
    session: Session, bea: Actor
) -> None:
    made(session, bea)

    bank(session, "acct_stranger", state=BankState.FAILED)

    assert session.scalars(select(BankPayout)).all() == []
