"""A creator's profile, rates and audience."""

from __future__ import annotations

import io
import re
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.creators import queries
from marketplace.creators.rules import AudienceSource
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money
from tests.conftest import NOON, sign_in
from tests.factories.creators import make_audience, make_channel


@pytest.fixture
def as_bea(client: FlaskClient, bea: Actor) -> FlaskClient:
    sign_in(client, bea)
    return client


def test_a_profile_is_shown_and_saved(as_bea: FlaskClient, session: Session, bea: Actor) -> None:
    page = as_bea.get("/creator/profile")
    assert 'value="Bea"' in page.text
    assert "Connect a channel" in page.text

    answer = as_bea.post(
        "/creator/profile",
        data={
            "display_name": "Bea Lind",
            "country": "DE",
            "topics": ["home", "pets"],
            "bio": "Dogs in small flats",
            "away_until": "2026-12-24",
        },
    )

    assert (answer.status_code, answer.location) == (303, "/creator/profile")
    session.expire_all()
    assert bea.creator_id is not None
    found = queries.creator_by_id(session, bea.creator_id)
    assert (found.display_name, found.country, found.topics, found.bio) == (
        "Bea Lind",
        "DE",
        ["home", "pets"],
        "Dogs in small flats",
    )
    assert found.away_until == date(2026, 12, 24)
    assert 'value="2026-12-24"' in as_bea.get("/creator/profile").text


def test_a_refused_profile_keeps_what_was_typed(
    as_bea: FlaskClient, session: Session, bea: Actor
) -> None:
    six = ["beauty", "books", "comedy", "cooking", "dance", "education"]

    page = as_bea.post(
        "/creator/profile",
        data={"display_name": "B" * 81, "country": "DE", "topics": six, "bio": "Kept"},
    )

    assert page.status_code == 422
    assert "Keep the name to 80 characters." in page.text
    assert "Choose 5 topics at most" in page.text
    assert "Kept" in page.text
    assert bea.creator_id is not None
    assert queries.creator_by_id(session, bea.creator_id).display_name == "Bea"


def test_rates_are_kept_by_currency(as_bea: FlaskClient, session: Session, bea: Actor) -> None:
    answer = as_bea.post("/creator/rates?currency=JPY", data={"video": "12000", "story": ""})

    assert answer.location == "/creator/rates?currency=JPY"
    page = as_bea.get(answer.location)
    assert "Your rates in JPY are saved." in page.text
    assert 'value="12000"' in page.text
    assert bea.creator_id is not None
    cards = queries.rates_of(session, creator_id=bea.creator_id)
    assert [(card.format, card.fee) for card in cards] == [("video", Money(12_000, "JPY"))]


def test_rates_in_a_currency_that_is_not_offered_are_not_saved_in_another(
    as_bea: FlaskClient, session: Session, bea: Actor
) -> None:
    page = as_bea.post("/creator/rates?currency=XTS", data={"video": "12000"})

    assert page.status_code == 422
    assert "Choose one of these currencies: USD, EUR" in page.text
    assert 'value="12000"' in page.text
    assert bea.creator_id is not None
    assert queries.rates_of(session, creator_id=bea.creator_id) == []


@pytest.mark.parametrize(
    ("country", "begins_in"), [("DE", "EUR"), ("KW", "KWD"), ("IN", "USD"), (None, "USD")]
)
def test_rates_begin_in_the_money_of_the_creators_country(
    as_bea: FlaskClient, session: Session, bea: Actor, country: str | None, begins_in: str
) -> None:
    assert bea.creator_id is not None
    queries.creator_by_id(session, bea.creator_id).country = country
    session.commit()
    assert f"Save the rates in {begins_in}" in as_bea.get("/creator/rates").text

    as_bea.post("/creator/rates?currency=JPY", data={"video": "12000"})

    assert "Save the rates in JPY" in as_bea.get("/creator/rates").text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("12,50", "Write the amount with a point and no commas, like 12.50."),
        ("$100", "Write digits only, without a currency sign, like 12.50."),
        ("0", "The amount must be more than 0."),
        ("0.001", "USD has 2 decimals at most."),
        ("-1", "Write digits only, without a currency sign, like 12.50."),
    ],
)
def test_a_rate_that_is_no_amount_is_refused_and_kept_in_the_form(
    as_bea: FlaskClient, session: Session, bea: Actor, typed: str, sentence: str
) -> None:
    page = as_bea.post("/creator/rates?currency=USD", data={"video": typed, "live": "5"})

    assert page.status_code == 422
    assert sentence in page.text
    assert 'value="5"' in page.text
    assert bea.creator_id is not None
    assert queries.rates_of(session, creator_id=bea.creator_id) == []


