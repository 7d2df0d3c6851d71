"""A post that was gone is read again while somebody ends its work."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import sleep

from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from marketplace.deliverables import service
from marketplace.deliverables.models import Deliverable, PublishedPost
from marketplace.deliverables.rules import DeliverableState, PostState
from marketplace.metrics import service as metrics
from marketplace.store.locks import lock_row
from tests.factories.campaigns import NOON
from tests.factories.deliverables import reading_at
from tests.races.stage import set_up

DAY = timedelta(days=1)
WAITING = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


def test_whoever_has_the_deliverable_gets_its_post_while_a_reading_waits(engine: Engine) -> None:
    stage = set_up(engine, DeliverableState.LIVE)
    with Session(engine) as session:
        post_id = session.scalars(select(PublishedPost.id)).one()
        metrics.start_tracking(session, post_id=post_id, now=NOON)
        service.mark_not_visible(session, post_id=post_id)
        session.commit()

    def read() -> bool:
        with Session(engine) as session:
            reading = reading_at(NOON + DAY, views=5)
            kept = metrics.record_snapshot(session, post_id=post_id, reading=reading)
            session.commit()
            return kept

    with ThreadPoolExecutor(1) as pool, Session(engine) as ending, Session(engine) as seen:
        lock_row(ending, Deliverable, stage.deliverable_id)
        told = pool.submit(read)
        for _ in range(500):
            if seen.scalar(WAITING):
                break
            seen.rollback()
            sleep(0.02)
        ending.execute(text("SELECT FROM published_posts FOR UPDATE NOWAIT"))
        ending.commit()
        assert told.result(timeout=20)

    with Session(engine) as session:
        owed = session.get_one(Deliverable, stage.deliverable_id)
        assert session.get_one(PublishedPost, post_id).state is PostState.VERIFIED
        assert owed.answer_by == NOON + 6 * DAY
