"""Views in question, as creator, brand, staff and the public read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.authenticity import service as authenticity
from marketplace.authenticity.models import Assessment
from marketplace.authenticity.rules.life import AssessmentState
from marketplace.deliverables import queries
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor
from tests.conftest import sign_in
from tests.factories.authenticity import DAY, hold, hold_for_comments
from tests.factories.campaigns import NOON
from tests.factories.causes import make_giving, make_organisation
from tests.factories.challenges import enter, make_challenge
from tests.factories.collaborations import BONUS, TERMS
from tests.factories.deliverables import make_deliverable
from tests.factories.money import make_accepted, make_paid_campaign
from tests.web.reading import plain

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def made(session: Session, acme: Brand, alice: Actor, bea: Actor, noon: datetime) -> Deliverable:
    """Bea's live post for Acme, published four days ago."""
    made = make_deliverable(session, brand=acme, by=alice, creator=bea, state=DeliverableState.LIVE)
    post = queries.standing_post(session, deliverable_id=made.id)
    assert post is not None
    post.published_at = noon - 4 * DAY
    return made


@pytest.fixture
def held(session: Session, made: Deliverable, noon: datetime) -> Assessment:
    """20,000 of 30,001 views in question since noon."""
    post = queries.standing_post(session, deliverable_id=made.id)
    assert post is not None
    found = hold(session, post, until=noon + 30 * DAY, start=noon - 3 * DAY)
    session.commit()
    return found


def page(client: FlaskClient, who: Actor, path: str) -> str:
    sign_in(client, who)
    answer = client.get(path)
    assert answer.status_code == 200, answer.status
    return plain(answer.text)


def test_a_creator_reads_what_was_found_and_until_when_to_object(
    client: FlaskClient, bea: Actor, held: Assessment
) -> None:
    told = page(client, bea, f"/creator/views/{held.id}")

    assert (
        "20,000 views of your post for “Beans in a minute” came almost without likes, so they do"
        " not count for now." in told
    )
    assert "Views in question 20,000 Views that count now 10,001 of 30,001 read" in told
    assert "Say so by Mon 9 Nov 2026 in " in told
    assert "nothing that was paid is taken back; your fee does not depend on them." in told
    assert "say so by Mon 9 Nov 2026, 12:00 UTC" in told
    assert (
        "From Sun 1 Nov 2026, 12:00 UTC to Mon 2 Nov 2026, 12:00 UTC : 21,000 views came with"
        " 50 likes, 2.4 for each 1,000, and 10.5 times as fast as just before."
        " So many likes are usual for 1,000 views, which leaves 20,000." in told
    )
    assert "On your last 12 other posts 50 likes for each 1,000 views are usual" in told
    assert "This is a sign, no proof" in told


def test_a_creator_reads_that_comments_are_what_is_missing(
    client: FlaskClient, session: Session, bea: Actor, made: Deliverable, noon: datetime
) -> None:
    post = queries.standing_post(session, deliverable_id=made.id)
    assert post is not None
    found = hold_for_comments(session, post, until=noon + 30 * DAY, start=noon - 3 * DAY)
    session.commit()

    told = page(client, bea, f"/creator/views/{found.id}")

    assert (
        "21,000 views of your post for “Beans in a minute” came almost without comments, so they"
        " do not count for now." in told
    )
    assert (
        "21,000 views came with 0 comments, 0 for each 1,000, and 10.5 times as fast as just"
        " before. So many comments are usual for 0 views, which leaves 21,000." in told
    )
    assert "On your last 12 other posts 1.7 comments for each 1,000 views are usual" in told
    assert "Comments for each 1,000 of them" in told
    assert "Likes for each 1,000 of them" not in told


def test_a_creator_finds_it_on_the_home_and_on_the_page_of_the_work(
    client: FlaskClient, bea: Actor, made: Deliverable, held: Assessment
) -> None:
    home = page(client, bea, "/creator/")
    assert "20,000 views do not count for now" in home
    assert "Of your post for “Beans in a minute”." in home

    work = page(client, bea, f"/creator/deliverables/{made.id}")
    assert "20,000 of 30,001 views are held" in work
    assert "10,001 count where views are paid for." in work
    assert f'href="/creator/views/{held.id}"' in client.get(f"/creator/deliverables/{made.id}").text


