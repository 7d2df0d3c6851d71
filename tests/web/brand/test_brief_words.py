"""A brand names words and hashtags in the brief; its list and its creators see them."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.queries import draft_brief
from marketplace.campaigns.rules import CampaignState
from marketplace.kernel.actor import Actor
from tests.conftest import sign_in
from tests.factories.campaigns import content, make_campaign
from tests.factories.creators import make_channel, make_creator, make_video
from tests.factories.market import make_hireable

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def draft(session: Session, acme: Brand, alice: Actor) -> Campaign:
    make_hireable(session, "Rea Lund")
    return make_campaign(session, brand=acme, by=alice, state=CampaignState.DRAFT)


def step(campaign: Campaign) -> str:
    return f"/brand/campaigns/{campaign.id}/edit/audience"


def test_words_are_saved_as_they_read_and_one_that_is_an_interest_ticks_it(
    client: FlaskClient, session: Session, draft: Campaign, alice: Actor
) -> None:
    sign_in(client, alice)

    saved = client.post(
        step(draft),
        data={"target_interests": "cooking", "target_words": "#Trail Running, Outdoors #ULTRA"},
    )

    assert saved.status_code == 303
    brief = draft_brief(session, draft.id)
    assert brief is not None
    session.refresh(brief)
    assert brief.target_words == ["trail running", "ultra"]
    assert brief.target_interests == ["cooking", "outdoors"]
    again = client.get(step(draft)).text
    assert 'value="trail running, ultra"' in again
    preview = client.get(f"/brand/campaigns/{draft.id}/edit/preview").text
    assert 'Whoever posts about <span class="tag">trail running</span>' in preview


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (", ".join(f"word{n}" for n in range(21)), "Name 20 words and hashtags at most."),
        ("x" * 61, "Keep each word or hashtag to 60 characters."),
        ("soup, ?!", "“?!” has no letter or digit that could be looked for."),
        ("#ForYou", "“foryou” stands under every second post and finds nobody: leave it out."),
    ],
)
def test_words_that_cannot_be_are_refused_at_their_field_and_kept_there(
    client: FlaskClient, session: Session, draft: Campaign, alice: Actor, typed: str, said: str
) -> None:
    sign_in(client, alice)
    before = draft_brief(session, draft.id)
    assert before is not None
    interests = list(before.target_interests)

    refused = client.post(step(draft), data={"target_words": typed})
    looked = client.post(
        step(draft), data={"target_words": typed, "look": "1"}, headers={"X-Part": "list"}
    )

    assert (refused.status_code, looked.status_code) == (422, 422)
    assert said in refused.text
    assert said in looked.text
    assert f'value="{typed}"' in refused.text
    session.refresh(before)
    assert (before.target_words, before.target_interests) == ([], interests)


def test_the_list_follows_what_is_typed_and_says_which_word_nobody_uses(
    client: FlaskClient, draft: Campaign, alice: Actor
) -> None:
    sign_in(client, alice)

    answer = client.post(
        step(draft), data={"target_words": "trail running", "look": "1"}, headers={"X-Part": "list"}
    )

    assert answer.status_code == 200
    assert "Nobody here makes anything tagged trail running" in answer.text


def test_the_matches_begin_with_the_words_of_the_brief(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    make_hireable(session, "Rea Lund")
    asked = content(target_words=("trail running",))
    campaign = make_campaign(session, brand=acme, by=alice, brief=asked)
    sign_in(client, alice)

    page = client.get(f"/brand/campaigns/{campaign.id}/matches").text
    assert 'value="cooking, trail running"' in page
    same = {
        "wish": "1", "age_from": "0", "age_to": "1", "country": "US", "most": "500.00",
        "avoid": ["adult", "drugs", "shocking", "weapons"],
    }  # fmt: skip
    for words, moved in (("cooking, #Trail Running", False), ("cooking, fells", True)):
        page = client.get(
            f"/brand/campaigns/{campaign.id}/matches", query_string=same | {"words": words}
        ).text
        assert ("You are looking around" in page) == moved

    sign_in(client, bea)
    own = client.get(f"/creator/briefs/{campaign.id}").text
    assert 'Whoever posts about <span class="tag">trail running</span>' in own


@pytest.mark.parametrize("page", ["edit/audience", "matches"])
def test_fields_for_words_suggest_what_is_used_in_the_market_without_a_script(
    client: FlaskClient, draft: Campaign, alice: Actor, page: str
) -> None:
    sign_in(client, alice)

    text = client.get(f"/brand/campaigns/{draft.id}/{page}").text

    offered = text.split('<datalist id="used-words">')[1].split("</datalist>")[0]
    assert offered == '<option value="cooking">cooking</option>'
    field = re.search('<input[^>]*list="used-words"[^>]*>', text)
    assert field is not None
    assert 'data-suggests="/brand/words"' in field[0]
    assert "autocomplete" not in field[0]


def test_the_script_that_suggests_words_asks_for_all_of_them_once(
    client: FlaskClient, session: Session, draft: Campaign, alice: Actor
) -> None:
    channel = make_channel(session, creator_id=make_creator(session).id).id
    for number, words in enumerate((["#Soup", "Café", "fyp"], ["soup"])):
        make_video(session, channel_id=channel, external_id=str(number), hashtags=words)
    sign_in(client, alice)

    answer = client.get("/brand/words")

    assert answer.json == ["cooking", "cafe", "soup"]
    assert answer.headers["Cache-Control"] == "private, max-age=3600"
