"""Which pages a long list names."""

from __future__ import annotations

import pytest

from marketplace.store.paging import Page


@pytest.mark.parametrize(
    ("number", "last", "named"),
    [
        (1, 1, [1]),
        (1, 2, [1, 2]),
        (1, 4, [1, 2, 4]),
        (3, 4, [1, 2, 3, 4]),
        (5, 9, [1, 4, 5, 6, 9]),
        (9, 9, [1, 8, 9]),
        (1, 1_000_000, [1, 2, 1_000_000]),
    ],
)
def test_a_list_names_its_ends_and_the_pages_beside_this_one(
    number: int, last: int, named: list[int]
) -> None:
    assert Page(rows=[], number=number, total=25 * last, size=25).near == named


def test_what_lies_between_is_a_gap(app) -> None:
    with app.test_request_context("/creators?sort=name"):
        template = app.jinja_env.from_string(
            '{% from "parts/tables.html" import pagination %}{{ pagination(page) }}'
        )
        written = template.render(page=Page(rows=[], number=5, total=25 * 9, size=25))

    pages = written.split("<ul>")[1]
    assert [part.split("<")[0] for part in pages.split(">") if part.split("<")[0].strip()] == [
        "Previous", "1", "…", "4", "5", "6", "…", "9", "Next",
    ]  # fmt: skip
    assert 'href="/creators?sort=name&amp;page=4" aria-label="Page 4"' in pages
