"""The campaign editor, the list, one campaign's page, and closing it."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.campaigns import queries
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.kernel.actor import Actor
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from tests.conftest import sign_in
from tests.factories.campaigns import brief_of, fund
from tests.factories.collaborations import make_application, make_collaboration
from tests.web.brand.editing import BASICS

pytestmark = pytest.mark.usefixtures("noon")


def pages_of(campaign: Campaign) -> list[str]:
    home = f"/brand/campaigns/{campaign.id}"
    return [
        home,
        f"{home}/brief",
        f"{home}/applications",
        f"{home}/invitations",
        f"{home}/collaborations",
    ]


def test_every_member_sees_the_pages_of_their_campaign(
    client: FlaskClient, published: Campaign, alice: Actor, ben: Actor, fiona: Actor, vic: Actor
) -> None:
    for who in (alice, ben, fiona, vic):
        sign_in(client, who)
        for path in pages_of(published):
            page = client.get(path)
            assert page.status_code == 200, path
            assert "Beans in a minute" in page.text


def test_for_others_the_campaign_does_not_exist(
    client: FlaskClient, published: Campaign, mallory: Actor, bea: Actor
) -> None:
    sign_in(client, mallory)
    for path in pages_of(published):
        assert client.get(path).status_code == 404, path
    assert client.get(f"/brand/campaigns/{published.id}/edit/brief").status_code == 404
    assert client.get(f"/brand/campaigns/{published.id}/close").status_code == 404
    assert client.post(f"/brand/campaigns/{published.id}/close").status_code == 404
    sign_in(client, bea)
    for path in pages_of(published):
        assert client.get(path).status_code == 403, path


def test_signed_out_visitors_sign_in_first(client: FlaskClient, published: Campaign) -> None:
    for path in ["/brand/", "/brand/campaigns", *pages_of(published)]:
        assert client.get(path).status_code == 302, path


def test_a_campaign_that_is_not_there_is_a_404(client: FlaskClient, alice: Actor) -> None:
    sign_in(client, alice)

    assert client.get(f"/brand/campaigns/{new_id()}").status_code == 404


def test_an_amendment_is_written_looked_at_and_published(
    client: FlaskClient, session: Session, published: Campaign, alice: Actor
) -> None:
    sign_in(client, alice)
    home = f"/brand/campaigns/{published.id}"

    client.post(
        f"{home}/edit/brief",
        data={
            "summary": "Cook our lentils.",
            "deliverables-0-format": "video",
            "deliverables-0-description": "A recipe in a minute",
            "deliverables-0-count": "1",
        },
    )
    assert "There is an unpublished amendment" in client.get(f"{home}/brief").text
    silent = client.post(f"{home}/amend", data={"change_note": ""})
    assert silent.status_code == 422
    assert "Say in a sentence what is different." in silent.text

    done = client.post(f"{home}/amend", data={"change_note": "Lentils now"})

    assert (done.status_code, done.location) == (303, f"{home}/brief")
    session.expire_all()
    assert (brief_of(session, published).version, brief_of(session, published).summary) == (
        2,
        "Cook our lentils.",
    )
    assert "Lentils now" in client.get(f"{home}/brief").text


def test_an_amendment_can_be_thrown_away(
    client: FlaskClient, session: Session, published: Campaign, alice: Actor
) -> None:
    sign_in(client, alice)
    home = f"/brand/campaigns/{published.id}"
    client.post(f"{home}/edit/brief", data={"summary": "Something else"})

    assert client.post(f"{home}/discard").status_code == 303

    session.expire_all()
    assert queries.draft_brief(session, published.id) is None


def test_closing_asks_once_and_names_what_ends(
    client: FlaskClient, session: Session, published: Campaign, alice: Actor, bea: Actor
) -> None:
    make_application(session, campaign=published, creator=bea)
    sign_in(client, alice)
    path = f"/brand/campaigns/{published.id}/close"

    question = client.get(path)
    assert "Close “Beans in a minute”?" in question.text
    assert "1 open application will be declined" in question.text

    assert client.post(path).status_code == 303
    session.expire_all()
    assert published.state is CampaignState.CLOSED
    assert client.post(path).status_code == 409


def test_viewers_and_finance_change_nothing(
    client: FlaskClient, session: Session, draft: Campaign, vic: Actor, fiona: Actor
) -> None:
    home = f"/brand/campaigns/{draft.id}"
    for who in (vic, fiona):
        sign_in(client, who)
        assert client.get("/brand/campaigns/new").status_code == 403
        assert client.post("/brand/campaigns/new", data=BASICS).status_code == 403
        for step in ("basics", "brief", "audience", "rights", "preview"):
            assert client.get(f"{home}/edit/{step}").status_code == 403, step
        assert client.get(f"{home}/close").status_code == 403
        for act in ("publish", "amend", "discard", "close"):
            answer = client.post(f"{home}/{act}", data={"change_note": "x"})
            assert answer.status_code == 403, act
    session.expire_all()
    assert draft.state is CampaignState.DRAFT


def test_an_unknown_step_of_the_editor_is_a_404(
    client: FlaskClient, draft: Campaign, alice: Actor
) -> None:
    sign_in(client, alice)

    assert client.get(f"/brand/campaigns/{draft.id}/edit/nonsense").status_code == 404


def test_the_list_filters_sorts_and_ignores_nonsense(
    client: FlaskClient, published: Campaign, draft: Campaign, alice: Actor
) -> None:
    sign_in(client, alice)

    assert client.get("/brand/campaigns").text.count("Beans in a minute") == 2
    assert client.get("/brand/campaigns?state=draft").text.count("Beans in a minute") == 1
    assert "No campaign is in this state." in client.get("/brand/campaigns?state=closed").text
    assert client.get("/brand/campaigns?state=x&sort=x&page=x").status_code == 200
    assert client.get("/brand/campaigns?page=99").text.count("Beans in a minute") == 2


def test_a_campaigns_page_shows_where_its_money_is(
    client: FlaskClient, session: Session, published: Campaign, alice: Actor, bea: Actor
) -> None:
    fund(session, published, Money(90_000, "USD"))
    make_collaboration(session, campaign=published, creator=bea, by=alice, funded=True)
    sign_in(client, alice)

    page = client.get(f"/brand/campaigns/{published.id}").text

    for amount in ("$1,000.00", "$900.00", "$500.00", "$400.00"):
        assert amount in page


def test_a_home_without_anything_says_what_to_do_next(client: FlaskClient, alice: Actor) -> None:
    sign_in(client, alice)

    assert "Start your first campaign" in client.get("/brand/").text


def test_home_lists_what_waits_with_its_deadline(
    client: FlaskClient,
    session: Session,
    noon: datetime,
    published: Campaign,
    draft: Campaign,
    ben: Actor,
    fiona: Actor,
    bea: Actor,
    carl: Actor,
) -> None:
    make_application(session, campaign=published, creator=bea)
    sign_in(client, ben)
    client.post(
        f"/brand/campaigns/{published.id}/invitations", data={"creator_id": str(carl.creator_id)}
    )

    page = client.get("/brand/").text

    assert "1 application to answer" in page
    assert "1 invited, 1 to answer" in page
    assert "Thu 12 Nov 2026" in page  # ten days after noon
    assert "“Beans in a minute” is not published yet" in page
    assert "has no money yet" not in page  # managers do not pay
    sign_in(client, fiona)
    page = client.get("/brand/").text
    assert "“Beans in a minute” has no money yet" in page
    assert "to answer" not in page.split("Under way")[0]
