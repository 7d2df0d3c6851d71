"""How many people there are to reach, by country, age and gender."""

from __future__ import annotations

import pytest

from marketplace.accounts.rules import countries
from marketplace.creators.rules import AGES, GENDERS
from marketplace.kernel.errors import InvalidInput
from marketplace.matching.rules.planner.people import MILLIONS, PUBLIC, people_in


def test_the_adults_of_a_country_who_watch_are_counted_from_its_people() -> None:
    of_all = 0.11 * 0.8 + 0.15 * 0.7 + 0.14 * 0.55 + 0.12 * 0.45 + 0.21 * 0.25

    assert PUBLIC.watching(["US"]) == pytest.approx(347_300_000 * of_all)
    assert PUBLIC.watching(["US", "DE"]) == pytest.approx(431_400_000 * of_all)
    assert PUBLIC.watching([]) == 0


def test_ages_and_genders_are_parts_of_a_whole_without_children() -> None:
    assert PUBLIC.part_of_age(AGES) == pytest.approx(1)
    assert PUBLIC.part_of_age(["13-17"]) == 0
    assert PUBLIC.part_of_gender(GENDERS) == pytest.approx(1)


def test_every_country_that_is_named_is_one_of_ours() -> None:
    assert set(MILLIONS) <= set(countries())


def test_the_figures_are_of_the_order_that_is_published() -> None:
    """One platform names 1.6 billion adults outside China; nobody can have more than there are."""
    world = sum(MILLIONS.values()) * 1e6

    assert 8.0e9 < world < 8.3e9
    assert 1.6e9 < PUBLIC.watching(set(MILLIONS) - {"CN"}) < 0.5 * world


def test_a_file_takes_the_place_of_what_it_names_and_of_nothing_else() -> None:
    found = people_in(
        ["what,label,value\n", "country,DE,80\n", "watching,55+,0.5\n", "gender,female,0.48\n"]
    )

    assert found.watching(["DE"]) > PUBLIC.watching(["DE"]) * 80 / 84.1
    assert found.millions["FR"] == PUBLIC.millions["FR"]
    assert found.part_of_gender(["female"]) == 0.48
    assert found.part_of_age(AGES) == pytest.approx(1)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "Line 1: the columns are what, label and value."),
        (["country,millions"], "Line 1: the columns are"),
        (["what,label,value", "town,Berlin,3"], "Line 2: there is no 'town'"),
        (["what,label,value", "country,XX,3"], "Line 2: there is no country called 'XX'"),
        (["what,label,value", "age,13-17,0.1"], "Line 2: there is no age called '13-17'"),
        (["what,label,value", "country,DE,many"], "Line 2: 'many' is not a number"),
        (["what,label,value", "country,DE,nan"], "Line 2: nan cannot be"),
        (["what,label,value", "country,DE,84100000"], "Line 2: 84100000 cannot be"),
        (["what,label,value", "age,18-24,-1"], "Line 2: -1 cannot be"),
        (["what,label,value", "country,DE"], "Line 2: None is not a number"),
        (["what,label,value", "gender,male,0.9"], "The parts by gender add up to more than 1."),
    ],
)
def test_a_line_that_cannot_be_is_named(lines: list[str], words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        people_in(lines)

    assert refused.value.problems["file"].startswith(words)
