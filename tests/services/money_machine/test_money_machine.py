"""Any history of the events of money leaves the books as plain Python has them.

200 histories of 30 steps; with MONEY_MACHINE=nightly 2,000 of 50. Number 16, a bank that refuses a
creator, moves no money of ours: there is no event to tell.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Final

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import Session

from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.errors import Conflict
from marketplace.kernel.ids import NIL
from marketplace.kernel.money import Money
from marketplace.ledger import checks
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import (
    Entry,
    EntryKind,
    InsufficientBalance,
    MalformedEntry,
    Pair,
    events,
)
from tests.conftest import NOON
from tests.services.money_machine.first import first_history
from tests.services.money_machine.model import (
    OWNED,
    Account,
    Books,
    Move,
    broken_invariants,
)
from tests.services.money_machine.telling import (
    CAMPAIGN_OF,
    COMING_AND_EARNING,
    CURRENCIES,
    Dice,
)
from tests.services.money_machine.telling_more import OUT_AND_BACK
from tests.services.money_machine.telling_pledges import PLEDGES
from tests.services.money_machine.telling_prizes import PRIZES

pytestmark = pytest.mark.slow

EVENTS: Final = COMING_AND_EARNING + OUT_AND_BACK + PLEDGES + PRIZES
NIGHTLY: Final = os.environ.get("MONEY_MACHINE") == "nightly"
RUNS, STEPS = (2_000, 50) if NIGHTLY else (200, 30)

POSTED: Final = text("""
    SELECT d.code AS debit, d.owner_id AS of_debit, d.currency AS in_debit,
           c.code AS credit, c.owner_id AS of_credit, c.currency AS in_credit,
           p.amount_minor, p.currency
    FROM postings p
    JOIN ledger_accounts d ON d.id = p.debit_id JOIN ledger_accounts c ON c.id = p.credit_id
    WHERE p.entry_id = :entry OR :entry IS NULL
    ORDER BY p.entry_id, p.line
""")
HELD: Final = text("""
    SELECT a.code, a.owner_id, a.currency, b.balance_minor,
           (SELECT count(*) FROM journal_entries) AS entries
    FROM ledger_balances b JOIN ledger_accounts a ON a.id = b.account_id
