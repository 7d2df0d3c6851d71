"""What the tests of funding ask again and again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.funding import service as funding
from marketplace.funding.models import Funding
from marketplace.funding.ports import ChargeFacts
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money
from tests.conftest import NOON


def ask(session: Session, actor: Actor, campaign: Campaign, minor: int = 100_000) -> Funding:
    asked = funding.request_funding(
        session,
        actor=actor,
        campaign_id=campaign.id,
        budget=Money(minor, campaign.currency),
        return_base="https://fairview.test",
        now=NOON,
    )
    session.flush()
    return asked


CHARGED = Money(110_000, "USD")

KEPT = Money(3_220, "USD")


def facts(
    asked: Funding, number: int = 1, amount: Money = CHARGED, fee: Money = KEPT, **more: Any
) -> ChargeFacts:
    told = ChargeFacts(
        charge_id=f"ch_{number}",
        payment_intent_id=f"pi_{number}",
        balance_transaction_id=f"txn_{number}",
        amount=amount,
        processor_fee=fee,
        charged_at=NOON + timedelta(minutes=number),
        available_on=NOON + timedelta(days=2),
        method="card",
        funding_id=asked.id,
    )
    return replace(told, **more)


def pay(session: Session, asked: Funding, *, number: int = 1, **more: Any) -> Funding:
    paid = funding.record_paid(
        session, funding_id=asked.id, charge=facts(asked, number, asked.total, **more), now=NOON
    )
    session.flush()
    return paid
