"""Whose word an audience is: pictures judged by staff, and guesses while nobody has said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.creators import queries
from marketplace.creators import service as creators
from marketplace.creators.models import AudienceProof, AudienceSnapshot, Channel
from marketplace.creators.rules import Audience, AudienceSource, ProofState
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidInput, InvalidTransition, NotFound, NotPermitted
from marketplace.kernel.files import StoredFile
from marketplace.kernel.ids import new_id
from marketplace.notifications.models import Notification
from tests.conftest import NOON
from tests.factories.creators import (
    make_audience,
    make_channel,
    make_creator,
    make_proof,
    make_video,
)

PICTURE = StoredFile(key="0a.png", name="mine.png", content_type="image/png", size_bytes=900)


@pytest.fixture
def channel(session: Session, bea: Actor) -> Channel:
    assert bea.creator_id is not None
    return make_channel(session, creator_id=bea.creator_id)


def told(session: Session, user_id: UUID | None) -> list[str]:
    return list(
        session.scalars(
            select(Notification.title)
            .where(Notification.user_id == user_id, Notification.kind == "audience_judged")
            .order_by(Notification.created_at, Notification.id)
        )
    )


def source_of(session: Session, channel: Channel) -> AudienceSource | None:
    found = queries.latest_audience(session, channel_id=channel.id)
    return None if found is None else found.source


def test_an_audience_with_a_picture_waits_for_staff(
    session: Session, bea: Actor, channel: Channel
) -> None:
    creators.report_audience(
        session,
        actor=bea,
        audience=Audience(age={"18-24": 6_000}, language={"en": 7_000}),
        sample_size=900,
        taken_at=NOON,
        now=NOON,
        picture=PICTURE,
    )
    session.flush()
    proof = session.scalars(select(AudienceProof)).one()
    assert (proof.state, proof.file_key, proof.size_bytes) == (ProofState.WAITING, "0a.png", 900)
    assert (proof.snapshot.source, proof.snapshot.confirmed_at) == (AudienceSource.UPLOAD, None)
    assert proof.snapshot.language == {"en": 7_000}
    assert [each.id for each in queries.waiting_proofs(session).rows] == [proof.id]


def test_figures_of_a_day_that_has_begun_elsewhere_are_of_this_moment(
    session: Session, bea: Actor, channel: Channel
) -> None:
    def report(ahead: timedelta) -> AudienceSnapshot:
        return creators.report_audience(
            session,
            actor=bea,
            audience=Audience(age={"18-24": 6_000}),
            sample_size=900,
            taken_at=NOON + ahead,
            now=NOON,
        )

    assert report(timedelta(days=1)).taken_at == NOON
    assert report(-timedelta(days=365)).taken_at == NOON - timedelta(days=365)
    for ahead in (timedelta(days=1, seconds=1), -timedelta(days=365, seconds=1)):
        with pytest.raises(InvalidInput) as refusal:
            report(ahead)
        assert set(refusal.value.problems) == {"taken_on"}


def test_a_picture_of_another_type_keeps_nothing(
    session: Session, bea: Actor, channel: Channel
) -> None:
    with pytest.raises(InvalidInput), session.begin_nested():
        creators.report_audience(
            session,
            actor=bea,
            audience=Audience(age={"18-24": 6_000}),
            sample_size=0,
            taken_at=NOON,
            now=NOON,
            picture=StoredFile("0a.gif", "mine.gif", "image/gif", 9),
        )
    assert session.scalar(select(func.count()).select_from(AudienceSnapshot)) == 0


def test_a_confirmed_picture_counts_and_is_decided_once(
    session: Session, bea: Actor, stella: Actor, channel: Channel
) -> None:
    proof = make_proof(session, channel_id=channel.id)

    creators.confirm_proof(session, actor=stella, proof_id=proof.id, now=NOON)

    assert (proof.state, proof.decided_by, proof.snapshot.confirmed_at) == (
        ProofState.CONFIRMED,
        stella.user_id,
        NOON,
    )
    attempts: tuple[Callable[[], None], ...] = (
        lambda: creators.confirm_proof(session, actor=stella, proof_id=proof.id, now=NOON),
        lambda: creators.refuse_proof(
            session, actor=stella, proof_id=proof.id, reason="No.", now=NOON
        ),
    )
    for again in attempts:
        with pytest.raises(InvalidTransition):
            again()
    assert proof.snapshot.set_aside_at is None
    assert told(session, bea.user_id) == ["Your audience is confirmed"]
    assert queries.waiting_proof_count(session) == 0


def test_a_refused_picture_brings_back_what_was_said_before(
    session: Session, bea: Actor, stella: Actor, channel: Channel
) -> None:
    before = make_audience(session, channel_id=channel.id, taken_at=NOON - timedelta(days=60))
    proof = make_proof(session, channel_id=channel.id, handed_in_at=NOON)
    assert queries.latest_audience(session, channel_id=channel.id) == proof.snapshot

    creators.refuse_proof(
        session, actor=stella, proof_id=proof.id, reason=" Another channel. ", now=NOON
    )

    session.flush()
    assert (proof.state, proof.reason) == (ProofState.REFUSED, "Another channel.")
    assert queries.latest_audience(session, channel_id=channel.id) == before
    assert bea.creator_id is not None
    [facts] = queries.facts_of(session, [bea.creator_id], now=NOON)
    assert facts.taken_at == before.taken_at.timestamp()
    assert told(session, bea.user_id) == ["Your picture does not show these shares"]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 601])
def test_a_refusal_needs_a_reason(
    session: Session, stella: Actor, channel: Channel, reason: str
) -> None:
    proof = make_proof(session, channel_id=channel.id)
    with pytest.raises(InvalidInput):
        creators.refuse_proof(session, actor=stella, proof_id=proof.id, reason=reason, now=NOON)
    assert (proof.state, proof.snapshot.set_aside_at) == (ProofState.WAITING, None)


def test_only_staff_judge_pictures(
    session: Session, alice: Actor, bea: Actor, stella: Actor, channel: Channel
) -> None:
    proof = make_proof(session, channel_id=channel.id)
    for other in (alice, bea):
        with pytest.raises(NotPermitted):
            creators.confirm_proof(session, actor=other, proof_id=proof.id, now=NOON)
    with pytest.raises(NotFound):
        creators.confirm_proof(session, actor=stella, proof_id=new_id(), now=NOON)
    assert proof.state is ProofState.WAITING


def test_a_silent_channel_is_guessed_once_and_again_when_it_changes(
    session: Session, bea: Actor, channel: Channel
) -> None:
    make_video(session, channel_id=channel.id, external_id="1", hashtags=["travel"])
    assert bea.creator_id is not None
    creator = queries.creator_by_id(session, bea.creator_id)
    creator.topics, creator.country = ["cooking"], "US"

    def infer() -> int:
        written = creators.infer_audiences(session, channel_ids=[channel.id], now=NOON)
        session.flush()
        return written

    assert (infer(), infer()) == (1, 0)
    found = queries.latest_audience(session, channel_id=channel.id)
    assert found is not None
    assert (found.source, found.sample_size, found.country, found.interest) == (
        AudienceSource.INFERRED,
        1,
        {"US": 3_900},
        {"cooking": 10_000, "travel": 10_000},
    )
    make_video(session, channel_id=channel.id, external_id="2", hashtags=[])
    assert infer() == 1
    found = queries.latest_audience(session, channel_id=channel.id)
    assert found is not None
    assert found.interest == {"cooking": 10_000, "travel": 5_000}


@pytest.mark.parametrize(
    ("posted", "looked", "dated"),
    [(None, 90, 0), (-1, 90, 0), (0, 90, 0), (1, 29, 0), (1, 30, 30), (89, 90, 90)],
)
def test_a_guess_that_new_posts_confirm_is_dated_anew_once_a_month(
    posted: int | None, looked: int, dated: int, session: Session, bea: Actor, channel: Channel
) -> None:
    assert bea.creator_id is not None
    queries.creator_by_id(session, bea.creator_id).country = "US"
    creators.infer_audiences(session, channel_ids=[channel.id], now=NOON)
    if posted is not None:
        at = NOON + timedelta(days=posted)
        make_video(session, channel_id=channel.id, hashtags=[], published_at=at)
    session.flush()
    now = NOON + timedelta(days=looked)

    for _ in range(2):
        creators.infer_audiences(session, channel_ids=[channel.id], now=now)
        session.flush()

    found = queries.latest_audience(session, channel_id=channel.id)
    assert found is not None
    assert (found.source, found.taken_at) == (
        AudienceSource.INFERRED,
        NOON + timedelta(days=dated),
    )


def test_a_word_stands_before_a_newer_guess_and_stops_guessing(
    session: Session, channel: Channel
) -> None:
    creators.infer_audiences(session, channel_ids=[channel.id], now=NOON)
    session.flush()
    assert source_of(session, channel) is AudienceSource.INFERRED

    make_audience(session, channel_id=channel.id, taken_at=NOON - timedelta(days=200))

    assert source_of(session, channel) is AudienceSource.SELF_REPORTED
    assert creators.infer_audiences(session, channel_ids=[channel.id], now=NOON) == 0
    assert channel.id not in queries.channels_without_word(session, limit=9, after=None)


def test_channels_without_a_word_come_in_batches(session: Session, channel: Channel) -> None:
    other = make_channel(
        session, creator_id=make_creator(session).id, external_id="2", handle="other"
    )
    both = sorted([channel.id, other.id])
    assert queries.channels_without_word(session, limit=1, after=None) == both[:1]
    assert queries.channels_without_word(session, limit=9, after=both[0]) == both[1:]


@pytest.mark.parametrize(
    ("source", "is_confirmed", "days"),
    [(AudienceSource.PLATFORM, False, 313), (AudienceSource.UPLOAD, True, 255)],
)
def test_an_own_word_takes_the_place_of_what_was_seen_only_when_that_counts_less(
    session: Session,
    bea: Actor,
    channel: Channel,
    source: AudienceSource,
    is_confirmed: bool,
    days: int,
) -> None:
    seen = make_audience(session, channel_id=channel.id, source=source, taken_at=NOON)
    seen.confirmed_at = NOON if is_confirmed else None
    own = make_audience(session, channel_id=channel.id, taken_at=NOON + timedelta(days=days - 1))
    assert bea.creator_id is not None

    def stands() -> tuple[AudienceSnapshot | None, str | None]:
        session.flush()
        assert bea.creator_id is not None
        [facts] = queries.facts_of(session, [bea.creator_id], now=NOON)
        return queries.latest_audience(session, channel_id=channel.id), facts.audience_source

    assert stands() == (seen, source.value)
    own.taken_at = NOON + timedelta(days=days)
    assert stands() == (own, "self_reported")


def test_of_two_by_the_same_word_the_newer_stands_however_few_it_rests_on(
    session: Session, channel: Channel
) -> None:
    def by_platform(sample_size: int, taken_at: datetime) -> AudienceSnapshot:
        return make_audience(
            session, channel_id=channel.id, source=AudienceSource.PLATFORM,
            sample_size=sample_size, taken_at=taken_at,
        )  # fmt: skip

    by_platform(20_000, NOON - timedelta(days=1))
    newer = by_platform(200, NOON)

    assert queries.latest_audience(session, channel_id=channel.id) == newer
