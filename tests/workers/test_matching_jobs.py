"""The jobs that keep the columns: made where they are missing, changed where somebody changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.messages import CategorySaid
from marketplace.campaigns.service import say_category
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import CollaborationState
from marketplace.config import Settings
from marketplace.creators.models import CreatorMark, CreatorRecord
from marketplace.deliverables.models import PublishedPost
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor
from marketplace.matching import columns, queries
from marketplace.matching.columns import folder
from marketplace.matching.rules.left_out import LeftOut
from marketplace.matching.rules.promised import NO_VIDEOS, VideoRecord
from marketplace.metrics import service as metrics
from marketplace.store.outbox import OutboxMessage
from tests.conftest import NOON
from tests.factories.campaigns import make_campaign
from tests.factories.creators import make_channel, make_creator, make_exclusivity
from tests.factories.deliverables import make_deliverable, reading_at
from tests.factories.market import make_hireable
from workers import matching
from workers.clock import Clock
from workers.runtime import Run
from workers.schedule import SCHEDULE


@pytest.fixture
def place(app: Flask, tmp_path: Path) -> Iterator[Path]:
    columns.use_folder(str(tmp_path / "columns"))
    yield tmp_path / "columns"
    columns.use_folder("")


def run(app: Flask, settings: Settings, *, days: int = 0) -> Run:
    now = NOON + timedelta(days=days)
    return Run(settings=settings, gateways=app.extensions["gateways"], now=now)


def rows(place: Path) -> int:
    return folder.open_version(place / folder.current_name(place)).rows


def test_the_first_refresh_makes_the_columns_and_the_next_puts_in_who_joined(
    app: Flask, settings: Settings, session: Session, place: Path
) -> None:
    make_channel(session, creator_id=make_creator(session).id)
    with app.app_context():
        matching.refresh_columns(run(app, settings))
        name = folder.current_name(place)
        assert rows(place) == 1

        make_channel(session, creator_id=make_creator(session).id)
        for _ in range(2):
            matching.refresh_columns(run(app, settings))

    assert (folder.current_name(place), rows(place)) == (name, 2)


def test_while_somebody_else_writes_a_job_leaves_it_for_later(
    app: Flask, settings: Settings, session: Session, place: Path
) -> None:
    make_creator(session)
    with app.app_context(), folder.writing(place):
        matching.refresh_columns(run(app, settings))
        matching.rebuild_columns(run(app, settings))

    assert not (place / "current").exists()


@pytest.mark.parametrize("in_the_way", ["columns", "columns/lock"])
def test_where_nothing_can_be_written_a_job_leaves_it_for_later(
    app: Flask, settings: Settings, session: Session, place: Path, in_the_way: str
) -> None:
    make_creator(session)
    found = place.parent / in_the_way
    if found == place:
        found.write_text("a file where the folder should be")
    else:
        found.mkdir(parents=True)
    with app.app_context():
        matching.refresh_columns(run(app, settings))
        matching.rebuild_columns(run(app, settings))

    assert not (place / "current").exists()


def test_without_a_folder_nothing_is_done(app: Flask, settings: Settings, session: Session) -> None:
    columns.use_folder("")
    with app.app_context():
        matching.refresh_columns(run(app, settings))
        matching.rebuild_columns(run(app, settings))


def test_every_night_the_columns_are_made_anew_and_old_marks_go(
    app: Flask, settings: Settings, session: Session, place: Path
) -> None:
    make_creator(session)
    with app.app_context():
        matching.refresh_columns(run(app, settings))
        first = folder.current_name(place)
        marks = session.scalar(select(func.count()).select_from(CreatorMark))
        for _ in range(2):
            matching.rebuild_columns(run(app, settings, days=40))

    assert marks == 1
    assert folder.current_name(place) != first
    assert session.scalar(select(func.count()).select_from(CreatorMark)) == 0


def test_a_category_that_is_said_late_reaches_the_feeds_of_those_who_are_bound(
    app: Flask, settings: Settings, session: Session, place: Path, acme: Brand, alice: Actor,
    mallory: Actor,
) -> None:  # fmt: skip
    campaign = make_campaign(session, brand=acme, by=alice)
    campaign.category = None
    bound = make_hireable(session, "Rea Lund")
    make_exclusivity(session, creator_id=bound, brand_id=next(iter(mallory.brands)))
    session.commit()

    def left_out() -> Mapping[LeftOut, int]:
        return queries.feed_for(session, creator_id=bound, now=NOON).set_aside

    with app.app_context():
        matching.refresh_columns(run(app, settings))
        assert left_out() == {}
        say_category(session, campaign_id=campaign.id, category="food", actor=alice)
        said = session.scalars(select(OutboxMessage).where(OutboxMessage.name == "CategorySaid"))
        session.commit()
        matching.work_out_median(CategorySaid.from_json(said.one().body), run(app, settings))

    assert left_out() == {LeftOut.BOUND: 1}


def test_what_came_of_collaborations_is_counted_and_reaches_the_columns(
    app: Flask, settings: Settings, session: Session, place: Path, acme: Brand, alice: Actor,
    bea: Actor,
) -> None:  # fmt: skip
    owed = make_deliverable(session, brand=acme, by=alice, creator=bea)
    make_channel(session, creator_id=bea.creator_id)
    with app.app_context():
        matching.count_outcomes(run(app, settings))
        matching.refresh_columns(run(app, settings))
    record = session.scalars(select(CreatorRecord)).one()
    assert (record.offered_count, record.declined_count) == (1, 0)
    assert (record.kept_count, record.broken_count) == (0, 0)

    collaboration = session.get_one(Collaboration, owed.collaboration_id)
    collaboration.state = CollaborationState.COMPLETED
    session.flush()
    marks = session.scalar(select(func.count()).select_from(CreatorMark))
    with app.app_context():
        for _ in range(2):
            matching.count_outcomes(run(app, settings))
        matching.refresh_columns(run(app, settings))

    session.refresh(record)
    assert (record.creator_id, record.kept_count, record.broken_count) == (bea.creator_id, 1, 0)
    assert session.scalar(select(func.count()).select_from(CreatorMark)) == (marks or 0) + 1
    version = folder.open_version(place / folder.current_name(place))
    assert version.arrays["reliability"][: version.rows].tolist() == [200 * 5 // 6]


def test_what_came_of_videos_is_counted_and_makes_their_chance(
    app: Flask, settings: Settings, session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    assert bea.creator_id is not None
    make_channel(session, creator_id=bea.creator_id, handle="bea.cooks", median_views=20_000)
    for number, views in enumerate((25_000, 12_000)):
        make_deliverable(
            session,
            brand=acme,
            by=alice,
            creator=bea,
            state=DeliverableState.LIVE,
            video_id=f"{number}" * 19,
            campaign_name=f"Beans {number}",
        )
        post = session.scalars(
            select(PublishedPost).where(PublishedPost.external_id == f"{number}" * 19)
        ).one()
        at = NOON + timedelta(days=90)
        metrics.record_snapshot(session, post_id=post.id, reading=reading_at(at, views=views))
    session.commit()

    with app.app_context():
        for days in (89, 90, 90):
            matching.count_outcomes(run(app, settings, days=days))
            if days < 90:
                assert queries.views_chance_of(session, bea.creator_id).record == NO_VIDEOS

    chance = queries.views_chance_of(session, bea.creator_id)
    assert chance.record == VideoRecord(videos=2, met=1, low=2)
    assert chance.met_bps == 5_000
    assert chance.low_bps == round(10_000 * (9 * 19) ** 0.5 / (1 + (9 * 19) ** 0.5))


def test_the_clock_gives_these_jobs_the_time_they_may_need() -> None:
    by_name = {entry.name: entry.seconds for entry in SCHEDULE}

    assert by_name["matching.rebuild_columns"] == by_name["matching.refresh_columns"] == 3_600
    clock = Clock(connection=None)  # type: ignore[arg-type]  # nothing is rung here
    for entry in SCHEDULE:
        clock.add(entry)
    assert {job.name: job.seconds for job in clock._cron_jobs} == by_name  # type: ignore[attr-defined]
