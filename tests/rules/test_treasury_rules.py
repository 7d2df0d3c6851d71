"""What the processor moves by itself, and where it belongs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.kernel.money import Money
from marketplace.ledger.chart import check_owners
from marketplace.ledger.rules import Code, EntryKind, check_entry
from marketplace.treasury.rules.identifying import BECOMES, choices
from marketplace.treasury.rules.movements import (
    AGAINST,
    BOOKED_ELSEWHERE,
    GRACE,
    Movement,
    entry_of_movement,
)
from marketplace.treasury.rules.requests import (
    RequestKind,
    needs_second,
)
from tests.factories.terms import LIMITS

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def moved(kind: str, minor: int = -200, *, age: timedelta = timedelta(0)) -> Movement:
    long_ago = NOON - timedelta(days=90)
    return Movement("txn_1", kind, None, Money(minor, "USD"), long_ago, read_at=NOON - age)


@pytest.mark.parametrize("minor", [-200, 200])
@pytest.mark.parametrize(("kind", "code"), AGAINST.items())
def test_a_known_type_is_booked_against_its_account_in_both_directions(
    kind: str, code: Code, minor: int
) -> None:
    entry = entry_of_movement(moved(kind, minor), now=NOON)

    assert entry is not None
    check_entry(entry)
    check_owners(entry.pairs)
    (pair,) = entry.pairs
    sides = (pair.debit.code, pair.credit.code)
    ours = (Code.PROCESSOR_BALANCE, code)
    assert (sides, pair.amount) == (ours if minor > 0 else ours[::-1], Money(200, "USD"))
    assert (entry.kind, entry.idem_key, entry.source_ref) == (
        EntryKind.PROCESSOR_MOVEMENT,
        "bt:txn_1",
        "txn_1",
    )


@pytest.mark.parametrize("minor", [-200, 200])
def test_an_unknown_type_goes_into_suspense_at_once(minor: int) -> None:
    entry = entry_of_movement(moved("moonlight_adjustment", minor), now=NOON)

    assert entry is not None
    check_entry(entry)
    (pair,) = entry.pairs
    assert Code.SUSPENSE in (pair.debit.code, pair.credit.code)
    assert (entry.kind, entry.idem_key) == (EntryKind.SUSPENSE, "bt:txn_1")
    assert entry.memo == "The processor calls it “moonlight_adjustment”"


@pytest.mark.parametrize("kind", sorted(BOOKED_ELSEWHERE))
def test_what_another_flow_books_is_left_to_it_for_a_day_and_no_longer(kind: str) -> None:
    assert entry_of_movement(moved(kind, age=GRACE), now=NOON) is None

    late = entry_of_movement(moved(kind, age=GRACE + timedelta(microseconds=1)), now=NOON)

    assert late is not None
    assert late.kind is EntryKind.SUSPENSE


def test_no_type_is_both_ours_and_another_flows() -> None:
    assert AGAINST.keys() & BOOKED_ELSEWHERE == set()


def test_a_movement_of_nothing_is_no_entry() -> None:
    assert entry_of_movement(moved("stripe_fee", 0), now=NOON) is None


def test_money_that_came_in_cannot_have_been_a_loss_and_money_that_went_no_funding() -> None:
    came, went = choices(Money(1, "USD")), choices(Money(-1, "USD"))

    assert set(came) == {
        Code.BRAND_FUNDS,
        Code.CREATOR_PAYABLE,
        Code.PROCESSOR_FEES,
        Code.BANK_OPERATING,
    }
    assert set(went) == set(BECOMES) - {Code.BRAND_FUNDS}


@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD"])
def test_the_terms_say_what_one_person_decides_alone(currency: str) -> None:
    limits = LIMITS[currency]
    for kind, most in (
        (RequestKind.IDENTIFY, limits.identify_alone),
        (RequestKind.DECIDE_DISPUTE, limits.dispute_alone),
    ):
        assert most.minor > 0
        assert not needs_second(kind, most, limits)
        assert needs_second(kind, Money(most.minor + 1, currency), limits)
        assert needs_second(kind, None, limits)
        assert needs_second(kind, Money(1, currency), None)
    for kind in set(RequestKind) - {RequestKind.IDENTIFY, RequestKind.DECIDE_DISPUTE}:
        assert needs_second(kind, Money(1, currency), limits)
