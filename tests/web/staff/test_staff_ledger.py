"""The books: trial balance, accounts, journal, and the proof."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.kernel.actor import Actor
from marketplace.kernel.ids import NIL, new_id
from marketplace.kernel.money import Money
from marketplace.ledger import queries, service
from marketplace.ledger.rules import AccountRef, Code, EntryKind
from marketplace.reconciliation.queries import owner_names
from marketplace.store.paging import PAGE_SIZE
from tests.conftest import NOON
from tests.factories.ledger import PROCESSOR, make_brand_funds, make_entry, usd
from tests.web.staff.conftest import Road


def test_empty_books_say_how_they_begin(staff: FlaskClient) -> None:
    assert "The books are empty" in staff.get("/staff/ledger").text
    assert "Nothing was written yet." in staff.get("/staff/ledger/entries").text


def test_the_trial_balance_adds_up_by_currency(
    staff: FlaskClient, session: Session, acme: Brand, road: Road
) -> None:
    make_brand_funds(session, brand_id=acme.id, amount=Money(77_700, "JPY"))
    page = staff.get("/staff/ledger").text
    assert page.count("Debits equal credits") == 2
    assert "¥77,700" in page
    lines = queries.trial_balance(session, currency="USD")
    assert sum(line.debit.minor for line in lines) == sum(line.credit.minor for line in lines)
    # 1100.00 in, 32.20 kept, 1100.00 allocated, 100.00 of fee, 400.00 committed and earned with
    # 40.00 on top, 380.00 matured, reserved and settled.
    assert "$4,312.20" in page
    only = staff.get("/staff/ledger?currency=JPY").text
    assert "$" not in only
    assert "¥77,700" in only
    assert "Nothing was ever moved in GBP." in staff.get("/staff/ledger?currency=GBP").text


def test_an_account_of_the_platform_shows_its_statement(staff: FlaskClient, road: Road) -> None:
    page = staff.get("/staff/ledger/accounts/1010/USD").text
    for shown in ("$687.80", "-$380.00", "+$1,100.00", "-$32.20", "2010 Brand funds"):
        assert shown in page, shown
    assert "Acme Kitchen" in page


def test_an_account_that_many_own_lists_its_owners_by_name(
    staff: FlaskClient, road: Road, session: Session
) -> None:
    owners = staff.get("/staff/ledger/accounts/2020/USD").text
    assert "Beans in a minute" in owners
    assert "$600.00" in owners
    one = staff.get(f"/staff/ledger/accounts/2020/USD?owner={road.campaign.id}").text
    assert "+$1,100.00" in one
    assert "-$400.00" in one
    assert "Bea in “Beans in a minute”" in one


def test_a_statement_is_read_page_by_page(
    staff: FlaskClient, session: Session, acme: Brand
) -> None:
    for minor in range(1, PAGE_SIZE + 3):
        make_brand_funds(session, brand_id=acme.id, amount=usd(minor))
    newest = staff.get("/staff/ledger/accounts/1010/USD").text
    assert "+$0.27" in newest
    assert "+$0.03" in newest
    assert "+$0.02" not in newest
    last = queries.statement(session, PROCESSOR, currency="USD", limit=PAGE_SIZE)[-1]
    older = f"before={last.entry_id}.{last.line}"
    assert older in newest
    page = staff.get(f"/staff/ledger/accounts/1010/USD?{older}").text
    assert "+$0.02" in page
    assert "+$0.03" not in page
    assert "Newest" in page


def test_a_place_in_the_statement_that_is_none_is_told(staff: FlaskClient) -> None:
    page = staff.get("/staff/ledger/accounts/1010/USD?before=there").text
    assert "“there” is no place in the account." in page


def test_an_entry_says_who_when_why_and_what(
    staff: FlaskClient, session: Session, stella: Actor, acme: Brand
) -> None:
    entry_id = make_entry(
        session,
        (AccountRef(Code.GOODWILL), AccountRef(Code.BRAND_FUNDS, acme.id), usd(1_234)),
        kind=EntryKind.ADJUST,
        idem_key="adj:1",
        actor=stella,
        memo="For the long wait",
    )
    page = staff.get(f"/staff/ledger/entries/{entry_id}").text
    for shown in ("Stella", "For the long wait", "adj:1", "5060 Goodwill", "Acme Kitchen"):
        assert shown in page, shown
    assert page.count("$12.34") == 2
    assert "Undone by" not in page


def test_an_undone_entry_and_its_reversal_lead_to_each_other(
    staff: FlaskClient, session: Session, stella: Actor, acme: Brand
) -> None:
    first = make_brand_funds(session, brand_id=acme.id, amount=usd(500))
    second = service.reverse_entry(session, entry_id=first, occurred_at=NOON, actor=stella)
    assert f"Undone by entry {second}" in staff.get(f"/staff/ledger/entries/{first}").text
    assert f"Undoes entry {first}" in staff.get(f"/staff/ledger/entries/{second}").text


def test_the_journal_is_filtered_by_its_address(staff: FlaskClient, road: Road) -> None:
    def shown(query: str) -> list[str]:
        page = staff.get(f"/staff/ledger/entries?{query}").text
        table = page[page.find("<table") :]
        words = ("Funding of “Beans in a minute”", "Payout settle", "Payout reserve", "Mature")
        return [word for word in words if word in table]

    assert shown("") == [
        "Funding of “Beans in a minute”",
        "Payout settle",
        "Payout reserve",
        "Mature",
    ]
    assert shown("kind=mature") == ["Mature"]
    assert shown("code=1010") == ["Funding of “Beans in a minute”", "Payout settle"]
    assert shown(f"owner={road.payout.id}") == ["Payout settle", "Payout reserve"]
    assert shown("source=tr_1") == ["Payout settle"]
    assert shown("source=tr_2") == []


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("kind=gift", "There is no kind of entry called “gift”, so all are shown."),
        ("code=1011", "There is no account “1011”."),
        ("code=many", "There is no account “many”."),
        ("owner=acme", "“acme” is not the id of an owner."),
        ("before=99999999999999999999", "“99999999999999999999” is no place in the journal."),
    ],
)
def test_a_filter_that_cannot_be_read_is_told(
    staff: FlaskClient, query: str, sentence: str
) -> None:
    answer = staff.get(f"/staff/ledger/entries?{query}")
    assert answer.status_code == 200
    assert sentence in answer.text


def test_names_are_found_for_every_kind_of_owner(session: Session, road: Road) -> None:
    refs = [
        AccountRef(Code.BRAND_FUNDS, road.campaign.brand_id),
        AccountRef(Code.CAMPAIGN_FUNDS, road.campaign.id),
        AccountRef(Code.CREATOR_PAYABLE, road.payout.creator_id),
        AccountRef(Code.PAYOUT_IN_FLIGHT, road.payout.id),
        AccountRef(Code.CREATOR_PAYABLE, new_id()),
        AccountRef(Code.PROCESSOR_BALANCE, NIL),
    ]
    assert owner_names(session, refs) == {
        road.campaign.brand_id: "Acme Kitchen",
        road.campaign.id: "Beans in a minute",
        road.payout.creator_id: "Bea",
        road.payout.id: "payout to Bea",
    }
