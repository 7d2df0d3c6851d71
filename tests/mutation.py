"""Change the code of money in small ways, one area at a time, and count what the tests notice.

``python -m tests.mutation [--again] [AREA …]``; ``make test-mutation`` runs it, docs/mutation.md
says what came of it. Each area is held by its own tests alone, so that a rule is not called safe
because some page far away would have shown a wrong amount. What the types refuse, as ``make types``
would, is not tried.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from tests.databases import lone_template

WANTED_PERCENT: Final = 90
BY_TYPES: Final = "caught by type check"
BY_TESTS: Final = frozenset({"killed", "timeout"})
AREAS: Final[Mapping[str, Sequence[str]]] = {
    "ledger/rules": [
        "tests/rules/test_ledger_months.py",
        "tests/rules/test_ledger_rules.py",
        "tests/rules/test_money_events.py",
    ],
    "payouts/rules": [
        "tests/rules/test_bonus_booking.py",
        "tests/rules/test_bonus_rules.py",
        "tests/rules/test_chain.py",
        "tests/rules/test_dispute_rules.py",
        "tests/rules/test_dispute_words.py",
        "tests/rules/test_netting.py",
        "tests/rules/test_payout_account_rules.py",
        "tests/rules/test_payout_rules.py",
    ],
    "payouts/service": [
        "tests/services/test_bonus_corrections.py",
        "tests/services/test_bonus_rows.py",
        "tests/services/test_bonuses.py",
        "tests/services/test_challenge_road.py",
        "tests/services/test_clawback_cases.py",
        "tests/services/test_clawbacks.py",
        "tests/services/test_creators_in_suspense.py",
        "tests/services/test_dispute_awards.py",
        "tests/services/test_dispute_bonuses.py",
        "tests/services/test_dispute_bookings.py",
        "tests/services/test_dispute_clocks.py",
        "tests/services/test_dispute_deciders.py",
        "tests/services/test_dispute_decisions.py",
        "tests/services/test_dispute_ends.py",
        "tests/services/test_dispute_rows.py",
        "tests/services/test_dispute_set_aside.py",
        "tests/services/test_dispute_terms.py",
        "tests/services/test_disputes.py",
        "tests/services/test_disputes_called_off.py",
        "tests/services/test_earning.py",
        "tests/services/test_endings.py",
        "tests/services/test_freezes.py",
        "tests/services/test_identifying.py",
        "tests/services/test_payout_accounts.py",
        "tests/services/test_payout_rows.py",
        "tests/services/test_payouts.py",
        "tests/services/test_prize_disputes.py",
        "tests/services/test_prize_rows.py",
        "tests/services/test_reversal_rows.py",
        "tests/services/test_terms.py",
    ],
    "ledger/service": [
        "tests/rules/test_ledger_layout.py",
        "tests/services/test_ledger.py",
        "tests/services/test_ledger_batches.py",
        "tests/services/test_ledger_periods.py",
        "tests/services/test_ledger_queries.py",
        "tests/services/test_ledger_reversals.py",
        "tests/services/test_ledger_seals.py",
    ],
}
"""Each area under marketplace/ with the tests that have to notice a change in it."""


def main() -> int:
    """Run the areas named, or all, and return 1 when too little was noticed in one of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("areas", nargs="*", metavar="AREA", help=f"of {', '.join(AREAS)}")
    parser.add_argument("--again", action="store_true", help="only what survived the last time")
    asked = parser.parse_args()
    if unknown := set(asked.areas) - set(AREAS):
        parser.error(f"no such area: {', '.join(sorted(unknown))}")
    areas = asked.areas or list(AREAS)
    with _migrated_database() as database:
        for area in areas:
            names = _survivors(area) if asked.again else [f"{_module(area)}*"]
            if names:
                _mutmut("run", "--max-children", "1", *names, env=database, area=area)
    return _report(areas)


@contextmanager
def _migrated_database() -> Iterator[dict[str, str]]:
    """One for the whole run: every test undoes what it did, and one mutant runs at a time."""
    with lone_template() as template, template.copied() as url:
        yield {"TEST_DATABASE_URL": template.server, "TEST_MIGRATED_DATABASE_URL": url}


def _mutmut(*words: str, env: Mapping[str, str], area: str) -> None:
    programs = Path(sys.executable).parent
    selection = f"-o 'testpaths={' '.join(AREAS[area])}'"
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"  # where it finds mypy
    subprocess.run(
        [programs / "mutmut", *words],
        check=True,
        env=os.environ | env | {"PATH": path, "PYTEST_ADDOPTS": selection},
    )


def _results(area: str) -> dict[str, str]:
    """The verdict on each mutant of an area, by its name."""
    told = subprocess.run(
        [Path(sys.executable).with_name("mutmut"), "results", "--all", "true"],
        check=True,
        capture_output=True,
        text=True,
    )
    verdicts = dict(line.strip().split(": ", 1) for line in told.stdout.splitlines() if line)
    return {name: said for name, said in verdicts.items() if name.startswith(_module(area))}


def _survivors(area: str) -> list[str]:
    return [name for name, said in _results(area).items() if not _noticed(said)]


def _noticed(said: str) -> bool:
    return said == BY_TYPES or said in BY_TESTS


def _module(area: str) -> str:
    return f"marketplace.{area.replace('/', '.')}"


def _report(areas: Sequence[str]) -> int:
    """Print what survived, and how much was noticed of what the types had let through."""
    table = Table("area", "changes", "refused by types", "noticed by tests", "survived", "rate")
    console = Console()
    too_few = False
    for area in areas:
        results = _results(area)
        refused = sum(said == BY_TYPES for said in results.values())
        survivors = {name: said for name, said in results.items() if not _noticed(said)}
        passed = len(results) - refused
        rate = 100 * (passed - len(survivors)) / passed if passed else 0
        too_few |= rate < WANTED_PERCENT
        for name, said in survivors.items():
            console.print(f"{said}: {name}", soft_wrap=True, highlight=False)
        counts = (len(results), refused, passed - len(survivors), len(survivors))
        table.add_row(area, *map(str, counts), f"{rate:.1f} %")
    console.print(table)
    return int(too_few)


if __name__ == "__main__":
    sys.exit(main())
