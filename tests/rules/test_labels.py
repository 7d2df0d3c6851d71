"""Targets in words, and that briefs and creators speak of the same labels."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from marketplace.campaigns import rules as campaigns
from marketplace.creators import rules as creators
from marketplace.matching.rules.labels import (
    age_words,
    country_words,
    gender_words,
    target_words,
)


def test_the_lists_of_briefs_and_of_creators_are_the_same() -> None:
    assert campaigns.AGES == creators.AGES
    assert campaigns.GENDERS == creators.GENDERS
    assert campaigns.TOPICS == creators.TOPICS
    assert campaigns.FORMATS == creators.FORMATS


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (["18-24"], "18–24"),
        (["25-34", "18-24"], "18–34"),
        (["45-54", "55+"], "45 or older"),
        (["18-24", "35-44", "45-54"], "18–24 or 35–54"),
    ],
)
def test_neighbouring_ages_join(labels: list[str], words: str) -> None:
    assert age_words(labels) == words


def test_countries_and_genders_in_words() -> None:
    assert country_words(["US", "DE", "CA"]) == "Canada, Germany or the United States"
    assert gender_words(["male", "female"]) == "women or men"


@pytest.mark.parametrize(
    ("ages", "genders", "codes", "words"),
    [
        ((), (), (), "people of any age, anywhere"),
        (("25-34", "18-24"), ("female",), ("US", "CA"),
         "women aged 18–34 in Canada or the United States"),
        (("45-54", "55+"), ("male", "female"), ("ES",), "women or men aged 45 or older in Spain"),
        (creators.AGES, creators.GENDERS, ("ES",), "people of any age in Spain"),
        ((), ("other_or_unknown",), (), "people of another or unknown gender of any age, anywhere"),
    ],
)  # fmt: skip
def test_a_target_is_told_in_one_phrase(
    ages: Sequence[str], genders: Sequence[str], codes: Sequence[str], words: str
) -> None:
    assert target_words(ages, genders, codes) == words
