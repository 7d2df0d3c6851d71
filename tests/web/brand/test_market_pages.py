"""The market, and one creator, as brands see them."""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from urllib.parse import unquote
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.creators import queries
from marketplace.creators.models import Creator
from marketplace.kernel.actor import Actor
from marketplace.payouts import service as payouts
from tests.conftest import NOON, sign_in
from tests.factories.campaigns import make_campaign
from tests.factories.creators import make_audience, make_channel, make_creator
from tests.web.reading import plain


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice)


def test_the_market_lists_sorts_and_narrows(
    client: FlaskClient, session: Session, vic: Actor, cleo: Creator
) -> None:
    other = make_creator(session, display_name="Anders Ek", country="SE", topics=["tech"])
    make_channel(session, creator_id=other.id, handle="anders", median_views=9)
    sign_in(client, vic)

    page = client.get("/brand/creators").text
    assert page.index("Cleo Marr") < page.index("Anders Ek")
    assert "31.6K" in page
    assert "7\xa0%" in page
    by_name = client.get("/brand/creators?sort=name").text
    assert by_name.index("Anders Ek") < by_name.index("Cleo Marr")
    narrowed = client.get("/brand/creators?words=%40anders&country=SE&topic=tech").text
    assert "Anders Ek" in narrowed
    assert "Cleo Marr" not in narrowed
    nobody = client.get("/brand/creators?min_views=99999999")
    assert "Nobody passes these filters" in nobody.text
    assert client.get("/brand/creators?sort=x&page=999").status_code == 200


def test_of_very_many_who_are_called_alike_it_is_not_said_how_many_there_are(
    monkeypatch: pytest.MonkeyPatch, client: FlaskClient, session: Session, vic: Actor
) -> None:
    for number in range(31):
        twin = make_creator(session, display_name=f"Twin {number}")
        make_channel(session, creator_id=twin.id, external_id=f"twin{number}", handle=None)
    sign_in(client, vic)
    address = "/brand/creators?words=twin"

    assert "1–25 of 31 creators" in client.get(address).text
    monkeypatch.setattr(sys.modules[queries.market.__module__], "COUNTED_MOST", 30)
    assert "1–25 of more than 30 creators" in client.get(address).text
    assert "26–31 of more than 30 creators" in client.get(f"{address}&page=9").text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("min_followers=10%2C000", "Enter a whole number."),
        ("min_followers=-1", "Enter a whole number from 0 to 1,000,000,000,000."),
        ("min_views=99999999999999999999", "Enter a whole number from 0 to 1,000,000,000,000."),
        ("min_views=NaN", "Enter a whole number."),
        ("min_views=1e3", "Enter a whole number."),
        ("country=ZZ", "Choose one of these."),
        ("topic=nonsense", "Choose one of these."),
        ("group=nonsense", "Choose one of these."),
    ],
)
def test_a_filter_that_cannot_be_read_is_said_beside_it_and_nothing_typed_is_lost(
    client: FlaskClient, session: Session, vic: Actor, cleo: Creator, asked: str, said: str
) -> None:
    other = make_creator(session, display_name="Anders Ek", country="SE", topics=["tech"])
    make_channel(session, creator_id=other.id, handle="anders")
    sign_in(client, vic)

    answer = client.get(f"/brand/creators?words=anders&{asked}")

    name, typed = asked.split("=")
    assert answer.status_code == 422
    errors = re.findall(r'<p class="field-error" id="(\w+)-error[^"]*">([^<]+)</p>', answer.text)
    assert errors == [(name, said)]
    assert 'value="anders"' in answer.text
    if name.startswith("min_"):
        assert f'value="{unquote(typed)}"' in answer.text
    # The filters that can be read go on narrowing.
    assert "Anders Ek" in answer.text
    assert "Cleo Marr" not in answer.text


def test_a_search_of_too_many_letters_is_kept_as_typed(client: FlaskClient, vic: Actor) -> None:
    sign_in(client, vic)
    answer = client.get(f"/brand/creators?words={'x' * 81}&country=SE")
    assert answer.status_code == 422
    assert "Keep this to 80 characters." in answer.text
    assert f'value="{"x" * 81}"' in answer.text
    assert '<option selected value="SE">Sweden</option>' in answer.text


