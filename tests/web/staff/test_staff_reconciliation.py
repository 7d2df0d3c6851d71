"""The processor's statement beside the ledger, and the breaks between them."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.clock import utc_now
from marketplace.reconciliation import queries
from marketplace.reconciliation.messages import ReconcileWanted
from marketplace.reconciliation.models import ReconciliationBreak
from marketplace.reconciliation.rules import BreakKind, BreakState
from marketplace.store.outbox import OutboxMessage
from tests.conftest import NOON
from tests.factories.ledger import make_unidentified, usd
from tests.factories.money import read_statement, statement_line
from tests.web.staff.conftest import Road

DAY = "2026-11-02"


@pytest.fixture
def statement(session: Session, road: Road) -> None:
    """Two lines that pair, and one of 0.10 that nobody knows."""
    read_statement(
        session,
        statement_line("txn_1", source="ch_1", amount=usd(110_000), fee=3_220),
        statement_line("txn_2", source="tr_1", amount=usd(-38_000), kind="transfer"),
        statement_line("txn_3", source="=cmd()", amount=usd(-10), kind="payment"),
        balances=[usd(68_770)],
        at=NOON + timedelta(hours=1),
    )


@pytest.fixture
def open_break(session: Session, statement: None) -> ReconciliationBreak:
    (found,) = queries.open_breaks(session)
    return found


def test_before_the_first_reading_it_says_how_to_get_one(staff: FlaskClient) -> None:
    page = staff.get("/staff/reconciliation").text
    assert "The statement was not read yet" in page
    assert "Read the statement now" in page


@pytest.mark.usefixtures("statement")
def test_a_day_shows_lines_beside_entries_and_adds_them_up(
    staff: FlaskClient, session: Session
) -> None:
    page = staff.get("/staff/reconciliation").text
    for shown in ("+$1,100.00", "$32.20", "+$1,067.80", "-$380.00", "-$0.10", "Unpaired"):
        assert shown in page, shown
    (total,) = queries.day_sums(session, NOON.date())
    assert (total.lines, total.paired) == (3, 2)
    assert (total.amount, total.fee, total.net) == (usd(71_990), usd(3_220), usd(68_770))
    assert "3 lines in USD" in page
    assert "+$719.90" in page
    assert "2 of 3 paired" in page
    entry = queries.day(session, NOON.date(), page=1).rows
    linked = [each.entry_id for each in entry if each.entry_id]
    assert len(linked) == 2
    assert all(f"/staff/ledger/entries/{entry_id}" in page for entry_id in linked)


@pytest.mark.usefixtures("statement")
def test_both_balances_are_compared(staff: FlaskClient) -> None:
    page = staff.get("/staff/reconciliation").text
    assert "$687.70" in page  # the processor's word
    assert "$687.80" in page  # ours; the unpaired -0.10 explains the rest
    assert "Agrees" in page


@pytest.mark.usefixtures("statement")
@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("yesterday", "“yesterday” is not a day. Write it like 2026-11-02."),
        ("2026-02-30", "“2026-02-30” is not a day."),
        ("9999-12-31", "There are no statements of the year 9999."),
    ],
)
def test_a_bad_day_is_refused_in_plain_words_and_the_newest_shown(
    staff: FlaskClient, day: str, sentence: str
) -> None:
    answer = staff.get(f"/staff/reconciliation?day={day}")
    assert answer.status_code == 200
    assert sentence in answer.text
    assert "Mon 2 Nov 2026" in answer.text


@pytest.mark.usefixtures("statement")
def test_a_day_without_lines_says_so(staff: FlaskClient) -> None:
    page = staff.get("/staff/reconciliation?day=2026-11-05").text
    assert "The processor moved nothing on this day." in page


@pytest.mark.usefixtures("statement")
@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("sort=net&dir=asc", "-$380.00"),
        ("sort=net&dir=desc", "+$1,067.80"),
        ("sort=type&dir=desc", "-$380.00"),
    ],
)
def test_the_lines_of_a_day_are_sorted_by_the_heads(
    staff: FlaskClient, query: str, first: str
) -> None:
    page = staff.get(f"/staff/reconciliation?{query}").text
    lines = page[page.index("Statement lines and journal entries") :]
    nets = ("-$380.00", "+$1,067.80", "-$0.10")
    assert min(nets, key=lines.index) == first


def test_the_statement_is_asked_for_once_and_waited_for(
    staff: FlaskClient, session: Session
) -> None:
    answer = staff.post("/staff/reconciliation")
    assert answer.status_code == 303
    sent = session.scalars(select(OutboxMessage)).all()
    assert [(each.name, each.body) for each in sent] == [(ReconcileWanted.name(), {})]

    waiting = staff.get(answer.location).text
    assert "The processor’s statement is being read." in waiting
    assert 'http-equiv="refresh"' in waiting

    read_statement(session, balances=[], at=utc_now() + timedelta(seconds=1))
    arrived = staff.get(answer.location).text
    assert "is being read" not in arrived
    assert 'http-equiv="refresh"' not in arrived


@pytest.mark.parametrize(
    ("asked", "overdue"), [("1", True), ("99999999999999", False), ("x", False)]
)
def test_a_statement_that_does_not_come_is_not_waited_for_without_end(
    staff: FlaskClient, asked: str, overdue: bool
) -> None:
    page = staff.get(f"/staff/reconciliation?asked={asked}").text
    assert 'http-equiv="refresh"' not in page
    assert ("The statement has not come yet." in page) is overdue


@pytest.mark.usefixtures("statement")
def test_a_day_is_exported_and_no_text_runs_as_a_formula(staff: FlaskClient) -> None:
    answer = staff.get(f"/staff/reconciliation.csv?day={DAY}")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == f"attachment; filename=statement-{DAY}.csv"
    rows = {row["balance transaction"]: row for row in csv.DictReader(io.StringIO(answer.text))}
    assert len(rows) == 3
    charge, fee = rows["txn_1"], rows["txn_3"]
    assert (charge["gross"], charge["fee"], charge["net"], charge["state"]) == (
        "1100.00", "32.20", "1067.80", "paired",
    )  # fmt: skip
    assert (charge["occurred at"], charge["entry key"]) == (
        "2026-11-02T12:00:00+00:00",
        "fund:ch_1",
    )
    assert (fee["source"], fee["net"], fee["journal entry"], fee["state"]) == (
        "'=cmd()", "-0.10", "", "unpaired",
    )  # fmt: skip


@pytest.mark.parametrize("query", ["", "?day=never"])
def test_an_export_needs_a_day(staff: FlaskClient, query: str) -> None:
    assert staff.get(f"/staff/reconciliation.csv{query}").status_code == 422


def test_no_open_break_is_good_news(staff: FlaskClient) -> None:
    assert "No break is open." in staff.get("/staff/breaks").text


def test_a_break_shows_both_sides(staff: FlaskClient, open_break: ReconciliationBreak) -> None:
    assert f"/staff/breaks/{open_break.id}" in staff.get("/staff/breaks").text
    page = staff.get(f"/staff/breaks/{open_break.id}").text
    assert "txn_3" in page
    assert "-$0.10" in page
    assert "Nothing: no entry names this movement." in page


def test_a_break_of_what_nobody_knows_leads_to_where_one_says_what_it_was(
    staff: FlaskClient, session: Session
) -> None:
    make_unidentified(session, usd(1_200))
    read_statement(
        session,
        statement_line("txn_odd", source=None, amount=usd(1_200), kind="adjustment"),
        balances=[usd(1_200)],
        at=NOON + timedelta(hours=1),
    )
    (found,) = queries.open_breaks(session)
    assert found.kind is BreakKind.UNIDENTIFIED

    page = staff.get(f"/staff/breaks/{found.id}").text

    (way,) = re.findall(r"/staff/suspense/[0-9a-f-]{36}", page)
    assert "+$12.00 in suspense" in staff.get(way).text
    form = {"becomes": "5010", "reason": "A fee that was given back."}
    assert staff.post(way, data=form).status_code == 303

    page = staff.get(f"/staff/breaks/{found.id}").text

    assert way not in page
    assert "The next reading of the statement closes the break." in page
    (said,) = re.findall(r'<a href="(/staff/ledger/entries/\d+)">Entry \d+</a> says what', page)
    assert "1900 Suspense" in staff.get(said).text


@pytest.mark.parametrize("note", ["", "   "])
def test_a_break_is_not_resolved_without_a_note(
    staff: FlaskClient, session: Session, open_break: ReconciliationBreak, note: str
) -> None:
    answer = staff.post(f"/staff/breaks/{open_break.id}", data={"resolution": note})
    assert answer.status_code == 422
    assert "Say what you found out." in answer.text
    session.refresh(open_break)
    assert open_break.state is BreakState.OPEN


def test_a_break_is_resolved_once_with_a_note(
    staff: FlaskClient, session: Session, open_break: ReconciliationBreak
) -> None:
    address, note = f"/staff/breaks/{open_break.id}", "The fee of October, booked by hand."
    answer = staff.post(address, data={"resolution": note})
    assert (answer.status_code, answer.location) == (303, "/staff/breaks")
    session.refresh(open_break)
    assert (open_break.state, open_break.resolution) == (BreakState.RESOLVED, note)
    assert note in staff.get("/staff/breaks").text

    again = staff.post(address, data={"resolution": "Another story."})
    assert again.status_code == 409
    session.refresh(open_break)
    assert open_break.resolution == note


def test_a_line_that_moved_nothing_leaves_its_day_agreeing(
    staff: FlaskClient, session: Session, road: Road
) -> None:
    read_statement(
        session,
        statement_line("txn_1", source="ch_1", amount=usd(110_000), fee=3_220),
        statement_line("txn_2", source="tr_1", amount=usd(-38_000), kind="transfer"),
        statement_line("txn_3", source="adj_1", amount=usd(0), kind="adjustment"),
        balances=[usd(68_780)],
        at=NOON + timedelta(hours=1),
    )

    assert queries.open_breaks(session) == []
    page = staff.get("/staff/reconciliation").text
    assert "Moved nothing" in page
    assert "Unpaired" not in page
    assert "3 of 3 paired" in page
    answer = staff.get(f"/staff/reconciliation.csv?day={DAY}")
    states = {
        row["balance transaction"]: row["state"] for row in csv.DictReader(io.StringIO(answer.text))
    }
    assert states == {"txn_1": "paired", "txn_2": "paired", "txn_3": "moved nothing"}
