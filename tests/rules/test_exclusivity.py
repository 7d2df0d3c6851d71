"""What an exclusivity may be, and how it is said."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from marketplace.campaigns.rules import CATEGORIES
from marketplace.collaborations.rules import (
    Exclusive,
    bound_sentence,
    busy_sentence,
    exclusive_problems,
)

TODAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("exclusive", "problems"),
    [
        (None, {}),
        (Exclusive("food", TODAY, TODAY), {}),
        (Exclusive("food", TODAY - timedelta(days=30), TODAY), {}),
        (Exclusive("food", TODAY, TODAY + timedelta(days=365)), {}),
        (
            Exclusive("food", TODAY, TODAY + timedelta(days=366)),
            {"exclusive_until_on": "An exclusivity can last a year at most."},
        ),
        (
            Exclusive("food", TODAY, TODAY - timedelta(days=1)),
            {"exclusive_until_on": "The exclusivity ends before it begins."},
        ),
        (
            Exclusive("food", TODAY - timedelta(days=9), TODAY - timedelta(days=1)),
            {"exclusive_until_on": "The exclusivity is over already: choose a later day."},
        ),
        (
            Exclusive("food", TODAY + timedelta(days=367), TODAY + timedelta(days=367)),
            {"exclusive_from_on": "The exclusivity begins more than a year from now."},
        ),
        (
            Exclusive("other", TODAY, TODAY),
            {"exclusive_category": "Choose the category of the exclusivity from the list."},
        ),
        (
            Exclusive("soup", TODAY, TODAY),
            {"exclusive_category": "Choose the category of the exclusivity from the list."},
        ),
    ],
)
def test_an_exclusivity_is_of_a_category_and_of_days_to_come(
    exclusive: Exclusive | None, problems: dict[str, str]
) -> None:
    assert exclusive_problems(exclusive, today=TODAY) == problems


def test_a_refusal_says_what_and_until_when() -> None:
    until = date(2026, 12, 31)

    assert bound_sentence(None, category="baby_and_family", until=until) == (
        "You have promised to work for one brand alone in baby and family until Thu 31 Dec 2026,"
        " and this campaign falls into that time"
    )
    assert busy_sentence("Bea", category="food", until=until) == (
        "Bea works for another brand in food until Thu 31 Dec 2026, so this exclusivity could not"
        " be kept: let it begin later"
    )


def test_every_category_has_a_number_that_fits_a_byte() -> None:
    assert len(set(CATEGORIES)) == len(CATEGORIES) < 255
