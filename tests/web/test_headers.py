"""What every page keeps to: its headers, no script and no style inside, names for everything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from flask import Flask, render_template_string
from jinja2 import Undefined, UndefinedError
from werkzeug.test import TestResponse

from marketplace.web.static import url_path
from tests.conftest import ROOT
from tests.factories.accounts import PASSWORD
from tests.web.access.asking import form_of, path_of
from tests.web.access.market import opened
from tests.web.access.table import ROWS, Row
from tests.web.access.world import World

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' data: blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'"
)
READERS = ("nobody", "owner", "viewer", "creator", "rival", "staff", "new")
CONTROLS = frozenset({"input", "select", "textarea"})
UNLABELLED = frozenset({"hidden", "submit", "button", "image", "reset"})
LEADS = frozenset({"href", "src", "action", "formaction", "xlink:href"})
PARTS = frozenset({"brand.plan_bound", "creator.entry_check", "creator.post_check"})
"""Answers that are a part of a page, put into it by our script."""


@pytest.fixture(scope="module")
def world(
    database_url: str, whole_app: Flask, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    with (
        pytest.MonkeyPatch.context() as patch,
        opened(database_url, whole_app, tmp_path_factory.mktemp("time") / "clock") as world,
    ):
        patch.setattr(whole_app.jinja_env, "undefined", Unshown)
        patch.setattr(whole_app.jinja_env, "cache", {})  # macros keep the kind they began with
        yield world


class Unshown(Undefined):
    """A name that a template does not know: it may ask whether it is there, and not show it."""

    __str__ = __iter__ = __len__ = Undefined._fail_with_undefined_error


@dataclass
class Control:
    """A field of a form. named: by an attribute or by a label around it."""

    tag: str
    id: str
    kind: str
    named: bool


@dataclass
class Reading:
    """What a page is made of."""

    language: str = ""
    title: str = ""
    headings: int = 0
    ids: list[str] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)
    controls: list[Control] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class Reader(HTMLParser):
    """Reads a page and notes what no page may have."""

    def __init__(self) -> None:
        super().__init__()
        self.page = Reading()
        self.inside: list[str] = []
        self.button: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        page = self.page
        for name, value in has.items():
            if name == "style" or name.startswith("on"):
                page.faults.append(f"<{tag} {name}>")
            if name in LEADS and value.strip().lower().startswith("javascript:"):
                page.faults.append(f"<{tag} {name}={value}>")
        if tag == "style" or (tag == "script" and not has.get("src")):
            page.faults.append(f"<{tag}> inside the page")
        if tag == "img" and "alt" not in has:
            page.faults.append(f"<img src={has.get('src')}> without alt")
        if "id" in has:
            page.ids.append(has["id"])
        if tag == "html":
            page.language = has.get("lang", "")
        page.headings += tag == "h1"
        if tag == "label" and "for" in has:
            page.labels.add(has["for"])
        if tag in CONTROLS and has.get("type", "") not in UNLABELLED:
            named = "label" in self.inside or "aria-label" in has or "aria-labelledby" in has
            page.controls.append(Control(tag, has.get("id", ""), has.get("type", ""), named))
        if tag == "button":
            self.button = has.get("aria-label", "")
        if tag in {"label", "title", "svg"}:
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            self.inside.remove(tag)
        if tag == "button":
            if not (self.button or "").strip():
                self.page.faults.append("a button without a name")
            self.button = None

    def handle_data(self, data: str) -> None:
        if self.inside == ["title"]:
            self.page.title += data
        if self.button is not None:
            self.button += data


def faults_of(answer: TestResponse, *, is_part: bool = False) -> list[str]:
    """Return everything that is wrong with a page."""
    reader = Reader()
    reader.feed(answer.text)
    page = reader.page
    nameless = [
        f"<{each.tag} id={each.id}> without a label"
        for each in page.controls
        if not each.named and each.id not in page.labels
    ]
    twice = sorted({f"id {each} is there twice" for each in page.ids if page.ids.count(each) > 1})
    if is_part:
        return [*page.faults, *nameless, *twice]
    frame = [
        *([] if page.language == "en" else ["no language"]),
        *([] if page.title.strip(" ·\n").endswith("Fairview") else ["no title"]),
        *([] if page.title.split("·")[0].strip() else ["an empty title"]),
        *([] if page.headings == 1 else [f"{page.headings} first headings"]),
    ]
    return [*frame, *page.faults, *nameless, *twice]


def check_headers(headers: Mapping[str, str]) -> None:
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method}-{row.endpoint}")
def test_every_answer_keeps_to_the_rules(world: World, row: Row) -> None:
    path = path_of(world, row.endpoint)
    data = form_of(world, row.endpoint) if row.method == "POST" else None
    shown: set[str] = set()

    for reader in READERS:
        if row.gets[reader] in shown and row.gets[reader] not in {"200", "422"}:
            continue
        shown.add(row.gets[reader])
        answer = world.ask(reader, row.method, path, data)
        check_headers(answer.headers)
        if answer.mimetype == "text/html" and answer.status_code not in {302, 303}:
            wrong = faults_of(answer, is_part=row.endpoint in PARTS)
            assert wrong == [], (reader, answer.status_code)


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if row.method == "POST" and not row.endpoint.startswith("hooks")],
    ids=lambda row: row.endpoint,
)
def test_a_form_sent_empty_is_shown_again_by_the_same_rules(world: World, row: Row) -> None:
    visitor = next(who for who, got in row.gets.items() if got == max(row.gets.values()))

    answer = world.ask(visitor, "POST", path_of(world, row.endpoint), {})

    check_headers(answer.headers)
    if answer.status_code not in {302, 303}:
        assert answer.status_code in {200, 404, 409, 422}
        assert faults_of(answer) == []


@pytest.mark.parametrize("path", ["/", "/sign-in", "/start", "/sign-up/creator"])
def test_the_demos_pages_keep_to_the_rules(
    world: World, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setitem(world.app.config, "DEMO", True)

    for where in (path, "/demo", "/demo/mail"):
        answer = world.ask("nobody", "GET", where)
        assert answer.status_code == 200
        check_headers(answer.headers)
        assert faults_of(answer) == []
    answer = world.ask("staff", "GET", "/staff/clock")
    assert (answer.status_code, faults_of(answer)) == (200, [])


def test_errors_and_files_have_the_headers_too(world: World) -> None:
    sheet = f"{url_path(ROOT / 'static')}/css/frame.css"
    for path in ("/nothing", sheet, "/static/nothing.css", "/health/live"):
        check_headers(world.ask("nobody", "GET", path).headers)
    check_headers(world.ask("nobody", "PUT", "/").headers)


def test_a_name_that_no_view_gave_does_not_pass_unseen(world: World) -> None:
    with world.app.test_request_context(), pytest.raises(UndefinedError, match="surname"):
        render_template_string("{% if not surname %}Dear {{ surname }}{% endif %}")


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(world: World) -> None:
    with world.undone():
        answer = world.client_of("nobody").post(
            "/sign-in", data={"email": world.emails["owner"], "password": PASSWORD}
        )

    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        ('<p style="color:red">x</p>', "<p style>"),
        ("<script>alert(1)</script>", "<script> inside the page"),
        ("<style>p{}</style>", "<style> inside the page"),
        ('<a href="JavaScript:x()">x</a>', "<a href=JavaScript:x()>"),
        ('<b onclick="x()">x</b>', "<b onclick>"),
        ('<img src="x">', "<img src=x> without alt"),
        ('<input id="q">', "<input id=q> without a label"),
        ("<button><svg></svg></button>", "a button without a name"),
        ('<i id="a"></i><i id="a"></i>', "id a is there twice"),
    ],
)
def test_the_reader_of_pages_sees_each_fault(world: World, page: str, fault: str) -> None:
    answer = TestResponse([page.encode()], "200 OK", {}, None, ())  # type: ignore[arg-type]  # a page is all it needs

    assert faults_of(answer, is_part=True) == [fault]
