"""The rules of the house that no linter can say."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import CheckConstraint, Column, Table

import marketplace.tables  # noqa: F401  # every table there is
from marketplace.kernel.messages import Message
from marketplace.store.base import Base, StateText, one_of
from workers.routes import ROUTES

ROOT: Final = Path(__file__).parent.parent.parent
LONGEST: Final = 600
STACK: Final = (
    "store", "ledger", "processor", "accounts", "notifications", "terms", "creators", "campaigns",
    "matching", "collaborations", "deliverables", "metrics", "trends", "authenticity", "causes",
    "funding", "payouts", "challenges", "treasury", "reconciliation",
)  # fmt: skip
HELD_OTHERWISE: Final = {
    "posting_rules.kind": "the table itself is the list of what there is, and nobody may change it",
    "postings.kind": "a trigger looks each posting up in posting_rules",
    "journal_entries.kind": "every entry has postings, and a trigger compares theirs with its own",
}
OUR_TEXT: Final = {".py", ".html", ".txt", ".md", ".css", ".js", ".toml", ".mako", ".sql"}


def modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def calls(path: Path, *words: str) -> Iterator[ast.Call]:
    """The calls in a module, which is not read closely where none of the words is in it."""
    source = path.read_text(encoding="utf-8")
    if any(word in source for word in words):
        yield from (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))


def called(path: Path, name: str) -> list[int]:
    return [
        call.lineno
        for call in calls(path, name)
        if isinstance(call.func, ast.Attribute) and call.func.attr == name
    ]


def messages() -> dict[str, type[Message]]:
    """Every message by name; a dataclass with slots stands twice among the subclasses."""
    found: dict[str, type[Message]] = {}
    waiting: list[type[Message]] = [Message]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            if kind.__module__.startswith("marketplace."):
                found[kind.name()] = kind
            waiting.append(kind)
    return found


def state_columns() -> list[Column[object]]:
    return [
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, StateText)
        and not column.foreign_keys
        and str(column) not in HELD_OTHERWISE
    ]


def test_there_is_one_commit_in_the_house() -> None:
    commits = {
        name_of(path): len(lines)
        for path in modules("marketplace", "workers")
        if (lines := called(path, "commit"))
    }

    assert commits == {"marketplace/store/session.py": 1}


def test_nothing_but_the_clock_asks_what_time_it_is() -> None:
    moments = {"now", "utcnow", "today"}
    asked = {
        name_of(path)
        for path in modules("marketplace", "workers")
        for call in calls(path, *moments)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in moments
        and ast.unparse(call.func.value).split(".")[-1] in {"datetime", "date"}
    }

    assert asked == {"marketplace/kernel/clock.py"}


@pytest.mark.parametrize("path", modules("marketplace", "workers", "migrations"), ids=name_of)
def test_no_module_outgrows_its_subject(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_nothing_but_the_ledger_makes_an_entry() -> None:
    """Every other room asks for an event, which refuses what may not be spent."""
    made = {
        name_of(path)
        for path in modules("marketplace", "workers")
        for call in calls(path, "EntryKind")
        if ast.unparse(call.func).split(".")[-1] == "Entry"
        and call.args
        and ast.unparse(call.args[0]).startswith("EntryKind.")
    }

    assert made == {
        "marketplace/ledger/rules/events/unasked.py",
        "marketplace/ledger/service/writing.py",
    }


def test_what_is_free_of_a_campaigns_funds_is_told_in_one_place() -> None:
    """So nobody who spends them fills in an amount of their own."""
    makers = {"Free", "FreeMoney", "free_of"}
    made = {
        (name_of(path), call.func.id)
        for path in modules("marketplace", "workers")
        for call in calls(path, *makers)
        if isinstance(call.func, ast.Name) and call.func.id in makers
    }

    assert made == {
        ("marketplace/collaborations/rules/resting.py", "Free"),
        ("marketplace/collaborations/rules/resting.py", "FreeMoney"),
        ("marketplace/collaborations/queries/money.py", "free_of"),
    }


def test_every_message_has_a_route() -> None:
    routed = {message.name() for message in ROUTES}

    assert sorted(messages().keys() - routed) == []


def test_no_two_messages_have_one_name() -> None:
    homes: dict[str, set[str]] = {}
    waiting: list[type[Message]] = [Message]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            if kind.__module__.startswith("marketplace."):
                homes.setdefault(kind.name(), set()).add(kind.__module__)
            waiting.append(kind)

    assert {name: rooms for name, rooms in homes.items() if len(rooms) > 1} == {}


def test_every_message_fits_into_json() -> None:
    allowed = {"UUID", "str", "int", "bool"}

    odd = {
        f"{name}.{field.name}: {field.type}"
        for name, message in messages().items()
        for field in fields(message)
        if not {part.strip() for part in str(field.type).split("|")} <= allowed | {"None"}
    }

    assert odd == set()


@pytest.mark.parametrize("column", state_columns(), ids=str)
def test_the_database_holds_every_state_to_its_words(column: Column[object]) -> None:
    assert isinstance(column.type, StateText)
    wanted = str(one_of(column.name, column.type.states).sqltext)
    table = column.table
    assert isinstance(table, Table)
    held = [str(c.sqltext) for c in table.constraints if isinstance(c, CheckConstraint)]

    assert wanted in held


def test_a_word_that_means_something_else_in_law_is_nowhere() -> None:
    word = "escr" + "ow"
    folders = ("marketplace", "workers", "templates", "static", "migrations", "docs", "tests")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    files += [path for path in ROOT.iterdir() if path.is_file()]

    assert [
        name_of(path)
        for path in files
        if path.suffix in OUR_TEXT and word in path.read_text(encoding="utf-8").casefold()
    ] == []


def test_the_import_contracts_are_kept() -> None:
    told = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.returncode == 0, told.stdout


def test_every_flush_says_why() -> None:
    silent = []
    for path in modules("marketplace", "workers"):
        lines = path.read_text(encoding="utf-8").splitlines()
        silent += [
            f"{name_of(path)}:{number}"
            for number in called(path, "flush")
            if "session.flush()" in lines[number - 1] and "#" not in lines[number - 1]
        ]

    assert silent == []


def test_relationships_point_down_only() -> None:
    def floor(kind: type[object]) -> int:
        return STACK.index(kind.__module__.split(".")[1])

    up = [
        f"{mapper.class_.__name__}.{relation.key}"
        for mapper in Base.registry.mappers
        for relation in mapper.relationships
        if floor(relation.mapper.class_) > floor(mapper.class_)
        or relation.back_populates
        or relation.backref
    ]

    assert up == []


def test_what_is_not_type_checked_says_which_rule_and_why() -> None:
    good = re.compile(r"# type: ignore\[[a-z-]+(, ?[a-z-]+)*\]  # \S")
    bare = [
        f"{name_of(path)}:{number}"
        for path in modules("marketplace", "workers", "migrations", "tests/factories")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if "# type: ignore" in line and not good.search(line)
    ]

    assert bare == []
