"""The creator's pages: pasting the post, and the curve of the live one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.creators.models import ChannelState
from marketplace.creators.ports import Failure, FailureKind, FailureScope
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.models import Deliverable, PublishedPost
from marketplace.deliverables.rules import DeliverableState, PostState
from marketplace.kernel.actor import Actor
from marketplace.metrics import service as metrics
from tests.factories.campaigns import NOON
from tests.factories.deliverables import (
    VIDEO_ID,
    channel_for,
    make_deliverable,
    make_readings,
    paste,
)
from tests.web.creator.owing import made

S = DeliverableState


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
    again = f'<meta http-equiv="refresh" content="5;url=/creator/deliverables/{owed.id}">'
    assert again in page


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
    assert "Read Wed 4 Nov 2026, 12:00\xa0UTC" in page
    assert "(12 + 3 + 1) ÷ 400" in page
    assert "4\xa0%" in page
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
