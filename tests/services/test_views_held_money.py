"""Bonuses, prizes and pledges by views: held, then let go or kept out; each act run twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.authenticity import service as authenticity
from marketplace.authenticity.models import Assessment
from marketplace.campaigns import service as campaigns
from marketplace.causes import queries as causes
from marketplace.causes import service as cause_service
from marketplace.causes.models import Organisation, Pledge
from marketplace.causes.rules.pledges import PledgeState
from marketplace.challenges import queries as challenges
from marketplace.challenges import service as challenge_service
from marketplace.challenges.models import Challenge, ChallengeEntry
from marketplace.challenges.rules.life import ChallengeState
from marketplace.collaborations import service as collaborations
from marketplace.deliverables.models import PublishedPost
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money
from marketplace.metrics import queries as metrics
from marketplace.metrics import service as metric_service
from marketplace.payouts import queries as payouts
from marketplace.payouts.models import ViewBonus
from marketplace.payouts.rules import BonusState
from tests.factories.authenticity import DAY, QUIET, hold, make_others, read_on
from tests.factories.campaigns import NOON
from tests.factories.causes import BY_VIEWS, FIXED, make_organisation
from tests.factories.challenges import COUNTED, enter, make_challenge
from tests.factories.collaborations import make_collaboration
from tests.factories.deliverables import make_deliverable, reading_at, walk
from tests.factories.money import make_paid_campaign
from tests.services.agreeing import posted
from tests.services.books import broken, written
from tests.services.counting import begin, book
from tests.services.test_pledge_money import running

END = NOON + 14 * DAY
"""From when on no view counts for the bonus."""
HOUR = timedelta(hours=1)


@pytest.fixture
def bonus(session: Session, acme: Brand, alice: Actor, bea: Actor) -> ViewBonus:
    """5.00 for each 1,000 views, 300.00 at most, of a post published at noon."""
    return begin(session, make_paid_campaign(session, brand=acme, by=alice), alice, bea)


def post_of(session: Session, bonus: ViewBonus) -> PublishedPost:
    return session.get_one(PublishedPost, bonus.post_id)


def gross(session: Session, bonus: ViewBonus, at: datetime) -> tuple[int, int, BonusState]:
    """Book it twice: what is booked, by how many views, and where it stands."""
    bonus.next_booking_at = at if bonus.state is BonusState.COUNTING else None
    session.flush()
    book(session, at)
    before = written(session)
    session.refresh(bonus)
    if bonus.state is BonusState.COUNTING:
        bonus.next_booking_at = at
        session.flush()
    book(session, at)
    assert written(session) == before
    session.refresh(bonus)
    return bonus.gross_minor, bonus.views, bonus.state


def burst_at_the_end(session: Session, bonus: ViewBonus) -> Assessment:
    """A question about the reading that the bonus ends by: 20,000 of 30,001 views."""
    return hold(session, post_of(session, bonus), until=END, start=END - 3 * DAY)


def test_a_bonus_is_booked_by_what_is_not_held(session: Session, bonus: ViewBonus) -> None:
    hold(session, post_of(session, bonus), until=END)

    assert gross(session, bonus, NOON + 4 * DAY) == (5_000, 10_001, BonusState.COUNTING)
    assert payouts.bonus_ends(session, [bonus.post_id]) == {bonus.post_id: END}


def test_what_is_booked_is_not_taken_back_before_somebody_has_decided(
    session: Session, bonus: ViewBonus, bea: Actor, stella: Actor
) -> None:
    post = post_of(session, bonus)
    make_others(session, post.channel_id)
    for age, (views, likes) in enumerate(QUIET):
        read_on(session, post, NOON + (age + 1) * DAY, views, likes, until=END)
    # one reading that nobody could judge: its likes were not told
    metrics_only(session, post, NOON + 4 * DAY, 29_001)
    assert gross(session, bonus, NOON + 4 * DAY + HOUR)[:2] == (14_500, 29_001)

    [question] = read_on(session, post, NOON + 5 * DAY, 32_001, 501, until=END)

    assert gross(session, bonus, NOON + 5 * DAY + HOUR)[:2] == (14_500, 29_001)
    authenticity.appeal(session, assessment_id=question, words="", actor=bea, now=NOON + 5 * DAY)
    authenticity.confirm(
        session, assessment_id=question, reason="Bought.", actor=stella, now=NOON + 6 * DAY
    )
    session.flush()
    assert gross(session, bonus, NOON + 6 * DAY)[:2] == (5_000, 10_001)
    assert broken(session) == []


def metrics_only(session: Session, post: PublishedPost, at: datetime, views: int) -> None:
    metric_service.record_snapshot(
        session, post_id=post.id, reading=reading_at(at, views=views, likes=None)
    )
    session.flush()


def test_a_bonus_in_question_at_its_end_waits_and_ends_by_what_was_let_go(
    session: Session, bonus: ViewBonus, stella: Actor
) -> None:
    question = burst_at_the_end(session, bonus)
    # waits on, also when the last reading would have been given up
    for at in (END + HOUR, END + 8 * DAY):
        assert gross(session, bonus, at) == (0, 0, BonusState.COUNTING)
    assert bonus.next_booking_at == END + 8 * DAY + HOUR

    authenticity.clear(
        session, assessment_id=question.id, reason="Linked.", actor=stella, now=END + DAY
    )
    session.flush()

    assert gross(session, bonus, END + 9 * DAY) == (15_000, 30_001, BonusState.ENDED)
    assert posted(session, "BonusEnded") == [{"bonus_id": str(bonus.id)}]
    assert broken(session) == []


def test_a_bonus_in_question_at_its_end_ends_by_what_is_left_when_the_creator_is_silent(
    session: Session, bonus: ViewBonus
) -> None:
    burst_at_the_end(session, bonus)
    assert gross(session, bonus, END + HOUR) == (0, 0, BonusState.COUNTING)

    for _ in range(2):
        authenticity.end_silent(session, now=END + 7 * DAY)
        session.flush()

    assert gross(session, bonus, END + 7 * DAY) == (5_000, 10_001, BonusState.ENDED)
    assert payouts.bonus_ends(session, [bonus.post_id]) == {}


def test_a_question_about_later_readings_keeps_no_bonus_waiting(
    session: Session, bonus: ViewBonus
) -> None:
    post = post_of(session, bonus)
    hold(session, post, until=END + 30 * DAY, start=END)

    # the first reading after the end is of the quiet time
    assert gross(session, bonus, END + 4 * DAY) == (2_000, 4_001, BonusState.ENDED)


@pytest.fixture
def challenge(session: Session, acme: Brand, alice: Actor) -> Challenge:
    return make_challenge(session, brand=acme, by=alice)


def entered(session: Session, challenge: Challenge, bea: Actor, carl: Actor) -> Assessment:
    """Bea has 30,001 views, 20,000 of them held; Carl has 15,000."""
    mine = enter(session, challenge, bea, video_id="71")
    question = hold(session, mine, until=COUNTED, start=COUNTED - 3 * DAY + HOUR)
    enter(session, challenge, carl, video_id="72", views=[(COUNTED + HOUR, 15_000)])
    assert challenges.counting_ends(session, [mine.id]) == {mine.id: COUNTED}
    return question


def award(session: Session, challenge: Challenge, at: datetime) -> bool:
    done = challenge_service.award(session, challenge_id=challenge.id, now=at)
    session.flush()
    before = written(session)
    challenge_service.award(session, challenge_id=challenge.id, now=at)
    session.flush()
    assert written(session) == before
    return done


def places(session: Session, challenge: Challenge, at: datetime) -> list[tuple[str, int]]:
    board = challenges.board_of(session, challenge, now=at)
    return [(each.name, each.views) for each in board.lines]


def test_a_leaderboard_counts_what_counts_and_knows_what_is_held(
    session: Session, challenge: Challenge, bea: Actor, carl: Actor
) -> None:
    mine = enter(session, challenge, bea, video_id="71")
    hold(session, mine, until=COUNTED)
    enter(session, challenge, carl, video_id="72", views=[(NOON + 4 * DAY, 15_000)])

    board = challenges.board_of(session, challenge, now=NOON + 5 * DAY)

    assert [(each.name, each.views, each.held) for each in board.lines] == [
        ("Carl", 15_000, 0),
        ("Bea", 10_001, 20_000),
    ]
    assert (board.views, board.held) == (25_001, 20_000)


def test_prizes_wait_for_views_in_question_and_go_by_those_that_were_let_go(
    session: Session, challenge: Challenge, bea: Actor, carl: Actor, stella: Actor
) -> None:
    question = entered(session, challenge, bea, carl)
    assert not award(session, challenge, COUNTED + 2 * HOUR)
    assert not award(session, challenge, COUNTED + 8 * DAY)
    authenticity.appeal(
        session, assessment_id=question.id, words="", actor=bea, now=COUNTED + 5 * DAY
    )

    authenticity.end_silent(session, now=COUNTED + 19 * DAY)
    session.flush()

    assert award(session, challenge, COUNTED + 19 * DAY)
    assert challenge.state is ChallengeState.AWARDED
    assert places(session, challenge, COUNTED + 19 * DAY) == [("Bea", 30_001), ("Carl", 15_000)]
    won = dict(session.execute(select(ChallengeEntry.place, ChallengeEntry.prize_minor)).all())
    assert won == {1: 50_000, 2: 20_000}
    assert broken(session) == []


def test_prizes_go_by_what_is_left_where_the_views_stay_out(
    session: Session, challenge: Challenge, bea: Actor, carl: Actor
) -> None:
    entered(session, challenge, bea, carl)

    authenticity.end_silent(session, now=COUNTED + 8 * DAY)
    session.flush()

    assert award(session, challenge, COUNTED + 8 * DAY)
    assert places(session, challenge, COUNTED + 8 * DAY) == [("Carl", 15_000), ("Bea", 10_001)]


@pytest.fixture
def reefs(session: Session, stella: Actor) -> Organisation:
    return make_organisation(session, by=stella)


Decide = Callable[[Session, Assessment, Actor], None]


def let_go(session: Session, question: Assessment, stella: Actor) -> None:
    authenticity.clear(
        session, assessment_id=question.id, reason="Linked.", actor=stella, now=NOON + 5 * DAY
    )


def keep_out(session: Session, _question: Assessment, _stella: Actor) -> None:
    authenticity.end_silent(session, now=NOON + 40 * DAY)


@pytest.mark.parametrize(("decide", "owed"), [(let_go, 15_000), (keep_out, 5_000)])
def test_a_pledge_by_views_grows_by_what_counts_and_settles_when_that_is_decided(
    session: Session,
    acme: Brand,
    alice: Actor,
    bea: Actor,
    stella: Actor,
    reefs: Organisation,
    decide: Decide,
    owed: int,
) -> None:
    pledge = running(session, acme, alice, reefs, BY_VIEWS)
    agreed = make_collaboration(session, campaign=pledge.campaign, creator=bea, by=alice)
    made = walk(session, agreed, by=alice, creator=bea, to=DeliverableState.ACCEPTED)
    post = session.scalars(select(PublishedPost)).one()
    question = hold(session, post, until=NOON + 30 * DAY)
    collaborations.complete(session, collaboration_id=agreed.id, now=NOON + 4 * DAY)
    campaigns.close(session, campaign_id=pledge.campaign_id, actor=alice, now=NOON + 4 * DAY)
    session.flush()
    [ends] = causes.pledge_ends(session, [post.id]).values()
    over = ends + DAY

    assert pledged(session, pledge, over) == (5_000, 10_001, PledgeState.PROMISED)
    decide(session, question, stella)
    session.flush()

    counted = metrics.last_views(session, {post.id: over})[post.id].counted
    assert pledged(session, pledge, over) == (owed, counted, PledgeState.SETTLED)
    assert causes.pledge_ends(session, [post.id]) == {}
    assert made.state is DeliverableState.ACCEPTED
    assert broken(session) == []


@pytest.fixture
def giving(
    session: Session, acme: Brand, alice: Actor, bea: Actor, reefs: Organisation
) -> tuple[Pledge, PublishedPost]:
    """5.00 for each 1,000 views, 200.00 at most, and the one accepted post that earns it."""
    pledge = running(session, acme, alice, reefs, BY_VIEWS)
    agreed = make_collaboration(session, campaign=pledge.campaign, creator=bea, by=alice)
    walk(session, agreed, by=alice, creator=bea, to=DeliverableState.ACCEPTED)
    return pledge, session.scalars(select(PublishedPost)).one()


def more_of(
    session: Session, pledge: Pledge, views: int, *, since: datetime, now: datetime
) -> Money | None:
    return causes.more_if_counted(session, pledge.campaign_id, views=views, since=since, now=now)


def test_views_in_question_would_add_to_a_pledge_up_to_what_is_set_aside(
    session: Session, giving: tuple[Pledge, PublishedPost]
) -> None:
    pledge, post = giving
    since = hold(session, post, until=NOON + 30 * DAY).held_from
    [ends] = causes.pledge_ends(session, [post.id]).values()

    # 10,001 count, which are 50.00 rounded down
    for views, more in ((1, 1), (20_000, 10_000), (40_000, 15_000)):
        found = more_of(session, pledge, views, since=since, now=NOON + 4 * DAY)
        assert found == Money(more, "USD")
    assert more_of(session, pledge, 20_000, since=ends + HOUR, now=ends + HOUR) is None


def test_views_in_question_would_add_to_a_pledge_what_is_not_owed_already(
    session: Session, giving: tuple[Pledge, PublishedPost]
) -> None:
    pledge, post = giving
    make_others(session, post.channel_id)
    for age, (views, likes) in enumerate(QUIET):
        read_on(session, post, NOON + (age + 1) * DAY, views, likes, until=END)
    # one reading that nobody could judge: its likes were not told
    metrics_only(session, post, NOON + 4 * DAY, 29_001)
    assert pledged(session, pledge, NOON + 4 * DAY)[0] == 14_500
    since = NOON + 5 * DAY
    read_on(session, post, since, 32_001, 501, until=END)
    held = metrics.last_views(session, {post.id: since})[post.id].held

    more = more_of(session, pledge, held, since=since, now=since)

    assert (held, more) == (22_000, Money(1_500, "USD"))


def test_views_in_question_add_nothing_to_a_fixed_pledge(
    session: Session, acme: Brand, alice: Actor, reefs: Organisation
) -> None:
    pledge = running(session, acme, alice, reefs, FIXED)

    more = causes.more_if_counted(
        session, pledge.campaign_id, views=20_000, since=NOON, now=NOON + DAY
    )

    assert more is None


def pledged(session: Session, pledge: Pledge, at: datetime) -> tuple[int, int, PledgeState]:
    """Book it twice: what is owed, by how many views, and where it stands."""
    for _ in range(2):
        cause_service.book_pledge(session, pledge_id=pledge.id, now=at)
        session.flush()
    return pledge.owed_minor, pledge.views, pledge.state


def test_only_posts_whose_views_are_paid_for_are_looked_at(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    made = make_deliverable(session, brand=acme, by=alice, creator=bea, state=DeliverableState.LIVE)
    post = session.scalars(
        select(PublishedPost).where(PublishedPost.deliverable_id == made.id)
    ).one()

    for ends in (payouts.bonus_ends, challenges.counting_ends, causes.pledge_ends):
        assert ends(session, [post.id]) == {}
