"""What was observed of two audiences, told beside a pick."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.creators.models import Creator
from marketplace.kernel.actor import Actor
from tests.conftest import make_person, sign_in
from tests.factories.campaigns import make_campaign
from tests.factories.creators import make_co_audience, make_planned_creator
from tests.web.brand.planning import plan_of, text_of


@pytest.fixture
def market(session: Session) -> list[Creator]:
    made = [
        make_planned_creator(
            session,
            name,
            views=views,
            fee_minor=30_000,
            user_id=make_person(session, name.lower()).id,
        )
        for name, views in (("Anna", 40_000), ("Dora", 30_000))
    ]
    session.flush()
    return made


def test_a_pick_says_which_part_of_its_viewers_watch_another_and_how_that_is_known(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, market: list[Creator]
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice)
    anna, dora = market
    make_co_audience(session, dora.id, anna.id, shared=874)
    session.commit()
    sign_in(client, alice)

    said = text_of(client.get(plan_of(campaign, budget="700.00")).text)

    day = "as observed on Sat 14 Nov 2026 of 2,300 commenters."
    assert f"38 % of their viewers watch Anna too, {day}" in said
    assert f"38 % of Dora’s viewers watch them too, {day}" in said
