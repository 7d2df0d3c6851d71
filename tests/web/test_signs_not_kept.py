"""The one sign that the database cannot keep in a text is told wherever it comes from."""

from __future__ import annotations

import pytest

from tests.web.access.asking import form_of, path_of
from tests.web.access.table import ROWS
from tests.web.access.world import World, refused, words

NO_TEXTS = {
    "brand.accept_plan plan",
    "brand.accept_plan cost",
    "brand.agree_in_dispute share",
    "brand.agree_to_end release",
    "brand.change_role role",
    "brand.choose brand_id",
    "brand.decline_application reason",
    "brand.invite creator_id",
    "brand.say_category category",
    "brand.shortlist creator_id",
    "brand.shortlist keep",
    "creator.agree_in_dispute share",
    "creator.agree_to_end release",
    "creator.choose_feed choice",
    "creator.name_in_challenge shown",
    "creator.open_payout_account country",
    "staff.decide_ending end",
    "staff.take_back_terms looked_at",
}
"""What buttons say: ids and words of ours, which are compared and never kept as they come."""


def test_the_sign_that_the_database_cannot_keep_is_told_at_every_form(world: World) -> None:
    silent, forms = set(), 0
    for row in ROWS:
        visitor = next((who for who, got in row.gets.items() if got in {"200", "303"}), None)
        if row.method != "POST" or row.endpoint.startswith("hooks") or visitor is None:
            continue
        path, data = path_of(world, row.endpoint), form_of(world, row.endpoint)
        for field in data:
            answer = world.ask(visitor, "POST", path, {**data, field: "a\x00b"})
            assert answer.status_code in {303, 404, 409, 422}, (row.endpoint, field)
            if answer.status_code != 422 or "a sign in it that cannot be kept" not in words(answer):
                silent.add(f"{row.endpoint} {field}")
            forms += 1
    assert forms > 150
    assert silent == NO_TEXTS


def test_the_sign_stands_in_no_page_and_the_rest_of_the_form_is_kept(world: World) -> None:
    typed = {"name": "So\x00up", "budget": "5000", "currency": "EUR"}

    answer = refused(world, "owner", "/brand/campaigns/new", typed)

    assert answer.status_code == 422
    assert "\x00" not in answer.text
    assert 'value="Soup"' in answer.text
    assert 'value="5000"' in answer.text
    assert (
        words(answer).count("There was a sign in it that cannot be kept.") == 2
    )  # above the form, and at the field


def test_texts_that_come_without_a_form_of_ours_are_refused_too(world: World) -> None:
    invited = {**form_of(world, "brand.invite"), "message": "Come\x00"}

    answer = refused(world, "owner", path_of(world, "brand.invite"), invited)

    assert answer.status_code == 422
    assert "a sign in it that cannot be kept" in words(answer)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/a%00b", 404),
        ("/static/a%00b", 404),
        ("/confirm/a%00b", 410),
        ("/reset-password/a%00b", 410),
        ("/invitation/a%00b", 410),
    ],
)
def test_the_sign_in_a_path_leads_nowhere(world: World, path: str, status: int) -> None:
    assert world.ask("nobody", "GET", path).status_code == status


def test_a_filter_says_that_it_cannot_be_looked_for(world: World) -> None:
    answer = world.ask("owner", "GET", "/brand/creators?words=be%00a&min_views=5")

    assert answer.status_code == 422
    assert 'value="bea"' in answer.text
    assert 'value="5"' in answer.text
    assert "There was a sign in it that cannot be kept." in words(answer)
