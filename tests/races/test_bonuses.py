"""Workers book bonuses side by side, and the platform fee does not reach for all of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import SYSTEM
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Code, events
from marketplace.payouts import service as payouts
from marketplace.payouts.models import ViewBonus
from marketplace.reconciliation import checks
from tests.conftest import _creator
from tests.factories.campaigns import make_campaign
from tests.factories.ledger import usd
from tests.factories.money import pay_in
from tests.races.stage import at_once, set_up
from tests.services import books
from tests.services.counting import VIDEOS, WEEK, begin, read


def due(engine: Engine, *, fee_left: int, first_views: int | None = None) -> None:
    """Two bonuses of 50.00 each are due; 5.00 of the platform fee goes on top of each.

    first_views: what each was booked by a week before; None for nothing.
    """
    stage = set_up(engine, DeliverableState.ACCEPTED)
    with Session(engine) as session:
        brand = session.scalars(select(Brand)).one()
        campaign = make_campaign(session, brand=brand, by=stage.alice)
        for number in (1, 2):
            pay_in(session, campaign, by=stage.alice, charge_id=f"ch_r{number}")
        creators = (stage.bea, _creator(session, "dana"))
        for creator, video in zip(creators, VIDEOS[1:], strict=True):
            bonus = begin(session, campaign, stage.alice, creator, video=video)
            if first_views is not None:
                read(session, bonus, first_views, WEEK - timedelta(days=1))
                payouts.book_bonuses(session, now=WEEK)
                session.flush()
                session.refresh(bonus)
                bonus.next_booking_at = WEEK + timedelta(hours=1)
            read(session, bonus, 10_000, WEEK)
        left = books.balance(session, Code.FEE_UNEARNED, campaign.id)
        too_much = events.fee_returned(
            campaign_id=campaign.id, number="x", fee=left - usd(fee_left), tax=usd(0)
        )
        ledger.write_entry(session, too_much, occurred_at=WEEK, actor=SYSTEM)
        session.commit()


@pytest.mark.parametrize("first_views", [None, 1_000, 20_000])
@pytest.mark.parametrize("fee_left", [0, 700, 1_000])
def test_rivals_earn_what_is_left_of_the_fee_and_no_more(
    engine: Engine, fee_left: int, first_views: int | None
) -> None:
    due(engine, fee_left=fee_left, first_views=first_views)
    at = WEEK + timedelta(hours=1)

    told = at_once(engine, [lambda session: payouts.book_bonuses(session, now=at, limit=1)] * 2)

    assert told == ["done", "done"]
    with Session(engine) as session:
        while payouts.book_bonuses(session, now=at, limit=1):
            session.commit()
        bonuses = session.scalars(select(ViewBonus)).all()
        assert [each.gross_minor for each in bonuses] == [5_000, 5_000]
        left = books.balance(session, Code.FEE_UNEARNED, bonuses[0].campaign_id)
        if first_views is None:
            assert sum(each.on_top_minor for each in bonuses) == fee_left
            assert left == usd(0)
        assert [each.name for each in checks.run_all(session) if not each.passed] == []
