"""What the last posts of a channel touch: kept with them, objected to, judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.creators import queries
from marketplace.creators import service as creators
from marketplace.creators.models import Channel, SubjectObjection
from marketplace.creators.ports import VideoFacts
from marketplace.creators.rules.subjects import ObjectionState, Subject
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, InvalidTransition, NotPermitted
from marketplace.notifications.models import Notification
from tests.conftest import NOON
from tests.factories.creators import make_channel, make_video, object_to

VIDEO = VideoFacts(
    external_id="1",
    address=None,
    description="A cold beer #beer #garden",
    published_at=NOON - timedelta(days=4),
    duration_seconds=20,
    views=100,
    likes=9,
    comments=1,
    shares=1,
)


@pytest.fixture
def channel(session: Session, bea: Actor) -> Channel:
    """Bea's, without a video."""
    assert bea.creator_id is not None
    return make_channel(session, creator_id=bea.creator_id)


def read(session: Session, channel: Channel, count: int, *, first: int = 1) -> None:
    """Read so many posts about beer."""
    creators.record_videos(
        session,
        channel_id=channel.id,
        videos=[replace(VIDEO, external_id=str(number)) for number in range(first, first + count)],
    )


def objections(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(SubjectObjection)) or 0


def test_reading_a_channel_says_what_its_posts_touch_from_the_second_on(
    session: Session, channel: Channel
) -> None:
    read(session, channel, 1)
    assert channel.subjects == []

    for _ in range(2):
        read(session, channel, 2)

    assert channel.subjects == ["alcohol"]
    [found] = queries.findings_of(session, channel_id=channel.id)
    assert (found.subject, len(found.posts), found.of) == (Subject.ALCOHOL, 2, 2)
    assert found.words == ["beer"]


def test_looking_again_changes_nothing_and_newer_posts_take_it_away(
    session: Session, channel: Channel
) -> None:
    read(session, channel, 2)
    assert creators.find_subjects(session, channel_ids=[channel.id]) == 0

    for number in range(29):
        make_video(session, channel_id=channel.id, external_id=f"new-{number}", published_at=NOON)

    assert creators.find_subjects(session, channel_ids=[channel.id]) == 1
    assert channel.subjects == []


def test_whoever_objects_waits_once_for_each_subject(
    session: Session, channel: Channel, bea: Actor
) -> None:
    read(session, channel, 2)

    object_to(session, bea, Subject.ALCOHOL)
    with pytest.raises(Conflict, match="waits already"):
        object_to(session, bea, Subject.ALCOHOL)

    assert objections(session) == 1
    assert channel.subjects == ["alcohol"]


def test_what_cannot_be_objected_to_is_refused(
    session: Session, channel: Channel, bea: Actor, alice: Actor
) -> None:
    read(session, channel, 2)

    with pytest.raises(Conflict, match="Nothing of gambling is found"):
        object_to(session, bea, Subject.GAMBLING)
    with pytest.raises(InvalidInput):
        object_to(session, bea, Subject.ALCOHOL, words=" ")
    with pytest.raises(InvalidInput):
        object_to(session, bea, Subject.ALCOHOL, words="x" * 501)
    with pytest.raises(NotPermitted):
        object_to(session, alice, Subject.ALCOHOL)

    assert objections(session) == 0


def test_a_cleared_subject_is_gone_until_newer_posts_touch_it_again(
    session: Session, channel: Channel, bea: Actor, stella: Actor
) -> None:
    read(session, channel, 2)
    objection = object_to(session, bea, Subject.ALCOHOL)

    creators.clear_subject(session, actor=stella, objection_id=objection.id, now=NOON)
    with pytest.raises(InvalidTransition):
        creators.clear_subject(session, actor=stella, objection_id=objection.id, now=NOON)

    assert (objection.state, channel.subjects) == (ObjectionState.CLEARED, [])
    assert queries.findings_of(session, channel_id=channel.id) == []
    told = session.scalars(select(Notification.title)).all()
    assert told == ["Alcohol: you were right"]

    later = replace(VIDEO, published_at=NOON + timedelta(days=1))
    creators.record_videos(
        session,
        channel_id=channel.id,
        videos=[replace(later, external_id=one) for one in ("8", "9")],
    )

    assert channel.subjects == ["alcohol"]


def test_an_upheld_subject_stays_and_only_staff_judge(
    session: Session, channel: Channel, bea: Actor, stella: Actor, alice: Actor
) -> None:
    read(session, channel, 2)
    objection = object_to(session, bea, Subject.ALCOHOL)
    for actor in (bea, alice):
        with pytest.raises(NotPermitted):
            creators.uphold_subject(session, actor=actor, objection_id=objection.id, now=NOON)
    assert objection.state is ObjectionState.WAITING

    creators.uphold_subject(session, actor=stella, objection_id=objection.id, now=NOON)

    assert (objection.state, channel.subjects) == (ObjectionState.UPHELD, ["alcohol"])
    assert object_to(session, bea, Subject.ALCOHOL).state is ObjectionState.WAITING


def test_a_channel_that_does_not_exist_has_no_findings(session: Session) -> None:
    assert queries.findings_of(session, channel_id=UUID(int=7)) == []
