"""Words and hashtags of a brief: every version keeps its own, and every side counts with them."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import queries as campaigns
from marketplace.campaigns import service
from marketplace.campaigns.models import Brief, Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidInput
from marketplace.matching import queries
from tests.conftest import NOON
from tests.factories.campaigns import brief_of, content, make_campaign
from tests.factories.creators import make_channel, make_creator, make_rate, make_video
from tests.services.planned import plan

WORDS = ("trail running", "ultra")
ASKED = content(target_age={}, target_country={}, target_interests=(), target_words=WORDS)


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    """Asks for nothing but posts about running on trails."""
    return make_campaign(session, brand=acme, by=alice, brief=ASKED)


@pytest.fixture
def runner(session: Session) -> UUID:
    return make_poster(session, "Rea Lund", "trailrunning")


@pytest.fixture
def baker(session: Session) -> UUID:
    return make_poster(session, "Bo Ahl", "sourdough")


def make_poster(session: Session, name: str, tag: str) -> UUID:
    """A creator whose last three posts carry the hashtag."""
    creator = make_creator(session, display_name=name, topics=[])
    channel = make_channel(session, creator_id=creator.id)
    make_rate(session, creator_id=creator.id)
    for number in range(3):
        make_video(
            session, channel_id=channel.id, external_id=f"{tag}{number}", hashtags=[tag],
            views=30_000,
        )  # fmt: skip
    return creator.id


def test_brand_creator_and_planner_ask_for_the_same_words(
    session: Session, campaign: Campaign, runner: UUID, baker: UUID
) -> None:
    wanted = queries.wanted_for(session, campaign.id)
    listed = queries.matches_for(session, wanted, campaign_id=campaign.id, now=NOON).page.rows
    of_brand = queries.fits_of(
        session, campaign_id=campaign.id, creator_ids=[runner, baker], now=NOON
    )
    of_feed = {
        one: queries.feed_for(session, creator_id=one, now=NOON).page.rows[0]
        for one in (runner, baker)
    }

    assert wanted.words == WORDS
    assert [each.creator_id for each in listed] == [runner, baker]
    for one in (runner, baker):
        own = queries.fit_to(session, brief_of(session, campaign), creator_id=one, now=NOON)
        assert own.explained.fit == of_brand[one].explained.fit == of_feed[one].fit
    assert of_feed[runner].fit > 3 * of_feed[baker].fit
    assert [of_feed[one].parts.liking for one in (runner, baker)] == [10_000, 6_000]
    planned = plan(session, campaign)
    assert {pick.creator_id for pick, _, _ in planned.picks} <= {runner, baker}


def test_each_version_keeps_its_own_words(
    session: Session, campaign: Campaign, alice: Actor
) -> None:
    other = content(target_age={}, target_country={}, target_interests=(), target_words=("fells",))
    service.save_brief(session, campaign_id=campaign.id, content=other, actor=alice, now=NOON)
    assert queries.wanted_for(session, campaign.id).words == WORDS

    second = service.amend_brief(
        session, campaign_id=campaign.id, change_note="Fells now.", actor=alice, now=NOON
    )
    session.flush()

    assert queries.wanted_for(session, campaign.id).words == ("fells",)
    versions = campaigns.brief_versions(session, campaign.id)
    assert [each.target_words for each in versions] == [["fells"], list(WORDS)]
    assert campaigns.content_of(second, currency="USD") == other


def test_words_that_find_nobody_are_refused_and_nothing_changes(
    session: Session, campaign: Campaign, alice: Actor
) -> None:
    with pytest.raises(InvalidInput) as refused:
        service.save_brief(
            session,
            campaign_id=campaign.id,
            content=content(target_words=("soup", "#fyp")),
            actor=alice,
            now=NOON,
        )

    assert list(refused.value.problems) == ["target_words"]
    assert campaigns.draft_brief(session, campaign.id) is None
    assert brief_of(session, campaign).target_words == list(WORDS)


def test_the_database_keeps_no_more_than_twenty(
    session: Session, acme: Brand, alice: Actor
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice, state=CampaignState.DRAFT)
    brief = campaigns.draft_brief(session, campaign.id)
    assert brief is not None
    many = update(Brief).where(Brief.id == brief.id).values(target_words=["x"] * 21)
    with pytest.raises(IntegrityError, match="words_are_few"), session.begin_nested():
        session.execute(many)
