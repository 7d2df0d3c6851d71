"""What a template takes from another is there: a name that is missing is only found when drawn."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import Environment, nodes

ROOT = Path(__file__).parents[2] / "templates"
NAMES = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.html"))


def tree_of(name: str) -> nodes.Template:
    return Environment(autoescape=True).parse((ROOT / name).read_text())


def given_by(name: str) -> set[str]:
    """The macros of a template, and what it sets for others."""
    tree = tree_of(name)
    found = {each.name for each in tree.find_all(nodes.Macro)}
    for each in tree.find_all(nodes.Assign):
        found |= {target.name for target in each.find_all(nodes.Name) if target.ctx == "store"}
    return found


@pytest.mark.parametrize("name", NAMES)
def test_what_is_imported_is_there(name: str) -> None:
    for each in tree_of(name).find_all(nodes.FromImport):
        assert isinstance(each.template, nodes.Const)
        source = each.template.value
        if not (ROOT / source).exists():
            continue  # a package's own
        taken = {one if isinstance(one, str) else one[0] for one in each.names}
        assert taken <= given_by(source), f"{name} takes from {source}"
