"""How many people there are to reach, by country, age and gender."""

from __future__ import annotations

import pytest

from marketplace.accounts.rules import countries
from marketplace.creators.rules import AGES, GENDERS
from marketplace.matching.rules.planner import people


def test_the_adults_of_a_country_who_watch_are_counted_from_its_people() -> None:
    of_all = 0.11 * 0.8 + 0.15 * 0.7 + 0.14 * 0.55 + 0.12 * 0.45 + 0.21 * 0.25

    assert people.watching(["US"]) == pytest.approx(347_300_000 * of_all)
    assert people.watching(["US", "DE"]) == pytest.approx(431_400_000 * of_all)
    assert people.watching([]) == 0


def test_ages_and_genders_are_parts_of_a_whole_without_children() -> None:
    assert people.part_of_age(AGES) == pytest.approx(1)
    assert people.part_of_age(["13-17"]) == 0
    assert people.part_of_gender(GENDERS) == pytest.approx(1)


def test_every_country_that_is_named_is_one_of_ours() -> None:
    assert set(people.MILLIONS) <= set(countries())
