"""Writing journal entries: once, in balance, never below zero."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import NOBODY, SYSTEM, Actor
from marketplace.kernel.errors import Conflict
from marketplace.kernel.money import Money
from marketplace.ledger import queries, service
from marketplace.ledger.models import LedgerAccount, LedgerBalance
from marketplace.ledger.rules import (
    AccountRef,
    Code,
    EntryKind,
    InsufficientBalance,
    MalformedEntry,
)
from tests.factories.ledger import (
    OCCURRED_AT,
    PROCESSOR,
    make_brand_funds,
    make_campaign_funds,
    make_creator_payable,
    make_entry,
    usd,
)
from tests.services.books import FEES, held, written


def test_an_entry_keeps_everything_it_was_told(session: Session, brand_funds: AccountRef) -> None:
    user_id = uuid4()
    late_in_lima = datetime(2026, 10, 31, 22, 30, tzinfo=timezone(timedelta(hours=-5)))

    entry_id = make_entry(
        session,
        (PROCESSOR, brand_funds, usd(10_000)),
        (FEES, PROCESSOR, usd(320)),
        kind=EntryKind.FUND,
        idem_key="fund:ch_keeps",
        occurred_at=late_in_lima,
        actor=Actor(user_id=user_id),
        source_ref="ch_keeps",
        memo="First funding",
    )

    view = queries.entry(session, entry_id)
    assert (view.id, view.kind, view.idem_key) == (entry_id, EntryKind.FUND, "fund:ch_keeps")
    assert view.occurred_at == late_in_lima
    assert view.accounting_date == date(2026, 11, 1)
    assert view.recorded_at.tzinfo is not None
    assert (view.actor, view.source_ref, view.memo) == (
        f"user:{user_id}",
        "ch_keeps",
        "First funding",
    )
    assert (view.reverses_id, view.reversed_by_id) == (None, None)
    assert view.public_id.version == 7
    assert [(line.line, line.ref, line.name, line.debit, line.credit) for line in view.lines] == [
        (1, PROCESSOR, "Processor balance", usd(10_000), None),
        (1, brand_funds, "Brand funds", None, usd(10_000)),
        (2, FEES, "Processor fees", usd(320), None),
        (2, PROCESSOR, "Processor balance", None, usd(320)),
    ]


def test_a_balance_grows_on_its_own_side(session: Session, brand_funds: AccountRef) -> None:
    creator, campaign = uuid4(), AccountRef(Code.CAMPAIGN_FUNDS, uuid4())
    before = held(session, PROCESSOR), held(session, FEES)

    make_entry(
        session,
        (PROCESSOR, brand_funds, usd(10_000)),
        (FEES, PROCESSOR, usd(320)),
        kind=EntryKind.FUND,
    )
    make_entry(
        session,
        (AccountRef(Code.OWED_BY_CREATOR, creator), campaign, usd(70)),
        kind=EntryKind.CLAWBACK,
    )

    assert held(session, brand_funds) == 10_000  # strict, grows by credit
    assert held(session, AccountRef(Code.OWED_BY_CREATOR, creator)) == 70  # strict, by debit
    assert held(session, campaign) == 70
    assert held(session, PROCESSOR) - before[0] == 9_680  # summed when asked for
    assert held(session, FEES) - before[1] == 320


def test_the_same_event_told_twice_is_written_once(
    session: Session, brand_funds: AccountRef
) -> None:
    pairs = [(PROCESSOR, brand_funds, usd(500)), (FEES, PROCESSOR, usd(45))]
    first = make_entry(session, *pairs, kind=EntryKind.FUND, idem_key="fund:ch_twice")
    before = written(session)

    second = make_entry(session, *pairs, kind=EntryKind.FUND, idem_key="fund:ch_twice")

    assert second == first
    assert written(session) == before
    assert held(session, brand_funds) == 500


def test_an_old_event_told_again_is_no_overdraft(
    session: Session, brand_funds: AccountRef, campaign_funds: AccountRef
) -> None:
    make_brand_funds(session, brand_id=brand_funds.owner, amount=usd(500))
    allocation = (brand_funds, campaign_funds, usd(500))
    first = make_entry(session, allocation, kind=EntryKind.ALLOCATE, idem_key="alloc:again")

    assert held(session, brand_funds) == 0
    assert make_entry(session, allocation, kind=EntryKind.ALLOCATE, idem_key="alloc:again") == first


@pytest.mark.parametrize("change", ["amount", "kind", "count", "owner", "currency"])
def test_another_event_under_a_known_key_is_refused(
    session: Session, brand_funds: AccountRef, campaign_funds: AccountRef, change: str
) -> None:
    funded = (PROCESSOR, brand_funds, usd(500))
    make_entry(session, funded, kind=EntryKind.FUND, idem_key="fund:ch_other")
    before = written(session)
    pairs, kind = {
        "amount": ([(PROCESSOR, brand_funds, usd(501))], EntryKind.FUND),
        "kind": ([(brand_funds, campaign_funds, usd(500))], EntryKind.ALLOCATE),
        "count": ([funded, (FEES, PROCESSOR, usd(1))], EntryKind.FUND),
        "owner": ([(PROCESSOR, AccountRef(Code.BRAND_FUNDS, uuid4()), usd(500))], EntryKind.FUND),
        "currency": ([(PROCESSOR, brand_funds, Money(500, "EUR"))], EntryKind.FUND),
    }[change]

    with pytest.raises(Conflict) as refusal:
        make_entry(session, *pairs, kind=kind, idem_key="fund:ch_other")

    assert refusal.value.reason == "Another entry was written as fund:ch_other"
    assert written(session) == before
    assert held(session, brand_funds) == 500
    assert held(session, brand_funds, "EUR") == 0


def test_the_same_postings_of_another_kind_are_another_event(session: Session) -> None:
    campaign = AccountRef(Code.CAMPAIGN_FUNDS, uuid4())
    frozen = AccountRef(Code.CAMPAIGN_FROZEN, campaign.owner)
    make_campaign_funds(session, campaign_id=campaign.owner, amount=usd(10))
    pair = (campaign, frozen, usd(5))
    make_entry(session, pair, kind=EntryKind.FREEZE, idem_key="freeze:once")

    with pytest.raises(Conflict):
        make_entry(session, pair, kind=EntryKind.CHARGEBACK_WITHDRAWN, idem_key="freeze:once")

    assert held(session, frozen) == 5


def test_nothing_is_taken_that_is_not_there(
    session: Session, brand_funds: AccountRef, campaign_funds: AccountRef
) -> None:
    make_brand_funds(session, brand_id=brand_funds.owner, amount=usd(1_000))
    before = written(session)

    with pytest.raises(InsufficientBalance) as refusal:
        make_entry(session, (brand_funds, campaign_funds, usd(1_001)), kind=EntryKind.ALLOCATE)

    assert refusal.value.ref == brand_funds
    assert refusal.value.available == usd(1_000)
    assert refusal.value.needed == usd(1_001)
    assert written(session) == before
    assert held(session, brand_funds) == 1_000
    assert held(session, campaign_funds) == 0


def test_the_last_unit_can_be_taken(
    session: Session, brand_funds: AccountRef, campaign_funds: AccountRef
) -> None:
    make_brand_funds(session, brand_id=brand_funds.owner, amount=usd(1_000))

    make_entry(session, (brand_funds, campaign_funds, usd(1_000)), kind=EntryKind.ALLOCATE)

    assert held(session, brand_funds) == 0
    assert held(session, campaign_funds) == 1_000


def test_after_a_refusal_the_callers_transaction_goes_on(
    session: Session, brand_funds: AccountRef, campaign_funds: AccountRef
) -> None:
    make_brand_funds(session, brand_id=brand_funds.owner, amount=usd(10))
    with pytest.raises(InsufficientBalance):
        make_entry(
            session,
            (brand_funds, campaign_funds, usd(11)),
            kind=EntryKind.ALLOCATE,
            idem_key="alloc:retry",
        )

    make_entry(
        session,
        (brand_funds, campaign_funds, usd(10)),
        kind=EntryKind.ALLOCATE,
        idem_key="alloc:retry",
    )

    assert held(session, campaign_funds) == 10


def test_a_debt_cannot_be_paid_back_twice(session: Session) -> None:
    creator = uuid4()
    owed = AccountRef(Code.OWED_BY_CREATOR, creator)
    make_entry(
        session, (owed, AccountRef(Code.CAMPAIGN_FUNDS, uuid4()), usd(30)), kind=EntryKind.CLAWBACK
    )

    with pytest.raises(InsufficientBalance) as refusal:
        make_entry(session, (PROCESSOR, owed, usd(31)), kind=EntryKind.CLAWBACK_REVERSAL)

    assert (refusal.value.ref, refusal.value.needed) == (owed, usd(31))
    assert held(session, owed) == 30


def test_money_may_pass_through_an_account_within_one_entry(
    session: Session, campaign_funds: AccountRef
) -> None:
    unearned = AccountRef(Code.FEE_UNEARNED, campaign_funds.owner)
    refund = AccountRef(Code.REFUND_IN_FLIGHT, uuid4())
    make_campaign_funds(session, campaign_id=campaign_funds.owner, amount=usd(100))
    make_entry(session, (campaign_funds, unearned, usd(100)), kind=EntryKind.FEE)

    make_entry(
        session,
        (campaign_funds, refund, usd(100)),  # before the fee has come back: only the sum counts
        (unearned, campaign_funds, usd(100)),
        kind=EntryKind.REFUND_HOLD,
    )

    assert (held(session, campaign_funds), held(session, unearned), held(session, refund)) == (
        0,
        0,
        100,
    )


def test_an_account_counts_everything_an_entry_takes_from_it(
    session: Session, campaign_funds: AccountRef
) -> None:
    make_campaign_funds(session, campaign_id=campaign_funds.owner, amount=usd(100))

    with pytest.raises(InsufficientBalance) as refusal:
        make_entry(
            session,
            (campaign_funds, AccountRef(Code.FEE_UNEARNED, campaign_funds.owner), usd(60)),
            (campaign_funds, AccountRef(Code.SALES_TAX), usd(41)),
            kind=EntryKind.FEE,
        )

    assert (refusal.value.available, refusal.value.needed) == (usd(100), usd(101))


def test_one_entry_may_speak_of_two_currencies(session: Session, brand_funds: AccountRef) -> None:
    clearing = AccountRef(Code.EXCHANGE_CLEARING)
    before = {c: held(session, clearing, c) for c in ("USD", "EUR")}

    entry_id = make_entry(
        session,
        (PROCESSOR, clearing, usd(1_080)),
        (clearing, brand_funds, Money(1_000, "EUR")),
        kind=EntryKind.EXCHANGE,
    )

    assert held(session, brand_funds, "EUR") == 1_000
    assert held(session, brand_funds, "USD") == 0
    assert held(session, clearing, "USD") - before["USD"] == 1_080
    assert held(session, clearing, "EUR") - before["EUR"] == -1_000
    assert [pair.amount.currency for pair in queries.pairs_of(session, entry_id)] == ["USD", "EUR"]


@pytest.mark.parametrize(
    ("kind", "minor", "owner", "occurred_at", "actor", "problem"),
    [
        (
            EntryKind.REVERSAL,
            1,
            uuid4(),
            OCCURRED_AT,
            SYSTEM,
            "^a reversal is written by reverse_entry$",
        ),
        (EntryKind.COMMIT, 1, uuid4(), OCCURRED_AT, SYSTEM, "commit does not move 1010 / 2010"),
        (EntryKind.FUND, 0, uuid4(), OCCURRED_AT, SYSTEM, "0 is no amount"),
        (EntryKind.FUND, 1, UUID(int=0), OCCURRED_AT, SYSTEM, "2010 belongs to one brand"),
        (EntryKind.FUND, 1, uuid4(), datetime(2026, 11, 2), SYSTEM, "^when it"),  # noqa: DTZ001
        (EntryKind.FUND, 1, uuid4(), OCCURRED_AT, NOBODY, "somebody has to answer"),
    ],
)
def test_a_malformed_entry_writes_nothing(
    session: Session,
    kind: EntryKind,
    minor: int,
    owner: UUID,
    occurred_at: datetime,
    actor: Actor,
    problem: str,
) -> None:
    before = written(session)

    with pytest.raises(MalformedEntry, match=problem):
        make_entry(
            session,
            (PROCESSOR, AccountRef(Code.BRAND_FUNDS, owner), usd(minor)),
            kind=kind,
            occurred_at=occurred_at,
            actor=actor,
        )

    assert written(session) == before
    opened = select(func.count()).where(LedgerAccount.owner_id == owner, LedgerAccount.owned)
    assert session.scalar(opened) == 0


def test_accounts_can_be_locked_before_they_were_ever_used(
    session: Session, brand_funds: AccountRef
) -> None:
    service.lock_accounts(session, refs=[brand_funds, PROCESSOR], currency="USD")

    assert session.scalars(
        select(LedgerBalance.balance_minor)
        .join(LedgerAccount, LedgerAccount.id == LedgerBalance.account_id)
        .where(LedgerAccount.owner_id == brand_funds.owner)
    ).all() == [0]


def test_a_fee_travels_from_the_brand_to_the_creator(session: Session) -> None:
    creator = uuid4()

    make_creator_payable(session, creator_id=creator, amount=usd(950))

    assert held(session, AccountRef(Code.CREATOR_PENDING, creator)) == 0
    assert held(session, AccountRef(Code.CREATOR_PAYABLE, creator)) == 950
