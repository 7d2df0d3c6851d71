"""Early fraud warnings, and a campaign's money that waits for what comes of them."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.causes import service as causes
from marketplace.funding import queries
from marketplace.funding.messages import FraudWarningTurned
from marketplace.funding.models import Charge, FraudWarning
from marketplace.funding.ports import WarningFacts
from marketplace.funding.rules import FREEZES_ON_WARNING, WarningState, more_to_freeze
from marketplace.funding.service.doubting import tell_pledge
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import events
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post

TAKEN_OVER: Final = "It became a chargeback."
SETTLED: Final = "The payment went back, so nothing is left to be done about it."


def record_warning(session: Session, *, facts: WarningFacts, now: datetime) -> FraudWarning | None:
    """Write down how a fraud warning stands now; None when its charge is not one of ours.

    The campaign's unspent money is frozen with it, at most the charge; it is free again when the
    payment went back. The second time nothing happens.
    """
    charge = locked_charge(session, facts.charge_id)
    if charge is None:
        return None
    made = session.scalar(
        insert(FraudWarning)
        .values(
            id=new_id(),
            stripe_warning_id=facts.warning_id,
            charge_id=charge.id,
            campaign_id=charge.campaign_id,
            brand_id=charge.funding.brand_id,
            kind=facts.kind,
            frozen_minor=0,
            currency=charge.currency,
            state=WarningState.OPEN,
            warned_at=facts.warned_at,
            note="",
        )
        .on_conflict_do_nothing(index_elements=["stripe_warning_id"])
        .returning(FraudWarning.id)
    )
    known = session.scalar(
        select(FraudWarning.id).where(FraudWarning.stripe_warning_id == facts.warning_id)
    )
    assert known is not None
    found = lock_row(session, FraudWarning, known)
    if made is not None:
        post(session, FraudWarningTurned(warning_id=found.id, state=found.state.value))
        if FREEZES_ON_WARNING and facts.actionable and not charge.charged_back_minor:
            found.frozen = freeze_for(
                session, charge, facts.warning_id, charge.amount, facts.warned_at
            )
    if not facts.actionable and found.state is WarningState.OPEN:
        _unfreeze(session, found, actor=SYSTEM, now=now)
        end_warning(session, found, note=SETTLED, at=now)
    tell_pledge(session, campaign_id=charge.campaign_id, now=now)
    return found


def dismiss_warning(
    session: Session, *, actor: Actor, warning_id: UUID, note: str, now: datetime
) -> FraudWarning:
    """Free what a warning froze, because staff found that the payment is in order.

    Raises NotFound, NotPermitted, InvalidInput (no note), Conflict (it is over already).
    """
    if not actor.is_staff or actor.user_id is None:
        raise NotPermitted("decide about fraud warnings")
    if not note:
        raise InvalidInput({"note": "Say what you found out."})
    found = lock_row(session, FraudWarning, warning_id)
    if found.state is WarningState.OVER:
        raise Conflict("This warning is over already")
    causes.lock_pledge(session, campaign_id=found.campaign_id)
    _unfreeze(session, found, actor=actor, now=now)
    end_warning(session, found, note=note, at=now)
    found.ended_by = actor.user_id
    tell_pledge(session, campaign_id=found.campaign_id, now=now)
    return found


def _unfreeze(session: Session, found: FraudWarning, *, actor: Actor, now: datetime) -> None:
    if found.frozen_minor:
        entry = events.unfrozen(
            stripe_warning_id=found.stripe_warning_id,
            campaign_id=found.campaign_id,
            amount=found.frozen,
        )
        ledger.write_entry(session, entry, occurred_at=now, actor=actor)


def locked_charge(session: Session, stripe_charge_id: str) -> Charge | None:
    """Lock the charge that the processor names, and what its campaign gives; None for a stranger's.

    The charge comes first, then the pledge, then the accounts of the ledger.
    """
    known = session.scalar(select(Charge.id).where(Charge.stripe_charge_id == stripe_charge_id))
    if known is None:
        return None
    charge = lock_row(session, Charge, known)
    causes.lock_pledge(session, campaign_id=charge.campaign_id)
    return charge


def freeze_for(
    session: Session, charge: Charge, warning_id: str, amount: Money, at: datetime
) -> Money:
    """Set the campaign's unspent money aside, at most so much; return how much that was."""
    lock_money(session, charge)
    funds = queries.funds_of(session, campaign_id=charge.campaign_id, currency=charge.currency)
    freeze = more_to_freeze(amount=amount, frozen=Money(0, amount.currency), funds=funds)
    if freeze:
        entry = events.frozen(
            stripe_warning_id=warning_id, campaign_id=charge.campaign_id, amount=freeze
        )
        ledger.write_entry(session, entry, occurred_at=at, actor=SYSTEM)
    return freeze


def lock_money(session: Session, charge: Charge) -> None:
    """Lock every balance that a chargeback of this charge may touch."""
    refs = [
        events.campaign_funds(charge.campaign_id),
        events.campaign_frozen(charge.campaign_id),
        events.fee_unearned(charge.campaign_id),
        events.owed_by_brand(charge.funding.brand_id),
    ]
    ledger.lock_accounts(session, refs=refs, currency=charge.currency)


def end_warning(session: Session, found: FraudWarning, *, note: str, at: datetime) -> None:
    """Write down that a warning is over; what it froze is somebody else's to free or to use."""
    found.state = WarningState.OVER
    found.ended_at = at
    found.frozen = Money(0, found.currency)
    found.note = note
    post(session, FraudWarningTurned(warning_id=found.id, state=found.state.value))
