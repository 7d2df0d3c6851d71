"""Every door of the product, tried by every kind of visitor."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
from flask import Flask
from werkzeug.routing import BaseConverter
from werkzeug.test import TestResponse

from tests.web.access.asking import form_of, path_of
from tests.web.access.structure import faults
from tests.web.access.table import ROWS, Row
from tests.web.access.world import VISITORS, World

pytestmark = pytest.mark.slow

BEGINNINGS = {"brand": "/new/brand", "creator": "/new/creator"}
MEMBERS = ("owner", "manager", "finance", "viewer")


def doors(app: Flask) -> set[tuple[str, str]]:
    """Return method and endpoint of everything that a visitor can ask for, files left out."""
    return {
        (method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.endswith("static")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_door_has_its_row(whole_app: Flask) -> None:
    assert sorted(doors(whole_app) - {(row.method, row.endpoint) for row in ROWS}) == []


def test_every_row_is_of_a_door_that_is_there(whole_app: Flask) -> None:
    assert sorted({(row.method, row.endpoint) for row in ROWS} - doors(whole_app)) == []


def test_the_guard_against_forged_forms_can_name_every_view(whole_app: Flask) -> None:
    """It compares names with its exceptions, and is switched off in most tests."""
    views = whole_app.view_functions

    assert [name for name, view in views.items() if not hasattr(view, "__name__")] == []


def test_no_door_has_two_rows() -> None:
    asked = [(row.method, row.endpoint) for row in ROWS]

    assert len(asked) == len(set(asked))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method}-{row.endpoint}")
def test_everybody_gets_what_the_table_says(world: World, row: Row) -> None:
    path = path_of(world, row.endpoint)
    data = form_of(world, row.endpoint) if row.method == "POST" else None

    answers = {visitor: world.ask(visitor, row.method, path, data) for visitor in VISITORS}

    assert {who: _word(answer, path) for who, answer in answers.items()} == row.gets
    assert _where_they_lead(world, answers.values(), path) == row.leads_to


def _word(answer: TestResponse, path: str) -> str:
    """Return the answer in the table's words."""
    if answer.status_code not in (302, 303):
        return str(answer.status_code)
    to = urlsplit(answer.location)
    if answer.status_code == 302 and to.path == "/sign-in":
        assert parse_qs(to.query).get("next", [path]) == [path]
        return "in"
    if answer.status_code == 302 and to.path == BEGINNINGS.get(path.split("/")[1]):
        return "begin"
    return str(answer.status_code)


def _where_they_lead(world: World, answers: object, path: str) -> frozenset[str]:
    places = world.app.url_map.bind("localhost")
    found = set()
    for answer in answers:  # type: ignore[attr-defined]  # a view of a dict
        if _word(answer, path) not in {"302", "303"}:
            continue
        to = urlsplit(answer.location)
        found.add(to.netloc if to.netloc not in ("", "localhost") else places.match(to.path)[0])
    return frozenset(found)


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if row.method == "GET" and "200" in row.gets.values()],
    ids=lambda row: row.endpoint,
)
def test_every_page_can_be_used_without_seeing_it(world: World, row: Row) -> None:
    visitor = next(visitor for visitor in VISITORS if row.gets[visitor] == "200")

    answer = world.ask(visitor, "GET", path_of(world, row.endpoint))

    if answer.mimetype == "text/html" and "<html" in answer.text:
        assert faults(answer.text) == []


def test_the_front_door_leads_everybody_to_their_own_home(world: World) -> None:
    homes = {who: world.ask(who, "GET", "/").location for who in VISITORS[1:]}

    assert homes == {
        **dict.fromkeys((*MEMBERS, "rival"), "/brand/"),
        **dict.fromkeys(("creator", "other"), "/creator/"),
        "staff": "/staff/",
        "new": "/start",
    }


def test_a_thing_that_is_not_there_is_not_found(world: World) -> None:
    """With an id of nothing, and with the id of another kind of thing, for who may enter."""
    for row in ROWS:
        (rule,) = world.app.url_map.iter_rules(row.endpoint)
        parts = [part for part in sorted(rule.arguments) if _is_id(rule._converters[part])]
        audience = row.endpoint.partition(".")[0]
        visitor = {"brand": "owner", "creator": "creator", "staff": "staff"}.get(audience, "owner")
        for part in parts:
            other = world.ids["campaign_id" if part == "brand_id" else "brand_id"]
            for wrong in (uuid4(), other, "not-an-id", "0"):
                path = _with(world, row, part, wrong)
                answer = world.ask(visitor, row.method, path, form_of(world, row.endpoint))
                assert answer.status_code == 404, (row.method, path)


def _is_id(converter: BaseConverter) -> bool:
    return type(converter).__name__ == "UUIDConverter"


def _with(world: World, row: Row, part: str, wrong: UUID | str) -> str:
    """Return the address of a door with one id in it replaced."""
    path = path_of(world, row.endpoint)
    _, given = world.app.url_map.bind("").match(path.partition("?")[0], row.method)
    return path.replace(str(given[part]), str(wrong))


@pytest.mark.parametrize("visitor", ["owner", "creator", "rival", "new"])
def test_the_demos_clock_is_not_there_for_others_even_in_the_demo(
    world: World, monkeypatch: pytest.MonkeyPatch, visitor: str
) -> None:
    monkeypatch.setitem(world.app.config, "DEMO", True)

    assert world.ask(visitor, "GET", "/staff/clock").status_code == 404
    assert world.ask(visitor, "POST", "/staff/clock", {"step": "day"}).status_code == 404
    assert world.ask("staff", "GET", "/staff/clock").status_code == 200
