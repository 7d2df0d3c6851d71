"""A brief names groups that its brand wants to hear from; nothing is worked out of that."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import queries as campaigns
from marketplace.campaigns import service
from marketplace.campaigns.models import Brief, Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.creators import queries as creators
from marketplace.creators import service as creators_service
from marketplace.creators.rules.groups import Group, groups_in_common
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidInput
from marketplace.matching import queries
from marketplace.store.outbox import OutboxMessage
from tests.conftest import NOON
from tests.factories.campaigns import brief_of, content, make_campaign
from tests.factories.creators import make_channel, make_rate, make_video

NAMED = content(amplified_groups=("rural", "veterans"))


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice, brief=NAMED)


@pytest.fixture
def both(session: Session, bea: Actor, carl: Actor) -> tuple[UUID, UUID]:
    """Bea and Carl, hireable and alike."""
    ids = []
    for actor in (bea, carl):
        assert actor.creator_id is not None
        ids.append(actor.creator_id)
        channel = make_channel(session, creator_id=actor.creator_id)
        make_rate(session, creator_id=actor.creator_id)
        make_video(session, channel_id=channel.id, views=10_000)
    return ids[0], ids[1]


def declare(session: Session, actor: Actor, *groups: str) -> None:
    creators_service.declare_groups(session, actor=actor, groups=groups, now=NOON)
    session.flush()


@pytest.mark.usefixtures("both")
def test_any_of_several_groups_finds_who_asked_and_not_by_which(
    session: Session, bea: Actor, carl: Actor
) -> None:
    several = [Group.RURAL, Group.VETERANS]
    assert creators.ids_found_by(session, several) == frozenset()
    declare(session, bea, "rural", "veterans", "women")
    declare(session, carl, "women")
    assert creators.ids_found_by(session, several) == {bea.creator_id}
    assert creators.ids_found_by(session, [Group.WOMEN]) == {bea.creator_id, carl.creator_id}
    assert creators.ids_found_by(session, []) == frozenset()

    declare(session, bea)
    assert creators.ids_found_by(session, several) == frozenset()


@pytest.mark.parametrize(
    ("own", "amplified", "common"),
    [
        ([], ["rural"], []),
        (["rural"], [], []),
        (["veterans", "rural", "women"], ["women", "asian", "rural"], ["rural", "women"]),
    ],
)
def test_a_creator_is_meant_by_what_they_declared_and_the_brief_names(
    own: list[str], amplified: list[str], common: list[str]
) -> None:
    assert groups_in_common([Group(each) for each in own], amplified) == common


def test_each_version_keeps_its_own_groups(
    session: Session, campaign: Campaign, alice: Actor
) -> None:
    other = content(amplified_groups=("women", "over_50", "women"))
    service.save_brief(session, campaign_id=campaign.id, content=other, actor=alice, now=NOON)
    assert brief_of(session, campaign).amplified_groups == ["rural", "veterans"]

    service.amend_brief(
        session, campaign_id=campaign.id, change_note="Others too.", actor=alice, now=NOON
    )
    session.flush()

    versions = campaigns.brief_versions(session, campaign.id)
    assert [each.amplified_groups for each in versions] == [
        ["over_50", "women"],
        ["rural", "veterans"],
    ]


def test_a_group_that_is_not_on_the_list_is_refused_and_nothing_changes(
    session: Session, campaign: Campaign, alice: Actor
) -> None:
    with pytest.raises(InvalidInput) as refused:
        service.save_brief(
            session,
            campaign_id=campaign.id,
            content=content(amplified_groups=("rural", "left_handed")),
            actor=alice,
            now=NOON,
        )

    assert refused.value.problems == {"amplified_groups": "Choose groups from the list."}
    assert campaigns.draft_brief(session, campaign.id) is None


def test_the_database_knows_the_groups(session: Session, acme: Brand, alice: Actor) -> None:
    campaign = make_campaign(session, brand=acme, by=alice, state=CampaignState.DRAFT)
    draft = update(Brief).where(Brief.campaign_id == campaign.id)
    unknown = draft.values(amplified_groups=["rural", "left_handed"])
    with pytest.raises(IntegrityError, match="groups_are_known"), session.begin_nested():
        session.execute(unknown)


def test_what_a_brief_names_moves_no_fit_no_place_and_no_message(
    session: Session, acme: Brand, alice: Actor, both: tuple[UUID, UUID], bea: Actor
) -> None:
    def seen() -> list[object]:
        listed = queries.matches_for(
            session,
            queries.wanted_for(session, campaign.id),
            campaign_id=campaign.id,
            now=NOON,
        )
        feeds = [queries.feed_for(session, creator_id=one, now=NOON).page.rows for one in both]
        return [
            [(each.creator_id, each.fit.fit, each.place) for each in listed.page.rows],
            listed.left_out,
            [[(each.brief.campaign_id, each.fit, each.parts) for each in rows] for rows in feeds],
        ]

    campaign = make_campaign(session, brand=acme, by=alice, brief=content())
    make_campaign(session, brand=acme, by=alice, brief=content(), name="Another")
    before = seen()
    service.save_brief(session, campaign_id=campaign.id, content=NAMED, actor=alice, now=NOON)
    service.amend_brief(session, campaign_id=campaign.id, change_note="!", actor=alice, now=NOON)
    declare(session, bea, "rural")

    assert seen() == before
    told = session.scalars(select(OutboxMessage.body)).all()
    assert [each for each in told if "rural" in str(each)] == []
