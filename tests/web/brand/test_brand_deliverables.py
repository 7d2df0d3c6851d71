"""The brand's pages: what waits, reviewing a draft, accepting a live post."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.config import Settings
from marketplace.deliverables import queries
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.models import Deliverable, PublishedPost, Review, Submission
from marketplace.deliverables.rules import DeliverableState, Verdict
from marketplace.kernel.actor import Actor
from marketplace.kernel.files import StoredFile
from marketplace.payouts import service as payouts
from tests.conftest import sign_in
from tests.factories.campaigns import NOON
from tests.factories.deliverables import LINK, hand_in, make_deliverable, make_readings

S = DeliverableState


@pytest.fixture
def alices(client: FlaskClient, alice: Actor) -> FlaskClient:
    sign_in(client, alice)
    return client


def made(
    session: Session, brand: Brand, by: Actor, creator: Actor, state: S, *, rounds: int = 2
) -> Deliverable:
    owed = make_deliverable(
        session, brand=brand, by=by, creator=creator, state=state, rounds=rounds
    )
    session.commit()
    return owed


def test_a_draft_stands_with_its_checklist_and_the_rounds_left(
    alices: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    owed = made(session, acme, alice, bea, S.IN_REVIEW)

    page = alices.get(f"/brand/deliverables/{owed.id}").text

    assert "Is the draft right?" in page
    assert f'href="{LINK}"' in page
    assert "Do: Show the tin" in page
    assert "0 of 2 revision rounds used" in page
    assert "Approve version 1" in page
    assert "Waiting for you to review the draft" in page


def test_an_upload_is_played_to_the_brand_and_to_nobody_else(
    client: FlaskClient,
    session: Session,
    settings: Settings,
    acme: Brand,
    alice: Actor,
    bea: Actor,
    vic: Actor,
    mallory: Actor,
    carl: Actor,
) -> None:
    owed = made(session, acme, alice, bea, S.AWAITING_SUBMISSION)
    (Path(settings.upload_folder) / "draft-of-bea.mp4").write_bytes(b"a video")
    handed = deliverables.submit(
        session,
        actor=bea,
        deliverable_id=owed.id,
        link=None,
        file=StoredFile("draft-of-bea.mp4", "draft.mp4", "video/mp4", 7),
        done=(0, 1, 2),
        note="",
        now=NOON,
    )
    session.commit()
    ours, hers = f"/brand/submissions/{handed.id}/file", f"/creator/submissions/{handed.id}/file"

    for reader in (alice, vic):
        sign_in(client, reader)
        with client.get(ours) as sent:
            assert (sent.status_code, sent.data) == (200, b"a video")
            assert sent.cache_control.private
        assert f'src="{ours}"' in client.get(f"/brand/deliverables/{owed.id}").text
    sign_in(client, mallory)
    assert client.get(ours).status_code == 404
    sign_in(client, carl)
    assert client.get(hers).status_code == 404
    assert client.get(ours).status_code == 403


def test_a_link_has_no_file_to_send(
    alices: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    made(session, acme, alice, bea, S.IN_REVIEW)
    handed = session.scalars(select(Submission)).one()

    assert alices.get(f"/brand/submissions/{handed.id}/file").status_code == 404


def test_approving_lets_the_creator_publish(
    alices: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    owed = made(session, acme, alice, bea, S.IN_REVIEW)

    answers = [
        alices.post(
            f"/brand/deliverables/{owed.id}/approve", data={"version": "1", "comment": "Good"}
        ).status_code
        for _ in range(2)
    ]

    session.refresh(owed)
    review = session.scalars(select(Review)).one()
    assert answers == [303, 409]
    assert owed.state is S.APPROVED
    assert (review.verdict, review.comment, review.reviewed_by) == (
        Verdict.APPROVED,
        "Good",
        alice.user_id,
    )


def test_asking_for_changes_needs_words_and_counts_a_round(
    alices: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    owed = made(session, acme, alice, bea, S.IN_REVIEW)
    address = f"/brand/deliverables/{owed.id}/changes"

    empty = alices.post(address, data={"version": "1", "comment": " "})
    said = alices.post(address, data={"version": "1", "comment": "Show the tin earlier"})

    session.refresh(owed)
    assert empty.status_code == 422
    assert "Say what should change." in empty.text
    assert said.status_code == 303
    assert (owed.state, owed.rounds_used) == (S.CHANGES_REQUESTED, 1)


def test_a_word_without_the_version_it_is_about_is_refused(
    alices: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    owed = made(session, acme, alice, bea, S.IN_REVIEW)

    answer = alices.post(f"/brand/deliverables/{owed.id}/approve", data={"comment": "Kept"})

    session.refresh(owed)
    assert answer.status_code == 422
    assert "it has to say which version you saw" in answer.text
    assert "Kept" in answer.text
    assert owed.state is S.IN_REVIEW


def test_an_old_page_cannot_approve_a_version_that_came_in_since(
    alices: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    owed = made(session, acme, alice, bea, S.CHANGES_REQUESTED)
    hand_in(session, owed, creator=bea)
    session.commit()

    answer = alices.post(f"/brand/deliverables/{owed.id}/approve", data={"version": "1"})

    session.refresh(owed)
    assert answer.status_code == 409
    assert "Version 2 has come in since you looked at version 1" in answer.text
    assert owed.state is S.IN_REVIEW


def test_with_the_rounds_used_up_only_approving_is_left(
    alices: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    owed = made(session, acme, alice, bea, S.IN_REVIEW, rounds=0)

    page = alices.get(f"/brand/deliverables/{owed.id}").text
    answer = alices.post(
        f"/brand/deliverables/{owed.id}/changes", data={"version": "1", "comment": "More"}
    )

    session.refresh(owed)
    assert "you can only approve this version" in page
    assert "Request changes" not in page
    assert answer.status_code == 409
    assert "No revision rounds were agreed" in answer.text
    assert owed.state is S.IN_REVIEW


@pytest.mark.parametrize("act", ["approve", "changes", "accept"])
def test_a_viewer_a_rival_and_the_creator_cannot_judge(
    client: FlaskClient,
    session: Session,
    acme: Brand,
    alice: Actor,
    bea: Actor,
    vic: Actor,
    mallory: Actor,
    act: str,
) -> None:
    state = S.LIVE if act == "accept" else S.IN_REVIEW
    owed = made(session, acme, alice, bea, state)
    codes = {}

    for name, actor in (("viewer", vic), ("rival", mallory), ("creator", bea)):
        sign_in(client, actor)
        codes[name] = client.post(
            f"/brand/deliverables/{owed.id}/{act}", data={"version": "1", "comment": "x"}
        ).status_code

    session.refresh(owed)
    assert codes == {"viewer": 403, "rival": 404, "creator": 403}
    assert owed.state is state


def test_a_viewer_reads_without_buttons(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor, vic: Actor
) -> None:
    owed = made(session, acme, alice, bea, S.IN_REVIEW)
    sign_in(client, vic)

    page = client.get(f"/brand/deliverables/{owed.id}")

    assert page.status_code == 200
    assert "Approve version 1" not in page.text
    assert "An owner or manager of your team approves it" in page.text


def test_a_rival_brand_does_not_see_it(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor, mallory: Actor
) -> None:
    owed = made(session, acme, alice, bea, S.LIVE)
    sign_in(client, mallory)

    assert client.get(f"/brand/deliverables/{owed.id}").status_code == 404


def test_before_accepting_it_is_said_what_happens_to_the_money(
    alices: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    owed = made(session, acme, alice, bea, S.LIVE)
    post = session.scalars(select(PublishedPost)).one()
    make_readings(session, post, 100, 4_000, start=NOON)
    session.commit()

    page = alices.get(f"/brand/deliverables/{owed.id}").text

    assert "$440.00" in page  # the fee with the platform fee on top
    assert "$380.00" in page  # the fee less the platform's share
    assert "hold window of 7 days" in page
    assert "accepting takes nothing more from your card" in page
    assert "$100.00" in page  # the fee for a thousand views
    assert "Views: 100 views on 2 Nov to 4,000 on 3 Nov" in page


def test_accepting_earns_the_fee_and_the_page_says_where_it_is(
    alices: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    owed = made(session, acme, alice, bea, S.LIVE)

    codes = [alices.post(f"/brand/deliverables/{owed.id}/accept").status_code for _ in range(2)]
    session.refresh(owed)
    earning = payouts.earn(session, deliverable_id=owed.id)
    session.commit()

    page = alices.get(f"/brand/deliverables/{owed.id}").text
    assert codes == [303, 409]
    assert owed.state is S.ACCEPTED
    assert owed.accepted_at is not None
    assert earning.payable_at == owed.accepted_at + timedelta(days=7)
    assert "In the hold window until" in page


def test_the_list_and_the_home_say_what_waits(
    alices: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor, carl: Actor
) -> None:
    assert "Nothing handed in yet" in alices.get("/brand/deliverables").text
    made(session, acme, alice, bea, S.IN_REVIEW)
    made(session, acme, alice, carl, S.AWAITING_SUBMISSION)

    work, home = alices.get("/brand/deliverables").text, alices.get("/brand/").text

    assert "Waiting for you to review the draft" in work
    assert "Creators are at work on" in work
    assert "Review Bea’s draft" in home


def test_members_who_cannot_judge_have_nothing_to_do(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor, vic: Actor
) -> None:
    made(session, acme, alice, bea, S.IN_REVIEW)
    sign_in(client, vic)

    assert "Review Bea" not in client.get("/brand/").text


def test_another_brands_work_is_not_in_the_list(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor, mallory: Actor
) -> None:
    made(session, acme, alice, bea, S.IN_REVIEW)
    sign_in(client, mallory)

    assert "Nothing handed in yet" in client.get("/brand/deliverables").text
    rival = min(mallory.brands)
    assert queries.lines_for_brands(session, brand_ids=[rival], states=list(S)) == []


def test_a_list_of_work_that_is_long_has_pages(
    alices: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    for _ in range(26):
        made(session, acme, alice, bea, S.IN_REVIEW).state = S.ACCEPTED
    session.commit()

    first, last = (alices.get(f"/brand/deliverables?page={number}").text for number in (1, 2))

    assert "Nothing waits for you now." in first
    assert "1–25 of 26 deliverables" in first
    assert "<span>26 of 26 deliverables</span>" in last
    assert "Nothing waits for you now." not in last
    assert "<h2>Accepted</h2>" in last