AUDIENCE = {
    "age_1": "62.5",
    "age_2": "20",
    "gender_0": "55\xa0%",
    "country_name_0": "US",
    "country_0": "70",
    "interest_name_0": "cooking",
    "interest_0": "45",
    "taken_on": "2026-10-30",
    "sample_size": "1200",
}


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day of the tests, whatever the day of the run."""

    monkeypatch.setattr("marketplace.web.creator.audience.utc_now", lambda: NOON)


def test_without_a_channel_there_is_no_audience_to_describe(as_bea: FlaskClient) -> None:
    assert "Connect a channel first" in as_bea.get("/creator/audience").text
    assert as_bea.post("/creator/audience", data=AUDIENCE).status_code == 409


def test_an_audience_is_kept_as_typed_and_shown_again(
    as_bea: FlaskClient, session: Session, bea: Actor
) -> None:
    assert bea.creator_id is not None
    channel = make_channel(session, creator_id=bea.creator_id)

    answer = as_bea.post("/creator/audience", data=AUDIENCE)

    assert answer.location == "/creator/channels"
    assert "Brands see now: Your own statement, " in as_bea.get(answer.location).text
    found = queries.latest_audience(session, channel_id=channel.id)
    assert found is not None
    assert (found.age, found.gender, found.country, found.interest, found.sample_size) == (
        {"18-24": 6_250, "25-34": 2_000},
        {"female": 5_500},
        {"US": 7_000},
        {"cooking": 4_500},
        1_200,
    )
    assert 'value="62.5"' in as_bea.get("/creator/audience").text


def test_more_countries_than_five_are_asked_for_and_kept(
    as_bea: FlaskClient, session: Session, bea: Actor
) -> None:
    assert bea.creator_id is not None
    channel = make_channel(session, creator_id=bea.creator_id)
    blank = {f"{part}_{place}": "" for part in ("country_name", "country") for place in range(5)}
    named = {"DE": 4_000, "AT": 2_000, "CH": 1_000, "US": 500, "GB": 300, "FR": 200}
    typed = AUDIENCE | blank
    for place, (name, bps) in enumerate(named.items()):
        if place == 5:
            page = as_bea.post("/creator/audience", data=typed | {"more": "country"})
            assert page.status_code == 200
            assert queries.latest_audience(session, channel_id=channel.id) is None
            assert 'name="country_name_9"' in page.text
            assert 'name="country_name_10"' not in page.text
            assert 'name="language_name_5"' not in page.text
            assert '<option selected value="GB">' in page.text
            assert re.findall(r'<select autofocus[^>]*name="(\w+)"', page.text) == [
                "country_name_5"
            ]
        typed |= {f"country_name_{place}": name, f"country_{place}": str(bps / 100)}

    assert as_bea.post("/creator/audience", data=typed).status_code == 303

    found = queries.latest_audience(session, channel_id=channel.id)
    assert found is not None
    assert found.country == named
    again = as_bea.get("/creator/audience").text
    assert 'name="country_name_9"' in again
    assert all(f'<option selected value="{name}">' in again for name in named)


def test_rows_end_where_nobody_would_fill_them(
    as_bea: FlaskClient, session: Session, bea: Actor
) -> None:
    assert bea.creator_id is not None
    make_channel(session, creator_id=bea.creator_id)
    blank = {f"country_name_{place}": "" for place in range(40)}

    page = as_bea.post("/creator/audience", data=AUDIENCE | blank | {"more": "country"}).text

    assert 'name="country_name_29"' in page
    assert 'name="country_name_30"' not in page
    assert "More countries" not in page
    assert "More languages" in page


def test_a_guess_is_no_beginning_of_a_creators_own_statement(
    as_bea: FlaskClient, session: Session, bea: Actor
) -> None:
    assert bea.creator_id is not None
    channel = make_channel(session, creator_id=bea.creator_id)
    make_audience(
        session,
        channel_id=channel.id,
        source=AudienceSource.INFERRED,
        country={"DE": 8_300},
        sample_size=37,
    )

    page = as_bea.get("/creator/audience").text

    assert "Enter your shares and yours take the place of the estimate." in page
    assert 'value="83"' not in page
    assert 'value="37"' not in page
    assert '<option selected value="DE">' not in page


def test_who_is_not_seen_with_a_new_statement_is_told_so(
    as_bea: FlaskClient, session: Session, bea: Actor
) -> None:
    assert bea.creator_id is not None
    channel = make_channel(session, creator_id=bea.creator_id)
    make_audience(session, channel_id=channel.id, source=AudienceSource.PLATFORM)

    answer = as_bea.post("/creator/audience", data=AUDIENCE)

    page = as_bea.get(answer.location).text
    assert "saved. Brands go on seeing the one below: it counts more." in page
    assert "Brands see now: From the platform, " in page
    page = as_bea.get("/creator/audience").text
    assert "Until it is old, it counts more than a statement that nobody has seen." in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"age_2": "37.51"}, "The shares of age add up to 100.01\xa0%, more than 100\xa0%."),
        ({"age_2": "-1"}, "Each share is between 0\xa0% and 100\xa0%."),
        ({"age_2": "half"}, "Write a number with a point, like 12.5."),
        ({"age_2": "12,5"}, "Write a number with a point, like 12.5."),
        ({"age_2": "NaN"}, "Write a number with a point, like 12.5."),
        ({"country_name_1": "US", "country_1": "5"}, "This country is there twice."),
        ({"country_name_1": "DE"}, "Enter the share of this country."),
        ({"interest_1": "5"}, "Choose the interest this share is for."),
        (
            dict.fromkeys(AUDIENCE, "") | {"age_1": "0.001", "taken_on": AUDIENCE["taken_on"]},
            "Enter at least one share: what you leave out counts as not known.",
        ),
        ({"taken_on": "2026-12-24"}, "This day is in the future."),
        ({"taken_on": ""}, "Say on which day you saw these figures."),
    ],
)
def test_an_audience_that_does_not_add_up_is_refused(
    as_bea: FlaskClient, session: Session, bea: Actor, changes: dict[str, str], sentence: str
) -> None:
    assert bea.creator_id is not None
    channel = make_channel(session, creator_id=bea.creator_id)
    make_audience(session, channel_id=channel.id)

    page = as_bea.post("/creator/audience", data=AUDIENCE | changes)

    assert page.status_code == 422
    assert sentence in page.text
    assert ('value="62.5"' in page.text) is ("age_1" not in changes)
    found = queries.latest_audience(session, channel_id=channel.id)
    assert found is not None
    assert found.age == {"18-24": 4_000, "25-34": 3_000}


def test_shares_that_are_too_much_together_are_refused_beside_one_that_was_typed(
    as_bea: FlaskClient, session: Session, bea: Actor
) -> None:
    assert bea.creator_id is not None
    make_channel(session, creator_id=bea.creator_id)
    page = as_bea.post("/creator/audience", data=AUDIENCE | {"age_1": "70", "age_2": "60"}).text
    assert '<a href="#age_1">18–24</a>: The shares of age add up to 130' in page
    assert 'href="#age_0"' not in page


PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


def test_a_picture_of_the_statistics_is_kept_for_staff(
    app: Flask, as_bea: FlaskClient, session: Session, bea: Actor
) -> None:
    assert bea.creator_id is not None
    channel = make_channel(session, creator_id=bea.creator_id)
    languages = {"language_name_0": "en", "language_0": "80"}

    answer = as_bea.post(
        "/creator/audience",
        data=AUDIENCE | languages | {"picture": (io.BytesIO(PNG), "mine.png")},
    )

    assert answer.location == "/creator/channels"
    proof = queries.latest_proof(session, channel_id=channel.id)
    assert proof is not None
    assert proof.snapshot.language == {"en": 8_000}
    kept = Path(app.extensions["settings"].upload_folder) / proof.file_key
    assert kept.read_bytes() == PNG
    page = as_bea.get("/creator/audience").text
    assert "Our staff have not looked at your picture" in page
    assert "counts as 295 of 1,200 people" in page


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"%PDF-1.7 not a picture", "mine.pdf", "This is not a picture we can show."),
        (b"", "mine.png", "This file is empty."),
    ],
)
def test_what_is_no_picture_is_refused_and_nothing_is_kept(
    app: Flask,
    as_bea: FlaskClient,
    session: Session,
    bea: Actor,
    content: bytes,
    name: str,
    sentence: str,
) -> None:
    assert bea.creator_id is not None
    channel = make_channel(session, creator_id=bea.creator_id)
    folder = Path(app.extensions["settings"].upload_folder)
    before = sorted(folder.iterdir())

    page = as_bea.post(
        "/creator/audience", data=AUDIENCE | {"picture": (io.BytesIO(content), name)}
    )

    assert page.status_code == 422
    assert sentence in page.text
    assert sorted(folder.iterdir()) == before
    assert queries.latest_audience(session, channel_id=channel.id) is None


@pytest.mark.parametrize("path", ["/creator/profile", "/creator/rates", "/creator/audience"])
def test_these_pages_are_for_creators_only(client: FlaskClient, alice: Actor, path: str) -> None:
    assert client.get(path).status_code == 302
    sign_in(client, alice)
    assert client.get(path).status_code == 403
