"""Ranking the market for a campaign, what is kept of it, and the briefs that fit a creator."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand, User
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound, NotPermitted
from marketplace.kernel.money import Money
from marketplace.matching import queries
from marketplace.matching import service as matching
from marketplace.matching.models import MatchRules, MatchShowing, Shortlisting
from marketplace.matching.queries import Matches
from marketplace.matching.rules.fit import PartName
from marketplace.matching.rules.left_out import LeftOut
from marketplace.matching.rules.wanted import HardRules, Wanted
from tests.conftest import NOON
from tests.factories.campaigns import brief_of, content, make_campaign
from tests.factories.creators import (
    make_audience,
    make_channel,
    make_creator,
    make_rate,
    make_video,
)
from tests.factories.market import make_hireable


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    """Asks for the ages of 18 to 34, the United States and cooking, for USD 500 at most."""
    return make_campaign(session, brand=acme, by=alice)


def matches(
    session: Session, campaign: Campaign, *, page: int = 1, size: int = 25, shortlist: bool = False
) -> Matches:
    wanted = queries.wanted_for(session, campaign.id)
    return queries.matches_for(
        session,
        wanted,
        campaign_id=campaign.id,
        only_shortlist=shortlist,
        page=page,
        size=size,
        now=NOON,
    )


def names(found: Matches) -> list[str]:
    return [line.display_name for line in found.page.rows]


def test_matches_stand_in_the_order_of_their_fit_with_their_reasons(
    session: Session, campaign: Campaign
) -> None:
    make_hireable(session, "Some", reach=4_000)
    make_hireable(session, "Most", reach=9_000)
    make_hireable(session, "Few", reach=1_000)

    found = matches(session, campaign)

    assert names(found) == ["Most", "Some", "Few"]
    assert [line.place for line in found.page.rows] == [1, 2, 3]
    assert (found.looked_at, found.of, found.candidates) == (3, 3, 3)
    best = found.page.rows[0].fit
    assert [part.name for part in best.parts] == [
        "views", "authentic", "age", "country", "topic", "format", "reliability", "price",
    ]  # fmt: skip
    assert best.parts[2].evidence() == (
        "80.5\xa0% of the viewers are 18–34, by the creator’s own statement of Thu 1 Oct 2026,"
        " which counts as 265 people. Four of five times between 77\xa0% and 84\xa0%."
    )


def test_whom_a_hard_rule_removes_is_counted_and_not_ranked(
    session: Session, campaign: Campaign, bea: Actor
) -> None:
    make_hireable(session, "Stays")
    make_hireable(session, "Dear", fee_minor=50_001)
    make_channel(session, creator_id=make_creator(session).id, median_views=None)
    person = session.scalars(select(User).limit(1)).one()
    person.closed_at = NOON
    make_hireable(session, "Closed", user_id=person.id)

    found = matches(session, campaign)

    assert found.looked_at == 5
    assert found.left_out == {
        LeftOut.ACCOUNT_CLOSED: 1,
        LeftOut.NO_CHANNEL: 1,
        LeftOut.NO_VIEWS: 1,
        LeftOut.TOO_DEAR: 1,
    }
    assert names(found) == ["Stays"]
    assert bea.creator_id is not None
    fit = queries.fit_of(session, campaign_id=campaign.id, creator_id=bea.creator_id, now=NOON)
    assert fit.left_out is LeftOut.NO_CHANNEL


def test_a_budget_below_everybody_names_the_cheapest(
    session: Session, acme: Brand, alice: Actor
) -> None:
    low = make_campaign(
        session, brand=acme, by=alice,
        brief=content(fee_low=Money(100, "USD"), fee_high=Money(200, "USD")),
    )  # fmt: skip
    make_hireable(session, "Dear", fee_minor=40_000)
    make_hireable(session, "Cheap", fee_minor=20_000)

    found = matches(session, low)

    assert (found.candidates, found.cheapest_minor) == (0, 20_000)
    assert found.left_out == {LeftOut.TOO_DEAR: 2}


def test_a_draft_is_ranked_by_the_brief_as_it_stands(
    session: Session, acme: Brand, alice: Actor
) -> None:
    draft = make_campaign(session, brand=acme, by=alice, state=CampaignState.DRAFT)
    make_hireable(session, "Somebody")

    assert names(matches(session, draft)) == ["Somebody"]


def test_a_shortlist_shows_its_creators_with_their_places_and_whom_a_rule_removes(
    session: Session, campaign: Campaign, alice: Actor
) -> None:
    make_hireable(session, "Ann", reach=9_000)
    bob = make_hireable(session, "Bob", reach=8_000)
    cas = make_hireable(session, "Cas", reach=8_500, fee_minor=60_000)
    for creator_id in (bob, cas):
        matching.shortlist(
            session, campaign_id=campaign.id, creator_id=creator_id, actor=alice, now=NOON
        )

    found = matches(session, campaign, shortlist=True)

    assert {line.display_name: (line.place, line.left_out) for line in found.page.rows} == {
        "Bob": (2, None),
        "Cas": (None, LeftOut.TOO_DEAR),
    }
    assert all(line.is_shortlisted for line in found.page.rows)


def test_pages_go_on_where_the_one_before_ended(session: Session, campaign: Campaign) -> None:
    for number in range(5):
        make_hireable(session, str(number), reach=9_000 - 500 * number)

    found = matches(session, campaign, page=2, size=2)

    assert [line.place for line in found.page.rows] == [3, 4]
    assert (found.page.number, found.page.total, found.page.last) == (2, 5, 3)
    assert matches(session, campaign, page=9, size=2).page.number == 3


def test_who_was_shown_where_with_which_fit_is_logged(
    session: Session, campaign: Campaign, alice: Actor
) -> None:
    for number in range(3):
        make_hireable(session, str(number), reach=9_000 - 500 * number)
    found = matches(session, campaign, page=2, size=2)

    matching.record_showing(
        session,
        campaign_id=campaign.id,
        brief_id=brief_of(session, campaign).id,
        lines=found.page.rows,
        actor=alice,
        now=NOON,
    )
    matching.record_showing(
        session,
        campaign_id=campaign.id,
        brief_id=brief_of(session, campaign).id,
        lines=[],
        actor=alice,
        now=NOON,
    )
    session.flush()

    kept = session.scalars(select(MatchShowing)).one()
    line = found.page.rows[0]
    assert (kept.first_place, kept.creator_ids, kept.fits) == (3, [line.creator_id], [line.fit.fit])
    assert (kept.shown_to, kept.shown_at) == (alice.user_id, NOON)


def test_a_shortlist_holds_each_creator_once(
    session: Session, campaign: Campaign, alice: Actor, ben: Actor
) -> None:
    creator_id = make_hireable(session, "Ann")
    for actor in (alice, ben):
        matching.shortlist(
            session, campaign_id=campaign.id, creator_id=creator_id, actor=actor, now=NOON
        )

    assert session.scalars(select(Shortlisting.added_by)).all() == [alice.user_id]
    for _ in range(2):
        matching.take_off_shortlist(
            session, campaign_id=campaign.id, creator_id=creator_id, actor=ben
        )
    assert queries.shortlisted(session, campaign.id) == frozenset()


def test_only_those_who_run_the_campaign_choose(
    session: Session, campaign: Campaign, vic: Actor, mallory: Actor, bea: Actor, fiona: Actor
) -> None:
    creator_id = make_hireable(session, "Ann")
    for actor, refusal in (
        (vic, NotPermitted),
        (fiona, NotPermitted),
        (mallory, NotFound),
        (bea, NotFound),
    ):
        with pytest.raises(refusal):
            matching.shortlist(
                session, campaign_id=campaign.id, creator_id=creator_id, actor=actor, now=NOON
            )
        with pytest.raises(refusal):
            matching.keep_rules(
                session, campaign_id=campaign.id, rules=HardRules(), actor=actor, now=NOON
            )
    assert queries.shortlisted(session, campaign.id) == frozenset()
    assert session.scalars(select(MatchRules)).all() == []


def test_what_does_not_exist_is_not_found(
    session: Session, campaign: Campaign, alice: Actor
) -> None:
    with pytest.raises(NotFound):
        queries.wanted_for(session, uuid4())
    with pytest.raises(NotFound):
        queries.feed_for(
            session,
            creator_id=uuid4(),
            now=NOON,
        )
    with pytest.raises(NotFound):
        queries.fits_of(session, campaign_id=campaign.id, creator_ids=[uuid4()], now=NOON)
    with pytest.raises(NotFound):
        matching.shortlist(
            session, campaign_id=campaign.id, creator_id=uuid4(), actor=alice, now=NOON
        )


def test_words_that_nobody_uses_are_named(session: Session, acme: Brand, alice: Actor) -> None:
    asked = make_campaign(
        session, brand=acme, by=alice, brief=content(target_interests=("cooking", "sustainability"))
    )
    make_hireable(session, "Ann")
    assert matches(session, asked).unused_words == ["sustainability"]


def test_a_topic_finds_who_tags_videos_with_words_of_it(
    session: Session, campaign: Campaign
) -> None:
    for name, tags in (("Once", ["cooking"]), ("Chef", ["recipe", "chef", "food"])):
        creator = make_creator(session, display_name=name, topics=[])
        channel = make_channel(session, creator_id=creator.id)
        make_audience(session, channel_id=channel.id, interest={})
        make_rate(session, creator_id=creator.id)
        for number in range(4):
            used = tags if name == "Chef" or number == 0 else ["ferret"]
            make_video(session, channel_id=channel.id, external_id=f"{name}{number}", hashtags=used)

    assert names(matches(session, campaign)) == ["Chef", "Once"]


def test_a_topic_is_told_by_the_words_asked_for_and_by_neighbours_only_without_them(
    session: Session,
) -> None:
    videos = {
        "Cats": ("halloween", "zoo", "catsoftiktok"),
        "Zoo": ("zoo", "halloween"),
        "Bread": ("sourdough",),
    }
    for name, tags in videos.items():
        creator = make_creator(session, display_name=name, topics=[])
        channel = make_channel(session, creator_id=creator.id)
        make_rate(session, creator_id=creator.id)
        for number in range(2):
            used = tags[: 3 - number]
            make_video(session, channel_id=channel.id, external_id=f"{name}{number}", hashtags=used)

    found = queries.matches_for(
        session, Wanted(currency="USD", words=("pets",)), campaign_id=uuid4(), now=NOON
    )
    told = {
        line.display_name: next(
            part.evidence() for part in line.fit.parts if part.name is PartName.TOPIC
        )
        for line in found.page.rows
    }

    assert told == {
        "Cats": "Makes catsoftiktok, you ask for pets.",
        "Zoo": "Nothing of pets itself, but halloween and zoo, which others use with it.",
        "Bread": "Nothing in common with pets.",
    }


def test_nobody_is_taken_to_make_a_video_for_the_price_of_a_few_views(
    session: Session, campaign: Campaign
) -> None:
    """Nobody has named a rate: 145 views would cost next to nothing, and are taken at USD 25."""
    creator = make_creator(session, display_name="Few", topics=["cooking"])
    make_channel(session, creator_id=creator.id, median_views=145)

    [line] = matches(session, campaign).page.rows

    assert line.fit.price == Money(2_500, "USD")


def test_below_the_last_who_uses_a_word_nobody_does(session: Session, campaign: Campaign) -> None:
    for name, topics, views in (
        ("Cook", ["cooking"], 20_000),
        ("Far", ["travel"], 70_000),
        ("Chef", ["cooking"], 10_000),
        ("Near", ["travel"], 2_000),
    ):
        creator = make_creator(session, display_name=name, topics=topics)
        make_audience(
            session,
            channel_id=make_channel(session, creator_id=creator.id, median_views=views).id,
            interest={},
        )
        make_rate(session, creator_id=creator.id)

    one_by_one = [matches(session, campaign, page=page, size=1) for page in range(1, 5)]

    assert [names(found)[0] for found in one_by_one] == ["Cook", "Far", "Chef", "Near"]
    assert [found.words_until for found in one_by_one] == [None, None, 3, 3]