""")


class MoneyMachine(RuleBasedStateMachine):
    """Tells events to the ledger and to plain Python, and compares the two after each."""

    connection: ClassVar[Connection]

    def __init__(self) -> None:
        super().__init__()
        self.outer = self.connection.begin()
        self.session = Session(self.connection, join_transaction_mode="create_savepoint")
        self.books = Books()
        self.ids: dict[str, int] = {}
        self.entries: dict[str, Entry] = {}
        self.posted: list[Move] = []

    def teardown(self) -> None:
        """Recount everything once, by the product's own checks too, and undo it all."""
        try:
            assert self.read_postings(None) == self.posted
            assert [c.name for c in checks.run_all(self.session) if c.broken] == []
        finally:
            self.session.close()
            self.outer.rollback()

    @initialize()
    def something_is_everywhere(self) -> None:
        """Write a first history in one batch, so that every event finds something to move."""
        told = [each for currency in sorted(set(CURRENCIES)) for each in first_history(currency)]
        ids = ledger.write_entries(
            self.session, [entry for entry, _ in told], occurred_at=NOON, actor=SYSTEM
        )
        for (entry, moves), entry_id in zip(told, ids, strict=True):
            self.keep(entry, moves, entry_id)
        self.posted = self.read_postings(None)
        assert self.posted == [move for _, moves in told for move in moves]
        self.compare()

    @rule(data=st.data(), event=st.sampled_from(EVENTS), currency=st.sampled_from(CURRENCIES))
    def something_happens(self, data: st.DataObject, event: Any, currency: str) -> None:
        try:
            entry, moves = event(Dice(data.draw, currency, self.books))
        except MalformedEntry:
            return
        self.tell(entry, moves)
        if data.draw(st.integers(0, 7)) == 0:
            self.tell_again(data)

    @rule(data=st.data(), share_bps=st.sampled_from((0, 2_500, 10_000)))
    def a_dispute_ends(self, data: st.DataObject, share_bps: int) -> None:
        """Undo a fee, as far as it is still in its hold window, and earn a part of it anew."""
        fees = [key for key, entry in self.entries.items() if entry.kind is EntryKind.EARN]
        key = data.draw(st.sampled_from(sorted(fees)))
        fee, moves = self.entries[key], self.books.told[key][1]
        back, undone = f"reverse:{key}", [(c, oc, d, od, *rest) for d, od, c, oc, *rest in moves]
        if back not in self.books.told and self.books.too_small(undone):
            with pytest.raises(InsufficientBalance):
                self.undo(key)
        elif back in self.books.told:
            assert self.undo(key) == self.ids[back]
        else:
            self.ids[back] = self.undo(key)
            self.books.take(back, EntryKind.REVERSAL.value, undone)
            self.posted += self.read_postings(self.ids[back])
            left = [pair.amount.share(basis_points=share_bps) for pair in fee.pairs]
            parts = [(p, m, a) for p, m, a in zip(fee.pairs, moves, left, strict=True) if a]
            pairs = tuple(Pair(p.debit, p.credit, a) for p, _, a in parts)
            anew = Entry(fee.kind, f"{key}:anew", pairs)
            self.tell(anew, [(*m[:4], a.minor, m[5]) for _, m, a in parts])
        self.compare()

    def undo(self, key: str) -> int:
        return ledger.reverse_entry(
            self.session, entry_id=self.ids[key], occurred_at=NOON, actor=SYSTEM
        )

    def tell_again(self, data: st.DataObject) -> None:
        """Tell an earlier event once more: as it was, or with another amount."""
        key = data.draw(st.sampled_from(sorted(self.entries)))
        first, moves = self.entries[key], list(self.books.told[key][1])
        if data.draw(st.booleans()):
            return self.tell(first, moves)
        pair = first.pairs[0]
        other = Pair(pair.debit, pair.credit, pair.amount + Money(1, pair.amount.currency))
        changed = Entry(first.kind, key, (other, *first.pairs[1:]), source_ref=first.source_ref)
        moves[0] = (*moves[0][:4], moves[0][4] + 1, moves[0][5])
        return self.tell(changed, moves)

    def tell(self, entry: Entry, moves: Sequence[Move]) -> None:
        """Tell both, and hold the ledger to what plain Python says must come of it."""
        key, kind, told = entry.idem_key, entry.kind.value, tuple(moves)
        known = self.books.told.get(key)
        if not told:
            self.refused(entry, MalformedEntry)
        elif known is not None and known != (kind, told):
            self.refused(entry, Conflict)
        elif known is not None:
            assert self.write(entry) == self.ids[key]
        elif self.books.too_small(told):
            self.refused(entry, InsufficientBalance)
        else:
            self.keep(entry, told, self.write(entry))
            written = self.read_postings(self.ids[key])
            assert tuple(written) == told, f"{kind} was posted otherwise"
            self.posted += written
        self.compare()

    def keep(self, entry: Entry, moves: Sequence[Move], entry_id: int) -> None:
        self.ids[entry.idem_key] = entry_id
        self.entries[entry.idem_key] = entry
        self.books.take(entry.idem_key, entry.kind.value, moves)

    def write(self, entry: Entry) -> int:
        return ledger.write_entry(self.session, entry, occurred_at=NOON, actor=SYSTEM)

    def refused(self, entry: Entry, kind: type[Exception]) -> None:
        with pytest.raises(kind) as refusal:
            self.write(entry)
        assert type(refusal.value) is kind

    def read_postings(self, entry_id: int | None) -> list[Move]:
        """The postings as moves; each is in the currency of both its accounts (I11)."""
        rows = self.session.execute(POSTED, {"entry": entry_id}).all()
        assert {row.currency == row.in_debit == row.in_credit for row in rows} <= {True}
        return [
            (
                row.debit,
                None if row.of_debit == NIL else row.of_debit,
                row.credit,
                None if row.of_credit == NIL else row.of_credit,
                row.amount_minor,
                row.currency,
            )
            for row in rows
        ]

    def compare(self) -> None:
        rows = self.session.execute(HELD).all()
        held: dict[Account, int] = {
            (row.code, row.owner_id, row.currency): row.balance_minor for row in rows
        }
        assert {a: minor for a, minor in held.items() if minor} == self.books.strict()
        assert {code for code, _, _ in held} <= OWNED
        assert {row.entries for row in rows} == {len(self.books.told)}
        assert broken_invariants(self.posted, held, CAMPAIGN_OF) == []


@pytest.fixture
def machine(database_url: str) -> Iterator[type[MoneyMachine]]:
    engine = create_engine(database_url)
    with engine.connect() as MoneyMachine.connection:
        yield MoneyMachine
    engine.dispose()


def test_any_history_of_money_leaves_the_books_as_plain_python_has_them(
    machine: type[MoneyMachine],
) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            # A shorter history takes minutes to find: the nightly form looks for it.
            phases=[*Phase] if NIGHTLY else [Phase.generate],
        ),
    )


def test_every_event_there_is_can_happen_in_a_history() -> None:
    told = {
        name
        for each in EVENTS
        for name in each.__code__.co_names
        if name in events.__all__ and inspect.isfunction(getattr(events, name))
    }
    made = {
        name
        for name in events.__all__
        if inspect.isfunction(function := getattr(events, name))
        and inspect.signature(function).return_annotation == "Entry"
    }

    assert made - told == set()