@pytest.mark.usefixtures("cleo")
@pytest.mark.parametrize("words", ["leo", "cleo zebra"])
def test_who_is_not_found_by_name_is_told_what_is_looked_for(
    client: FlaskClient, vic: Actor, words: str
) -> None:
    sign_in(client, vic)

    told = plain(client.get(f"/brand/creators?words={words}").text)

    assert f"Nobody here is called “{unquote(words)}”" in told
    assert "Each word has to begin a word of a name or handle" in told
    found = plain(client.get("/brand/creators?words=mar+%40CLEO").text)
    assert "Cleo Marr" in found
    assert "Nobody here is called" not in found
    by_tag = plain(client.get("/brand/creators?words=%23zebra").text)
    assert "Nobody passes these filters" in by_tag


@pytest.mark.usefixtures("cleo")
@pytest.mark.parametrize("words", ["...", "%25", "_", "🔥"])
def test_signs_alone_are_said_at_the_field_and_the_list_is_as_without(
    client: FlaskClient, vic: Actor, words: str
) -> None:
    sign_in(client, vic)

    answer = client.get(f"/brand/creators?words={words}")

    assert answer.status_code == 422
    assert "Enter a letter or a digit." in answer.text
    assert f'value="{unquote(words)}"' in answer.text
    assert "Cleo Marr" in answer.text
    blanks = client.get("/brand/creators?words=+++")
    assert blanks.status_code == 200
    assert "Cleo Marr" in blanks.text
    assert ">Clear</a>" not in blanks.text


def test_an_empty_market_says_how_it_fills(client: FlaskClient, alice: Actor) -> None:
    sign_in(client, alice)

    assert "The market is empty" in client.get("/brand/creators").text


def test_a_creator_is_shown_with_figures_audience_fees_and_videos(
    client: FlaskClient, alice: Actor, cleo: Creator, campaign: Campaign
) -> None:
    sign_in(client, alice)

    page = client.get(f"/brand/creators/{cleo.id}")

    assert page.status_code == 200
    for words in (
        "@cleo.cooks on TikTok",
        "48,000",
        "31,623",
        "(likes + comments + shares) ÷ views",
        "From the platform, Thu 1 Oct 2026",
        "12.34\xa0%",
        "$300.00",
        "#soup",
        "12,345",
        "Beans in a minute",
    ):
        assert words in page.text, words
    with_fit = client.get(f"/brand/creators/{cleo.id}?campaign={campaign.id}")
    assert "Fit to Beans in a minute" in with_fit.text
    assert "50\xa0% of the viewers are 18–34" in with_fit.text
    assert "Fit: all of it multiplied, for $100.00, rounded once" in with_fit.text


@pytest.mark.usefixtures("noon")
def test_an_old_audience_of_nobody_knows_how_many_is_told_so(
    client: FlaskClient, session: Session, alice: Actor
) -> None:
    creator = make_creator(session)
    channel = make_channel(session, creator_id=creator.id)
    make_audience(
        session, channel_id=channel.id, sample_size=0, taken_at=NOON - timedelta(days=180)
    )
    sign_in(client, alice)

    said = plain(client.get(f"/brand/creators/{creator.id}").text)

    assert (
        "The creator’s own statement, Wed 6 May 2026; counts as 15 of 100 assumed people;"
        " more than 90 days old" in said
    )


def test_another_brands_campaign_cannot_be_asked_for_on_a_creators_page(
    client: FlaskClient, mallory: Actor, cleo: Creator, campaign: Campaign
) -> None:
    sign_in(client, mallory)

    assert client.get(f"/brand/creators/{cleo.id}").status_code == 200
    assert client.get(f"/brand/creators/{cleo.id}?campaign={campaign.id}").status_code == 404
    assert client.get(f"/brand/creators/{UUID(int=7)}").status_code == 404


def test_a_creator_without_a_channel_is_said_so(
    client: FlaskClient, alice: Actor, bea: Actor
) -> None:
    sign_in(client, alice)

    assert "has not connected a channel" in client.get(f"/brand/creators/{bea.creator_id}").text


def test_a_creator_who_has_closed_their_account_is_said_so_and_offered_no_invitation(
    client: FlaskClient, session: Session, alice: Actor, bea: Actor, campaign: Campaign
) -> None:
    payouts.close_account(session, actor=bea, now=NOON)
    session.commit()
    sign_in(client, alice)

    page = client.get(f"/brand/creators/{bea.creator_id}?campaign={campaign.id}").text

    assert "has closed their account and cannot be asked" in page
    assert "Invite to" not in page
