"""The page about money names what the code has."""

from __future__ import annotations

import inspect
import re

import pytest

from marketplace.ledger import checks
from marketplace.ledger.chart import CHART, Side
from marketplace.ledger.rules import events
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "money.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("line", CHART.values(), ids=lambda line: str(line.code.value))
def test_every_account_of_the_chart_is_on_the_page(line: object) -> None:
    told = CHART[line.code]  # type: ignore[attr-defined]
    side = "debit" if told.side is Side.DEBIT else "credit"
    floor = "yes" if told.strict else "no"

    assert (
        f"| {told.code.value} | {told.name} | {told.owner.value} | {side} | {floor} |"
        f" {told.meaning} |" in PAGE
    )


def test_every_number_of_an_event_is_on_the_page() -> None:
    numbers = {
        int(found[1])
        for name in events.__all__
        if (found := re.match(r"([0-9]+)[.,]", inspect.getdoc(getattr(events, name)) or ""))
    }

    assert numbers >= {*range(1, 16), *range(17, 27)}
    assert {n for n in numbers if f"\n| {n}" not in PAGE} == set()


def test_every_event_is_written_by_some_room() -> None:
    """Each can be reached from a page, a command or a job: none is there for the tests alone."""
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "marketplace").rglob("*.py")
        if "ledger" not in path.parts or "cli" in path.parts
    )
    told = [
        name
        for name in events.__all__
        if re.match(r"[0-9]+[.,]", inspect.getdoc(getattr(events, name)) or "")
    ]

    assert len(told) > 40
    assert [name for name in told if not re.search(rf"events\.{name}\b", code)] == []


def test_every_invariant_of_the_ledger_is_on_the_page() -> None:
    assert [each.name for each in checks.CHECKS if f"{each.name}" not in PAGE] == []
