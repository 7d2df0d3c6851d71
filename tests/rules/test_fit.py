"""The fit of a creator to a brief: what each part counts, and that the sum can be done by hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.campaigns import rules as campaigns
from marketplace.creators import rules as creators
from marketplace.creators.queries import CompactCreator
from marketplace.creators.rules import AGES, Audience
from marketplace.matching.rules.fit import (
    WEIGHTS,
    LeftOut,
    Part,
    PartName,
    Wanted,
    age_words,
    fit_of_parts,
    left_out,
    parts_of,
    weights_for,
)

AUDIENCE = Audience(
    age={"18-24": 4_000, "25-34": 2_200, "35-44": 1_000},
    gender={"female": 6_000, "male": 4_000},
    country={"US": 5_000, "DE": 1_000},
    interest={"cooking": 4_500, "home": 2_000},
)


def make_candidate(**changes: Any) -> CompactCreator:
    values: dict[str, Any] = {
        "creator_id": UUID(int=1),
        "has_channel": True,
        "is_closed": False,
        "topics": ["cooking"],
        "hashtags": ["recipe"],
        "median_views": 31_623,
        "audience": AUDIENCE,
        "rates": {"video USD": 30_000, "story USD": 10_000},
    }
    return CompactCreator(**(values | changes))


def wanted(**changes: Any) -> Wanted:
    return Wanted(**({"currency": "USD"} | changes))


def part(brief: Wanted, candidate: CompactCreator, name: PartName) -> Part:
    return next(one for one in parts_of(brief, candidate) if one.name is name)


def test_the_lists_of_briefs_and_of_creators_are_the_same() -> None:
    assert campaigns.AGES == creators.AGES
    assert campaigns.GENDERS == creators.GENDERS
    assert campaigns.TOPICS == creators.TOPICS
    assert campaigns.FORMATS == creators.FORMATS


def test_age_counts_the_people_of_all_the_ages_asked_for() -> None:
    found = part(wanted(age={"18-24": 5_000, "25-34": 5_000}), make_candidate(), PartName.AGE)

    assert found.value_bps == 6_200
    assert found.evidence == "62 % of the audience are 18–34; you asked for 100 %."


def test_who_asks_for_less_than_the_whole_is_served_when_that_much_is_there() -> None:
    brief = wanted(age={"18-24": 2_000, "25-34": 2_000})

    assert part(brief, make_candidate(), PartName.AGE).value_bps == 10_000


def test_nobody_is_matched_by_how_many_children_watch() -> None:
    brief = wanted(age={"13-17": 10_000})

    assert PartName.AGE not in weights_for(brief)


def test_gender_and_country_name_what_was_asked_for() -> None:
    brief = wanted(gender={"female": 8_000}, country={"US": 6_000, "DE": 2_000})

    gender = part(brief, make_candidate(), PartName.GENDER)
    country = part(brief, make_candidate(), PartName.COUNTRY)

    assert (gender.value_bps, country.value_bps) == (7_500, 7_500)
    assert gender.evidence == "60 % of the audience are female; you asked for 80 %."
    assert country.evidence == (
        "60 % of the audience live in the United States or Germany; you asked for 80 %."
    )


def test_a_topic_that_is_made_counts_whole_and_one_that_is_followed_counts_its_share() -> None:
    found = part(wanted(interests=("cooking", "home")), make_candidate(), PartName.INTEREST)

    assert found.value_bps == (10_000 + 2_000) // 2
    assert found.evidence == "Makes videos about cooking; 20 % of the audience follow home."


def test_a_hashtag_counts_as_a_topic() -> None:
    imported = make_candidate(topics=[], hashtags=["travel"], audience=None)

    found = part(wanted(interests=("travel", "home")), imported, PartName.INTEREST)

    assert found.value_bps == 5_000
    assert found.evidence == "Uses #travel often; nothing known about home."


def test_the_price_is_the_usual_fee_for_everything_asked_for() -> None:
    brief = wanted(formats={"video": 1, "story": 2}, fee_high_minor=40_000)

    found = part(brief, make_candidate(), PartName.PRICE)

    assert found.value_bps == 8_000
    assert found.evidence == "Usually asks USD 500 for this; you pay USD 400 at most."


def test_a_price_without_a_rate_for_every_format_is_not_known() -> None:
    brief = wanted(formats={"video": 1, "live": 1}, fee_high_minor=40_000)

    found = part(brief, make_candidate(), PartName.PRICE)

    assert found.value_bps == 3_000
    assert found.evidence == (
        "You pay USD 400 at most; the usual fee in USD is not known, so it counts as 30 %."
    )


@pytest.mark.parametrize(
    ("views", "value"),
    [(0, 0), (1_000, 0), (10_000, 3_333), (31_623, 5_000), (1_000_000, 10_000), (10**9, 10_000)],
)
def test_each_tenfold_of_views_is_an_equal_step(views: int, value: int) -> None:
    assert part(wanted(), make_candidate(median_views=views), PartName.VIEWS).value_bps == value


def test_what_is_not_known_counts_as_thirty_percent_and_says_so() -> None:
    brief = wanted(age={"18-24": 5_000}, gender={"male": 5_000}, country={"US": 5_000})
    unknown = make_candidate(audience=None)

    parts = [part(brief, unknown, name) for name in (PartName.AGE, PartName.GENDER)]

    assert [one.value_bps for one in parts] == [3_000, 3_000]
    assert parts[0].evidence == (
        "You asked for 18–24; the ages of the audience are not known, so it counts as 30 %."
    )


def test_a_brief_that_asks_for_everything_uses_the_weights_as_they_stand() -> None:
    brief = wanted(
        age={"18-24": 1}, gender={"male": 1}, country={"US": 1}, interests=("home",),
        formats={"video": 1}, fee_high_minor=1,
    )  # fmt: skip

    assert weights_for(brief) == WEIGHTS
    assert sum(WEIGHTS.values()) == 10_000


@given(
    age=st.booleans(),
    gender=st.booleans(),
    country=st.booleans(),
    interests=st.booleans(),
    price=st.booleans(),
)
def test_whatever_is_asked_for_the_weights_are_the_whole(
    *, age: bool, gender: bool, country: bool, interests: bool, price: bool
) -> None:
    brief = wanted(
        age={"18-24": 1} if age else {},
        gender={"male": 1} if gender else {},
        country={"US": 1} if country else {},
        interests=("home",) if interests else (),
        formats={"video": 1} if price else {},
        fee_high_minor=1 if price else None,
    )

    assert sum(weights_for(brief).values()) == 10_000


def test_the_fit_is_the_sum_of_the_parts_that_are_shown() -> None:
    brief = wanted(
        age={"18-24": 5_000, "25-34": 5_000}, country={"US": 10_000}, interests=("cooking",)
    )

    parts = parts_of(brief, make_candidate())
    by_hand = sum(one.value_bps * one.weight_bps for one in parts) / 10_000

    assert [(one.name.value, one.value_bps, one.weight_bps) for one in parts] == [
        ("age", 6_200, 2_667),
        ("country", 5_000, 2_667),
        ("interest", 10_000, 2_666),
        ("views", 5_000, 2_000),
    ]
    assert by_hand == 6_653.04
    assert fit_of_parts(parts) == 6_653


@given(share=st.integers(0, 10_000), more=st.integers(0, 10_000))
def test_reaching_more_of_the_audience_never_lowers_the_fit(share: int, more: int) -> None:
    brief = wanted(age={"18-24": 7_000}, country={"US": 5_000})
    low, high = sorted((share, more))

    def fit(age: int) -> int:
        audience = Audience(age={"18-24": age}, country={"US": 2_000})
        return fit_of_parts(parts_of(brief, make_candidate(audience=audience)))

    assert 0 <= fit(low) <= fit(high) <= 10_000


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({}, None),
        ({"is_closed": True, "has_channel": False}, LeftOut.ACCOUNT_CLOSED),
        ({"has_channel": False}, LeftOut.NO_CHANNEL),
        ({"median_views": None, "audience": None}, LeftOut.NOTHING_KNOWN),
        ({"median_views": None}, None),
        ({"audience": None}, None),
    ],
)
def test_hard_rules_remove_a_creator_before_anybody_counts(
    changes: dict[str, Any], rule: LeftOut | None
) -> None:
    assert left_out(make_candidate(**changes)) is rule


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (["18-24"], "18–24"),
        (["25-34", "18-24"], "18–34"),
        (["45-54", "55+"], "45 or older"),
        (["18-24", "35-44"], "18–24 or 35–44"),
        (list(AGES), "13 or older"),
    ],
)
def test_neighbouring_ages_are_said_as_one(labels: list[str], words: str) -> None:
    assert age_words(labels) == words
