"""Writing many entries at once: as if one after the other, and all or none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.errors import Conflict
from marketplace.ledger import queries, service
from marketplace.ledger.models import JournalEntry, Posting
from marketplace.ledger.rules import AccountRef, Code, Entry, InsufficientBalance, MalformedEntry
from marketplace.ledger.rules.events import (
    allocated,
    brand_funds,
    campaign_funds,
    committed,
    processor_moved,
)
from tests.conftest import with_owners_rights
from tests.factories.ledger import ALL_FREE, OCCURRED_AT, make_brand_funds, usd


@pytest.fixture
def brand_id(session: Session) -> UUID:
    """A brand with 10.00 that is allocated nowhere."""
    brand_id = uuid4()
    make_brand_funds(session, brand_id=brand_id, amount=usd(1_000))
    return brand_id


def allocation(brand_id: UUID, campaign_id: UUID, minor: int, key: UUID | None = None) -> Entry:
    return allocated(
        allocation_id=key or uuid4(),
        brand_id=brand_id,
        campaign_id=campaign_id,
        amount=usd(minor),
    )


def commitment(campaign_id: UUID, minor: int) -> Entry:
    return committed(
        collaboration_id=uuid4(),
        revision=1,
        campaign_id=campaign_id,
        amount=usd(minor),
        free=ALL_FREE,
    )


def write(session: Session, *entries: Entry) -> list[int]:
    return service.write_entries(session, entries, occurred_at=OCCURRED_AT, actor=SYSTEM)


def held(session: Session, ref: AccountRef) -> int:
    return queries.balance_of(session, ref, currency="USD").minor


def written(session: Session) -> tuple[int | None, int | None]:
    return (
        session.scalar(select(func.count()).select_from(JournalEntry)),
        session.scalar(select(func.count()).select_from(Posting)),
    )


@contextmanager
def counting(session: Session) -> Iterator[list[str]]:
    """The statements that go to the database within the block."""
    said: list[str] = []

    def hear(*heard: object) -> None:
        said.append(str(heard[2]))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", hear)
    yield said
    event.remove(connection, "before_cursor_execute", hear)


def test_many_entries_are_in_the_books_in_the_order_of_telling(
    session: Session, brand_id: UUID
) -> None:
    campaigns = [uuid4() for _ in range(40)]
    told = [allocation(brand_id, campaign, 10 + n) for n, campaign in enumerate(campaigns[:20])]

    ids = write(session, *told)

    assert ids == sorted(set(ids))
    assert [queries.entry(session, each).idem_key for each in ids] == [e.idem_key for e in told]
    assert [tuple(queries.pairs_of(session, each)) for each in ids] == [e.pairs for e in told]
    assert [held(session, campaign_funds(c)) for c in campaigns] == [*range(10, 30), *[0] * 20]
    assert held(session, brand_funds(brand_id)) == 1_000 - sum(range(10, 30))


def test_each_entry_may_have_a_moment_of_its_own(session: Session, brand_id: UUID) -> None:
    earlier = OCCURRED_AT - timedelta(days=3)
    told = [allocation(brand_id, uuid4(), 1).at(earlier), allocation(brand_id, uuid4(), 1)]

    moments = [queries.entry(session, each).occurred_at for each in write(session, *told)]

    assert moments == [earlier, OCCURRED_AT]


def test_nothing_told_is_nothing_written(session: Session) -> None:
    assert write(session) == []


def test_the_same_events_told_twice_are_written_once(session: Session, brand_id: UUID) -> None:
    told = [allocation(brand_id, uuid4(), 500) for _ in range(2)]
    first = write(session, *told)
    before = written(session)

    assert held(session, brand_funds(brand_id)) == 0  # no floor stands in the way the second time
    assert write(session, *told) == first
    assert write(session, *reversed(told)) == first[::-1]
    assert written(session) == before


def test_one_event_told_twice_in_one_call_is_written_once(session: Session, brand_id: UUID) -> None:
    campaign, key = uuid4(), uuid4()

    ids = write(session, *(allocation(brand_id, campaign, 500, key) for _ in range(2)))

    assert ids == [ids[0], ids[0]]
    assert held(session, brand_funds(brand_id)) == 500


def test_what_is_known_and_what_is_new_may_be_told_together(
    session: Session, brand_id: UUID
) -> None:
    known, new = allocation(brand_id, uuid4(), 700), allocation(brand_id, uuid4(), 300)
    first = write(session, known)

    ids = write(session, new, known, new)

    assert ids == [ids[0], first[0], ids[0]]
    assert held(session, brand_funds(brand_id)) == 0
    assert queries.entry(session, ids[0]).idem_key == new.idem_key


@pytest.mark.parametrize("in_the_books", [True, False])
def test_another_event_under_a_known_key_refuses_them_all(
    session: Session, brand_id: UUID, *, in_the_books: bool
) -> None:
    known, other = allocation(brand_id, uuid4(), 100), allocation(brand_id, uuid4(), 101)
    liar = replace(other, idem_key=known.idem_key)
    write(session, known)
    before = written(session)
    # Otherwise the two told now contradict each other.
    second = liar if in_the_books else replace(known, idem_key=other.idem_key)

    with pytest.raises(Conflict, match=f"Another entry was written as {second.idem_key}"):
        write(session, other, second, allocation(brand_id, uuid4(), 1))

    assert written(session) == before
    assert held(session, brand_funds(brand_id)) == 900


@pytest.mark.parametrize("place", [0, 3, 6])
def test_one_that_takes_too_much_refuses_them_all(
    session: Session, brand_id: UUID, place: int
) -> None:
    poor = uuid4()
    make_brand_funds(session, brand_id=poor, amount=usd(9))
    told = [allocation(brand_id, uuid4(), 100) for _ in range(6)]
    told.insert(place, allocation(poor, uuid4(), 10))
    before = written(session)

    with pytest.raises(InsufficientBalance) as refusal:
        write(session, *told)

    assert refusal.value.ref == brand_funds(poor)
    assert (refusal.value.available, refusal.value.needed) == (usd(9), usd(10))
    assert written(session) == before
    assert (held(session, brand_funds(brand_id)), held(session, brand_funds(poor))) == (1_000, 9)
    del told[place]
    write(session, *told)  # the transaction goes on
    assert held(session, brand_funds(brand_id)) == 400


def test_the_first_account_to_fall_short_is_named(session: Session, brand_id: UUID) -> None:
    with pytest.raises(InsufficientBalance) as refusal:
        write(
            session,
            allocation(brand_id, uuid4(), 600),
            allocation(brand_id, uuid4(), 500),
            allocation(uuid4(), uuid4(), 1),
        )

    assert refusal.value.ref == brand_funds(brand_id)
    assert (refusal.value.available, refusal.value.needed) == (usd(400), usd(500))


def test_whoever_is_left_with_nothing_has_not_fallen_short(
    session: Session, brand_id: UUID
) -> None:
    empty = uuid4()

    with pytest.raises(InsufficientBalance) as refusal:
        write(session, allocation(brand_id, uuid4(), 1_000), allocation(empty, uuid4(), 1))

    assert refusal.value.ref == brand_funds(empty)
    assert (refusal.value.available, refusal.value.needed) == (usd(0), usd(1))


def test_money_is_spent_after_it_came_and_not_before(session: Session, brand_id: UUID) -> None:
    campaign = uuid4()
    comes, goes = allocation(brand_id, campaign, 50), commitment(campaign, 50)

    with pytest.raises(InsufficientBalance) as refusal:
        write(session, goes, comes)
    assert refusal.value.ref == campaign_funds(campaign)

    write(session, comes, goes)
    assert held(session, campaign_funds(campaign)) == 0


def test_money_that_was_there_may_be_spent_before_more_comes(
    session: Session, brand_id: UUID
) -> None:
    campaign = uuid4()
    write(session, allocation(brand_id, campaign, 49))

    with pytest.raises(InsufficientBalance) as refusal:
        write(session, commitment(campaign, 50), allocation(brand_id, campaign, 60))
    assert (refusal.value.available, refusal.value.needed) == (usd(49), usd(50))
    assert held(session, campaign_funds(campaign)) == 49

    write(session, allocation(brand_id, campaign, 1))
    write(session, commitment(campaign, 50), allocation(brand_id, campaign, 60))
    assert held(session, campaign_funds(campaign)) == 60


def test_a_database_that_refuses_what_its_balances_allow_is_asked_twice_and_no_more(
    session: Session, brand_id: UUID
) -> None:
    floor = "ck_ledger_balances_balance_is_not_negative"
    with with_owners_rights(session):
        session.execute(
            text(
                f"ALTER TABLE ledger_balances DROP CONSTRAINT {floor},"
                f" ADD CONSTRAINT {floor} CHECK (balance_minor <> 900) NOT VALID"
            )
        )

    with (
        counting(session) as said,
        pytest.raises(RuntimeError, match=r"^the database refuses what the balances allow$"),
    ):
        write(session, allocation(brand_id, uuid4(), 100))

    assert len([each for each in said if "ledger_write" in each]) == 2
    assert held(session, brand_funds(brand_id)) == 1_000


def test_a_malformed_one_among_them_writes_none(session: Session, brand_id: UUID) -> None:
    before = written(session)

    with pytest.raises(MalformedEntry, match="at least one posting"):
        write(session, allocation(brand_id, uuid4(), 1), replace(commitment(uuid4(), 1), pairs=()))

    assert written(session) == before


def test_a_hundred_take_one_statement_as_one_does(session: Session) -> None:
    def statements(count: int) -> int:
        told = [
            processor_moved(
                stripe_balance_transaction_id=f"txn_{uuid4()}",
                source_ref=None,
                against=Code.PROCESSOR_FEES,
                net=usd(-1),
            )
            for _ in range(count)
        ]
        with counting(session) as said:
            write(session, *told)
        return len(said)

    assert [statements(count) for count in (1, 2, 100)] == [1, 1, 1]
