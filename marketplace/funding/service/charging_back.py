"""Book how a chargeback stands: any news, in any order, any number of times."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
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
    more_to_freeze,
)
from marketplace.funding.service.concluding import conclude_chargeback, has_turned
from marketplace.funding.service.doubting import tell_pledge
from marketplace.funding.service.freezing import (
    TAKEN_OVER,
    end_warning,
    freeze_for,
    lock_money,
    locked_charge,
)
from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.ids import new_id
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import events
from marketplace.ledger.rules.events import Changed
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post


def record_chargeback(
    session: Session, *, facts: ChargebackFacts, now: datetime
) -> Chargeback | None:
    """Book how a chargeback stands now; None when its charge is not one of ours.

    1. The money it took, with its fee; what is left of the campaign is frozen, at most as much.
    2. Its outcome, once, by the money that came back: all, a part, or nothing.
    3. Money that came back after it was lost, once.
    What was booked is never booked again, and news that came late changes nothing.
    """
    charge = locked_charge(session, facts.charge_id)
    if charge is None or facts.amount.currency != charge.currency:
        return None
    found = _chargeback(session, charge, facts)
    before = found.state
    if facts.withdrawn is not None and found.withdrawn_at is None:
        _withdraw(session, found, charge, facts.withdrawn)
    returned = found.returned
    if has_turned(found, facts):
        conclude_chargeback(session, found, charge, facts, now)
    charge.charged_back_minor = _charged_back(session, charge)
    found.evidence_due_by = None if found.state in OVER else facts.evidence_due_by
    tell_pledge(session, campaign_id=found.campaign_id, now=now)
    if found.state is not before or found.returned != returned:
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
            returned_minor=0,
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
    changed = _changed_away(session, found, charge, taken)
    if changed is None:
        found.amount = taken.amount
    funds = queries.funds_of(session, campaign_id=charge.campaign_id, currency=charge.currency)
    freeze = more_to_freeze(amount=found.amount, frozen=found.frozen, funds=funds)
    entry = events.chargeback_withdrawn(
        stripe_dispute_id=found.stripe_dispute_id,
        chargeback_id=found.id,
        campaign_id=found.campaign_id,
        amount=found.amount,
        fee=taken.fee,
        freeze=freeze,
        movement_ref=found.stripe_dispute_id,
        changed=changed,
    )
    ledger.write_entry(session, entry, occurred_at=taken.moved_at, actor=SYSTEM)
    found.fee_minor = taken.fee.minor
    found.frozen += freeze
    found.withdrawn_at = taken.moved_at
    if found.state is ChargebackState.INQUIRY:
        found.state = ChargebackState.NEEDS_RESPONSE


def _charged_back(session: Session, charge: Charge) -> int:
    """What chargebacks took of a charge and did not give back, at most what is left of it."""
    session.flush()  # the one that was just told of counts as well
    gone = session.scalar(
        select(func.sum(Chargeback.amount_minor - Chargeback.returned_minor)).where(
            Chargeback.charge_id == charge.id, Chargeback.withdrawn_at.is_not(None)
        )
    )
    return min(int(gone or 0), charge.amount_minor - charge.refunded_minor)


def _changed_away(
    session: Session, found: Chargeback, charge: Charge, taken: Taken
) -> Changed | None:
    """What stood for it of a charge that was changed; None where it left as it had come."""
    if taken.amount.currency == found.currency:
        return None
    standing = queries.standing_of(session, charge)
    stood = standing.for_part(min(found.amount, standing.amount))
    found.stood_minor = stood.minor
    return Changed(moved=taken.amount, stood=stood)
