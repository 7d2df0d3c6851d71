"""Creators: profile, rates, connecting a channel, its tokens and its figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from marketplace.creators import queries
from marketplace.creators import service as creators
from marketplace.creators.models import (
    ChannelState,
)
from marketplace.creators.queries import MarketFilters
from marketplace.creators.rules import (
    Audience,
    AudienceSource,
    VideoCounts,
    figures_of,
)
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotPermitted
from marketplace.kernel.money import Money
from tests.conftest import NOON, make_person
from tests.factories.creators import (
    make_audience,
    make_channel,
    make_creator,
    make_rate,
    make_video,
)
from tests.services.connected import ACCOUNT, connect, video

# profile and rates


def test_a_person_becomes_a_creator_once(session: Session) -> None:
    person = Actor(user_id=make_person(session, "dora").id)

    def sign_up() -> UUID:
        return creators.create_creator(
            session, actor=person, display_name=" Dora  Dee ", country="DE",
            topics=["home", "home"], bio="Hi ", now=NOON,
        ).id  # fmt: skip

    creator_id = sign_up()
    with pytest.raises(Conflict, match="You have a creator profile already"):
        sign_up()

    assert person.user_id is not None
    assert queries.user_id_of(session, creator_id) == person.user_id
    found = queries.creator_by_id(session, creator_id)
    assert (found.display_name, found.topics, found.bio) == ("Dora Dee", ["home"], "Hi")


def test_only_creators_have_a_profile_to_edit(session: Session, alice: Actor, bea: Actor) -> None:
    with pytest.raises(NotPermitted):
        creators.edit_profile(
            session, actor=alice, display_name="A", country=None, topics=[], bio=""
        )
    with pytest.raises(InvalidInput) as refusal:
        creators.edit_profile(session, actor=bea, display_name="", country=None, topics=[], bio="")

    assert refusal.value.problems == {"display_name": "Give the name that brands should see."}
    assert bea.creator_id is not None
    assert queries.creator_by_id(session, bea.creator_id).display_name == "Bea"


def test_rates_of_one_currency_are_replaced_and_the_others_stay(
    session: Session, bea: Actor
) -> None:
    assert bea.creator_id is not None

    def set_usd(**rates: int) -> None:
        given = {name: Money(minor, "USD") for name, minor in rates.items()}
        creators.set_rates(session, actor=bea, currency="USD", rates=given, now=NOON)

    creators.set_rates(
        session, actor=bea, currency="EUR", rates={"video": Money(900, "EUR")}, now=NOON
    )
    set_usd(video=1_000, story=400)
    set_usd(video=1_100, live=5_000)
    set_usd(video=1_100, live=5_000)

    cards = queries.rates_of(session, creator_id=bea.creator_id)
    assert [(card.format, card.fee) for card in cards] == [
        ("video", Money(900, "EUR")),
        ("video", Money(1_100, "USD")),
        ("live", Money(5_000, "USD")),
    ]


def test_a_rate_in_another_currency_than_the_form_is_refused(session: Session, bea: Actor) -> None:
    with pytest.raises(InvalidInput) as refusal:
        creators.set_rates(
            session, actor=bea, currency="USD", rates={"video": Money(1, "EUR")}, now=NOON
        )

    assert refusal.value.problems == {"video": "This rate is not in USD."}


# figures


def test_what_a_platform_does_not_say_stays_as_it_was(session: Session, bea: Actor) -> None:
    channel = connect(session, bea)
    silent = replace(ACCOUNT, handle=None, follower_count=None, like_count=5)

    creators.record_account(session, channel_id=channel.id, account=silent)

    assert (channel.handle, channel.follower_count, channel.like_count) == (
        "bea.cooks",
        48_210,
        5,
    )


def test_videos_are_kept_once_with_their_last_counts(session: Session, bea: Actor) -> None:
    channel = connect(session, bea)
    videos = [video(1), video(2), video(3, views=None), video(2)]

    kept = [
        creators.record_videos(session, channel_id=channel.id, videos=videos),
        creators.record_videos(session, channel_id=channel.id, videos=[video(1, views=9_000)]),
    ]

    session.expire_all()
    assert kept == [2, 1]
    found = queries.videos_of(session, channel_id=channel.id)
    assert [(one.views, one.hashtags) for one in found] == [
        (9_000, ["soup", "fyp"]),
        (2_000, ["soup", "fyp"]),
    ]
    assert (channel.median_views, channel.top_hashtags) == (2_000, ["soup"])


def test_the_figures_in_sql_are_those_of_the_rules(session: Session, bea: Actor) -> None:
    channel = connect(session, bea)
    counts = [
        VideoCounts(views=100, likes=10, comments=2, shares=1, hashtags=["Soup", "fyp"]),
        VideoCounts(views=300, likes=33, comments=0, shares=0, hashtags=["soup", "bread"]),
        VideoCounts(views=900, likes=30, comments=0, shares=7, hashtags=["apple", "Äpfel", "_x"]),
        VideoCounts(views=0, likes=0, comments=0, shares=0, hashtags=["soup"]),
    ]
    for number, one in enumerate(counts):
        make_video(
            session, channel_id=channel.id, external_id=str(number), views=one.views,
            likes=one.likes, comments=one.comments, shares=one.shares, hashtags=one.hashtags,
        )  # fmt: skip

    creators.recompute_figures(session, channel_ids=[channel.id])

    session.refresh(channel)
    expected = figures_of(counts)
    assert channel.median_views == expected.median_views == 100
    assert channel.engagement_rate_bps == expected.engagement_rate_bps == 638
    assert tuple(channel.top_hashtags) == expected.top_hashtags
    assert tuple(channel.top_keys) == expected.top_keys


def test_the_spellings_in_sql_are_those_of_the_rules(session: Session, bea: Actor) -> None:
    channel = connect(session, bea)
    used = [
        ["cafe", "café"], ["café", "trail_running"], ["bread", "FYP"], ["bread", "trailrunning"],
        ["_", "ünïcode"], ["café", "unicode"], ["Straße", "ストリート"], ["x" * 70, "x" * 80],
    ]  # fmt: skip
    for number, hashtags in enumerate(used):
        make_video(
            session, channel_id=channel.id, external_id=str(number), hashtags=hashtags
        )  # fmt: skip

    creators.recompute_figures(session, channel_ids=[channel.id])

    session.refresh(channel)
    counts = [VideoCounts(views=1, likes=0, comments=0, shares=0, hashtags=each) for each in used]
    expected = figures_of(counts)
    assert tuple(channel.top_hashtags) == expected.top_hashtags
    assert tuple(channel.top_keys) == expected.top_keys
    assert channel.top_keys == [
        "cafe", "bread", "trailrunning", "unicode", "strasse", "x" * 60, "ストリート",
    ]  # fmt: skip


def test_channels_are_read_again_after_a_day(session: Session) -> None:
    def make(read_at: datetime | None, state: ChannelState = ChannelState.CONNECTED) -> UUID:
        creator = make_creator(session)
        return make_channel(session, creator_id=creator.id, read_at=read_at, state=state).id

    never = make(None)
    old = make(NOON - timedelta(days=1))
    make(NOON - timedelta(hours=23))
    make(NOON - timedelta(days=9), ChannelState.LISTED)

    assert queries.due_for_reading(session, now=NOON) == [never, old]


# audience


def report(session: Session, actor: Actor, audience: Audience, taken_at: datetime = NOON) -> None:
    creators.report_audience(
        session, actor=actor, audience=audience, sample_size=10, taken_at=taken_at, now=NOON
    )


def test_a_creator_describes_their_own_audience_and_it_is_marked(
    session: Session, bea: Actor
) -> None:
    channel = connect(session, bea)

    report(session, bea, Audience(age={"18-24": 10_000, "25-34": 0}))

    session.flush()
    found = queries.latest_audience(session, channel_id=channel.id)
    assert found is not None
    assert (found.source, found.age, found.taken_at) == (
        AudienceSource.SELF_REPORTED,
        {"18-24": 10_000},
        NOON,
    )


def test_an_audience_over_the_whole_is_refused_and_the_old_one_stays(
    session: Session, bea: Actor
) -> None:
    channel = connect(session, bea)
    make_audience(session, channel_id=channel.id)

    with pytest.raises(InvalidInput) as refusal:
        report(session, bea, Audience(age={"18-24": 6_000, "25-34": 4_001}))

    assert refusal.value.problems == {
        "age": "The shares of age add up to 100.01\xa0%, more than 100\xa0%."
    }
    found = queries.latest_audience(session, channel_id=channel.id)
    assert found is not None
    assert found.age == {"18-24": 4_000, "25-34": 3_000}


def test_an_audience_needs_a_channel_and_a_day_that_was(session: Session, bea: Actor) -> None:
    some = Audience(age={"18-24": 1})
    with pytest.raises(Conflict, match="Connect a channel first"):
        report(session, bea, some)
    connect(session, bea)

    for taken_at, sentence in (
        (NOON + timedelta(days=2), "This day is in the future."),
        (
            NOON - timedelta(days=366),
            "These figures are more than a year old: look them up again.",
        ),
    ):
        with pytest.raises(InvalidInput) as refusal:
            report(session, bea, some, taken_at)
        assert refusal.value.problems == {"taken_on": sentence}


# the market


def test_a_page_of_the_market_is_one_that_there_is(session: Session) -> None:
    for number in range(3):
        channel_of = make_creator(session, display_name=f"Creator {number}")
        make_channel(session, creator_id=channel_of.id, handle=f"creator{number}")

    def numbers(page: int, size: int) -> tuple[int, list[str]]:
        found = queries.market(session, filters=MarketFilters(), sort="name", page=page, size=size)
        return found.number, [each.creator.display_name for each in found.rows]

    assert numbers(1, 2) == numbers(0, 2) == (1, ["Creator 0", "Creator 1"])
    assert numbers(2, 2) == numbers(9, 2) == (2, ["Creator 2"])
    assert numbers(2, 3) == (1, ["Creator 0", "Creator 1", "Creator 2"])


def test_the_market_shows_who_can_be_hired_by_median_views(session: Session) -> None:
    names = []
    for name, views in (("Ann", 500), ("Ben", None), ("Cas", 900)):
        creator = make_creator(session, display_name=name)
        make_channel(session, creator_id=creator.id, median_views=views)
        names.append(name)
    make_creator(session, display_name="Without a channel")

    page = queries.market(session, filters=MarketFilters())
    assert [one.creator.display_name for one in page.rows] == ["Cas", "Ann", "Ben"]
    assert page.total == 3
    by_name = queries.market(session, filters=MarketFilters(), sort="name", page=2, size=2)
    assert [one.creator.display_name for one in by_name.rows] == ["Cas"]


@pytest.mark.parametrize(
    "filters",
    [
        MarketFilters(words="anna"),
        MarketFilters(words="@ANNA.b"),
        MarketFilters(words="#soup"),
        MarketFilters(country="SE"),
        MarketFilters(topic="books"),
        MarketFilters(min_followers=1_000),
        MarketFilters(min_views=500),
        MarketFilters(words="anna", country="SE", topic="books", min_followers=1_000),
    ],
)
def test_each_filter_narrows_the_market(session: Session, filters: MarketFilters) -> None:
    anna = make_creator(session, display_name="Anna", country="SE", topics=["books"])
    make_channel(
        session, creator_id=anna.id, handle="anna.books", follower_count=1_000, median_views=500,
        top_hashtags=["soup"],
    )  # fmt: skip
    other = make_creator(session, display_name="50%", country="US", topics=["pets"])
    make_channel(session, creator_id=other.id, handle="x_y", follower_count=999, median_views=499)

    page = queries.market(session, filters=filters)

    assert [one.creator.display_name for one in page.rows] == ["Anna"]
    assert page.total == 1
    assert filters


@pytest.mark.parametrize("words", ["#café", "#CAFE", "# c_a_f_e", "#Cafe\u0301", "#ｃａｆｅ"])
def test_a_hashtag_is_found_in_any_spelling(session: Session, words: str) -> None:
    for name, tag in (("Anna", "café"), ("Ben", "cafes")):
        make_channel(
            session,
            creator_id=make_creator(session, display_name=name).id,
            top_hashtags=["soup", tag],
        )

    page = queries.market(session, filters=MarketFilters(words=words))

    assert [one.creator.display_name for one in page.rows] == ["Anna"]


@pytest.mark.parametrize("words", ["#", "#!?"])
def test_a_sign_without_a_word_finds_nobody(session: Session, words: str) -> None:
    make_channel(session, creator_id=make_creator(session).id, top_hashtags=["soup"])
    assert queries.market(session, filters=MarketFilters(words=words)).total == 0


def test_the_facts_of_a_creator_are_all_that_matching_needs(session: Session) -> None:
    creator = make_creator(session, topics=["home"])
    channel = make_channel(session, creator_id=creator.id, top_hashtags=["soup"])
    make_audience(session, channel_id=channel.id, taken_at=NOON - timedelta(days=9))
    make_audience(
        session, channel_id=channel.id, age={"18-24": 1}, taken_at=NOON - timedelta(days=8)
    )
    make_rate(session, creator_id=creator.id)
    make_video(session, channel_id=channel.id, published_at=NOON - timedelta(days=4))
    make_video(session, channel_id=channel.id, external_id="7", published_at=NOON)
    bare = make_creator(session)

    first, second = queries.facts_after(session, None, size=9, now=NOON)

    assert (first.creator_id, first.topics, first.hashtags) == (creator.id, ["home"], ["soup"])
    assert (first.audience_source, first.age) == ("self_reported", {"18-24": 1})
    assert first.videos == [[1_000, 80, 0, [], 20], [1_000, 80, 1, [], 20]]
    assert first.rates == {"video USD": 30_000}
    assert (second.creator_id, second.has_channel) == (bare.id, False)
    assert (second.audience_source, second.age, second.videos) == (None, {}, [])
    assert queries.facts_of(session, [bare.id, UUID(int=7)], now=NOON) == [second]
    assert queries.facts_after(session, first.creator_id, size=9, now=NOON) == [second]
    assert queries.facts_of_most_viewed(session, size=1, now=NOON) == [first]
    assert queries.facts_of_some(session, size=9, now=NOON) == [first, second]
