"""Checkpoints: reading from them is reading everything, whoever writes meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.orm import Session

from marketplace.ledger import checks, queries, service
from marketplace.ledger.models import LedgerRollup
from marketplace.ledger.rules import AccountRef, Code, EntryKind
from tests.conftest import damage
from tests.databases import Template, lone_template
from tests.factories.ledger import PROCESSOR, make_brand_funds, make_entry, usd

FEES = AccountRef(Code.PROCESSOR_FEES)


@pytest.fixture(scope="module")
def template() -> Iterator[Template]:
    """On a server of its own: checkpoints wait for whoever is at work anywhere on a server."""
    with lone_template() as template:
        yield template


@pytest.fixture
def engine(template: Template) -> Iterator[Engine]:
    with template.copied() as url:
        engine = create_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def brand_id(engine: Engine) -> UUID:
    """A brand that put 10.00 in, of which the processor kept 0.59; both are committed."""
    brand_id = uuid4()
    with Session(engine) as session, session.begin():
        make_brand_funds(session, brand_id=brand_id, amount=usd(1_000))
        make_entry(session, (FEES, PROCESSOR, usd(59)), kind=EntryKind.PROCESSOR_MOVEMENT)
    return brand_id


def roll_up(engine: Engine) -> int:
    with Session(engine) as session, session.begin():
        return service.roll_up(session)


def trial(session: Session) -> list[tuple[int, int, int]]:
    lines = queries.trial_balance(session)
    assert lines == queries.recounted_trial_balance(session)
    return [(line.code.value, line.debit.minor, line.credit.minor) for line in lines]


def checkpoints(session: Session) -> dict[int, tuple[int, int]]:
    rows = session.scalars(select(LedgerRollup)).all()
    return {row.account_id: (row.debit_minor, row.credit_minor) for row in rows}


def test_a_trial_balance_is_the_same_with_and_without_checkpoints(
    engine: Engine, brand_id: UUID
) -> None:
    expected = [(1010, 1_000, 59), (2010, 0, 1_000), (5010, 59, 0)]
    with Session(engine) as session:
        assert trial(session) == expected

    assert roll_up(engine) == 3
    assert roll_up(engine) == 0  # nothing came after it

    with Session(engine) as session:
        assert trial(session) == expected
        assert sorted(checkpoints(session).values()) == [(0, 1_000), (59, 0), (1_000, 59)]
        assert queries.balance_of(session, PROCESSOR, currency="USD") == usd(941)
        assert queries.trial_balance(session, currency="EUR") == []


def test_what_came_after_the_checkpoint_counts_at_once(engine: Engine, brand_id: UUID) -> None:
    roll_up(engine)
    with Session(engine) as session:
        make_brand_funds(session, brand_id=brand_id, amount=usd(5))

        assert queries.balance_of(session, PROCESSOR, currency="USD") == usd(946)
        assert trial(session)[0] == (1010, 1_005, 59)
        session.commit()

    assert roll_up(engine) == 2
    with Session(engine) as session:
        assert trial(session)[0] == (1010, 1_005, 59)


def test_a_checkpoint_waits_for_a_writer_who_is_late(engine: Engine, brand_id: UUID) -> None:
    with Session(engine) as late:
        make_brand_funds(late, brand_id=brand_id, amount=usd(70))  # the lower id, committed last
        with Session(engine) as session, session.begin():
            make_brand_funds(session, brand_id=uuid4(), amount=usd(5))
        roll_up(engine)
        with Session(engine) as session:
            assert trial(session)[0] == (1010, 1_005, 59)
        late.commit()

    with Session(engine) as session:
        assert trial(session)[0] == (1010, 1_075, 59)
    roll_up(engine)
    with Session(engine) as session:
        assert trial(session)[0] == (1010, 1_075, 59)


def test_a_restored_database_does_not_trust_the_horizon_of_another_server(
    engine: Engine, brand_id: UUID
) -> None:
    roll_up(engine)
    with Session(engine) as session, session.begin():
        damage(session, "UPDATE ledger_rollups SET up_to = up_to + 1000000000")
        make_brand_funds(session, brand_id=brand_id, amount=usd(1))

    with Session(engine) as session:
        assert trial(session)[0] == (1010, 1_001, 59)
    assert roll_up(engine) == 3
    with Session(engine) as session:
        assert trial(session)[0] == (1010, 1_001, 59)
        assert max(session.scalars(select(LedgerRollup.up_to))) < 10**9


def test_a_checkpoint_that_lies_is_found(engine: Engine, brand_id: UUID) -> None:
    roll_up(engine)
    with Session(engine) as session:
        account = session.scalar(text("SELECT id FROM ledger_accounts WHERE code = 2010"))
        assert checks.run(session, checks.CHECKS)
        damage(
            session,
            "UPDATE ledger_rollups SET credit_minor = credit_minor + 1 WHERE account_id = :id",
            id=account,
        )

        [found] = [each for each in checks.run_all(session) if each.name == "I13"]

    assert [(each.subject, each.text) for each in found.findings] == [
        (
            f"ledger account {account}",
            "Read from its checkpoint debits exceed credits by -USD 10.01, its postings say"
            " -USD 10.00.",
        )
    ]
    assert found.broken


def test_a_statement_counts_back_from_the_present_balance(engine: Engine, brand_id: UUID) -> None:
    roll_up(engine)
    with Session(engine) as session:
        for minor in (5, 6, 7):
            make_brand_funds(session, brand_id=brand_id, amount=usd(minor))
        first = queries.statement(session, PROCESSOR, currency="USD", limit=2)
        rest = queries.statement(
            session, PROCESSOR, currency="USD", limit=9, before=first[-1].position
        )

        seen = [(line.amount.minor, line.balance.minor) for line in [*first, *rest]]
        assert seen == [(7, 959), (6, 952), (5, 946), (-59, 941), (1_000, 1_000)]
        assert queries.statement(session, AccountRef(Code.LOSSES), currency="USD") == []
