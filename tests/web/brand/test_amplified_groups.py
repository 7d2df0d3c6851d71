"""A brand says whom it wants to hear from, and looks at those alone who asked to be found so."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.queries import draft_brief
from marketplace.campaigns.rules import CampaignState
from marketplace.collaborations.models import Invitation
from marketplace.creators import service as creators
from marketplace.kernel.actor import Actor
from marketplace.matching.models import MatchShowing
from tests.conftest import NOON, make_person, sign_in
from tests.factories.campaigns import content, make_campaign
from tests.factories.creators import make_channel, make_planned_creator, make_video
from tests.web.brand.planning import accepting, plan_of, text_of
from tests.web.reading import plain

OF_BRIEF = "Any the brief wants to hear from"


@pytest.fixture
def alices(client: FlaskClient, alice: Actor) -> FlaskClient:
    sign_in(client, alice)
    return client


@pytest.fixture
def both(session: Session, bea: Actor, carl: Actor) -> None:
    """Bea and Carl can be hired; Bea has asked to be found by two groups, Carl by another."""
    for actor, groups in ((bea, ["rural", "veterans"]), (carl, ["women"])):
        assert actor.creator_id is not None
        channel = make_channel(session, creator_id=actor.creator_id)
        make_video(session, channel_id=channel.id, views=10_000)
        creators.declare_groups(session, actor=actor, groups=groups, now=NOON)
    session.commit()


def listed(page: str) -> set[str]:
    results = re.sub(r'<form method="get".*?</form>', "", page, flags=re.DOTALL)
    return {name for name in ("Bea", "Carl") if f">{name}<" in results}


def test_groups_are_ticked_kept_and_shown_to_the_brand(
    alices: FlaskClient, session: Session, acme: Brand, alice: Actor
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice, state=CampaignState.DRAFT)
    step = f"/brand/campaigns/{campaign.id}/edit/audience"

    refused = alices.post(step, data={"amplified_groups": ["left_handed"]})
    assert refused.status_code == 422
    saved = alices.post(
        step, data={"amplified_groups": ["veterans", "rural"], "only_amplified": "y"}
    )
    assert saved.status_code == 303
    brief = draft_brief(session, campaign.id)
    assert brief is not None
    assert brief.amplified_groups == ["rural", "veterans"]

    ticked = re.findall(r"<input checked[^>]*value=\"(\w+)\"", alices.get(step).text)
    assert ticked == ["rural", "veterans"]
    preview = plain(alices.get(f"/brand/campaigns/{campaign.id}/edit/preview").text)
    assert "Whom you want to hear from “Creators in the countryside” and “Veterans”." in preview


@pytest.mark.usefixtures("both")
def test_the_matches_offer_what_the_brief_names_and_keep_no_look_by_it(
    alices: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    plainly = make_campaign(session, brand=acme, by=alice)
    named = content(amplified_groups=("rural", "veterans"))
    campaign = make_campaign(session, brand=acme, by=alice, brief=named, name="More beans")
    address = f"/brand/campaigns/{campaign.id}/matches"
    everybody = alices.get(address).text
    assert OF_BRIEF in everybody
    assert listed(everybody) == {"Bea", "Carl"}
    said = "The brief wants to hear from “Creators in the countryside” and “Veterans”."
    assert f"{said} Show who has asked to be found by that" in plain(everybody)
    shown = session.scalar(select(func.count()).select_from(MatchShowing))

    found = alices.get(f"{address}?group=brief").text

    assert listed(found) == {"Bea"}
    assert "; 1 is listed, who has asked to be found by a group you want to hear from." in plain(
        found
    )
    assert session.scalar(select(func.count()).select_from(MatchShowing)) == shown

    creators.declare_groups(session, actor=bea, groups=["women"], now=NOON)
    session.commit()
    nobody = alices.get(f"{address}?group=brief").text
    assert listed(nobody) == set()
    assert "Nobody has asked to be found by this" in nobody
    other = alices.get(f"/brand/campaigns/{plainly.id}/matches?group=brief").text
    assert OF_BRIEF not in other
    assert "There is no group called “brief”, so all are shown." in other


def test_a_plan_offers_what_the_brief_names_and_is_accepted_by_it(
    alices: FlaskClient, session: Session, acme: Brand, alice: Actor
) -> None:
    people = {}
    for name, views in (("Cleo", 30_000), ("Dora", 40_000), ("Emil", 90_000)):
        person = make_person(session, name.lower())
        made = make_planned_creator(session, name, views=views, fee_minor=20_000, user_id=person.id)
        people[name] = Actor(user_id=person.id, creator_id=made.id)
    for name, group in (("Cleo", "rural"), ("Dora", "veterans"), ("Emil", "women")):
        creators.declare_groups(session, actor=people[name], groups=[group], now=NOON)
    plainly = make_campaign(session, brand=acme, by=alice)
    named = content(amplified_groups=("rural", "veterans"))
    campaign = make_campaign(session, brand=acme, by=alice, brief=named, name="More beans")
    session.commit()

    everybody = alices.get(plan_of(campaign, budget="1000.00")).text
    assert f'<option value="brief">{OF_BRIEF}</option>' in everybody
    assert "3 creators for $600.00" in text_of(everybody)

    found = alices.get(plan_of(campaign, budget="1000.00", group="brief")).text
    assert f'<option selected value="brief">{OF_BRIEF}</option>' in found
    assert "2 creators for $400.00" in text_of(found)
    who = "have asked to be found by a group you want to hear from"
    assert f"Only creators who {who} were looked at." in text_of(found)
    assert "@emil" not in found
    assert alices.post(plan_of(campaign), data=accepting(found)).status_code == 303
    assert session.scalar(select(func.count()).select_from(Invitation)) == 2

    other = alices.get(plan_of(plainly, budget="1000.00", group="brief"))
    assert other.status_code == 422
    assert OF_BRIEF not in other.text
    assert "Choose one of these." in text_of(other.text)


@pytest.mark.usefixtures("both")
def test_the_list_beside_the_step_is_narrowed_by_what_is_ticked_and_not_saved(
    alices: FlaskClient, session: Session, acme: Brand, alice: Actor
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice, state=CampaignState.DRAFT)

    def look(**typed: Any) -> str:
        answer = alices.post(
            f"/brand/campaigns/{campaign.id}/edit/audience",
            data={**typed, "look": "1"},
            headers={"X-Part": "list"},
        )
        assert answer.status_code == 200
        return answer.text

    ticked = {"amplified_groups": ["rural", "veterans"]}
    assert listed(look(**ticked)) == {"Bea", "Carl"}
    assert listed(look(**ticked, only_amplified="y")) == {"Bea"}
    assert listed(look(amplified_groups=["women"], only_amplified="y")) == {"Carl"}
    assert listed(look(only_amplified="y")) == {"Bea", "Carl"}
    nobody = look(amplified_groups=["asian"], only_amplified="y")
    assert "Nobody who passes has asked to be found by these" in nobody
    brief = draft_brief(session, campaign.id)
    assert brief is not None
    assert brief.amplified_groups == []
