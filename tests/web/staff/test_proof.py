"""The invariants as they were last checked, and having them checked now."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.ledger.rules import AccountRef, Code, EntryKind
from marketplace.reconciliation.checks import ALL, runs
from marketplace.reconciliation.models import InvariantRun
from marketplace.store.outbox import OutboxMessage
from tests.conftest import NOON
from tests.factories.ledger import PROCESSOR, make_brand_funds, make_entry, usd
from tests.web.staff.conftest import Road

SAME_DAY = NOON + timedelta(hours=1)
"""Of the first money: the processor's statement need not be read yet."""


def check_all(session: Session, *, at: datetime | None = None, end: bool = True) -> InvariantRun:
    """What the job does."""
    now = at or utc_now()
    run = runs.begin(session, asked_by=None, now=now)
    session.flush()
    for check in runs.still_to_check(session, run.id)[: None if end else 3]:
        runs.keep(session, run_id=run.id, check=check, result=runs.look(session, check), now=now)
    if end:
        runs.end(session, run_id=run.id, now=now)
    session.flush()
    return run


def uncover(session: Session, brand: Brand) -> None:
    make_brand_funds(session, brand_id=brand.id, amount=usd(1_000))
    fees = AccountRef(Code.PROCESSOR_FEES)
    make_entry(session, (fees, PROCESSOR, usd(250)), kind=EntryKind.PROCESSOR_MOVEMENT)


def test_before_the_first_check_it_says_so(staff: FlaskClient) -> None:
    page = staff.get("/staff/proof").text
    assert "Not checked yet" in page
    assert "Not yet" in staff.get("/staff/").text


def test_the_proof_names_every_invariant_and_all_are_green(
    staff: FlaskClient, session: Session, road: Road
) -> None:
    check_all(session, at=SAME_DAY)
    page = staff.get("/staff/proof").text
    for check in ALL:
        assert f"<td>{check.name}</td>" in page, check.name
    for name in ("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9", "I11", "G1", "R1"):
        assert f"<td>{name}</td>" in page, name
    assert "Debits equal credits in every currency" in page
    assert "A constraint refuses a balance below zero at once." in page
    assert "Broken" not in page
    assert "Act on it</span>" not in page
    assert "$687.80 held, $600.00 owed" in page
    assert f"{len(ALL)} of {len(ALL)}" in page


def test_the_proof_lists_what_it_found(staff: FlaskClient, session: Session, acme: Brand) -> None:
    uncover(session, acme)
    check_all(session, at=SAME_DAY)
    page = staff.get("/staff/proof").text
    assert "The platform must add cash: $2.50." in page
    assert "Act on it</span>" in page
    assert f"{len(ALL) - 1} of {len(ALL)}" in page


def test_what_does_not_hold_comes_before_what_does(
    staff: FlaskClient, session: Session, acme: Brand
) -> None:
    uncover(session, acme)
    check_all(session, at=SAME_DAY)

    page = staff.get("/staff/proof").text

    failing, holding = page.split(f"What holds: {len(ALL) - 1} of {len(ALL)}</summary>")
    assert "<td>I4</td>" in failing
    assert "Holds</span>" not in failing
    assert "Act on it</span>" not in holding
    assert holding.count("Holds</span>") == len(ALL) - 1


def test_missing_cash_is_explained_to_the_cent(
    staff: FlaskClient, session: Session, acme: Brand
) -> None:
    uncover(session, acme)
    check_all(session)
    page = staff.get("/staff/proof").text
    assert "Why cash is missing in USD" in page
    assert "Fees of the processor" in page
    assert page.count("$2.50") == 3


def test_pages_show_what_was_kept_and_count_nothing_themselves(
    staff: FlaskClient, session: Session, acme: Brand
) -> None:
    check_all(session)
    uncover(session, acme)
    assert "must add cash: $2.50" not in staff.get("/staff/proof").text
    assert f"{len(ALL)} of {len(ALL)}" in staff.get("/staff/").text


def test_check_now_asks_a_job_once_and_the_page_shows_how_far_it_is(
    staff: FlaskClient, session: Session, stella: Actor
) -> None:
    for _ in range(2):
        answer = staff.post("/staff/proof")
        assert (answer.status_code, answer.location) == (303, "/staff/proof")
    session.expire_all()
    (run,) = session.scalars(select(InvariantRun)).all()
    assert run.asked_by_id == stella.user_id
    sent = session.scalars(select(OutboxMessage)).all()
    assert [(each.name, each.body) for each in sent] == [
        ("InvariantsWanted", {"run_id": str(run.id)})
    ]
    check_all(session, end=False)
    page = staff.get("/staff/proof").text
    assert f"Checking: 3 of {len(ALL)} invariants." in page
    assert 'http-equiv="refresh"' in page
    assert "Check now" not in page


def test_an_older_run_can_be_looked_at_again(
    staff: FlaskClient, session: Session, acme: Brand
) -> None:
    uncover(session, acme)
    old = check_all(session, at=utc_now() - timedelta(days=1))
    make_brand_funds(session, brand_id=acme.id, amount=usd(1_000))
    page = staff.get(f"/staff/proof?run={old.id}").text
    assert "The platform must add cash: $2.50." in page
    assert f"/staff/proof?run={old.id}" in page


@pytest.mark.parametrize(("run", "status"), [("none", 200), (str(UUID(int=0)), 404)])
def test_a_run_that_there_is_not_is_told(staff: FlaskClient, run: str, status: int) -> None:
    answer = staff.get(f"/staff/proof?run={run}")
    assert answer.status_code == status
    if status == 200:
        assert "“none” names no run." in answer.text


def test_a_check_that_did_not_come_last_night_is_told(staff: FlaskClient, session: Session) -> None:
    check_all(session, at=utc_now() - timedelta(hours=37))
    assert "The invariants were not checked last night" in staff.get("/staff/").text
    assert "The nightly check has not run since then." in staff.get("/staff/proof").text


def test_a_broken_invariant_leads_the_list_of_what_needs_staff(
    staff: FlaskClient, session: Session
) -> None:
    run = check_all(session, end=False)
    (first, *_) = runs.still_to_check(session, run.id)
    broken = runs.look(session, first)
    found = type(broken)(
        name=first.name,
        title=first.title,
        passed=False,
        figure="",
        findings=(runs.ledger.Finding("ledger account 12", "It is wrong."),),
        alarm=False,
    )
    runs.keep(session, run_id=run.id, check=first, result=found, now=utc_now())
    runs.end(session, run_id=run.id, now=utc_now())
    session.flush()
    assert "1 invariant does not hold" in staff.get("/staff/").text
    assert "<strong>ledger account 12</strong>: It is wrong." in staff.get("/staff/proof").text


def test_the_first_page_tells_everybody_when_the_books_were_last_proven(
    client: FlaskClient, session: Session
) -> None:
    assert "The books were last recounted" not in client.get("/").text
    check_all(session)
    told = client.get("/").text
    assert "The books were last recounted on " in told
    assert f"all {len(ALL)} checks held." in told


def test_cover_and_what_explains_it_are_of_one_reading(
    staff: FlaskClient, session: Session, acme: Brand
) -> None:
    uncover(session, acme)
    check_all(session)
    asked: list[str] = []
    connection = session.connection()

    def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(connection, "before_cursor_execute", hear)
    page = staff.get("/staff/proof").text
    event.remove(connection, "before_cursor_execute", hear)

    assert "Is client money covered?" in page
    assert sum("ledger_totals" in statement for statement in asked) == 1
