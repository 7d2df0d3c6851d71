"""What a statement about an audience counts, and what a channel lets us guess."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.creators.rules import (
    LANGUAGES,
    Audience,
    AudienceSource,
    Evidence,
    audience_problems,
    check_picture,
    evidence_of,
    inferred_audience,
    language_of,
    languages,
)
from marketplace.kernel.errors import InvalidInput
from tests.conftest import NOON


@pytest.mark.parametrize(
    ("source", "is_confirmed", "people"),
    [
        (AudienceSource.PLATFORM, False, 20_000),
        (AudienceSource.UPLOAD, True, 16_000),
        (AudienceSource.UPLOAD, False, 300),
        (AudienceSource.SELF_REPORTED, False, 300),
        (AudienceSource.INFERRED, False, 2_000),
    ],
)
def test_a_statement_counts_by_whose_word_it_is(
    source: AudienceSource, is_confirmed: bool, people: int
) -> None:
    found = evidence_of(
        source=source, is_confirmed=is_confirmed, sample_size=20_000, taken_at=NOON, now=NOON
    )
    assert found.people == people


def test_after_half_a_year_a_statement_counts_half_and_after_a_year_a_quarter() -> None:
    def found(days: int) -> Evidence:
        return evidence_of(
            source=AudienceSource.PLATFORM,
            is_confirmed=False,
            sample_size=1_000,
            taken_at=NOON - timedelta(days=days),
            now=NOON,
        )

    assert found(180) == Evidence(people=500, of=1_000, trust_bps=10_000, freshness_bps=5_000)
    assert found(360).people == 250
    assert found(-1).people == 1_000


@pytest.mark.parametrize(
    ("typed", "people"), [(999, 299), (1_000, 300), (1_001, 300), (10**9, 300)]
)
def test_however_many_a_creator_types_nobody_has_seen_more_than_a_thousand(
    typed: int, people: int
) -> None:
    found = evidence_of(
        source=AudienceSource.SELF_REPORTED,
        is_confirmed=False,
        sample_size=typed,
        taken_at=NOON,
        now=NOON,
    )
    assert (found.people, found.of) == (people, typed)


@pytest.mark.parametrize(("videos", "people"), [(0, 2), (5, 2), (25, 2), (30, 3), (50, 5)])
def test_a_guess_from_more_videos_never_counts_less(videos: int, people: int) -> None:
    found = evidence_of(
        source=AudienceSource.INFERRED,
        is_confirmed=False,
        sample_size=videos,
        taken_at=NOON,
        now=NOON,
    )
    assert found.people == people


def test_a_sample_nobody_named_is_taken_as_the_least_that_platforms_show() -> None:
    found = evidence_of(
        source=AudienceSource.SELF_REPORTED,
        is_confirmed=False,
        sample_size=0,
        taken_at=NOON,
        now=NOON,
    )
    assert (found.people, found.of) == (30, 100)


def test_what_a_channel_says_of_itself_becomes_a_guess() -> None:
    guess = inferred_audience(
        country="JP",
        topics=["cooking"],
        hashtags=[["料理", "レシピ", "travel"], ["れしぴ", "おいしい"], ["ラーメン"]],
    )
    assert guess == Audience(
        country={"JP": 8_300},
        language={"ja": 8_300},
        interest={"cooking": 10_000, "travel": 3_333},
    )


def test_a_language_of_many_countries_leaves_more_of_the_audience_abroad() -> None:
    at_home = [
        inferred_audience(country=country, topics=[], hashtags=[]) for country in ("US", "MX", "PL")
    ]
    assert [guess.country for guess in at_home if guess] == [
        {"US": 3_900},
        {"MX": 3_300},
        {"PL": 8_300},
    ]


def test_ages_and_genders_are_never_guessed() -> None:
    guess = inferred_audience(country="US", topics=["beauty"], hashtags=[["makeup"]])
    assert guess is not None
    assert (guess.age, guess.gender) == ({}, {})


def test_nothing_to_go_by_is_no_guess() -> None:
    assert inferred_audience(country=None, topics=[], hashtags=[["fun"]]) is None


@pytest.mark.parametrize(
    ("hashtags", "country", "language"),
    [
        (["еда", "рецепт", "суп", "борщ", "food"], "US", "ru"),
        (["еда", "рецепт", "food", "soup", "cooking"], "US", "en"),
        (["еда", "рецепт"], "US", "en"),
        (["한국", "먹방", "요리", "서울", "음식"], None, "ko"),
        (["2026", "!!", "food"], None, None),
        ([], "CH", "de"),
        ([], "NO", "no"),
        ([], None, None),
        ([], "AQ", None),
    ],
)
def test_a_language_is_read_from_the_script_and_else_from_the_country(
    hashtags: list[str], country: str | None, language: str | None
) -> None:
    assert language_of(hashtags, country=country) == language


def test_every_language_has_a_name_and_their_shares_add_up() -> None:
    assert set(languages()) == set(LANGUAGES)
    assert list(languages().values()) == sorted(languages().values())
    assert audience_problems(Audience(language={"de": 6_000, "en": 4_001})) == {
        "language": "The shares of language add up to 100.01\xa0%, more than 100\xa0%."
    }
    assert audience_problems(Audience(language={"xx": 1})) == {
        "language": "There is no language called xx in our list."
    }
    assert audience_problems(Audience(language={"de": 10_000})) == {}


def test_a_picture_is_a_picture() -> None:
    assert check_picture("image/png") == "image/png"
    for other in (None, "image/gif", "video/mp4", "application/pdf"):
        with pytest.raises(InvalidInput) as refusal:
            check_picture(other)
        assert list(refusal.value.problems) == ["picture"]
