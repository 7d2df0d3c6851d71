"""The creator's pages: what is due, handing in, pasting the post, the curve."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from marketplace.accounts.models import Brand
from marketplace.config import Settings
from marketplace.creators.models import ChannelState
from marketplace.creators.ports import Failure, FailureKind, FailureScope
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.models import Deliverable, PublishedPost, Submission
from marketplace.deliverables.rules import DeliverableState, PostState
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidInput
from marketplace.metrics import service as metrics
from marketplace.web import uploads
from tests.conftest import sign_in
from tests.factories.campaigns import NOON
from tests.factories.deliverables import (
    LINK,
    VIDEO_ID,
    channel_for,
    make_deliverable,
    make_readings,
    paste,
)

S = DeliverableState
MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + b"\x00" * 4_000
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 100
TICKED = ["0", "1", "2"]


@pytest.fixture
def beas(client: FlaskClient, bea: Actor) -> FlaskClient:
    sign_in(client, bea)
    return client


def made(session: Session, brand: Brand, by: Actor, creator: Actor, state: S) -> Deliverable:
    owed = make_deliverable(session, brand=brand, by=by, creator=creator, state=state)
    session.commit()
    return owed


def stored(settings: Settings) -> set[str]:
    return {path.name for path in Path(settings.upload_folder).iterdir()}


# Who may look


def test_the_page_shows_the_ask_and_who_waits_for_whom(
    beas: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    owed = made(session, acme, alice, bea, S.AWAITING_SUBMISSION)

    page = beas.get(f"/creator/deliverables/{owed.id}")

    assert page.status_code == 200
    assert "A recipe in a minute" in page.text
    assert "Waiting for you to hand in a draft" in page.text
    assert "Don’t: Do not name other brands" in page.text
    assert "$380.00" in page.text


@pytest.mark.parametrize("path", ["", "/check"])
def test_another_creators_deliverable_does_not_exist(
    client: FlaskClient,
    session: Session,
    acme: Brand,
    alice: Actor,
    bea: Actor,
    carl: Actor,
    path: str,
) -> None:
    owed = made(session, acme, alice, bea, S.APPROVED)
    sign_in(client, carl)

    assert client.get(f"/creator/deliverables/{owed.id}{path}").status_code == 404


def test_brands_have_their_own_page_and_strangers_sign_in_first(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    owed = made(session, acme, alice, bea, S.AWAITING_SUBMISSION)

    assert client.get(f"/creator/deliverables/{owed.id}").status_code == 302
    sign_in(client, alice)
    assert client.get(f"/creator/deliverables/{owed.id}").status_code == 403
    assert client.get("/creator/work").status_code == 403


# Handing in


def test_a_link_with_every_point_ticked_is_handed_in(
    beas: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    owed = made(session, acme, alice, bea, S.AWAITING_SUBMISSION)

    answer = beas.post(
        f"/creator/deliverables/{owed.id}/submissions",
        data={"link": LINK, "checklist": TICKED, "note": "Take two"},
    )

    session.refresh(owed)
    handed = session.scalars(select(Submission)).one()
    assert answer.status_code == 303
    assert owed.state is S.IN_REVIEW
    assert (handed.link, handed.note, len(handed.checklist)) == (LINK, "Take two", 3)
    assert "Waiting for Acme Kitchen to review" in beas.get(answer.location).text


def test_an_uploaded_video_is_kept_under_our_name_and_played_in_parts(
    beas: FlaskClient, session: Session, settings: Settings, acme: Brand, alice: Actor, bea: Actor
) -> None:
    owed = made(session, acme, alice, bea, S.AWAITING_SUBMISSION)
    before = stored(settings)

    answer = beas.post(
        f"/creator/deliverables/{owed.id}/submissions",
        data={"file": (io.BytesIO(MP4), "../../my draft.mp4"), "checklist": TICKED},
        content_type="multipart/form-data",
    )

    handed = session.scalars(select(Submission)).one()
    address = f"/creator/submissions/{handed.id}/file"
    assert answer.status_code == 303
    assert stored(settings) - before == {handed.file_key}
    assert (handed.file_name, handed.content_type) == ("my draft.mp4", "video/mp4")
    assert handed.size_bytes == len(MP4)
    with beas.get(address) as whole:
        assert whole.data == MP4
    with beas.get(address, headers={"Range": "bytes=4-7"}) as part:
        assert (part.status_code, part.data) == (206, b"ftyp")
        assert part.headers["Content-Type"] == "video/mp4"
    assert f'src="{address}"' in beas.get(f"/creator/deliverables/{owed.id}").text


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"checklist": TICKED}, "Give a link or choose a file, one of the two."),
        (
            {"checklist": TICKED, "link": LINK, "file": (MP4, "a.mp4")},
            "Give a link or choose a file, one of the two.",
        ),
        ({"checklist": TICKED, "link": "http://a.example/d"}, "begins with https://."),
        ({"checklist": ["0"], "link": LINK}, "Still open: Don’t: Do not name other brands"),
        ({"link": LINK}, "Tick every point of the brief before you hand it in."),
        ({"checklist": TICKED, "file": (PNG, "a.mp4")}, "This file is not a video we can show."),
        ({"checklist": TICKED, "file": (b"", "a.mp4")}, "This file is empty."),
        ({"checklist": ["0"], "file": (MP4, "a.mp4")}, "Choose the file again"),
    ],
)
def test_what_cannot_be_handed_in_says_why_and_keeps_the_words(
    beas: FlaskClient,
    session: Session,
    settings: Settings,
    acme: Brand,
    alice: Actor,
    bea: Actor,
    data: dict[str, object],
    sentence: str,
) -> None:
    owed = made(session, acme, alice, bea, S.AWAITING_SUBMISSION)
    before = stored(settings)
    sent = {**data, "note": "My words stay"}
    if isinstance(data.get("file"), tuple):
        content, name = data["file"]  # type: ignore[misc]
        sent["file"] = (io.BytesIO(content), name)

    answer = beas.post(
        f"/creator/deliverables/{owed.id}/submissions",
        data=sent,
        content_type="multipart/form-data",
    )

    session.refresh(owed)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "My words stay" in answer.text
    assert owed.state is S.AWAITING_SUBMISSION
    assert session.scalars(select(Submission)).all() == []
    assert stored(settings) == before


def test_a_file_over_the_limit_leaves_nothing_behind(tmp_path: Path) -> None:
    upload = FileStorage(io.BytesIO(MP4 + b"\x00" * 2_000_000), filename="long.mp4")

    with pytest.raises(InvalidInput) as refusal:
        uploads.store(upload, folder=tmp_path, limit_bytes=1024 * 1024)

    assert refusal.value.problems == {
        "file": "This file is larger than 1 MB. Hand in a link instead."
    }
    assert list(tmp_path.iterdir()) == []


def test_an_upload_over_the_servers_limit_is_told_in_plain_words(
    app: Flask, beas: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    owed = made(session, acme, alice, bea, S.AWAITING_SUBMISSION)
    limit = app.config["MAX_CONTENT_LENGTH"]
    app.config["MAX_CONTENT_LENGTH"] = 2_000
    try:
        answer = beas.post(
            f"/creator/deliverables/{owed.id}/submissions",
            data={"file": (io.BytesIO(MP4), "a.mp4"), "checklist": TICKED},
            content_type="multipart/form-data",
        )
    finally:
        app.config["MAX_CONTENT_LENGTH"] = limit

    assert answer.status_code == 413
    assert "That file is too large" in answer.text


def test_nothing_can_be_handed_in_while_a_version_is_in_review(
    beas: FlaskClient, session: Session, settings: Settings, acme: Brand, alice: Actor, bea: Actor
) -> None:
    owed = made(session, acme, alice, bea, S.IN_REVIEW)
    before = stored(settings)

    answer = beas.post(
        f"/creator/deliverables/{owed.id}/submissions",
        data={"file": (io.BytesIO(MP4), "a.mp4"), "checklist": TICKED},
        content_type="multipart/form-data",
    )

    assert answer.status_code == 409
    assert "This deliverable is in review now" in answer.text
    assert stored(settings) == before


def test_changes_that_were_asked_for_stand_above_the_form(
    beas: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    owed = made(session, acme, alice, bea, S.CHANGES_REQUESTED)

    page = beas.get(f"/creator/deliverables/{owed.id}").text

    assert "Acme Kitchen asks for changes:" in page
    assert "Show the tin earlier." in page
    assert "Round 1 of 2" in page
    assert "Hand in a new version" in page


# Pasting the post


def paste_at(client: FlaskClient, owed: Deliverable, address: str) -> tuple[int, str]:
    answer = client.post(f"/creator/deliverables/{owed.id}/posts", data={"address": address})
    return answer.status_code, answer.text


def test_a_pasted_address_is_made_canonical_and_the_page_waits_for_the_answer(
    beas: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    owed = made(session, acme, alice, bea, S.APPROVED)

    status, _ = paste_at(beas, owed, f"<tiktok.com/@Bea.Cooks/video/{VIDEO_ID}?is_from_webapp=1>")

    post = session.scalars(select(PublishedPost)).one()
    page = beas.get(f"/creator/deliverables/{owed.id}").text
    assert status == 303
    assert (post.external_id, post.state) == (VIDEO_ID, PostState.CHECKING)
    assert post.address == f"https://www.tiktok.com/@bea.cooks/video/{VIDEO_ID}"
    assert "We are asking TikTok" in page
    assert f'data-poll-url="/creator/deliverables/{owed.id}/check"' in page
    assert '<meta http-equiv="refresh" content="5">' in page


def test_a_short_link_is_taken_and_followed_later(
    beas: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    owed = made(session, acme, alice, bea, S.APPROVED)

    status, _ = paste_at(beas, owed, "vm.tiktok.com/ZMabc123/?k=1")

    post = session.scalars(select(PublishedPost)).one()
    assert status == 303
    assert (post.external_id, post.state) == ("ZMabc123", PostState.CHECKING)
    assert post.address == "https://vm.tiktok.com/ZMabc123/"


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("", "Paste the address of your post."),
        ("https://video.example/watch/1", "not an address of TikTok, YouTube or Instagram"),
        ("https://www.tiktok.com/@bea.cooks", "This is the address of a profile."),
        ("https://youtu.be/dQw4w9WgXcQ", "Fairview checks TikTok posts for now."),
    ],
)
def test_an_address_that_cannot_count_says_why_and_is_kept(
    beas: FlaskClient,
    session: Session,
    acme: Brand,
    alice: Actor,
    bea: Actor,
    address: str,
    sentence: str,
) -> None:
    owed = made(session, acme, alice, bea, S.APPROVED)

    status, page = paste_at(beas, owed, address)

    assert status == 422
    assert sentence in page
    assert f'value="{address}"' in page
    assert session.scalars(select(PublishedPost)).all() == []


def test_without_a_connected_channel_the_page_says_what_to_do(
    beas: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    owed = made(session, acme, alice, bea, S.APPROVED)
    channel_for(session, bea).state = ChannelState.DISCONNECTED
    session.commit()

    status, page = paste_at(beas, owed, f"https://www.tiktok.com/@bea.cooks/video/{VIDEO_ID}")

    assert status == 422
    assert "Connect your TikTok account first" in page


def test_the_same_post_cannot_stand_for_two_deliverables(
    beas: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    made(session, acme, alice, bea, S.LIVE)
    other = make_deliverable(
        session, brand=acme, by=alice, creator=bea, state=S.APPROVED, campaign_name="Soup"
    )
    session.commit()

    status, page = paste_at(beas, other, f"https://www.tiktok.com/@bea.cooks/video/{VIDEO_ID}")

    assert status == 422
    assert "This post already stands for another deliverable." in page


def test_a_second_address_is_refused_while_the_first_is_checked(
    beas: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    owed = made(session, acme, alice, bea, S.APPROVED)
    address = f"https://www.tiktok.com/@bea.cooks/video/{VIDEO_ID}"

    assert [paste_at(beas, owed, address)[0] for _ in range(2)] == [303, 409]
    assert len(session.scalars(select(PublishedPost)).all()) == 1


def test_the_check_ends_with_the_numbers_or_with_the_reason(
    beas: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    owed = made(session, acme, alice, bea, S.APPROVED)
    post = paste(session, owed, creator=bea)
    session.commit()
    waiting = beas.get(f"/creator/deliverables/{owed.id}/check").text
    deliverables.refuse_post(session, post_id=post.id, reason="It is private.", now=NOON)
    session.commit()

    refused = beas.get(f"/creator/deliverables/{owed.id}/check").text
    page = beas.get(f"/creator/deliverables/{owed.id}").text

    assert "data-done" not in waiting
    assert "data-done" in refused
    assert "It is private." in refused
    assert "did not count. It is private." in page
    assert "Check the post" in page


# The live post


def test_the_numbers_carry_their_source_their_time_and_their_formula(
    beas: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    owed = made(session, acme, alice, bea, S.LIVE)
    post = session.scalars(select(PublishedPost)).one()
    make_readings(session, post, 100, 250, 400, start=NOON)
    session.commit()

    page = beas.get(f"/creator/deliverables/{owed.id}").text

    assert "Views: 100 views on 2 Nov to 400 on 4 Nov" in page
    assert "TikTok’s own public counts" in page
    assert "Read Wed 4 Nov 2026, 12:00 UTC" in page
    assert "(12 + 3 + 1) ÷ 400" in page
    assert "4 %" in page
    assert "The next reading is due now." in page


def test_a_gap_is_explained_and_the_last_numbers_stay(
    beas: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    owed = made(session, acme, alice, bea, S.LIVE)
    post = session.scalars(select(PublishedPost)).one()
    make_readings(session, post, 400, start=NOON)
    for hours in (1, 2):
        metrics.flag_gap(
            session,
            post_id=post.id,
            failure=Failure(FailureKind.NOT_VISIBLE, FailureScope.ITEM, "ok"),
            now=NOON + timedelta(hours=hours),
        )
    session.commit()

    page = beas.get(f"/creator/deliverables/{owed.id}").text

    assert "It is not accepted by itself while that is so." in page
    assert "TikTok did not show the post" in page
    assert "2 times" in page
    assert "Waiting for you to make the post visible again." in page


def test_the_curve_tells_readings_by_another_definition_apart(
    beas: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    owed = made(session, acme, alice, bea, S.LIVE)
    post = session.scalars(select(PublishedPost)).one()
    make_readings(session, post, 100, start=NOON)
    make_readings(session, post, 90, start=NOON + timedelta(days=1), definition="tiktok.display.v3")
    session.commit()

    page = beas.get(f"/creator/deliverables/{owed.id}").text

    assert "Views (tiktok.display.v2): 100 views on 2 Nov" in page
    assert "Views (tiktok.display.v3): 90 views on 3 Nov" in page


# What is due


def test_the_list_and_the_home_say_what_is_due(
    beas: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    assert "Nothing to make yet" in beas.get("/creator/work").text
    made(session, acme, alice, bea, S.APPROVED)

    work, home = beas.get("/creator/work"), beas.get("/creator/")

    assert work.status_code == 200
    assert "Waiting for you to publish and paste the address" in work.text
    assert "Publish for Acme Kitchen and paste the address" in home.text


def test_what_is_done_stands_below(
    beas: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    made(session, acme, alice, bea, S.ACCEPTED)

    page = beas.get("/creator/work").text

    assert "Nothing is due now." in page
    assert "<h2>Done</h2>" in page


def test_the_page_of_the_collaboration_lists_its_deliverables_for_both_sides(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    owed = made(session, acme, alice, bea, S.IN_REVIEW)

    for side, actor, waiting in (
        ("creator", bea, "Waiting for Acme Kitchen to review the draft"),
        ("brand", alice, "Waiting for you to review the draft"),
    ):
        sign_in(client, actor)
        page = client.get(f"/{side}/collaborations/{owed.collaboration_id}").text
        assert f'href="/{side}/deliverables/{owed.id}"' in page
        assert waiting in page
        assert "0 of 1 accepted" in page
