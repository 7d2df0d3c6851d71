"""Views without likes: asked about, objected to, decided by people or by time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.authenticity import queries, service
from marketplace.authenticity.checks import CHECKS
from marketplace.authenticity.models import Appeal, Assessment, Evidence
from marketplace.authenticity.rules.life import LIFE, AssessmentEvent, AssessmentState
from marketplace.creators.models import ChannelVideo
from marketplace.deliverables.models import PublishedPost
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import (
    Conflict,
    InvalidInput,
    InvalidTransition,
    MarketplaceError,
    NotFound,
    NotPermitted,
)
from marketplace.kernel.ids import new_id
from marketplace.metrics import queries as metrics
from marketplace.metrics import service as holding
from tests.factories.authenticity import BURST, DAY, HELD, QUIET, hold, make_others, read_on
from tests.factories.campaigns import NOON
from tests.factories.deliverables import make_deliverable
from tests.services.agreeing import posted

END = NOON + 30 * DAY
ASKED = NOON + 4 * DAY
"""When the reading with the burst is taken."""
S = AssessmentState


@pytest.fixture
def post(session: Session, acme: Brand, alice: Actor, bea: Actor) -> PublishedPost:
    """A live post, published at noon."""
    make_deliverable(session, brand=acme, by=alice, creator=bea, state=DeliverableState.LIVE)
    return session.scalars(select(PublishedPost)).one()


@pytest.fixture
def held(session: Session, post: PublishedPost) -> Assessment:
    return hold(session, post, until=END)


def counted(session: Session, post: PublishedPost, at: datetime) -> tuple[int, int]:
    """Read and counted by the last reading."""
    views = metrics.last_views(session, {post.id: at})[post.id]
    return views.read, views.counted


def test_a_post_like_the_creators_others_is_asked_nothing(
    session: Session, post: PublishedPost
) -> None:
    make_others(session, post.channel_id)

    asked = [
        read_on(session, post, NOON + (age + 1) * DAY, views, likes, until=END)
        for age, (views, likes) in enumerate([*QUIET, (10_001, 501)])
    ]

    assert asked == [[], [], [], []]
    assert counted(session, post, END) == (10_001, 10_001)


def test_a_burst_without_likes_is_held_from_its_reading_on_with_its_evidence(
    session: Session, post: PublishedPost, held: Assessment
) -> None:
    assert (held.state, held.asked_at, held.held_from) == (S.HELD, ASKED, ASKED)
    assert held.decide_by == ASKED + 7 * DAY
    assert counted(session, post, ASKED - timedelta(seconds=1)) == (9_001, 9_001)
    assert counted(session, post, ASKED) == (30_001, 10_001)
    [found] = queries.question_for_staff(session, held.id).evidence
    assert (found.views, found.rule, found.usual["posts"]) == (HELD, "likes-comments-1", 12)
    assert round(found.usual["middle"], 3) == 50.0
    [sign] = found.signs
    assert (sign["since"], sign["until"]) == ((ASKED - DAY).isoformat(), ASKED.isoformat())
    assert (sign["views"], sign["likes"], sign["unexplained"]) == (21_000, 50, HELD)
    assert posted(session, "ViewsQuestioned") == [{"assessment_id": str(held.id)}]


def test_looking_twice_at_one_reading_changes_nothing(
    session: Session, post: PublishedPost, held: Assessment
) -> None:
    assert service.assess(session, until={post.id: END}, now=ASKED) == []

    assert counted(session, post, ASKED) == (30_001, 10_001)
    assert session.scalars(select(Assessment)).all() == [held]


def test_a_creator_of_few_posts_is_not_judged(session: Session, post: PublishedPost) -> None:
    make_others(session, post.channel_id)
    for video in session.scalars(select(ChannelVideo).limit(5)):
        session.delete(video)

    for age, (views, likes) in enumerate([*QUIET, BURST]):
        read_on(session, post, NOON + (age + 1) * DAY, views, likes, until=END)

    assert session.scalars(select(Assessment)).all() == []


def test_the_post_itself_is_none_of_those_it_is_compared_with(
    session: Session, post: PublishedPost
) -> None:
    make_others(session, post.channel_id)
    for number, video in enumerate(session.scalars(select(ChannelVideo))):
        if number < 5:
            session.delete(video)
        elif number == 5:
            video.external_id = post.external_id
    session.flush()

    for age, (views, likes) in enumerate([*QUIET, BURST]):
        read_on(session, post, NOON + (age + 1) * DAY, views, likes, until=END)

    # seven posts, of which one is itself: too few to say
    assert session.scalars(select(Assessment)).all() == []


def test_more_of_the_same_soon_after_belongs_to_the_question(
    session: Session, post: PublishedPost, held: Assessment
) -> None:
    assert read_on(session, post, ASKED + DAY, 51_001, 551, until=END) == [held.id]

    assert counted(session, post, ASKED + DAY) == (51_001, 11_001)
    assert counted(session, post, ASKED) == (30_001, 10_001)
    assert held.decide_by == ASKED + 7 * DAY
    assert queries.question_for_staff(session, held.id).views == 40_000


def test_what_is_found_after_the_creator_objected_needs_no_second_word(
    session: Session, post: PublishedPost, held: Assessment, bea: Actor
) -> None:
    service.appeal(session, assessment_id=held.id, words="", actor=bea, now=ASKED)
    decide_by = held.decide_by

    joined = read_on(session, post, ASKED + 5 * DAY, 201_001, 651, until=END)

    assert joined == [held.id]
    assert (held.state, held.decide_by) == (S.APPEALED, decide_by)


def test_more_after_three_days_is_a_question_of_its_own(
    session: Session, post: PublishedPost, held: Assessment
) -> None:
    [late] = read_on(session, post, ASKED + 3 * DAY, 201_001, 651, until=END)

    assert late != held.id
    assert [q.assessment.id for q in queries.questions_of_post(session, post_id=post.id)] == [
        late,
        held.id,
    ]


def test_what_was_cleared_is_not_asked_about_again(
    session: Session, post: PublishedPost, held: Assessment, stella: Actor
) -> None:
    service.clear(
        session, assessment_id=held.id, reason="A show linked to it.", actor=stella, now=ASKED
    )
    session.flush()

    assert counted(session, post, ASKED) == (30_001, 30_001)
    assert read_on(session, post, ASKED + DAY, 31_001, 551, until=END) == []
    assert counted(session, post, ASKED + DAY) == (31_001, 31_001)
    # the row and its evidence stay
    assert (held.state, held.reason) == (S.CLEARED, "A show linked to it.")
    assert queries.question_for_staff(session, held.id).views == HELD


def test_a_post_that_is_known_to_get_few_likes_is_asked_about_bursts_alone(
    session: Session, post: PublishedPost, stella: Actor
) -> None:
    question = hold(session, post, until=END, series=[(8_001, 40), (12_001, 60)])
    assert queries.question_for_staff(session, question.id).views == 10_801
    service.clear(session, assessment_id=question.id, reason="A wall.", actor=stella, now=ASKED)
    session.flush()

    quiet = [
        read_on(session, post, NOON + (3 + age) * DAY, views, likes, until=END)
        for age, (views, likes) in enumerate([(15_001, 75), (17_001, 85)])
    ]
    [other] = read_on(session, post, NOON + 5 * DAY, 57_001, 105, until=END)

    assert quiet == [[], []]
    # 40,000 came in a day, with likes that are usual for 400
    assert queries.question_for_staff(session, other).views == 39_600
    assert counted(session, post, END) == (57_001, 17_401)


def test_views_that_the_platform_takes_away_itself_are_not_taken_out_twice(
    session: Session, post: PublishedPost, held: Assessment
) -> None:
    at = ASKED + DAY
    for _ in range(2):
        read_on(session, post, at, 15_001, 531, until=END)

    # 15,000 of the 20,000 are gone, so 5,000 are still held
    assert counted(session, post, at) == (15_001, 10_001)
    read_on(session, post, at + DAY, 4_001, 531, until=END)
    assert counted(session, post, at + DAY) == (4_001, 4_001)


def test_nothing_is_asked_by_readings_after_the_one_that_counts_for_good(
    session: Session, post: PublishedPost
) -> None:
    make_others(session, post.channel_id)
    end = NOON + 3 * DAY
    for age, (views, likes) in enumerate(QUIET):
        read_on(session, post, NOON + (age + 1) * DAY, views, likes, until=end)

    # the third was taken at the end, so it counts
    assert read_on(session, post, ASKED, *BURST, until=end) == []


def test_a_creator_objects_in_time_and_staff_have_two_weeks(
    session: Session, held: Assessment, bea: Actor
) -> None:
    at = ASKED + 7 * DAY - timedelta(seconds=1)

    service.appeal(
        session, assessment_id=held.id, words="  A show linked to it. ", actor=bea, now=at
    )

    session.flush()
    assert (held.state, held.decide_by) == (S.APPEALED, at + 14 * DAY)
    said = session.scalars(select(Appeal)).one()
    assert (said.words, said.made_by, said.made_at) == ("A show linked to it.", bea.user_id, at)
    assert posted(session, "ViewsAppealed") == [{"assessment_id": str(held.id)}]


def test_staff_let_the_views_stay_out_and_say_why(
    session: Session, post: PublishedPost, held: Assessment, bea: Actor, stella: Actor
) -> None:
    service.appeal(session, assessment_id=held.id, words="", actor=bea, now=ASKED)

    service.confirm(
        session, assessment_id=held.id, reason="All from one place.", actor=stella, now=ASKED
    )

    session.flush()
    assert (held.state, held.decide_by) == (S.CONFIRMED, None)
    assert (held.decided_by, held.decided_at) == (stella.user_id, ASKED)
    assert counted(session, post, END) == (30_001, 10_001)
    assert posted(session, "ViewsDecided") == [{"assessment_id": str(held.id)}]


def test_a_silent_creator_lets_the_views_stay_out(
    session: Session, post: PublishedPost, held: Assessment
) -> None:
    end = ASKED + 7 * DAY
    assert service.end_silent(session, now=end - timedelta(seconds=1)) == 0

    assert [service.end_silent(session, now=end) for _ in range(2)] == [1, 0]

    session.flush()
    assert (held.state, held.decided_by, held.decided_at) == (S.CONFIRMED, None, end)
    assert counted(session, post, END) == (30_001, 10_001)


def test_silent_staff_let_the_views_count(
    session: Session, post: PublishedPost, held: Assessment, bea: Actor
) -> None:
    service.appeal(session, assessment_id=held.id, words="", actor=bea, now=ASKED + 6 * DAY)
    end = ASKED + 20 * DAY
    assert service.end_silent(session, now=end - timedelta(seconds=1)) == 0

    assert [service.end_silent(session, now=end) for _ in range(2)] == [1, 0]

    session.flush()
    assert (held.state, held.decided_by) == (S.CLEARED, None)
    assert counted(session, post, END) == (30_001, 30_001)


LATE = ASKED + 7 * DAY


@pytest.mark.parametrize(
    ("verb", "who", "said", "at", "refusal"),
    [
        ("appeal", "bea", {"words": "x" * 1_001}, ASKED, InvalidInput),
        ("appeal", "bea", {"words": ""}, LATE, Conflict),
        ("appeal", "carl", {"words": ""}, ASKED, NotFound),
        ("appeal", "stella", {"words": ""}, ASKED, NotFound),
        ("clear", "bea", {"reason": "Mine."}, ASKED, NotPermitted),
        ("clear", "stella", {"reason": " "}, ASKED, InvalidInput),
        ("clear", "stella", {"reason": "x" * 1_001}, ASKED, InvalidInput),
        ("clear", "stella", {"reason": "Late."}, LATE, Conflict),
        ("confirm", "stella", {"reason": "Unheard."}, ASKED, InvalidTransition),
        ("confirm", "bea", {"reason": "Mine."}, ASKED, NotPermitted),
    ],
)
def test_what_is_refused_changes_nothing(
    session: Session,
    post: PublishedPost,
    held: Assessment,
    request: pytest.FixtureRequest,
    verb: str,
    who: str,
    said: dict[str, str],
    at: datetime,
    refusal: type[MarketplaceError],
) -> None:
    actor = request.getfixturevalue(who)

    with pytest.raises(refusal):
        getattr(service, verb)(session, assessment_id=held.id, actor=actor, now=at, **said)

    session.flush()
    assert held.state is S.HELD
    assert counted(session, post, END) == (30_001, 10_001)
    assert session.scalars(select(Appeal)).all() == []


def test_what_is_decided_stays_decided(
    session: Session, held: Assessment, bea: Actor, stella: Actor
) -> None:
    service.clear(session, assessment_id=held.id, reason="Linked.", actor=stella, now=ASKED)
    session.flush()

    for again in (service.clear, service.confirm):
        with pytest.raises(InvalidTransition):
            again(session, assessment_id=held.id, reason="Once more.", actor=stella, now=ASKED)
    with pytest.raises(InvalidTransition):
        service.appeal(session, assessment_id=held.id, words="", actor=bea, now=ASKED)
    assert held.reason == "Linked."
    assert len(session.scalars(select(Evidence)).all()) == 1


def test_views_that_are_held_without_evidence_are_found(
    session: Session, post: PublishedPost, held: Assessment, stella: Actor
) -> None:
    def told() -> list[tuple[str, str]]:
        session.flush()
        return [(each.subject, each.text) for each in CHECKS[0].find(session)]

    assert told() == []
    nobodys = new_id()
    for held_for in (held.id, nobodys):
        holding.hold_views(
            session, post_id=post.id, held_for=held_for, from_at=ASKED + DAY, views=5
        )
    assert sorted(told()) == sorted(
        [
            (
                f"views in question {held.id}",
                "20,005 views are held, and evidence puts 20,000 in question.",
            ),
            (
                f"views in question {nobodys}",
                "5 views are held, and evidence puts 0 in question.",
            ),
        ]
    )
    for held_for in (held.id, nobodys):
        holding.let_count(session, held_for=held_for)
    service.clear(session, assessment_id=held.id, reason="Linked.", actor=stella, now=ASKED)
    assert told() == []


def test_every_move_is_drawn_and_no_other() -> None:
    allowed = {
        (state.value, event.value): LIFE.next(state, event).value
        for state in AssessmentState
        for event in AssessmentEvent
        if LIFE.allows(state, event)
    }

    assert allowed == {
        ("held", "appeal"): "appealed",
        ("held", "clear"): "cleared",
        ("held", "creator_silent"): "confirmed",
        ("appealed", "clear"): "cleared",
        ("appealed", "confirm"): "confirmed",
        ("appealed", "staff_silent"): "cleared",
    }
