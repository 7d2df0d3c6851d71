"""The creator's pages: what is due, and handing in."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from marketplace.accounts.models import Brand
from marketplace.config import Settings
from marketplace.deliverables.models import Submission
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel import clock
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidInput
from marketplace.web import uploads
from tests.conftest import sign_in
from tests.factories.deliverables import (
    LINK,
)
from tests.web.creator.owing import made

S = DeliverableState

MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + b"\x00" * 4_000

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 100

TICKED = ["0", "1", "2"]


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


def test_a_folder_that_nobody_has_made_yet_is_made_with_the_first_file(tmp_path: Path) -> None:
    folder = tmp_path / "srv" / "uploads"

    kept = uploads.store(FileStorage(io.BytesIO(MP4), filename="draft.mp4"), folder=folder)

    assert (folder / kept.key).read_bytes() == MP4
    assert folder.stat().st_mode & 0o077 == 0


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
        uploads.store(
            upload, folder=tmp_path, taken=replace(uploads.VIDEO, limit_bytes=1024 * 1024)
        )

    assert refusal.value.problems == {
        "file": "This file is larger than 1 MB. Hand in a link instead."
    }
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told_at_the_field_and_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    in_its_place = tmp_path / "uploads"
    in_its_place.write_text("no folder")
    upload = FileStorage(io.BytesIO(MP4), filename="draft.mp4")

    for folder in (in_its_place, in_its_place / "deeper"):
        caplog.clear()
        with pytest.raises(InvalidInput) as refusal:
            uploads.store(upload, folder=folder)
        upload.stream.seek(0)

        assert refusal.value.problems == {
            "file": "This file cannot be kept just now. Try again later."
        }
        assert [each.levelname for each in caplog.records] == ["ERROR"]
        assert str(folder) in caplog.text


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


@pytest.mark.usefixtures("noon")
def test_a_draft_is_late_once_its_day_is_over_everywhere(
    beas: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    owed = made(session, acme, alice, bea, S.AWAITING_SUBMISSION)
    owed.draft_due_on = date(2026, 11, 1)
    session.flush()

    assert "Was due <time" in beas.get("/creator/").text
    assert "was due Sun 1 Nov 2026" in beas.get("/creator/work").text
    clock.set_back(timedelta(hours=1))
    assert "Was due" not in beas.get("/creator/").text
    assert "due Sun 1 Nov 2026" in beas.get("/creator/work").text
    assert "was due" not in beas.get("/creator/work").text


def test_what_is_done_stands_below(
    beas: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    made(session, acme, alice, bea, S.ACCEPTED)

    page = beas.get("/creator/work").text

    assert "Nothing is due now." in page
    assert "<h2>Done</h2>" in page
    assert "1 deliverable<" in page


def test_a_home_opens_twelve_things_and_folds_the_others(
    beas: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    for _ in range(12):
        made(session, acme, alice, bea, S.APPROVED)
    assert '<details class="more mt-2">' not in beas.get("/creator/").text
    made(session, acme, alice, bea, S.APPROVED)

    page = beas.get("/creator/").text

    assert "<summary>1 more</summary>" in page
    assert page.count("Publish for Acme Kitchen and paste the address</strong>") == 13
    assert page.split("<summary>1 more</summary>")[1].count("Publish for Acme Kitchen") == 2


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
