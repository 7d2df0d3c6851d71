"""A campaign's entries as a file that holds by itself, and one that was changed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.ledger import offline, service
from marketplace.ledger.rules import AccountRef, Code, EntryKind
from tests.conftest import damage
from tests.factories.ledger import make_brand_funds, make_entry, usd
from tests.factories.sealed import make_sealed


@pytest.fixture
def entries(session: Session) -> list[int]:
    return make_sealed(session)


def check_offline(file: Path) -> tuple[int, str]:
    """Run the checker as somebody who has nothing but the one file and a Python."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", offline.__file__, str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).strip()


@pytest.fixture
def exported(
    app: Flask, session: Session, campaign: Campaign, acme: Brand, tmp_path: Path
) -> tuple[Path, dict[str, Any]]:
    """The exported file of a campaign with two sealed entries among others, and one of today."""
    funds = AccountRef(Code.CAMPAIGN_FUNDS, campaign.id)
    for _ in range(2):
        make_brand_funds(session, brand_id=acme.id, amount=usd(900))
        make_entry(
            session,
            (AccountRef(Code.BRAND_FUNDS, acme.id), funds, usd(900)),
            kind=EntryKind.ALLOCATE,
        )
    damage(session, "UPDATE journal_entries SET recorded_at = recorded_at - interval '2 days'")
    service.seal_finished_days(session)
    make_entry(
        session,
        (funds, AccountRef(Code.FEE_UNEARNED, campaign.id), usd(90)),
        kind=EntryKind.FEE,
    )
    session.commit()
    file = tmp_path / "campaign.json"
    outcome = app.test_cli_runner().invoke(
        args=["ledger", "export", "--campaign", str(campaign.id), str(file)]
    )
    assert outcome.exit_code == 0, outcome.output
    assert outcome.output.startswith(f"3 entries are in {file}.")
    return file, json.loads(file.read_text())


def test_an_exported_file_holds_without_database_or_packages(
    exported: tuple[Path, dict[str, Any]],
) -> None:
    file, told = exported

    assert check_offline(file) == (
        0,
        "3 entries hold: all balanced, 2 of them sealed in 1 days.",
    )
    assert [item["day"] is None for item in told["entries"]] == [False, False, True]


def _raise_amount(told: dict[str, Any]) -> None:
    told["entries"][0]["entry"]["postings"][0]["amount_minor"] += 1


def _leave_one_out(told: dict[str, Any]) -> None:
    del told["entries"][1]


def _invent_a_day(told: dict[str, Any]) -> None:
    next(iter(told["days"].values()))["root"] = "0" * 64


def _swap(told: dict[str, Any]) -> None:
    told["entries"].reverse()


def _move(told: dict[str, Any]) -> None:
    told["entries"][0]["place"] += 1


def _float(told: dict[str, Any]) -> None:
    told["entries"][2]["entry"]["postings"][0]["amount_minor"] = 90.0


def _cut(told: dict[str, Any]) -> None:
    del told["entries"][0]["proof"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (_raise_amount, "it is not what was sealed on"),
        (_leave_one_out, "an entry is missing"),
        (_invent_a_day, "the hash of the day does not follow"),
        (_swap, "it is not in its place"),
        (_move, "it is not what was sealed on"),
        (_float, "debits and credits differ"),
        (_cut, "The file is damaged"),
    ],
)
def test_a_file_that_was_changed_does_not_hold(
    exported: tuple[Path, dict[str, Any]], change: Any, fault: str
) -> None:
    file, told = exported
    change(told)
    file.write_text(json.dumps(told))

    code, said = check_offline(file)

    assert code == 1
    assert fault in said


def test_what_is_no_export_is_said_plainly(tmp_path: Path) -> None:
    file = tmp_path / "other.json"
    assert check_offline(file)[0] == 2
    file.write_text("[]")
    assert check_offline(file) == (1, "This is no export.")
    file.write_text('{"format": "other"}')
    assert check_offline(file) == (1, "This is no file of the format fairview-entries-1.")


def test_an_unknown_campaign_is_not_exported(app: Flask, session: Session, tmp_path: Path) -> None:
    wanted = uuid4()
    file = tmp_path / "none.json"

    outcome = app.test_cli_runner().invoke(
        args=["ledger", "export", "--campaign", str(wanted), str(file)]
    )

    assert (outcome.exit_code, file.exists()) == (1, False)
    assert outcome.output == f"Error: There is no campaign {wanted}.\n"


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=70), st.data())
def test_every_leaf_proves_its_place_and_no_other(rows: list[bytes], data: st.DataObject) -> None:
    leaves = [offline.leaf_of({"row": row.hex(), "at": at}) for at, row in enumerate(rows)]
    place = data.draw(st.integers(0, len(rows) - 1))
    other = data.draw(st.integers(0, len(rows) - 1))
    proof = offline.proof_of(leaves, place)

    made = offline.root_by_proof(leaves[place], place=place, count=len(rows), proof=proof)

    assert made == offline.root_of(leaves)
    if other != place:
        try:
            forged = offline.root_by_proof(leaves[other], place=place, count=len(rows), proof=proof)
        except ValueError:
            return
        assert forged != made
