"""Money begins to rest at the same moment as somebody wants to spend it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.rules import DeliverableState
from marketplace.funding import queries as funding
from marketplace.funding.service import take_back
from marketplace.kernel.ids import new_id
from marketplace.payouts import service as payouts
from marketplace.reconciliation import checks
from tests.conftest import _creator
from tests.factories.campaigns import make_campaign
from tests.factories.collaborations import TERMS, make_application, make_offer
from tests.factories.ledger import usd
from tests.factories.money import pay_in
from tests.races.stage import at_once, set_up
from tests.services.counting import END, VIDEOS, begin, book_views


@pytest.mark.parametrize("_", range(4))
def test_what_a_bonus_leaves_is_neither_sent_back_nor_promised_meanwhile(
    engine: Engine, _: int
) -> None:
    """300.00 is free and 250.00 comes back at rest; two ask for 300.00 and one for a cent more."""
    stage = set_up(engine, DeliverableState.ACCEPTED)
    with Session(engine) as session:
        campaign = make_campaign(
            session, brand=session.scalars(select(Brand)).one(), by=stage.alice
        )
        pay_in(session, campaign, by=stage.alice, charge_id="ch_r1")
        bonus = begin(session, campaign, stage.alice, stage.bea, video=VIDEOS[1])
        book_views(session, bonus, 10_000, END)
        dana = _creator(session, "dana")
        wanted = replace(TERMS, fee=usd(30_000))
        applied = make_application(
            session, campaign=campaign, creator=dana, fee=wanted.fee, now=END
        )
        offer = make_offer(session, application=applied, by=stage.alice, offered=wanted, now=END)
        campaign_id, agreed, offer_id = campaign.id, bonus.collaboration_id, offer.id
        session.commit()

    def send_back(session: Session, minor: int) -> object:
        return take_back(
            session,
            actor=stage.alice,
            campaign_id=campaign_id,
            budget=usd(minor),
            asked_as=new_id(),
            now=END,
        )

    told = at_once(
        engine,
        [
            lambda session: send_back(session, 30_000),
            lambda session: payouts.complete(session, collaboration_id=agreed, now=END),
            lambda session: send_back(session, 30_001),
            lambda session: deliverables.accept_offer(
                session, offer_id=offer_id, actor=dana, now=END
            ),
        ],
    )

    assert told == ["conflict", "conflict", "done", "done"]
    with Session(engine) as session:
        seen = session.get_one(Campaign, campaign_id)
        left = funding.unspent_of(session, seen, now=END).left
        assert (left.funds, left.free) == (usd(25_000), usd(0))
        assert [each.name for each in checks.run_all(session) if not each.passed] == []
