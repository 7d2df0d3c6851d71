"""What tests of money that comes back ask and do again and again."""

from __future__ import annotations

from sqlalchemy import select

from marketplace.funding.models import Chargeback, Funding
from marketplace.notifications.models import Notification
from marketplace.reconciliation import checks
from marketplace.reconciliation import queries as reconciliation
from tests.workers.road import Road
from workers import chargebacks as chargeback_jobs
from workers import funding as funding_jobs

DISPUTED = "4000000000000259"


def pay(road: Road, card: str) -> Funding:
    asked = road.ask_for_money()
    assert asked.checkout_url is not None
    assert road.world.sandbox.pay(asked.checkout_url, card=card).status_code == 303
    hear(road)
    look(road)  # what became of a charge may be told before we know the charge
    return asked


def hear(road: Road, *, again: bool = False) -> None:
    """Every webhook, and all that follows."""
    road.world.webhooks(again=again)
    road.world.drain(mail=True)
    road.session.expire_all()


def look(road: Road) -> None:
    """What the clock does, without any webhook."""
    road.world.sweep(funding_jobs.ring_open_money_in)
    road.world.drain(mail=True)
    road.world.sweep(chargeback_jobs.look_for_chargebacks)
    road.world.drain(mail=True)
    road.session.expire_all()


def told(road: Road) -> list[str]:
    return list(road.session.scalars(select(Notification.kind).order_by(Notification.id)))


def agrees(road: Road) -> None:
    """Every line is paired and nothing is broken; what a loss costs us is only told."""
    road.reconcile()
    assert [found.detail for found in reconciliation.open_breaks(road.session)] == []
    assert reconciliation.unpaired_lines(road.session) == []
    assert reconciliation.unpaired_entries(road.session) == []
    broken = [each for each in checks.run_all(road.session) if each.broken]
    assert [(each.name, each.findings) for each in broken] == []


def the_chargeback(road: Road) -> Chargeback:
    return road.session.scalars(select(Chargeback)).one()
