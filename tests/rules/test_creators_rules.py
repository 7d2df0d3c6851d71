"""What a profile, rates and an audience may be, and what videos say of a channel."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.creators.rules import (
    Audience,
    ChannelFigures,
    VideoCounts,
    audience_problems,
    figures_of,
    granted_problem,
    hashtags_in,
    is_fresh,
    missing_steps,
    profile_problems,
    rate_problems,
)
from marketplace.kernel.money import Money

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def test_a_whole_profile_has_no_problems() -> None:
    assert profile_problems(display_name="Bea", country="US", topics=["cooking"], bio="Hi") == {}


def test_every_problem_of_a_profile_is_said_at_once() -> None:
    problems = profile_problems(
        display_name=" ", country="XX", topics=["cooking", "astrology"], bio="a" * 601
    )

    assert problems == {
        "display_name": "Give the name that brands should see.",
        "country": "Choose a country from the list.",
        "topics": "There is no topic called astrology in our list.",
        "bio": "Keep this to 600 characters.",
    }


def test_more_than_five_topics_are_too_many() -> None:
    topics = ["beauty", "books", "comedy", "cooking", "dance", "education"]

    assert profile_problems(display_name="Bea", country=None, topics=topics, bio="") == {
        "topics": "Choose 5 topics at most: the ones you are known for."
    }


def test_a_rate_is_positive_and_of_a_format_and_a_currency_we_know() -> None:
    assert rate_problems({"video": Money(1, "USD")}, currencies=("USD", "EUR")) == {}
    assert rate_problems(
        {"opera": Money(1, "USD"), "video": Money(1, "CHF"), "story": Money(0, "USD")},
        currencies=("USD", "EUR"),
    ) == {
        "opera": "There is no format called opera in our list.",
        "video": "Choose one of these currencies: USD, EUR.",
        "story": "A rate must be more than 0.",
    }


def test_shares_of_one_kind_may_not_be_more_than_the_whole() -> None:
    audience = Audience(
        age={"18-24": 6_000, "25-34": 4_001},
        gender={"female": 10_000},
        country={"US": 5_000, "DE": 5_001},
    )

    assert audience_problems(audience) == {
        "age": "The shares of age add up to 100.01\xa0%, more than 100\xa0%.",
        "country": "The shares of country add up to 100.01\xa0%, more than 100\xa0%.",
    }


def test_interests_together_may_be_more_than_the_whole_but_none_alone() -> None:
    assert audience_problems(Audience(interest={"cooking": 9_000, "home": 9_000})) == {}
    assert audience_problems(Audience(interest={"cooking": 10_001})) == {
        "interest": "Each share is between 0\xa0% and 100\xa0%."
    }


@pytest.mark.parametrize(
    ("audience", "problem"),
    [
        (Audience(age={"12": 1}), {"age": "There is no age called 12 in our list."}),
        (Audience(gender={"male": -1}), {"gender": "Each share is between 0\xa0% and 100\xa0%."}),
        (Audience(country={"ZZ": 1}), {"country": "There is no country called ZZ in our list."}),
        (
            Audience(age={"18-24": 0}, country={"US": 0}),
            {"age": "Enter at least one share: what you leave out counts as not known."},
        ),
        (
            Audience(),
            {"age": "Enter at least one share: what you leave out counts as not known."},
        ),
    ],
)
def test_an_audience_is_of_labels_we_know_and_says_something(
    audience: Audience, problem: dict[str, str]
) -> None:
    assert audience_problems(audience) == problem


def test_figures_are_the_lower_median_the_rate_over_all_and_the_most_used_hashtags() -> None:
    videos = [
        VideoCounts(views=100, likes=10, comments=2, shares=1, hashtags=["Soup", "fyp"]),
        VideoCounts(views=300, likes=30, comments=0, shares=0, hashtags=["soup", "bread"]),
        VideoCounts(views=900, likes=30, comments=0, shares=0, hashtags=["apple"]),
        VideoCounts(views=200, likes=2, comments=0, shares=0),
    ]

    assert figures_of(videos) == ChannelFigures(
        median_views=200,
        engagement_rate_bps=500,
        top_hashtags=("soup", "apple", "bread"),
        top_keys=("soup", "apple", "bread"),
    )


def test_all_spellings_of_a_hashtag_are_one_spelled_as_in_most_videos() -> None:
    found = figures_of(
        VideoCounts(views=100, likes=10, comments=2, shares=1, hashtags=hashtags)
        for hashtags in (
            ["cafe", "café"],  # one video, not two
            ["café", "trail_running"],
            ["bread", "FYP"],
            ["bread", "trailrunning"],
            ["_", "ünïcode"],
            ["café", "unicode"],
        )
    )
    assert found.top_hashtags == ("café", "bread", "trail_running", "unicode")
    assert found.top_keys == ("cafe", "bread", "trailrunning", "unicode")


def test_without_videos_nothing_is_known_and_without_views_there_is_no_rate() -> None:
    assert figures_of([]) == ChannelFigures(None, None, (), ())
    assert figures_of([VideoCounts(views=0, likes=0, comments=0, shares=0)]) == ChannelFigures(
        median_views=0, engagement_rate_bps=None, top_hashtags=(), top_keys=()
    )


def test_hashtags_are_read_from_a_caption_once_each() -> None:
    caption = "Soup #Cooking with #bread#soup, #cooking! # #"

    assert hashtags_in(caption) == ("cooking", "bread", "soup")


@pytest.mark.parametrize(
    ("caption", "tags"),
    [
        ("今日は＃スープ、＃味噌汁。#レシピ！", ("スープ", "味噌汁", "レシピ")),
        ("طبخت \u200f#شوربة\u200f، و#مطبخ_أمي؟", ("شوربة", "مطبخ_أمي")),
        ("#می‌خواهم \u2067#סלט\u2069!", ("می‌خواهم", "סלט")),
        (
            "#ÉTÉ(#soup) “#pan”… #a.b #tea… #🍲 #हिंदी। #",
            ("été", "soup", "pan", "a", "tea", "🍲", "हिंदी"),
        ),
    ],
)
def test_hashtags_end_where_their_script_ends_them(caption: str, tags: tuple[str, ...]) -> None:
    assert hashtags_in(caption) == tags


def test_without_leave_for_profile_and_videos_a_channel_cannot_be_read() -> None:
    assert granted_problem(["user.info.basic", "video.list"]) is None
    assert granted_problem(["user.info.basic", "user.info.stats"]) == (
        "TikTok did not give us leave to see your profile and your videos. "
        "Connect again and leave both switched on"
    )


def test_an_audience_is_old_after_ninety_days() -> None:
    assert is_fresh(NOON - timedelta(days=90), now=NOON)
    assert not is_fresh(NOON - timedelta(days=90, seconds=1), now=NOON)


def test_what_is_missing_comes_in_the_order_to_do_it() -> None:
    assert missing_steps(
        has_topics=False, has_country=True, has_channel=False, has_audience=False, has_rates=True
    ) == ("channel", "topics", "audience")
