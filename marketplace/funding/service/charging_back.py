"""Book how a chargeback stands: any news, in any order, any number of times."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.funding import queries
from marketplace.funding.messages import ChargebackTurned
from marketplace.funding.models import Charge, Chargeback, FraudWarning
from marketplace.funding.ports import ChargebackFacts, Taken
from marketplace.funding.rules import (
    FREEZES_ON_INQUIRY,
    OVER,
    ChargebackState,
    WarningState,
    comes_after,
    loss_of,
    more_to_freeze,
)
from marketplace.funding.service.freezing import (
    TAKEN_OVER,
    end_warning,
    freeze_for,
    lock_money,
    locked_charge,
)
from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, events
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post


def record_chargeback(
    session: Session, *, facts: ChargebackFacts, now: datetime
) -> Chargeback | None:
    """Book how a chargeback stands now; None when its charge is not one of ours.

    1. The money it took, with its fee; what is left of the campaign is frozen, at most as much.
    2. Its outcome, once, when the money has moved as the outcome says: won, lost, or closed.
    What was booked is never booked again, and news that came late changes nothing.
    """
    charge = locked_charge(session, facts.charge_id)
    if charge is None or facts.amount.currency != charge.currency:
        return None
    found = _chargeback(session, charge, facts)
    before = found.state
    if facts.withdrawn is not None and found.withdrawn_at is None:
        _withdraw(session, found, charge, facts.withdrawn)
    if comes_after(facts.state, found.state) and _may_end(found, facts):
        _turn(session, found, charge, facts, now)
    found.evidence_due_by = None if found.state in OVER else facts.evidence_due_by
    if found.state is not before:
        post(session, ChargebackTurned(chargeback_id=found.id, state=found.state.value))
    return found


def _chargeback(session: Session, charge: Charge, facts: ChargebackFacts) -> Chargeback:
    """The row of it; the first time it is made, and what an inquiry freezes is frozen."""
    asks = facts.withdrawn is None
    made = session.scalar(
        insert(Chargeback)
        .values(
            id=new_id(),
            stripe_dispute_id=facts.dispute_id,
            charge_id=charge.id,
            campaign_id=charge.campaign_id,
            brand_id=charge.funding.brand_id,
            amount_minor=facts.amount.minor,
            fee_minor=0,
            frozen_minor=0,
            owed_minor=0,
            currency=facts.amount.currency,
            state=ChargebackState.INQUIRY if asks else ChargebackState.NEEDS_RESPONSE,
            reason=facts.reason,
            opened_at=facts.opened_at,
        )
        .on_conflict_do_nothing(index_elements=["stripe_dispute_id"])
        .returning(Chargeback.id)
    )
    known = session.scalar(
        select(Chargeback.id).where(Chargeback.stripe_dispute_id == facts.dispute_id)
    )
    assert known is not None
    found = lock_row(session, Chargeback, known)
    if made is not None:
        post(session, ChargebackTurned(chargeback_id=found.id, state=found.state.value))
        if FREEZES_ON_INQUIRY and asks and facts.state not in OVER:
            found.frozen = freeze_for(
                session, charge, facts.dispute_id, facts.amount, facts.opened_at
            )
    return found


def _withdraw(session: Session, found: Chargeback, charge: Charge, taken: Taken) -> None:
    """Book the money it took; what warnings of the same charge froze is now frozen for it."""
    lock_money(session, charge)
    for warning in session.scalars(
        select(FraudWarning)
        .where(FraudWarning.charge_id == charge.id, FraudWarning.state == WarningState.OPEN)
        .with_for_update()
    ):
        found.frozen += warning.frozen
        end_warning(session, warning, note=TAKEN_OVER, at=taken.moved_at)
    funds = queries.funds_of(session, campaign_id=charge.campaign_id, currency=charge.currency)
    freeze = more_to_freeze(amount=taken.amount, frozen=found.frozen, funds=funds)
    entry = events.chargeback_withdrawn(
        stripe_dispute_id=found.stripe_dispute_id,
        chargeback_id=found.id,
        campaign_id=found.campaign_id,
        amount=taken.amount,
        fee=taken.fee,
        freeze=freeze,
        movement_ref=found.stripe_dispute_id,
    )
    ledger.write_entry(session, entry, occurred_at=taken.moved_at, actor=SYSTEM)
    found.amount = taken.amount
    found.fee = taken.fee
    found.frozen += freeze
    found.withdrawn_at = taken.moved_at
    left = charge.amount_minor - charge.refunded_minor
    charge.charged_back_minor = min(taken.amount.minor, left)
    if found.state is ChargebackState.INQUIRY:
        found.state = ChargebackState.NEEDS_RESPONSE


def _may_end(found: Chargeback, facts: ChargebackFacts) -> bool:
    """A win counts once the money is back; what comes back in part is for a person to look at."""
    if facts.state is not ChargebackState.WON or found.withdrawn_at is None:
        return True
    return facts.reinstated is not None and facts.reinstated.amount == found.amount


def _turn(
    session: Session, found: Chargeback, charge: Charge, facts: ChargebackFacts, now: datetime
) -> None:
    """Take the next state, with the entry that it means."""
    lock_money(session, charge)
    entry: Entry | None = None
    if facts.state in OVER and found.withdrawn_at is None:
        if found.frozen_minor:
            entry = events.unfrozen(
                stripe_warning_id=found.stripe_dispute_id,
                campaign_id=found.campaign_id,
                amount=found.frozen,
            )
    elif facts.state is ChargebackState.WON:
        assert facts.reinstated is not None
        entry = events.chargeback_won(
            stripe_dispute_id=found.stripe_dispute_id,
            chargeback_id=found.id,
            campaign_id=found.campaign_id,
            amount=found.amount,
            fee_back=-facts.reinstated.fee,
            unfreeze=found.frozen,
            movement_ref=found.stripe_dispute_id,
        )
        charge.charged_back_minor = 0
    elif facts.state is ChargebackState.LOST:
        entry = _loss(session, found, now)
    if entry is not None:
        ledger.write_entry(session, entry, occurred_at=now, actor=SYSTEM)
    if facts.state in OVER:
        found.frozen = Money(0, found.currency)
        found.ended_at = now
    found.state = facts.state


def _loss(session: Session, found: Chargeback, now: datetime) -> Entry:
    """What it is paid from; the tax on a fee that nobody can earn is the campaign's again."""
    unspent = queries.unspent_of(session, found.campaign, now=now)
    frozen, funds, nothing = found.frozen, unspent.budget, Money(0, found.currency)
    without_fee = loss_of(found.amount, frozen=frozen, funds=funds, fee=nothing)
    fee = min(unspent.fee_with(unspent.budget + frozen), without_fee.owed)
    tax = min(unspent.tax_with(fee), without_fee.owed - fee)
    if tax:
        number = found.stripe_dispute_id
        back = events.fee_returned(
            campaign_id=found.campaign_id, number=number, fee=nothing, tax=tax
        )
        ledger.write_entry(session, back, occurred_at=now, actor=SYSTEM)
    loss = loss_of(found.amount, frozen=frozen, funds=funds + tax, fee=fee)
    found.owed = loss.owed
    return events.chargeback_lost(
        stripe_dispute_id=found.stripe_dispute_id,
        chargeback_id=found.id,
        campaign_id=found.campaign_id,
        brand_id=found.brand_id,
        from_frozen=loss.from_frozen,
        from_funds=loss.from_funds,
        from_fee=loss.from_fee,
        owed=loss.owed,
    )
