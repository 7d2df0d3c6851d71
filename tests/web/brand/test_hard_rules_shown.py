"""Whom each hard rule leaves out is said with a number, beside the list."""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.creators import queries as creators
from marketplace.creators.models import Channel, Creator
from marketplace.creators.rules import AudienceSource
from marketplace.kernel.actor import Actor
from tests.conftest import NOON, sign_in
from tests.factories.campaigns import content, make_campaign
from tests.factories.creators import make_creator, make_exclusivity
from tests.factories.market import make_hireable
from tests.web.reading import plain

pytestmark = pytest.mark.usefixtures("noon")


def channel_of(session: Session, creator_id: UUID) -> Channel:
    found = creators.channel_of(session, creator_id=creator_id)
    assert found is not None
    return found


def speaking(session: Session, creator_id: UUID, language: str) -> None:
    audience = creators.latest_audience(session, channel_id=channel_of(session, creator_id).id)
    assert audience is not None
    audience.language = {language: 9_000}


def test_every_rule_says_how_many_it_removed_and_all_add_up(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, mallory: Actor
) -> None:
    campaign = make_campaign(
        session, brand=acme, by=alice, brief=content(target_gender={"female": 10_000})
    )
    make_creator(session, display_name="No channel")
    for name, changes in {
        "Stays": {},
        "Elsewhere": {"country": "DE"},
        "Speaks German": {},
        "Few": {"followers": 4_999},
        "Many": {"followers": 100_001},
        "Beauty": {},
        "Bets": {},
        "Bound": {},
        "Away": {},
        "Cheap": {"fee_minor": 9_999},
        "Dear": {"fee_minor": 50_001},
        "Unseen": {},
    }.items():
        one = make_hireable(session, name, **changes)  # type: ignore[arg-type]
        channel = channel_of(session, one)
        speaking(session, one, "de" if name == "Speaks German" else "en")
        if name == "Beauty":
            session.get_one(Creator, one).topics = ["beauty"]
        if name == "Bets":
            channel.subjects = ["gambling"]
        if name == "Bound":
            make_exclusivity(session, creator_id=one, brand_id=next(iter(mallory.brands)))
        if name == "Away":
            session.get_one(Creator, one).away_until = date(2026, 12, 1)
        if name == "Unseen":
            audience = creators.latest_audience(session, channel_id=channel.id)
            assert audience is not None
            audience.gender, audience.sample_size = {"male": 10_000}, 10**9
            audience.source = AudienceSource.PLATFORM
            audience.taken_at = NOON - timedelta(days=1)
    session.flush()
    sign_in(client, alice)

    page = plain(
        client.get(
            f"/brand/campaigns/{campaign.id}/matches?wish=1&gender=female&lives_in=US&language=en"
            "&followers_least=5000&followers_most=100000&without=beauty&avoid=gambling"
            "&least=100&most=500"
        ).text
    )

    assert "1 of 13 creators can be taken" in page
    assert "12 left out by rules" in page
    for words in (
        "has no channel that they could publish on",
        "lives in another country, or does not say where",
        "has viewers who speak another language, or of whom it is not known",
        "has fewer followers than you ask for, or does not show how many",
        "has more followers than you ask for",
        "makes videos about a topic that you leave out",
        "has touched a subject that you avoid in their last posts",
        "has promised another brand not to work in your category at the time",
        "is away at the time",
        "usually asks less than the least that you look for",
        "usually asks more than the most that you pay",
        "is watched by nobody in your target, as far as is known",
    ):
        assert re.search(rf"\b1 {words}\.", page), words
    assert "Whoever fails several is counted under the first." in page
