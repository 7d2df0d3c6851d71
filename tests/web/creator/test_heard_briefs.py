"""Who has asked to be found by a group reads which briefs want to hear from it, and nobody else."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.creators import service as creators
from marketplace.creators.rules.groups import GROUP_WORDS
from marketplace.kernel.actor import Actor
from tests.conftest import NOON, sign_in
from tests.factories.campaigns import content, make_campaign
from tests.factories.challenges import make_challenge
from tests.factories.creators import make_channel, make_video
from tests.web.reading import plain

pytestmark = pytest.mark.usefixtures("noon")
HEARD = "Wants to hear from"


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor, bea: Actor, carl: Actor) -> Campaign:
    """Wants to hear from the countryside and from veterans; Bea and Carl would fit alike."""
    for actor in (bea, carl):
        assert actor.creator_id is not None
        channel = make_channel(session, creator_id=actor.creator_id)
        make_video(session, channel_id=channel.id, views=10_000)
    brief = content(amplified_groups=("rural", "veterans"))
    return make_campaign(session, brand=acme, by=alice, brief=brief)


def declare(session: Session, actor: Actor, *groups: str) -> None:
    creators.declare_groups(session, actor=actor, groups=groups, now=NOON)
    session.commit()


def pages_of(client: FlaskClient, actor: Actor, campaign: Campaign) -> list[str]:
    """The feed and the brief as somebody reads them."""
    sign_in(client, actor)
    paths = ("/creator/briefs", f"/creator/briefs/{campaign.id}")
    return [plain(client.get(path).text) for path in paths]


def test_only_who_asked_by_a_group_that_is_named_is_told_and_only_while_they_ask(
    client: FlaskClient, session: Session, campaign: Campaign, bea: Actor, carl: Actor
) -> None:
    before = pages_of(client, bea, campaign)
    declare(session, bea, "rural", "women")
    declare(session, carl, "women")

    feed, brief = pages_of(client, bea, campaign)
    assert f"{HEARD} “Creators in the countryside”, as you asked to be found." in feed
    assert "The brief names “Creators in the countryside”." in brief
    for text in (feed, brief, *pages_of(client, carl, campaign)):
        assert "Veterans" not in text
        assert "“Women”" not in text
    for text in pages_of(client, carl, campaign):
        assert not any(words in text for words in (HEARD, "hear from you", "countryside"))

    declare(session, bea, "rural", "veterans")
    feed, _ = pages_of(client, bea, campaign)
    assert f"{HEARD} “Creators in the countryside” and “Veterans”" in feed

    declare(session, bea)
    assert pages_of(client, bea, campaign) == before
    assert not any(words in text for text in before for words in GROUP_WORDS.values())


def test_a_brief_that_names_nobody_says_nothing(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    assert bea.creator_id is not None
    make_channel(session, creator_id=bea.creator_id)
    campaign = make_campaign(session, brand=acme, by=alice)
    declare(session, bea, "rural")

    for text in pages_of(client, bea, campaign):
        assert "Beans in a minute" in text
        assert not any(words in text for words in (HEARD, "hear from you", "countryside"))


def test_a_challenge_says_it_on_its_own_page(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor, carl: Actor
) -> None:
    challenge = make_challenge(session, brand=acme, by=alice, amplified=("rural",))
    declare(session, bea, "rural")

    for actor, is_told in ((bea, True), (carl, False)):
        sign_in(client, actor)
        page = plain(client.get(f"/creator/challenges/{challenge.campaign_id}").text)
        assert ("The brief names “Creators in the countryside”." in page) == is_told


def test_neither_brand_nor_staff_read_of_an_applicant_that_they_are_meant(
    client: FlaskClient,
    session: Session,
    campaign: Campaign,
    alice: Actor,
    bea: Actor,
    stella: Actor,
) -> None:
    home = f"/brand/campaigns/{campaign.id}"
    profile = f"/brand/creators/{bea.creator_id}"
    of_brand = (
        f"{home}/applications",
        f"{home}/matches",
        profile,
        f"{profile}?campaign={campaign.id}",
    )
    of_staff = ("/staff/", "/staff/audiences", "/staff/subjects")

    def seen() -> list[str]:
        texts = []
        for actor, paths in ((alice, of_brand), (stella, of_staff)):
            sign_in(client, actor)
            for path in paths:
                answer = client.get(path)
                assert answer.status_code == 200, path
                texts.append(plain(answer.text))
        return texts

    sign_in(client, bea)
    applied = client.post(
        f"/creator/briefs/{campaign.id}", data={"pitch": "Beans on a hill.", "fee": "150.00"}
    )
    assert applied.status_code == 303
    before = seen()
    declare(session, bea, "rural")
    assert seen() == before
