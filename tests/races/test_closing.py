"""An application is withdrawn while the campaign's closing ends all that are open."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from marketplace.collaborations import service
from marketplace.collaborations.models import Application, Offer
from marketplace.collaborations.rules import ApplicationState, OfferState
from tests.factories.campaigns import NOON
from tests.races.test_accept_offer import offers

WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


def end_all(engine: Engine, campaign_id: UUID) -> int:
    with Session(engine) as session:
        ended = service.end_negotiations(session, campaign_id=campaign_id, now=NOON)
        session.commit()
        return ended


def test_who_withdraws_meanwhile_does_not_keep_the_others_waiting(engine: Engine) -> None:
    with Session(engine) as session:
        (_, bea), (_, carl) = offers(session, creators=["bea", "carl"], cents=100_000)
        mine = session.scalars(
            select(Application).where(Application.creator_id == bea.creator_id)
        ).one()

    with Session(engine) as session, ThreadPoolExecutor(1) as pool:
        service.withdraw(session, application_id=mine.id, actor=bea, now=NOON)
        session.flush()
        closing = pool.submit(end_all, engine, mine.campaign_id)
        with engine.connect() as watch:
            while not watch.execute(WAITING).scalar() and not closing.done():
                watch.rollback()
        session.commit()
        assert closing.result(timeout=60) == 1

    with Session(engine) as session:
        states = dict(session.execute(select(Application.creator_id, Application.state)).all())
        assert states == {
            bea.creator_id: ApplicationState.WITHDRAWN,
            carl.creator_id: ApplicationState.DECLINED,
        }
        assert set(session.scalars(select(Offer.state))) == {
            OfferState.DECLINED,
            OfferState.WITHDRAWN,
        }
