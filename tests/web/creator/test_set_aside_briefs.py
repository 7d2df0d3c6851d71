"""Briefs that are not for a creator now: a line below the others, and a page that says why."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.collaborations import service as collaborations
from marketplace.creators import queries as creators
from marketplace.kernel.actor import Actor
from marketplace.matching import service as matching
from marketplace.matching.rules.left_out import (
    SET_ASIDE_WORDS,
    WHAT_CHANGES,
    YOU_LEFT_OUT_WORDS,
    LeftOut,
)
from marketplace.matching.rules.wanted import HardRules
from marketplace.web.creator.set_aside import WHERE
from tests.conftest import sign_in
from tests.factories.campaigns import NOON, make_campaign
from tests.web.reading import plain

pytestmark = pytest.mark.usefixtures("noon")

ASIDE = "/creator/briefs/set-aside"


@pytest.fixture
def far(session: Session, acme: Brand, alice: Actor, bea: Actor) -> Campaign:
    """Wants creators from the United States or Canada; Bea lives in Germany."""
    assert bea.creator_id is not None
    creators.creator_by_id(session, bea.creator_id).country = "DE"
    campaign = make_campaign(session, brand=acme, by=alice, name="Far away")
    keep(session, campaign, alice, lives_in=frozenset({"US", "CA"}))
    return campaign


def keep(session: Session, campaign: Campaign, by: Actor, **rules: object) -> None:
    kept = HardRules(**rules)  # type: ignore[arg-type]
    matching.keep_rules(session, campaign_id=campaign.id, rules=kept, actor=by, now=NOON)
    session.flush()


def test_a_brief_that_leaves_one_out_is_a_line_at_the_end_and_says_why_on_a_page(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor, far: Campaign
) -> None:
    make_campaign(session, brand=acme, by=alice, name="Near by")
    big = make_campaign(session, brand=acme, by=alice, name="Big")
    keep(session, big, alice, followers_least=123_456)
    sign_in(client, bea)

    feed = client.get("/creator/briefs").text
    assert "Near by" in feed
    assert f"/creator/briefs/{far.id}" not in feed
    assert (
        "2 open briefs are not for you now: 1 for where you live, 1 for too few followers."
    ) in plain(feed)
    assert f'href="{ASIDE}"' in feed

    page = client.get(ASIDE).text
    said = plain(page)
    assert f'href="/creator/briefs/{far.id}">Far away' in page
    assert (
        "Why: it asks for other countries to live in, or you do not say where. What would change"
        " it: Say where you live, if you have not yet; else only its brand could. Your profile"
    ) in said
    assert "$95.00 to $475.00" in said
    assert "Near by" not in page
    for kept_secret in ("United States", "Canada", "123"):
        assert kept_secret not in said


def test_where_every_open_brief_leaves_one_out_the_feed_does_not_say_that_none_is_open(
    client: FlaskClient, bea: Actor, far: Campaign
) -> None:
    sign_in(client, bea)

    page = client.get("/creator/briefs").text

    assert "No open brief is for you now" in page
    assert "1 open brief is not for you now: 1 for where you live." in plain(page)
    assert "No brief is open now" not in page


def test_an_invitation_puts_the_brief_back_among_the_others(
    client: FlaskClient, session: Session, alice: Actor, bea: Actor, far: Campaign
) -> None:
    assert bea.creator_id is not None
    collaborations.invite(
        session, campaign_id=far.id, creator_id=bea.creator_id, message="", actor=alice, now=NOON
    )
    session.flush()
    sign_in(client, bea)

    page = client.get("/creator/briefs").text
    assert "You are invited" in page
    assert "not for you now" not in page
    assert "No open brief leaves you out" in client.get(ASIDE).text


def test_without_any_the_page_says_so(client: FlaskClient, bea: Actor) -> None:
    sign_in(client, bea)

    assert "No open brief leaves you out" in client.get(ASIDE).text
    assert client.get(f"{ASIDE}?page=9&cause=nonsense").status_code == 200
    assert "not for you now" not in client.get("/creator/briefs").text


def test_each_rule_of_a_brief_has_its_words_and_what_changes_it() -> None:
    of_all = {LeftOut.ACCOUNT_CLOSED, LeftOut.NO_CHANNEL, LeftOut.NO_VIEWS}
    assert SET_ASIDE_WORDS.keys() == WHAT_CHANGES.keys() == set(LeftOut) - of_all
    assert YOU_LEFT_OUT_WORDS.keys() == set(LeftOut)
    assert set(LeftOut) - of_all - WHERE.keys() == {LeftOut.TOO_MANY_FOLLOWERS}
