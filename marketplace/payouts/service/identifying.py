"""Movements that nobody knew and that turn out to be a creator's; whoever says so has booked it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence
from marketplace.payouts.models import Earning, Payout
from marketplace.payouts.rules import EarningKind, EarningState
from marketplace.store.locks import lock_rows


def take_as_paid(
    session: Session, *, creator_id: UUID, amount: Money, stripe_transfer_id: str | None
) -> None:
    """Mark what is payable to a creator as paid, because this money was sent to them already.

    Payouts take everything that is payable, so it is the oldest that adds up to the amount.
    stripe_transfer_id: of the payout that it turned out to be. Raises InvalidInput when what is
    payable does not add up to it.
    """
    mine = [Earning.creator_id == creator_id, Earning.currency == amount.currency]
    ids = session.scalars(select(Earning.id).where(*mine, Earning.state == EarningState.PAYABLE))
    payable = [e for e in lock_rows(session, Earning, ids) if e.state is EarningState.PAYABLE]
    taken: list[Earning] = []
    for earning in payable:
        if sum(each.left_minor for each in taken) < amount.minor:
            taken.append(earning)
    if sum(each.left_minor for each in taken) != amount.minor or any(
        each.withheld_minor for each in taken
    ):
        held = Money(sum(each.left_minor for each in payable), amount.currency)
        raise InvalidInput(
            {
                "becomes": Sentence(
                    "What is payable to this creator, {held}, does not add up to {amount}: it was"
                    " another payment.",
                    held=held,
                    amount=amount,
                )
            }
        )
    sent_as = None
    if stripe_transfer_id is not None:
        sent_as = session.scalar(
            select(Payout.id).where(
                Payout.creator_id == creator_id, Payout.stripe_transfer_id == stripe_transfer_id
            )
        )
    for earning in taken:
        earning.state = EarningState.PAID
        earning.payout_id = sent_as


def give_back(session: Session, *, creator_id: UUID, amount: Money, now: datetime) -> None:
    """Write down that this money is payable to a creator: it had been sent to them and came back.

    Raises InvalidInput for a creator who was never sent as much in this currency.
    """
    last = session.scalar(
        select(Earning)
        .where(
            Earning.creator_id == creator_id,
            Earning.currency == amount.currency,
            Earning.state == EarningState.PAID,
        )
        .order_by(Earning.payable_at.desc(), Earning.id.desc())
        .limit(1)
    )
    if last is None:
        raise InvalidInput(
            {"becomes": f"This creator was never sent anything in {amount.currency}."}
        )
    session.add(
        Earning(
            kind=EarningKind.RETURNED,
            deliverable_id=last.deliverable_id,
            campaign_id=last.campaign_id,
            creator_id=creator_id,
            fee_minor=amount.minor,
            platform_share_minor=0,
            net_minor=amount.minor,
            currency=amount.currency,
            state=EarningState.PAYABLE,
            earned_at=now,
            payable_at=now,
        )
    )
