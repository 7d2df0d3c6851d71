"""A dispute as the two sides and staff go through it."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.deliverables.models import Deliverable
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import utc_now
from marketplace.payouts.models import Dispute, DisputeStep, Earning
from marketplace.payouts.rules.disputes import DisputeState
from marketplace.treasury.models import FinanceRequest
from tests.conftest import sign_in
from tests.factories.accounts import make_user
from tests.factories.campaigns import make_campaign
from tests.factories.money import make_accepted, make_earning, pay_in
from tests.services.disputing import dispute, say
from tests.web.access.world import words
from tests.web.reading import plain

A_PICTURE = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64
OPEN = {
    "reason": "post_removed",
    "share": "25",
    "words": "The post was gone on the second day.",
    "link": "https://drive.example/1",
}


@pytest.fixture
def work(session: Session, acme: Brand, alice: Actor, bea: Actor) -> Deliverable:
    """A fee of 400.00 that was earned just now."""
    campaign = make_campaign(session, brand=acme, by=alice)
    pay_in(session, campaign, by=alice)
    made = make_accepted(session, campaign, by=alice, creator=bea)
    earning = make_earning(session, made, matured=False)
    earning.earned_at, earning.payable_at = utc_now(), utc_now() + timedelta(days=7)
    session.flush()
    return made


@pytest.fixture
def opened(session: Session, work: Deliverable, alice: Actor) -> Dispute:
    return dispute(session, work, alice, share=2_500, now=utc_now())


def test_a_brand_reports_a_problem_with_a_picture_and_both_see_whose_step_it_is(
    client: FlaskClient, session: Session, work: Deliverable, alice: Actor, bea: Actor
) -> None:
    sign_in(client, alice)
    assert "Report a problem" in words(client.get(f"/brand/deliverables/{work.id}"))
    page = f"/brand/deliverables/{work.id}/dispute"
    assert "has 5 days to answer" in words(client.get(page))

    answer = client.post(page, data={**OPEN, "file": (io.BytesIO(A_PICTURE), "shot.png")})

    assert answer.status_code == 303
    assert client.get(page).location == answer.location
    text = words(client.get(answer.location))
    assert "Waiting for Bea to answer by" in text
    assert "shot.png" in text
    step = session.scalars(select(DisputeStep)).one()
    sign_in(client, bea)
    with client.get(f"/creator/disputes/proofs/{step.id}") as picture:
        assert (picture.data, picture.content_type) == (A_PICTURE, "image/png")
    text = words(client.get(f"/creator/disputes/{step.dispute_id}"))
    assert "Waiting for you to answer by" in text
    assert "The post was removed or hidden." in text
    assert "agree to 25 % for you: $100.00 of $400.00. You receive $95.00" in plain(text)


def test_the_creator_reads_on_every_page_that_the_money_is_held_and_what_to_do(
    client: FlaskClient, work: Deliverable, opened: Dispute, bea: Actor, alice: Actor
) -> None:
    sign_in(client, bea)
    for page in ("/creator/earnings", f"/creator/deliverables/{work.id}"):
        text = words(client.get(page))
        assert "Held: there is an open dispute. Waiting for you to answer" in text
        assert "without a word Fairview decides." in text
        assert f'href="/creator/disputes/{opened.id}">Answer in the dispute' in text
    home = words(client.get("/creator/"))
    assert "Acme Kitchen disputes “A recipe in a minute”" in home
    sign_in(client, alice)
    text = words(client.get(f"/brand/deliverables/{work.id}"))
    assert "Waiting for the creator to answer" in text
    assert "See the dispute" in text


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize("path", ["/creator/work", "/brand/deliverables"])
def test_of_work_that_is_done_a_list_says_that_its_money_is_disputed(
    client: FlaskClient, bea: Actor, alice: Actor, path: str
) -> None:
    sign_in(client, bea if path.startswith("/creator") else alice)
    text = plain(client.get(path).text)
    assert "Accepted There is an open dispute about its money." in text


def test_a_dispute_speaks_to_its_reader_as_you(
    client: FlaskClient, session: Session, opened: Dispute, alice: Actor, bea: Actor
) -> None:
    sign_in(client, bea)
    text = plain(client.get(f"/creator/disputes/{opened.id}").text)
    assert "Acme Kitchen 25 % to you: $100.00, of which you receive $95.00" in text
    assert "You No number yet" in text
    assert "You get, in percent (optional)" in text
    assert "leave it empty to name none." in text

    say(session, opened, bea, share=5_000, now=utc_now())
    session.commit()
    said = plain(client.get(f"/creator/disputes/{opened.id}").text)
    assert "You 50 % to you: $200.00, of which you receive $190.00" in said
    assert "leave it empty to keep your number." in said
    sign_in(client, alice)
    text = plain(client.get(f"/brand/disputes/{opened.id}").text)
    assert "You 25 % to the creator: $100.00, of which they receive $95.00" in text
    assert "The creator gets, in percent (optional)" in text


def test_the_creator_answers_and_the_brand_takes_the_number(
    client: FlaskClient,
    session: Session,
    opened: Dispute,
    alice: Actor,
    bea: Actor,
) -> None:
    sign_in(client, bea)
    said = client.post(
        f"/creator/disputes/{opened.id}/say", data={"words": "For an hour only.", "share": "75"}
    )
    assert said.status_code == 303
    sign_in(client, alice)
    text = words(client.get(f"/brand/disputes/{opened.id}"))
    assert "Fairview decides by" in text
    assert "75 % to the creator: $300.00, of which they receive $285.00" in plain(text)
    other = client.post(f"/brand/disputes/{opened.id}/agree", data={"share": "5000"})
    assert other.status_code == 409

    agreed = client.post(f"/brand/disputes/{opened.id}/agree", data={"share": "7500"})

    assert agreed.status_code == 303
    session.expire_all()
    assert opened.state is DisputeState.SETTLED
    assert session.scalars(select(Earning)).one().fee_minor == 30_000
    assert "75 % of $400.00" in plain(words(client.get(agreed.location)))
    assert (
        client.post(f"/brand/disputes/{opened.id}/agree", data={"share": "7500"}).status_code == 409
    )


def test_staff_decide_a_small_one_alone_and_it_leaves_their_list(
    client: FlaskClient, session: Session, opened: Dispute, bea: Actor, stella: Actor
) -> None:
    say(session, opened, bea, now=utc_now())
    session.commit()
    sign_in(client, stella)
    assert "1 dispute waits for our word" in words(client.get("/staff/"))
    assert "A recipe in a minute" in words(client.get("/staff/disputes"))
    page = f"/staff/disputes/{opened.id}"
    assert "the work goes on as agreed" not in words(client.get(page))

    answer = client.post(page, data={"outcome": "none", "reason": "It was gone for a day."})

    assert answer.status_code == 303
    text = words(client.get(page))
    assert "Decided by Fairview" in text
    assert "It was gone for a day." in text
    session.expire_all()
    assert (opened.state, opened.result_bps) == (DisputeState.DECIDED, 0)
    assert "Nothing to decide" in words(client.get("/staff/disputes"))
    assert "A recipe in a minute" in words(client.get("/staff/disputes?only=decided"))


def test_a_larger_one_needs_a_colleague(
    client: FlaskClient, session: Session, opened: Dispute, bea: Actor, stella: Actor
) -> None:
    say(session, opened, bea, now=utc_now())
    opened.stake_minor = 60_000
    session.commit()
    other = make_user(session, name="Sten", email="sten@example.test", is_staff=True)
    session.commit()
    sten = Actor(user_id=other.id, is_staff=True)
    sign_in(client, stella)
    page = f"/staff/disputes/{opened.id}"
    form = {"outcome": "part", "share": "50", "reason": "Half of it was seen."}

    assert client.post(page, data=form).status_code == 303

    session.expire_all()
    assert opened.state is DisputeState.WITH_STAFF
    request = session.scalars(select(FinanceRequest)).one()
    approve = f"/staff/requests/{request.id}/approve"
    assert "a colleague has to agree" in words(client.get(page))
    assert client.post(page, data=form).status_code == 409
    assert client.post(approve).status_code == 403
    sign_in(client, sten)
    assert "50\xa0% of $600.00 for the creator" in words(
        client.get(f"/staff/requests/{request.id}")
    )
    assert client.post(approve).status_code == 303
    session.expire_all()
    assert (opened.state, opened.result_bps) == (DisputeState.DECIDED, 5_000)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"words": ""}, "Write what happened."),
        ({"words": "x" * 2_001}, "2000 characters"),
        ({"share": "101"}, "Between 0 and 100"),
        ({"share": ""}, "Say what would settle it."),
        ({"share": "100"}, "nothing to dispute"),
        ({"reason": "not_reviewed"}, "Choose one of these"),
        ({"reason": ""}, "Choose what is wrong."),
        ({"link": "ftp://x"}, "begins with https://"),
    ],
)
def test_bad_input_is_told_at_its_field_and_keeps_what_was_typed(
    client: FlaskClient,
    session: Session,
    work: Deliverable,
    alice: Actor,
    given: dict[str, str],
    said: str,
) -> None:
    sign_in(client, alice)

    answer = client.post(f"/brand/deliverables/{work.id}/dispute", data=OPEN | given)

    assert answer.status_code == 422
    assert said in words(answer)
    assert OPEN["words"] in words(answer) or "words" in given
    assert session.scalars(select(Dispute.id)).all() == []


def test_a_file_that_is_no_proof_leaves_nothing_behind(
    client: FlaskClient, session: Session, work: Deliverable, alice: Actor
) -> None:
    sign_in(client, alice)
    data = {**OPEN, "file": (io.BytesIO(b"MZ\x90\x00" + b"\x00" * 64), "views.exe")}

    answer = client.post(f"/brand/deliverables/{work.id}/dispute", data=data)

    assert answer.status_code == 422
    assert "Upload a picture (PNG, JPEG, WebP), a PDF or a video." in words(answer)
    assert session.scalars(select(Dispute.id)).all() == []


def test_after_the_window_there_is_no_button_and_the_form_is_refused(
    client: FlaskClient, session: Session, work: Deliverable, alice: Actor
) -> None:
    earning = session.scalars(select(Earning)).one()
    earning.payable_at = utc_now() - timedelta(seconds=1)
    session.commit()
    sign_in(client, alice)

    assert "Report a problem" not in words(client.get(f"/brand/deliverables/{work.id}"))
    assert client.get(f"/brand/deliverables/{work.id}/dispute").status_code == 409
    answer = client.post(f"/brand/deliverables/{work.id}/dispute", data=OPEN)
    assert answer.status_code == 409
    assert session.scalars(select(Dispute.id)).all() == []


def test_staff_say_which_part_and_why(
    client: FlaskClient, session: Session, opened: Dispute, bea: Actor, stella: Actor
) -> None:
    say(session, opened, bea, now=utc_now())
    session.commit()
    sign_in(client, stella)
    page = f"/staff/disputes/{opened.id}"

    for form, said in (
        ({"outcome": "part", "reason": "So."}, "Say which part, in percent."),
        ({"outcome": "part", "share": "200", "reason": "So."}, "Between 0 and 100 percent."),
        ({"outcome": "all", "reason": ""}, "Say why: both sides read it."),
        ({"reason": "So."}, "Choose who gets it."),
        ({"outcome": "goes_on", "reason": "So."}, "Choose one of these"),
    ):
        answer = client.post(page, data=form)
        assert (answer.status_code, said in words(answer)) == (422, True), said
    session.expire_all()
    assert opened.state is DisputeState.WITH_STAFF