def test_a_creator_objects_once_and_reads_their_own_words(
    client: FlaskClient, session: Session, bea: Actor, held: Assessment
) -> None:
    sign_in(client, bea)
    path = f"/creator/views/{held.id}"
    too_long = client.post(path, data={"words": "x" * 1_001})
    assert too_long.status_code == 422
    assert "Keep this to 1,000 characters." in too_long.text

    said = client.post(path, data={"words": "A show <b>linked</b> to it."})
    again = client.post(path, data={"words": "Once more."})

    assert (said.status_code, again.status_code) == (303, 409)
    session.expire_all()
    assert held.state is AssessmentState.APPEALED
    told = client.get(path).text
    assert "A show &lt;b&gt;linked&lt;/b&gt; to it." in told
    assert "A person decides by" in told
    assert "<textarea" not in told
    assert "do not count for now" not in plain(client.get("/creator/").text)


def test_a_creator_who_is_late_is_told_so(
    client: FlaskClient, session: Session, bea: Actor, held: Assessment, noon: datetime
) -> None:
    held.decide_by = noon - timedelta(minutes=1)
    session.commit()
    sign_in(client, bea)

    late = client.post(f"/creator/views/{held.id}", data={"words": ""})

    assert late.status_code == 409
    assert "The time to object to this is over" in plain(late.text)
    assert "<textarea" not in client.get(f"/creator/views/{held.id}").text


def test_another_creator_sees_nothing_of_it(
    client: FlaskClient, carl: Actor, held: Assessment
) -> None:
    sign_in(client, carl)

    assert client.get(f"/creator/views/{held.id}").status_code == 404
    assert client.post(f"/creator/views/{held.id}", data={"words": ""}).status_code == 404


def test_a_brand_reads_how_many_are_held_until_when_and_no_more(
    client: FlaskClient, alice: Actor, made: Deliverable, held: Assessment
) -> None:
    told = page(client, alice, f"/brand/deliverables/{made.id}")

    assert "20,000 of 30,001 views are held" in told
    assert "is decided by Mon 23 Nov 2026, 12:00 UTC at the latest" in told
    assert "likes are usual" not in told
    assert "/views/" not in client.get(f"/brand/deliverables/{made.id}").text


def test_staff_find_appeals_on_the_home_and_decide_with_a_reason(
    client: FlaskClient, session: Session, bea: Actor, stella: Actor, held: Assessment
) -> None:
    authenticity.appeal(
        session, assessment_id=held.id, words="A show linked to it.", actor=bea, now=NOON
    )
    session.commit()
    assert "1 creator waits for our word on their views" in page(client, stella, "/staff/")
    lines = page(client, stella, "/staff/views")
    assert "Bea Beans in a minute 20,000 Fairview decides" in lines
    path = f"/staff/views/{held.id}"
    assert "A show linked to it." in page(client, stella, path)

    empty = client.post(f"{path}/confirm", data={"reason": " "})
    done = client.post(f"{path}/confirm", data={"reason": "They came from one place."})
    again = client.post(f"{path}/clear", data={"reason": "Or not."})

    assert (empty.status_code, done.status_code, again.status_code) == (422, 303, 409)
    told = page(client, bea, f"/creator/views/{held.id}")
    assert "These views stay out" in told
    assert "They came from one place." in told


def test_staff_may_let_views_count_before_anybody_objects_but_not_keep_them_out(
    client: FlaskClient, stella: Actor, made: Deliverable, held: Assessment, bea: Actor
) -> None:
    path = f"/staff/views/{held.id}"
    told = page(client, stella, path)
    assert ("They count" in told, "They stay out" in told) == (True, False)
    assert client.post(f"{path}/confirm", data={"reason": "No."}).status_code == 409

    assert client.post(f"{path}/clear", data={"reason": "A show."}).status_code == 303

    assert "All 30,001 views count" in page(client, bea, f"/creator/deliverables/{made.id}")


