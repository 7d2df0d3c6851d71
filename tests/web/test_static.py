"""Styles and scripts are fetched once, and again when they have changed."""

from __future__ import annotations

import re
from pathlib import Path

from flask.testing import FlaskClient

from marketplace.web.static import url_path
from tests.conftest import ROOT

YEAR = 365 * 24 * 60 * 60


def test_whatever_a_page_fetches_is_kept_for_a_year(client: FlaskClient) -> None:
    page = client.get("/sign-in").text
    addresses = re.findall(r'(?:href|src)="(/(?:static|bootstrap)/[^"]+)"', page)

    assert len(addresses) == 10
    for address in addresses:
        with client.get(address) as answer:
            assert (answer.status_code, answer.cache_control.max_age) == (200, YEAR), address
            assert not answer.cache_control.no_cache


def test_a_page_from_before_an_upgrade_gets_the_files_of_today_and_keeps_none(
    client: FlaskClient,
) -> None:
    with client.get("/static/0123456789ab/js/main.js") as answer:
        assert answer.status_code == 200
        assert answer.data == (ROOT / "static" / "js" / "main.js").read_bytes()
        assert answer.cache_control.no_cache
        assert answer.cache_control.max_age is None
    assert client.get("/static/0123456789ab/js/nothing.js").status_code == 404


def test_a_change_in_any_file_gives_all_of_them_another_address(tmp_path: Path) -> None:
    marks = set()
    for number, (name, text) in enumerate([("main.js", "1"), ("main.js", "2"), ("other.js", "2")]):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / name).write_text(text)
        marks.add(url_path(folder))

    assert len(marks) == 3
