"""Staff compare pictures of statistics with the shares that came with them."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.creators.models import AudienceProof
from marketplace.creators.rules import ProofState
from marketplace.kernel.actor import Actor
from tests.factories.creators import make_channel, make_proof

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


@pytest.fixture
def proof(app: Flask, session: Session, bea: Actor) -> AudienceProof:
    assert bea.creator_id is not None
    channel = make_channel(session, creator_id=bea.creator_id)
    made = make_proof(session, channel_id=channel.id)
    (Path(app.extensions["settings"].upload_folder) / made.file_key).write_bytes(PNG)
    return made


def test_without_pictures_the_page_says_where_they_come_from(staff: FlaskClient) -> None:
    assert "No picture waits" in staff.get("/staff/audiences").text


def test_a_picture_is_seen_beside_its_shares_and_confirmed(
    staff: FlaskClient, session: Session, proof: AudienceProof
) -> None:
    home = staff.get("/staff/").text
    assert "1 picture of an audience waits" in home
    assert "Does it show the shares that came with it? Until then those count 30\xa0%." in home
    assert f"/staff/audiences/{proof.id}" in staff.get("/staff/audiences").text
    page = staff.get(f"/staff/audiences/{proof.id}")
    assert "counts as" in page.text
    assert "The picture shows these shares" in page.text
    with staff.get(f"/staff/audiences/{proof.id}/picture") as picture:
        assert (picture.data, picture.content_type) == (PNG, "image/png")
        assert picture.cache_control.private

    answer = staff.post(f"/staff/audiences/{proof.id}/confirm")

    assert answer.location == "/staff/audiences"
    session.refresh(proof)
    assert proof.state is ProofState.CONFIRMED
    assert "No picture waits" in staff.get("/staff/audiences").text
    assert "of an audience waits" not in staff.get("/staff/").text
    assert "The picture shows these shares" not in staff.get(f"/staff/audiences/{proof.id}").text
    assert staff.post(f"/staff/audiences/{proof.id}/confirm").status_code == 409


def test_a_refusal_without_a_reason_is_asked_again_and_with_one_is_told(
    staff: FlaskClient, session: Session, proof: AudienceProof
) -> None:
    refused = staff.post(f"/staff/audiences/{proof.id}/refuse", data={"reason": " "})
    assert refused.status_code == 422
    assert "Say why" in refused.text
    session.refresh(proof)
    assert proof.state is ProofState.WAITING

    answer = staff.post(f"/staff/audiences/{proof.id}/refuse", data={"reason": "Another week."})

    assert answer.location == "/staff/audiences"
    session.refresh(proof)
    assert (proof.state, proof.reason) == (ProofState.REFUSED, "Another week.")
    assert "“Another week.”" in staff.get(f"/staff/audiences/{proof.id}").text
    assert f"/staff/audiences/{proof.id}" not in staff.get("/staff/audiences").text
    decided = staff.get("/staff/audiences?only=decided").text
    assert f"/staff/audiences/{proof.id}" in decided
    assert "Stella" in decided
    unknown = staff.get("/staff/audiences?only=nonsense").text
    assert "There is no list called “nonsense”, so what waits is shown." in unknown


def test_a_picture_that_is_gone_is_not_found(
    app: Flask, staff: FlaskClient, proof: AudienceProof
) -> None:
    (Path(app.extensions["settings"].upload_folder) / proof.file_key).unlink()
    assert staff.get(f"/staff/audiences/{proof.id}/picture").status_code == 404