def test_a_bonus_says_which_views_count_and_how_much_waits_for_the_others(
    client: FlaskClient,
    session: Session,
    acme: Brand,
    alice: Actor,
    bea: Actor,
    stella: Actor,
    noon: datetime,
) -> None:
    campaign = make_paid_campaign(session, brand=acme, by=alice)
    offered = replace(TERMS, bonus=BONUS)
    made = make_accepted(session, campaign, by=alice, creator=bea, offered=offered)
    post = queries.standing_post(session, deliverable_id=made.id)
    assert post is not None
    post.published_at = noon - 4 * DAY
    held = hold(session, post, until=noon + 10 * DAY, start=noon - 3 * DAY)
    session.commit()

    told = page(client, bea, f"/creator/deliverables/{made.id}")
    asked = page(client, bea, f"/creator/views/{held.id}")

    assert "Views that count 10,001 Views held or kept out 20,000 Bonus so far $50.00" in told
    assert "is the last, once it is decided which of its views count." in told
    assert "If they count $95.00 more of your bonus, by the last reading" in asked
    assert "more of their bonus" in page(client, stella, f"/staff/views/{held.id}")


def test_what_waits_for_the_word_of_a_pledge_alone_is_named_with_its_amount(
    client: FlaskClient,
    session: Session,
    acme: Brand,
    alice: Actor,
    bea: Actor,
    stella: Actor,
    noon: datetime,
) -> None:
    reefs = make_organisation(session, by=stella)
    campaign = make_giving(session, brand=acme, organisation=reefs, by=alice)
    made = make_accepted(session, campaign, by=alice, creator=bea)
    post = queries.standing_post(session, deliverable_id=made.id)
    assert post is not None
    held = hold(session, post, until=noon + 10 * DAY, start=noon - 3 * DAY)
    session.commit()

    told = "Given if they count $100.00 more of the campaign’s pledge, by the last reading"
    assert told in page(client, bea, f"/creator/views/{held.id}")
    assert told in page(client, stella, f"/staff/views/{held.id}")

    authenticity.clear(session, assessment_id=held.id, reason="A show.", actor=stella, now=noon)
    session.commit()
    assert "if they count" not in page(client, bea, f"/creator/views/{held.id}")


def test_a_list_without_any_says_so(client: FlaskClient, stella: Actor) -> None:
    assert "Nothing to decide" in page(client, stella, "/staff/views")
    for only in ("asked", "decided"):
        assert "No views are like this now." in page(client, stella, f"/staff/views?only={only}")


def test_views_are_on_the_list_of_who_is_to_say_something(
    client: FlaskClient, session: Session, bea: Actor, stella: Actor, held: Assessment
) -> None:
    def lists() -> list[str]:
        names = ("waiting", "asked", "decided")
        return [
            each for each in names if "Bea" in page(client, stella, f"/staff/views?only={each}")
        ]

    before = lists()
    authenticity.appeal(session, assessment_id=held.id, words="A show.", actor=bea, now=NOON)
    session.commit()
    then = lists()
    authenticity.clear(session, assessment_id=held.id, reason="A show.", actor=stella, now=NOON)
    session.commit()

    assert (before, then, lists()) == (["asked"], ["waiting"], ["decided"])


def test_a_public_leaderboard_counts_what_counts_and_says_how_many_are_held(
    client: FlaskClient,
    session: Session,
    acme: Brand,
    alice: Actor,
    bea: Actor,
    carl: Actor,
    noon: datetime,
) -> None:
    begun = noon - 6 * DAY
    challenge = make_challenge(session, brand=acme, by=alice, now=begun)
    entered = begun + timedelta(hours=2)
    post = enter(session, challenge, bea, video_id="71", at=entered)
    held = hold(session, post, until=noon + 10 * DAY, start=noon - 3 * DAY)
    enter(session, challenge, carl, video_id="72", at=entered, views=[(noon - DAY, 15_000)])
    session.commit()

    told = plain(client.get(f"/challenges/{challenge.campaign_id}").text)

    assert "Views that count 25,001" in told
    assert (
        "20,000 views of these posts do not count: they are held until it is decided, or stay"
        in told
    )
    assert "Views that came almost without likes" in told
    mine = page(client, bea, f"/creator/challenges/{challenge.campaign_id}")
    assert "20,000 of 30,001 views are held" in mine
    asked = page(client, bea, f"/creator/views/{held.id}")
    assert "Prize if they count $500.00 at place 1; without them $200.00 at place 2" in asked
    assert "nothing that was paid is taken back; no prize is awarded before." in asked
