"""What the card of a bonus says of its views and its bookings, in each state they can be in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.authenticity import service as authenticity
from marketplace.authenticity.models import Assessment
from marketplace.deliverables import queries
from marketplace.deliverables.models import Deliverable, PublishedPost
from marketplace.kernel.actor import Actor
from marketplace.payouts import service as payouts
from tests.conftest import sign_in
from tests.factories.authenticity import DAY, QUIET, hold, read_on
from tests.factories.collaborations import BONUS, TERMS
from tests.factories.money import make_accepted, make_earning, make_paid_campaign
from tests.services.disputing import dispute
from tests.web.reading import plain

HOUR = timedelta(hours=1)
LAST = "; the first reading after that is the last"
DECIDED = "once it is decided which of its views count"
NEXT = "It is booked next on "


@dataclass(frozen=True, slots=True)
class Stage:
    """A bonus for views of 14 days, seen by its creator at noon."""

    client: FlaskClient
    session: Session
    made: Deliverable
    post: PublishedPost
    bea: Actor
    noon: datetime

    def burst(self, at: datetime) -> Assessment:
        """Put 20,000 of 30,001 views in question, by a reading of that moment."""
        return hold(self.session, self.post, until=self.noon + 30 * DAY, start=at - 3 * DAY)

    def told(self) -> str:
        self.session.commit()
        sign_in(self.client, self.bea)
        return plain(self.client.get(f"/creator/deliverables/{self.made.id}").text)


Begin = Callable[..., Stage]


@pytest.fixture
def begin(
    client: FlaskClient, session: Session, acme: Brand, alice: Actor, bea: Actor, noon: datetime
) -> Begin:
    def begin(*, days_ago: int, earned: bool = True) -> Stage:
        """The post was published so many days ago. earned: its fee and bonus are in the books."""
        campaign = make_paid_campaign(session, brand=acme, by=alice)
        offered = replace(TERMS, bonus=BONUS)
        made = make_accepted(session, campaign, by=alice, creator=bea, offered=offered)
        post = queries.standing_post(session, deliverable_id=made.id)
        assert post is not None
        post.published_at = noon - days_ago * DAY
        if earned:
            make_earning(session, made, matured=False)
        return Stage(client, session, made, post, bea, noon)

    return begin


def keep_out(stage: Stage) -> None:
    authenticity.end_silent(stage.session, now=stage.noon + 40 * DAY)


def let_count(stage: Stage, question: Assessment, stella: Actor) -> None:
    authenticity.clear(
        stage.session, assessment_id=question.id, reason="A show.", actor=stella, now=stage.noon
    )


def test_while_it_counts_the_last_reading_waits_for_a_decision_only_where_one_is_open(
    begin: Begin,
) -> None:
    stage = begin(days_ago=4)
    stage.burst(stage.noon)
    told = stage.told()
    assert "Views that count 10,001 Views held or kept out 20,000 " in told
    assert f"{LAST}, {DECIDED}. {NEXT}" in told

    keep_out(stage)

    told = stage.told()
    assert "Views that count 10,001 Views kept out 20,000 " in told
    assert f"{LAST}. {NEXT}" in told


def test_views_that_were_let_count_are_no_longer_told_apart(begin: Begin, stella: Actor) -> None:
    stage = begin(days_ago=4)
    let_count(stage, stage.burst(stage.noon), stella)

    told = stage.told()

    assert "Views that count 30,001 Bonus so far $150.00" in told
    assert f"{LAST}. {NEXT}" in told


def test_after_its_time_it_is_booked_by_the_last_reading_or_once_that_is_decided(
    begin: Begin,
) -> None:
    stage = begin(days_ago=15)
    ended = stage.noon - DAY
    read_on(stage.session, stage.post, ended - DAY, *QUIET[0], until=ended)
    assert f"{LAST}. It is booked by that reading." in stage.told()

    stage.burst(ended + HOUR)
    told = stage.told()
    assert "Views that count 10,001 Views held or kept out 20,000 " in told
    assert f"{LAST}. It is booked {DECIDED}." in told

    keep_out(stage)
    assert f"{LAST}. It is booked by that reading." in stage.told()


def test_before_the_post_is_in_the_books_its_bonus_waits_for_that_too(begin: Begin) -> None:
    stage = begin(days_ago=15, earned=False)
    stage.burst(stage.noon - DAY + HOUR)
    accepted = "It is booked once the post is accepted"
    assert f"{LAST}. {accepted} and it is decided which of its views count." in stage.told()

    keep_out(stage)
    assert f"{LAST}. {accepted}." in stage.told()


def test_a_dispute_keeps_it_from_being_booked(begin: Begin, alice: Actor) -> None:
    stage = begin(days_ago=4)
    read_on(stage.session, stage.post, stage.noon - DAY, *QUIET[0], until=stage.noon + 30 * DAY)
    dispute(stage.session, stage.made, alice, now=stage.noon)

    told = stage.told()

    assert "Nothing more is booked until the dispute is over." in told
    assert NEXT not in told


@pytest.mark.parametrize("views", [59_000, 60_000])
def test_an_ended_bonus_tells_of_what_was_left_only_where_something_was(
    begin: Begin, views: int
) -> None:
    stage = begin(days_ago=15)
    ended = stage.noon - DAY
    read_on(stage.session, stage.post, ended + HOUR, views, views // 20, until=ended)
    payouts.book_bonuses(stage.session, now=stage.noon)
    stage.session.flush()

    told = stage.told()

    left = "; what the cap had left is the campaign’s again." in told
    assert ("Counting ended Sun 1 Nov 2026, 12:00 UTC" in told, left) == (True, views < 60_000)
