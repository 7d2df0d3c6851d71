"""What people should not type, and the plain sentence they get; nothing is changed by it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import BrandMember
from marketplace.kernel.actor import Role
from tests.conftest import NOON
from tests.factories.campaigns import make_campaign
from tests.factories.collaborations import make_application, make_offer
from tests.web.access.asking import AUDIENCE, BASICS, OFFER, RIGHTS, form_of, path_of
from tests.web.access.market import A_VIDEO
from tests.web.access.world import World, refused, words

AMOUNTS = {
    "": "Enter an amount.",
    "0": "The amount must be more than 0.",
    "0.001": "USD has 2 decimals at most.",
    "1e9": "Write digits only, without a currency sign, like 12.50.",
    "12,50": "Write the amount with a point and no commas, like 12.50.",
    "¥100": "Write digits only, without a currency sign, like 12.50.",
    "-5": "Write digits only, without a currency sign, like 12.50.",
    "９９": "Write digits only, without a currency sign, like 12.50.",
    "9" * 5_000: "The amount is larger than we can handle.",
}


@pytest.mark.parametrize("typed", AMOUNTS)
@pytest.mark.parametrize(
    ("door", "visitor", "field"),
    [
        ("brand.new_campaign", "owner", "budget"),
        ("brand.edit_campaign", "manager", "budget"),
        ("brand.fund", "finance", "budget"),
        ("brand.make_offer", "manager", "fee"),
        ("creator.apply_to_brief", "other", "fee"),
        ("creator.counter_offer", "creator", "fee"),
    ],
)
def test_an_amount_that_is_none_is_told_beside_its_field(
    world: World, door: str, visitor: str, field: str, typed: str
) -> None:
    answer = refused(world, visitor, path_of(world, door), {**form_of(world, door), field: typed})

    assert answer.status_code == 422
    expected = {
        "brand.new_campaign": "Enter a budget.",
        "brand.edit_campaign": "Enter a budget.",
        "brand.make_offer": "Enter a fee.",
        "creator.counter_offer": "Enter a fee.",
        "creator.apply_to_brief": "Enter your fee.",
    }
    sentence = AMOUNTS[typed] if typed else expected.get(door, AMOUNTS[""])
    assert sentence in words(answer)
    assert 'aria-invalid="true"' in answer.text


@pytest.mark.parametrize(("field", "typed"), [("fee_low", "0"), ("fee_high", "12,50")])
def test_the_fees_of_a_brief_are_amounts(world: World, field: str, typed: str) -> None:
    path = path_of(world, "brand.edit_brief")

    answer = refused(world, "owner", path, RIGHTS | {field: typed})

    assert answer.status_code == 422
    assert AMOUNTS[typed] in words(answer)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"age_18_24": "60", "age_25_34": "60"}, "more than 100\xa0%"),
        ({"age_18_24": "-5"}, "more than 0\xa0% and at most 100\xa0%"),
        ({"age_18_24": "NaN"}, "more than 0\xa0% and at most 100\xa0%"),
        ({"age_18_24": "1e999"}, "more than 0\xa0% and at most 100\xa0%"),
        ({"gender_female": "100.5"}, "more than 0\xa0% and at most 100\xa0%"),
        ({"countries-0-country": "US"}, "Give each country its share."),
        ({"countries-0-share": "10"}, "Choose the country of each share."),
    ],
)
def test_shares_of_an_audience_are_parts_of_a_whole(
    world: World, typed: dict[str, str], sentence: str
) -> None:
    rows = [f"countries-{place}-{part}" for place in range(5) for part in ("country", "share")]
    data = dict.fromkeys(rows, "") | typed
    path = path_of(world, "brand.edit_brief").replace("rights", "audience")

    answer = refused(world, "owner", path, data)

    assert answer.status_code == 422
    assert sentence in words(answer)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"age_1": "60", "age_2": "60"}, "add up to 120\xa0%, more than 100\xa0%"),
        ({"age_1": "-1"}, "Each share is between 0\xa0% and 100\xa0%."),
        ({"age_1": "NaN"}, "Write a number"),
        ({"country_name_0": "US"}, "Enter the share of this country."),
        ({"country_name_0": "XX", "country_0": "10"}, "Choose one of these"),
        ({"taken_on": "2031-01-01"}, "This day is in the future."),
        ({"taken_on": "2025-10-01"}, "These figures are more than a year old: look them up again."),
        ({"taken_on": "yesterday"}, "Enter a day, such as"),
    ],
)
def test_creators_figures_are_looked_at_as_closely(
    world: World, typed: dict[str, str], sentence: str
) -> None:
    answer = refused(world, "creator", "/creator/audience", AUDIENCE | typed)

    assert answer.status_code == 422
    assert sentence in words(answer)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"starts_on": "2026-10-01"}, "The start is in the past"),
        ({"starts_on": "2026-10-01", "ends_on": "2026-10-02"}, "The end is in the past"),
        ({"starts_on": "2026-12-02", "ends_on": "2026-12-01"}, "The end is before the start."),
        ({"starts_on": "2026-02-30"}, "Enter a day, such as"),
        ({"starts_on": ""}, "Choose the first day."),
        ({"currency": "XXX"}, "Choose one of these"),
        ({"name": "   "}, "Give the campaign a name."),
        ({"budget": "10000000000000"}, "larger than we can handle"),
    ],
)
def test_the_days_of_a_campaign_are_still_to_come(
    world: World, typed: dict[str, str], sentence: str
) -> None:
    answer = refused(world, "owner", "/brand/campaigns/new", BASICS | typed)

    assert answer.status_code == 422
    assert sentence in words(answer)


@pytest.mark.parametrize(
    "typed",
    [
        {"deliverables-0-draft_due_on": "2026-10-01"},
        {"deliverables-0-draft_due_on": "2026-11-23", "deliverables-0-publish_by_on": "2026-11-16"},
        {"deliverables-0-publish_by_on": ""},
        {"usage_days": "0"},
        {"usage_days": ""},
        {"usage_days": "999999999999"},
        {"usage_media": "billboards"},
        {"revision_rounds": "99"},
        {"deliverables-0-description": ""},
    ],
)
def test_terms_that_make_no_sense_are_not_offered(world: World, typed: dict[str, str]) -> None:
    answer = refused(world, "owner", path_of(world, "brand.make_offer"), OFFER | typed)

    assert answer.status_code == 422
    assert "field-error" in answer.text or "error-summary" in answer.text


@pytest.mark.parametrize("door", ["public.create_brand", "public.create_creator"])
@pytest.mark.parametrize("country", ["XX", "", "sweden", "us\x1f"])
def test_a_country_is_one_of_the_list(world: World, door: str, country: str) -> None:
    data = {**form_of(world, door), "country": country}

    answer = refused(world, "new", path_of(world, door), data)

    assert answer.status_code == 422
    assert "Choose a country from the list." in words(answer)


def test_a_payout_account_is_only_for_countries_that_can_be_paid(world: World) -> None:
    answer = refused(world, "other", "/creator/payout-account", {"country": "XX"})

    assert answer.status_code == 422
    assert "Choose the country your bank account is in." in words(answer)


@pytest.mark.parametrize("verb", ["approve", "changes", "accept"])
def test_creators_do_not_judge_their_own_work(world: World, verb: str) -> None:
    at = world.ids["live" if verb == "accept" else "deliverable_id"]

    answer = refused(
        world, "creator", f"/brand/deliverables/{at}/{verb}", {"version": "1", "comment": "Good"}
    )

    assert answer.status_code == 403


@pytest.mark.parametrize("verb", ["approve", "changes", "accept"])
def test_not_even_a_creator_who_has_joined_the_brands_team(world: World, verb: str) -> None:
    at = world.ids["live" if verb == "accept" else "deliverable_id"]
    with world.undone():
        with Session(world.connection, join_transaction_mode="create_savepoint") as session:
            session.add(
                BrandMember(
                    brand_id=world.ids["brand_id"],
                    user_id=world.people["creator"].user_id,
                    role=Role.MANAGER,
                    joined_at=NOON,
                )
            )
            session.commit()
        answer = refused(
            world,
            "creator",
            f"/brand/deliverables/{at}/{verb}",
            {"version": "1", "comment": "Good"},
        )

    assert answer.status_code == 403
    assert "your own work" in words(answer)


def test_an_offer_is_accepted_once_also_from_two_tabs(world: World) -> None:
    path = path_of(world, "creator.accept_offer")
    with world.undone():
        client = world.client_of("creator")
        first = client.post(path)
        agreed = world.everything()
        second = client.post(path)

        assert (first.status_code, second.status_code) == (303, 409)
        assert "This offer was agreed already." in words(second)
        assert world.everything() == agreed


def test_the_side_that_made_an_offer_does_not_accept_it(world: World) -> None:
    by_brand, by_creator = world.ids["offer_id"], world.ids["counter"]

    brand = refused(world, "owner", f"/brand/offers/{by_brand}/accept")
    creator = refused(world, "creator", f"/creator/offers/{by_creator}/accept")

    assert (brand.status_code, creator.status_code) == (403, 403)


def test_an_offer_is_not_accepted_without_the_money_for_it(world: World) -> None:
    with world.undone():
        with Session(world.connection, join_transaction_mode="create_savepoint") as session:
            owner, creator = world.people["owner"], world.people["creator"]
            unfunded = make_campaign(session, brand=world.ids["acme"], by=owner, name="No money")
            asked = make_application(session, campaign=unfunded, creator=creator)
            offer_id = make_offer(session, application=asked, by=owner).id
            session.commit()
        answer = refused(world, "creator", f"/creator/offers/{offer_id}/accept")

    assert answer.status_code == 409
    assert "the brand must add funds first" in words(answer)


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "empty.mp4", "This file is empty."),
        (b"%PDF-1.7 not a film", "film.mp4", "This file is not a video we can show."),
        (b"<html><script>alert(1)</script></html>", "a.webm", "not a video we can show"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 300, "still.mov", "not a video we can show"),
    ],
)
def test_only_a_video_is_taken_as_a_file(
    world: World, content: bytes, name: str, sentence: str
) -> None:
    folder = Path(world.app.extensions["settings"].upload_folder)
    kept = sorted(folder.iterdir())
    data = {"file": (io.BytesIO(content), name), "checklist": ["0", "1", "2"]}

    answer = refused(world, "creator", path_of(world, "creator.hand_in"), data)

    assert answer.status_code == 422
    assert sentence in words(answer)
    assert sorted(folder.iterdir()) == kept


def test_a_file_beside_a_link_is_one_too_many_and_is_not_kept(world: World) -> None:
    folder = Path(world.app.extensions["settings"].upload_folder)
    kept = sorted(folder.iterdir())
    data = {
        **form_of(world, "creator.hand_in"),
        "file": (io.BytesIO(A_VIDEO), "draft.mp4"),
    }

    answer = refused(world, "creator", path_of(world, "creator.hand_in"), data)

    assert answer.status_code == 422
    assert "one of the two" in words(answer)
    assert sorted(folder.iterdir()) == kept


def test_an_upload_over_the_limit_is_refused_before_it_is_read(world: World) -> None:
    before = world.everything()
    with world.undone():
        answer = world.client_of("creator").post(
            path_of(world, "creator.hand_in"),
            environ_overrides={"CONTENT_LENGTH": str(600 * 1024 * 1024)},
            content_type="multipart/form-data; boundary=x",
            input_stream=io.BytesIO(b"--x"),
        )
        assert world.everything() == before

    assert answer.status_code == 413
    assert "<h1>" in answer.text


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("", "Paste the address of your post."),
        ("hello", "This is not a web address."),
        ("https://vimeo.com/12345", "This is not an address of TikTok, YouTube or Instagram."),
        ("https://tiktok.com.evil.example/@a/video/7345678901234567890", "not an address of"),
        ("https://www.tiktok.com/@bea.cooks", "This is the address of a profile."),
        ("http://127.0.0.1/video", "bare number"),
        ("https://www.tiktok.com@evil.example/@a/video/7345678901234567890", "before an @ sign"),
        ("javascript:alert(1)", "This is not a web address."),
        ("ftp://www.tiktok.com/@a/video/7345678901234567890", "must start with https://"),
        ("https://www.tiktok.com/@a/video/12", "not complete"),
        ("https://x.example/" + "a" * 3_000, "longer than any post’s address"),
    ],
)
def test_an_address_that_is_no_post_says_what_to_paste_instead(
    world: World, address: str, sentence: str
) -> None:
    path = path_of(world, "creator.paste_post")

    answer = refused(world, "creator", path, {"address": address})

    assert answer.status_code == 422
    assert sentence in words(answer)


def test_a_campaign_closes_once(world: World) -> None:
    closed = world.ids["closed"]

    answers = [
        refused(world, "owner", f"/brand/campaigns/{closed}/close"),
        refused(world, "finance", f"/brand/campaigns/{closed}/money", {"budget": "500.00"}),
        refused(world, "owner", f"/brand/campaigns/{closed}/publish"),
    ]

    assert [answer.status_code for answer in answers] == [409, 409, 409]
