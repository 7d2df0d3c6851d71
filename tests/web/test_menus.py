"""Where one is, is marked in the menu: on every page, not only on those the menu names."""

from __future__ import annotations

import pytest
from flask import Flask, url_for

from marketplace.web.menus import BRAND, CLOCK, CREATOR, STAFF
from marketplace.web.navigation import NavEntry

NO_PAGES = {
    "brand.submission_file", "brand.words", "creator.submission_file", "creator.tiktok_callback",
}  # fmt: skip


@pytest.mark.parametrize(
    ("audience", "entries"), [("brand", BRAND), ("creator", CREATOR), ("staff", (*STAFF, CLOCK))]
)
def test_every_page_belongs_to_an_entry_of_its_menu(
    app: Flask, audience: str, entries: tuple[NavEntry, ...]
) -> None:
    with app.test_request_context():
        homes = {url_for(each.endpoint) for each in entries}
    beginnings = tuple(path for each in entries for path in each.paths)
    astray = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(f"{audience}.")
        and rule.methods is not None
        and "GET" in rule.methods
        and rule.endpoint not in NO_PAGES
        and rule.rule not in homes
        and not rule.rule.startswith(beginnings)
    }
    assert astray == set()
