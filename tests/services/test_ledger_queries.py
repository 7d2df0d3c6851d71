"""Reading the books: statements, the journal, the trial balance."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Money
from marketplace.ledger import queries, service
from marketplace.ledger.rules import AccountRef, Code, EntryKind
from tests.factories.ledger import (
    OCCURRED_AT,
    PROCESSOR,
    make_brand_funds,
    make_campaign_funds,
    make_entry,
    usd,
)

FEES = AccountRef(Code.PROCESSOR_FEES)


def test_an_account_that_was_never_used_holds_nothing(
    session: Session, brand_funds: AccountRef
) -> None:
    assert queries.balance_of(session, brand_funds, currency="USD") == usd(0)
    assert queries.balance_of(session, AccountRef(Code.GOODWILL), currency="XCD") == Money(0, "XCD")
    assert queries.statement(session, brand_funds, currency="USD") == []


def test_what_is_still_being_written_is_in_no_checkpoint_and_in_every_balance(
    session: Session, brand_funds: AccountRef
) -> None:
    make_brand_funds(session, brand_id=brand_funds.owner, amount=usd(900))

    assert service.roll_up(session) == 0

    assert queries.balance_of(session, brand_funds, currency="USD") == usd(900)


def test_many_balances_are_read_at_once(session: Session) -> None:
    rich, poor, unknown = uuid4(), uuid4(), uuid4()
    make_campaign_funds(session, campaign_id=rich, amount=usd(900))
    make_campaign_funds(session, campaign_id=rich, amount=Money(5, "EUR"))
    make_campaign_funds(session, campaign_id=poor, amount=usd(1))

    assert queries.balances_of(session, Code.CAMPAIGN_FUNDS, [rich, poor, unknown], "USD") == {
        rich: usd(900),
        poor: usd(1),
        unknown: usd(0),
    }
    assert queries.balances_of(session, Code.CAMPAIGN_FUNDS, [], "USD") == {}


def test_the_platforms_balances_are_summed_from_their_postings(
    session: Session, brand_funds: AccountRef
) -> None:
    make_entry(
        session,
        (PROCESSOR, brand_funds, Money(900, "CHF")),
        (FEES, PROCESSOR, Money(56, "CHF")),
        kind=EntryKind.FUND,
    )
    nobody, somebody = UUID(int=0), uuid4()

    assert queries.balances_of(session, Code.PROCESSOR_BALANCE, [nobody, somebody], "CHF") == {
        nobody: Money(844, "CHF"),
        somebody: Money(0, "CHF"),
    }


def test_the_accounts_of_a_code_are_listed_largest_first(session: Session) -> None:
    owners = [uuid4() for _ in range(27)]
    for minor, owner in enumerate(owners, start=1):
        make_brand_funds(session, brand_id=owner, amount=Money(minor, "XCD"))
    make_brand_funds(session, brand_id=owners[0], amount=usd(10_000))

    first = queries.owned_accounts(session, Code.BRAND_FUNDS, currency="XCD", page=1)
    last = queries.owned_accounts(session, Code.BRAND_FUNDS, currency="XCD", page=2)

    assert [(row.ref, row.balance) for row in [*first.rows, *last.rows]] == [
        (AccountRef(Code.BRAND_FUNDS, owners[minor - 1]), Money(minor, "XCD"))
        for minor in range(27, 0, -1)
    ]
    assert (first.number, first.total, len(first.rows)) == (1, 27, 25)
    assert (last.number, last.total, len(last.rows)) == (2, 27, 2)


def make_story(session: Session, brand: AccountRef, campaign: AccountRef) -> list[int]:
    return [
        make_brand_funds(session, brand_id=brand.owner, amount=usd(1_000)),
        make_entry(session, (brand, campaign, usd(400)), kind=EntryKind.ALLOCATE, memo="Spring"),
        make_entry(
            session,
            (brand, campaign, usd(100)),
            (brand, campaign, usd(50)),
            kind=EntryKind.ALLOCATE,
        ),
        make_brand_funds(session, brand_id=brand.owner, amount=Money(7, "EUR")),
    ]


def test_a_statement_tells_each_movement_and_what_was_left(
    session: Session, brand_funds: AccountRef, campaign_funds: AccountRef
) -> None:
    funded, first, second, _ = make_story(session, brand_funds, campaign_funds)

    lines = queries.statement(session, brand_funds, currency="USD")

    assert [(ln.position, ln.kind, ln.other, ln.amount, ln.balance) for ln in lines] == [
        ((second, 2), EntryKind.ALLOCATE, campaign_funds, usd(-50), usd(450)),
        ((second, 1), EntryKind.ALLOCATE, campaign_funds, usd(-100), usd(500)),
        ((first, 1), EntryKind.ALLOCATE, campaign_funds, usd(-400), usd(600)),
        ((funded, 1), EntryKind.FUND, PROCESSOR, usd(1_000), usd(1_000)),
    ]
    assert {ln.occurred_at for ln in lines} == {OCCURRED_AT}
    assert [ln.memo for ln in lines] == ["", "", "Spring", ""]


def test_a_statement_goes_on_where_a_page_ended(
    session: Session, brand_funds: AccountRef, campaign_funds: AccountRef
) -> None:
    make_story(session, brand_funds, campaign_funds)
    whole = queries.statement(session, brand_funds, currency="USD")

    page = queries.statement(session, brand_funds, currency="USD", limit=1)
    rest = queries.statement(session, brand_funds, currency="USD", before=page[0].position)

    assert page + rest == whole
    assert len(rest) == 3


def test_the_journal_is_read_newest_first(
    session: Session, brand_funds: AccountRef, campaign_funds: AccountRef
) -> None:
    funded, first, second, euros = make_story(session, brand_funds, campaign_funds)

    def ids(**wanted: object) -> list[int]:
        return [entry.id for entry in queries.entries(session, **wanted)]  # type: ignore[arg-type]  # any filter

    assert ids(limit=4) == [euros, second, first, funded]
    assert ids(limit=2) == [euros, second]
    assert ids(limit=2, before=second) == [first, funded]
    assert ids(owner=brand_funds.owner, kind=EntryKind.ALLOCATE) == [second, first]
    assert ids(owner=campaign_funds.owner) == [second, first]
    assert ids(code=Code.CAMPAIGN_FUNDS, limit=1) == [second]
    assert ids(code=Code.PROCESSOR_BALANCE, owner=brand_funds.owner) == []
    assert ids(code=Code.BRAND_FUNDS, owner=brand_funds.owner, limit=1) == [euros]


def test_an_entry_is_found_by_its_key_and_by_the_processors_object(
    session: Session, brand_funds: AccountRef
) -> None:
    entry_id = make_entry(
        session,
        (PROCESSOR, brand_funds, usd(10)),
        kind=EntryKind.FUND,
        idem_key="fund:ch_found",
        source_ref="ch_found",
    )

    found = queries.entry_by_key(session, "fund:ch_found")
    assert found is not None
    assert found.id == entry_id
    assert found == queries.entry(session, entry_id)
    assert queries.entries(session, source_ref="ch_found") == [found]


def test_an_entry_that_was_never_written_is_not_found(session: Session) -> None:
    assert queries.entry_by_key(session, "fund:ch_nowhere") is None
    assert queries.pairs_of(session, 10**15) == []
    with pytest.raises(NotFound, match="journal entry"):
        queries.entry(session, 10**15)


def test_the_trial_balance_adds_up_both_sides_of_every_account(
    session: Session, brand_funds: AccountRef, campaign_funds: AccountRef
) -> None:
    make_entry(
        session,
        (PROCESSOR, brand_funds, Money(1_000, "XCD")),
        (FEES, PROCESSOR, Money(59, "XCD")),
        kind=EntryKind.FUND,
    )
    make_entry(session, (brand_funds, campaign_funds, Money(400, "XCD")), kind=EntryKind.ALLOCATE)

    lines = queries.trial_balance(session, currency="XCD")

    assert [
        (ln.code.value, ln.name, ln.debit.minor, ln.credit.minor, ln.balance.minor) for ln in lines
    ] == [
        (1010, "Processor balance", 1_000, 59, 941),
        (2010, "Brand funds", 400, 1_000, 600),
        (2020, "Campaign funds", 0, 400, 400),
        (5010, "Processor fees", 59, 0, 59),
    ]
    assert {ln.currency for ln in lines} == {"XCD"}
    everything = queries.trial_balance(session)
    assert [ln for ln in everything if ln.currency == "XCD"] == lines
    assert [(ln.currency, ln.code) for ln in everything] == sorted(
        (ln.currency, ln.code) for ln in everything
    )
