"""The grammar of money, the chart of accounts, and what an entry may be."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.actor import NOBODY, SYSTEM, Actor
from marketplace.kernel.errors import Conflict
from marketplace.kernel.ids import NIL
from marketplace.kernel.money import LARGEST_MINOR, Money
from marketplace.ledger.chart import CHART, Family, OwnerKind, Side, check_owners, family
from marketplace.ledger.rules import (
    GRAMMAR,
    AccountRef,
    Code,
    Entry,
    EntryKind,
    InsufficientBalance,
    MalformedEntry,
    Pair,
    actor_name,
    check_entry,
    reversed_pairs,
)

BRAND = uuid4()
CAMPAIGN = uuid4()
UNALLOCATED = AccountRef(Code.BRAND_FUNDS, BRAND)
FUNDS = AccountRef(Code.CAMPAIGN_FUNDS, CAMPAIGN)


def allocation(minor: int = 100, currency: str = "USD") -> Pair:
    return Pair(debit=UNALLOCATED, credit=FUNDS, amount=Money(minor, currency))


def entry(kind: EntryKind, *pairs: Pair) -> Entry:
    return Entry(kind, "test:1", pairs)


def test_the_chart_describes_every_code_once() -> None:
    assert list(CHART) == list(Code)
    assert len({line.name for line in CHART.values()}) == len(CHART)
    assert all(line.meaning for line in CHART.values())


@pytest.mark.parametrize(
    ("code", "side", "strict", "owner"),
    [
        (1010, "D", False, "platform"),
        (1020, "D", False, "platform"),
        (1030, "D", False, "platform"),
        (1040, "D", False, "platform"),
        (1050, "D", False, "platform"),
        (1100, "D", True, "brand"),
        (1110, "D", True, "creator"),
        (1120, "D", True, "chargeback"),
        (1190, "D", False, "platform"),
        (1900, "D", False, "platform"),
        (2010, "C", True, "brand"),
        (2020, "C", True, "campaign"),
        (2025, "C", True, "campaign"),
        (2030, "C", True, "collaboration"),
        (2040, "C", True, "creator"),
        (2050, "C", True, "creator"),
        (2060, "C", True, "payout"),
        (2070, "C", True, "refund"),
        (2080, "C", False, "platform"),
        (2090, "C", False, "platform"),
        (2100, "C", True, "campaign"),
        (3010, "C", False, "platform"),
        (3900, "C", False, "platform"),
        (4010, "C", False, "platform"),
        (5010, "D", False, "platform"),
        (5020, "D", False, "platform"),
        (5030, "D", False, "platform"),
        (5040, "D", False, "platform"),
        (5050, "D", False, "platform"),
        (5060, "D", False, "platform"),
    ],
)
def test_an_account_has_its_side_its_floor_and_its_owner(
    code: int, side: str, strict: bool, owner: str
) -> None:
    line = CHART[Code(code)]

    assert (line.side, line.strict, line.owner) == (Side(side), strict, OwnerKind(owner))
    assert line.owned is (owner != "platform")


@pytest.mark.parametrize(
    ("code", "of"),
    [
        (Code.PROCESSOR_BALANCE, Family.ASSETS),
        (Code.CAMPAIGN_FUNDS, Family.LIABILITIES),
        (Code.EXCHANGE_CLEARING, Family.EQUITY),
        (Code.FEE_EARNED, Family.INCOME),
        (Code.GOODWILL, Family.EXPENSES),
    ],
)
def test_the_first_digit_tells_the_family(code: Code, of: Family) -> None:
    assert family(code) is of


# The whole grammar once more, by number: what is not here may never be written.
MOVES = {
    "opening": "1010/3010 1030/3010 1040/3010",
    "fund": "1010/2010 5010/1010",
    "exchange": "1010/3900 3900/2010 5010/1010 5040/3900 3900/5040",
    "allocate": "2010/2020",
    "fee": "2020/2100 2020/2090 2020/5010",
    "fee_return": "2100/2020 2090/2020",
    "commit": "2020/2030",
    "release_commitment": "2030/2020 2100/2020",
    "earn": "2030/2040 2030/4010 2100/4010",
    "bonus": "2030/2040 2030/4010 2100/4010",
    "bonus_fix": "2040/2030 2050/2030 1110/2030 4010/2030 4010/2100",
    "mature": "2040/2050",
    "refund_hold": "2100/2020 2020/2070 2010/2070",
    "refund_paid": "2070/3900 3900/1010 3900/5040 5040/3900 2070/1010 2070/1030",
    "refund_failed": "1010/3900 3900/2010 3900/5040 5040/3900 2070/2010 1010/2010",
    "payout_reserve": "2050/2060 2050/2080",
    "payout_settle": "2060/1010",
    "payout_release": "2060/2050 2080/2050",
    "transfer_reversal": "1010/2050",
    "clawback": "1110/2020",
    "clawback_reversal": "1010/1110",
    "clawback_net": "2050/1110",
    "platform_payout_sent": "1020/1010",
    "platform_payout_arrived": "1030/1020",
    "platform_payout_failed": "1010/1020",
    "topup_sent": "1050/1030",
    "topup_arrived": "1010/1050",
    "topup_reversed": "1050/1010",
    "freeze": "2020/2025",
    "unfreeze": "2025/2020",
    "chargeback_withdrawn": "1120/3900 3900/1010 3900/5040 5040/3900 1120/1010 5020/1010 2020/2025",
    "chargeback_lost": "2025/1120 2020/1120 2100/1120 1100/1120",
    "chargeback_won": "1010/3900 1120/1100 1120/2010 1120/2020 1120/2100 1120/5030 3900/1120"
    " 3900/5040 5040/3900 1010/1120 2025/2020 1010/5020",
    "owed_recovered": "2010/1100 2020/1100",
    "write_off": "5030/1100",
    "adjust": " ".join(
        f"{code}/{against} {against}/{code}"
        for code in (1100, 1110, 2010, 2020, 2050)
        for against in (1900, 5030, 5050, 5060)
    ),
    "processor_movement": "5010/1010 1010/5010 1190/1010 1010/1190 1010/4010 4010/1010",
    "suspense": "1010/1900 1900/1010 5010/1010",
    "identify": "2050/1900 1900/2010 1900/2050 1900/5010 1900/1030 1030/1900 5010/1900 5020/1900"
    " 5030/1900",
    "pledge_set_aside": "2010/2110",
    "pledge_return": "2110/2010",
    "pledge_owed": "2110/2120",
    "pledge_paid": "2120/1030",
    "prizes_set_aside": "2020/2035",
    "prizes_return": "2035/2020",
    "prize": "2035/2040 2035/4010 2100/4010",
}


def test_the_grammar_is_exactly_the_events_of_the_product() -> None:
    written: dict[str, set[str]] = defaultdict(set)
    for kind, debit, credit in GRAMMAR:
        if kind is not EntryKind.REVERSAL:
            written[kind.value].add(f"{debit.value}/{credit.value}")

    assert written == {kind: set(pairs.split()) for kind, pairs in MOVES.items()}


def test_every_kind_of_entry_can_be_written() -> None:
    assert {kind for kind, _, _ in GRAMMAR} == set(EntryKind)


def test_a_reversal_swaps_what_some_event_moved_and_nothing_else() -> None:
    forward = {(d, c) for kind, d, c in GRAMMAR if kind is not EntryKind.REVERSAL}
    backward = {(c, d) for kind, d, c in GRAMMAR if kind is EntryKind.REVERSAL}

    assert backward == forward


def test_no_movement_stays_on_its_account() -> None:
    assert [(kind, debit) for kind, debit, credit in GRAMMAR if debit is credit] == []


def test_a_lawful_entry_passes() -> None:
    check_entry(entry(EntryKind.ALLOCATE, allocation(1), allocation(LARGEST_MINOR, "JPY")))


def test_an_event_told_late_keeps_everything_but_its_moment() -> None:
    moment = datetime(2026, 11, 2, 12, tzinfo=UTC)
    told = Entry(EntryKind.ALLOCATE, "test:1", (allocation(),), source_ref="ch_1", memo="Ours")

    assert told.at(moment) == Entry(
        EntryKind.ALLOCATE,
        "test:1",
        (allocation(),),
        source_ref="ch_1",
        memo="Ours",
        occurred_at=moment,
    )
    assert told.occurred_at is None


def test_an_entry_has_at_least_one_posting() -> None:
    with pytest.raises(MalformedEntry, match=r"^an entry has at least one posting$"):
        check_entry(entry(EntryKind.ALLOCATE))


@pytest.mark.parametrize("minor", [0, -1, LARGEST_MINOR + 1])
def test_an_amount_is_positive_and_bounded(minor: int) -> None:
    with pytest.raises(MalformedEntry, match=f"{minor} is no amount of a posting"):
        check_entry(entry(EntryKind.ALLOCATE, allocation(1), allocation(minor)))


@pytest.mark.parametrize("currency", ["usd", "US", "USDT", "US1", "ＵＳＤ", "", "1.0"])
def test_a_currency_is_three_capital_letters(currency: str) -> None:
    with pytest.raises(MalformedEntry, match="is no currency"):
        check_entry(entry(EntryKind.ALLOCATE, allocation(1, currency)))


@pytest.mark.parametrize("kind", [EntryKind.FUND, EntryKind.COMMIT, EntryKind.REVERSAL])
def test_accounts_that_never_meet_in_a_kind_are_refused(kind: EntryKind) -> None:
    with pytest.raises(MalformedEntry, match=f"{kind} does not move 2010 / 2020"):
        check_entry(entry(kind, allocation()))


def test_sides_cannot_be_confused() -> None:
    with pytest.raises(MalformedEntry, match="allocate does not move 2020 / 2010"):
        check_entry(entry(EntryKind.ALLOCATE, *reversed_pairs([allocation()])))


def test_a_brands_account_needs_its_brand() -> None:
    nobodys = Pair(debit=AccountRef(Code.BRAND_FUNDS), credit=FUNDS, amount=Money(1, "USD"))

    with pytest.raises(MalformedEntry, match="2010 belongs to one brand"):
        check_owners([allocation(), nobodys])


def test_the_platforms_account_has_no_other_owner() -> None:
    somebodys = Pair(
        debit=AccountRef(Code.PROCESSOR_BALANCE, BRAND), credit=UNALLOCATED, amount=Money(1, "USD")
    )

    with pytest.raises(MalformedEntry, match="1010 belongs to one platform"):
        check_owners([somebodys])


def test_owners_that_fit_the_chart_pass() -> None:
    check_owners([allocation(), Pair(AccountRef(Code.LOSSES, NIL), UNALLOCATED, Money(1, "USD"))])


lawful = st.builds(
    Pair,
    debit=st.just(UNALLOCATED),
    credit=st.just(FUNDS),
    amount=st.builds(
        Money,
        minor=st.integers(min_value=1, max_value=LARGEST_MINOR),
        currency=st.sampled_from(["USD", "JPY"]),
    ),
)


@given(st.lists(lawful, min_size=1, max_size=10))
def test_an_entry_and_its_reversal_together_move_nothing(pairs: list[Pair]) -> None:
    moved: dict[tuple[AccountRef, str], int] = defaultdict(int)

    for pair in [*pairs, *reversed_pairs(pairs)]:
        moved[pair.debit, pair.amount.currency] += pair.amount.minor
        moved[pair.credit, pair.amount.currency] -= pair.amount.minor

    assert set(moved.values()) == {0}
    assert list(reversed_pairs(reversed_pairs(pairs))) == pairs


def test_the_journal_names_ids_and_never_people() -> None:
    user_id = uuid4()

    assert actor_name(SYSTEM) == "system"
    assert actor_name(Actor(user_id=user_id, is_staff=True)) == f"user:{user_id}"
    with pytest.raises(MalformedEntry, match=r"^somebody has to answer for an entry$"):
        actor_name(NOBODY)


def test_too_small_a_balance_is_said_in_money() -> None:
    refusal = InsufficientBalance(
        FUNDS, available=Money(1_000, "USD"), needed=Money(125_050, "USD")
    )

    assert isinstance(refusal, Conflict)
    assert (refusal.ref, refusal.available, refusal.needed) == (
        FUNDS,
        Money(1_000, "USD"),
        Money(125_050, "USD"),
    )
    assert refusal.reason == "The balance is too small: USD 1,250.50 needed, USD 10.00 available"
