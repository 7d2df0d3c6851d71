"""A percentage on a page is written as one: no line ends between its number and its sign."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parent.parent.parent
OUTSIDE: Final = ("cli", "sandbox")
"""What writes for a terminal, and what plays somebody else's pages."""
BREAKS: Final = re.compile(r"\d %(?!\w)")


def modules() -> list[Path]:
    return sorted(
        path
        for path in (ROOT / "marketplace").rglob("*.py")
        if path.relative_to(ROOT / "marketplace").parts[0] not in OUTSIDE
    )


def texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every text with its line but docstrings; what is filled into one stands there as a 0."""
    inside: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr | ast.JoinedStr):
            inside.update(id(part) for part in ast.iter_child_nodes(node))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in inside:
                # What is joined to a number begins with the space.
                yield node.lineno, re.sub(r"^ %", "0 %", node.value)
        elif isinstance(node, ast.JoinedStr):
            parts = (str(p.value) if isinstance(p, ast.Constant) else "0" for p in node.values)
            yield node.lineno, "".join(parts)


def test_no_text_breaks_before_a_percent_sign() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in modules()
        if "%" in (source := path.read_text(encoding="utf-8"))
        for line, text in texts(ast.parse(source))
        if BREAKS.search(text)
    ]
    assert found == []


def test_no_template_breaks_before_a_percent_sign() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {hit}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for hit in re.findall(r".{20}(?:\d|}}) %(?!})", path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("source", "breaks"),
    [
        ('most = "at most 100 %."', True),
        ('f"{share} % of"', True),
        ('share + " %"', True),
        ('most = "at most 100\\xa0%."', False),
        ('f"{share}\\xa0% of"', False),
        ("7 % modulus", False),
        ('def f():\n    """At most 100 %."""', False),
    ],
)
def test_what_counts_as_a_break(source: str, breaks: bool) -> None:
    assert any(BREAKS.search(text) for _, text in texts(ast.parse(source))) is breaks
