"""The page where a creator says how they want to be found, and what brands see of it."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.creators import queries
from marketplace.creators import service as creators
from marketplace.creators.rules.groups import GROUP_WORDS, Group
from marketplace.kernel.actor import Actor
from marketplace.matching.models import MatchShowing
from tests.conftest import NOON, sign_in
from tests.factories.campaigns import make_campaign
from tests.factories.creators import make_channel, make_video
from tests.web.reading import plain


def test_groups_are_off_until_ticked_and_off_again_when_unticked(
    beas: FlaskClient, session: Session, bea: Actor
) -> None:
    assert "<input checked" not in beas.get("/creator/groups").text

    answer = beas.post("/creator/groups", data={"groups": ["rural"]}, follow_redirects=True)
    assert "Brands that look for this find you from now on." in answer.text
    assert answer.text.count("<input checked") == 1
    assert queries.own_groups(session, bea) == [Group.RURAL]

    answer = beas.post("/creator/groups", data={}, follow_redirects=True)
    assert "Nobody finds you by a group" in answer.text
    assert queries.own_groups(session, bea) == []


def test_a_group_that_is_not_on_the_list_changes_nothing(
    beas: FlaskClient, session: Session, bea: Actor
) -> None:
    beas.post("/creator/groups", data={"groups": ["rural"]})

    answer = beas.post("/creator/groups", data={"groups": ["left_handed"]})

    assert answer.status_code == 422
    assert queries.own_groups(session, bea) == [Group.RURAL]


@pytest.mark.parametrize("asked", ["rural", "veterans", "left_handed", ""])
def test_a_brand_filters_by_a_group_and_reads_it_of_nobody(
    client: FlaskClient, session: Session, alice: Actor, bea: Actor, carl: Actor, asked: str
) -> None:
    for actor in (bea, carl):
        assert actor.creator_id is not None
        make_channel(session, creator_id=actor.creator_id)
    creators.declare_groups(session, actor=bea, groups=["rural"], now=NOON)
    session.commit()
    sign_in(client, alice)

    page = client.get(f"/brand/creators?group={asked}").text

    found = {name for name in ("Bea", "Carl") if f">{name}<" in page}
    assert found == {"rural": {"Bea"}, "veterans": set()}.get(asked, {"Bea", "Carl"})
    told = "Only creators who have asked to be found by this." in page
    assert told == (asked in ("rural", "veterans"))
    results = re.sub(r"<form.*?</form>", "", page, flags=re.DOTALL)
    for address in (f"/brand/creators/{bea.creator_id}",):
        results += client.get(address).text
    assert [words for words in GROUP_WORDS.values() if words in results] == []


def test_matches_are_narrowed_to_who_asked_and_say_it_of_nobody(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor, carl: Actor
) -> None:
    for actor in (bea, carl):
        assert actor.creator_id is not None
        channel = make_channel(session, creator_id=actor.creator_id)
        make_video(session, channel_id=channel.id, views=10_000)
    campaign = make_campaign(session, brand=acme, by=alice)
    creators.declare_groups(session, actor=bea, groups=["rural"], now=NOON)
    session.commit()
    sign_in(client, alice)
    address = f"/brand/campaigns/{campaign.id}/matches"

    def found(asked: str) -> set[str]:
        page = client.get(f"{address}?group={asked}").text
        results = re.sub(r"<form.*?</form>", "", page, flags=re.DOTALL)
        assert [words for words in GROUP_WORDS.values() if words in results] == []
        return {name for name in ("Bea", "Carl") if f">{name}<" in results}

    assert found("") == {"Bea", "Carl"}
    shown = session.scalar(select(func.count()).select_from(MatchShowing))
    assert found("rural") == {"Bea"}
    assert found("veterans") == set()
    page = plain(client.get(f"{address}?group=rural").text)
    assert "; 1 is listed, who has asked to be found by this." in page
    page = client.get(f"{address}?group=veterans").text
    assert "Nobody has asked to be found by this" in page
    # What a brand looked for by a group is not kept.
    assert session.scalar(select(func.count()).select_from(MatchShowing)) == shown
