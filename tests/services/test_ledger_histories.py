"""Whatever happens, the books stay in balance."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.money import Money
from marketplace.ledger import checks, service
from marketplace.ledger.chart import CHART, Side
from marketplace.ledger.rules import (
    GRAMMAR,
    AccountRef,
    Code,
    Entry,
    EntryKind,
    InsufficientBalance,
    Pair,
)
from tests.factories.ledger import (
    make_brand_funds,
    make_campaign_funds,
    make_creator_payable,
)
from tests.services.books import held

OWNERS = [UUID(int=n) for n in (1, 2)]

MOVES = sorted(rule for rule in GRAMMAR if rule[0] is not EntryKind.REVERSAL)


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[EntryKind, list[Pair]]]:
    """Entries of one to three lawful postings between few owners, so that money runs out often."""

    def ref(code: Code) -> AccountRef:
        return (
            AccountRef(code, draw(st.sampled_from(OWNERS)))
            if CHART[code].owned
            else AccountRef(code)
        )

    history = []
    for _ in range(draw(st.integers(min_value=1, max_value=12))):
        kind = draw(st.sampled_from(EntryKind).filter(lambda kind: kind is not EntryKind.REVERSAL))
        rules = [rule for rule in MOVES if rule[0] is kind]
        history.append(
            (
                kind,
                [
                    Pair(
                        debit=ref(debit),
                        credit=ref(credit),
                        amount=Money(
                            draw(st.integers(min_value=1, max_value=20)),
                            draw(st.sampled_from(["CHF", "JPY"])),
                        ),
                    )
                    for _, debit, credit in draw(
                        st.lists(st.sampled_from(rules), min_size=1, max_size=3)
                    )
                ],
            )
        )
    return history


Balances = dict[tuple[AccountRef, str], int]


def after(balances: Balances, pairs: list[Pair]) -> Balances:
    moved = defaultdict(int, balances)
    for pair in pairs:
        for ref, side in ((pair.debit, Side.DEBIT), (pair.credit, Side.CREDIT)):
            grows = CHART[ref.code].side is side
            moved[ref, pair.amount.currency] += pair.amount.minor if grows else -pair.amount.minor
    return moved


@pytest.fixture
def some_money(session: Session) -> None:
    for owner in OWNERS:
        for unit in ("CHF", "JPY"):
            make_brand_funds(session, brand_id=owner, amount=Money(30, unit))
            make_campaign_funds(session, campaign_id=owner, amount=Money(30, unit))
            make_creator_payable(session, creator_id=owner, amount=Money(30, unit))


@pytest.mark.slow
@pytest.mark.usefixtures("some_money")
@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=histories())
def test_any_history_keeps_the_books_in_balance(
    session: Session, history: list[tuple[EntryKind, list[Pair]]]
) -> None:
    with session.begin_nested() as example:
        refs = {
            (ref, currency)
            for _, pairs in history
            for pair in pairs
            for ref in (pair.debit, pair.credit)
            for currency in ("CHF", "JPY")
        }
        expected: Balances = {
            (ref, currency): held(session, ref, currency) for ref, currency in refs
        }
        for number, (kind, pairs) in enumerate(history):
            wanted = after(expected, pairs)
            fits = all(minor >= 0 for (ref, _), minor in wanted.items() if CHART[ref.code].strict)
            try:
                service.write_entry(
                    session,
                    Entry(kind, f"history:{number}", tuple(pairs)),
                    occurred_at=datetime(2026, 11, 2, tzinfo=UTC),
                    actor=SYSTEM,
                )
                was_written = True
            except InsufficientBalance:
                was_written = False
            assert was_written is fits
            expected = wanted if fits else expected

        assert {key: held(session, *key) for key in expected} == expected
        assert [result.name for result in checks.run_all(session) if result.broken] == []
        example.rollback()
