"""What a bank's word about a chargeback means for the books: the money, not the word, decides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.funding import queries
from marketplace.funding.models import Charge, Chargeback
from marketplace.funding.ports import ChargebackFacts, Taken
from marketplace.funding.rules import (
    OVER,
    ChargebackState,
    Loss,
    Standing,
    comes_after,
    loss_of,
    restored_by,
    returned_part,
)
from marketplace.funding.service.freezing import lock_money
from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.money import Money
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Code, Entry, events
from marketplace.ledger.rules.events import Changed


def has_turned(found: Chargeback, facts: ChargebackFacts) -> bool:
    """True when there is something to book: a later stage, or money back after it was lost.

    A win counts once the money is back. More back than was taken is left to a person.
    """
    back = _back(found, facts)
    if back is not None and back > found.amount:
        return False
    if found.state is ChargebackState.LOST and found.withdrawn_at is not None:
        return back is not None and not found.returned
    if facts.state is ChargebackState.WON and found.withdrawn_at is not None and back is None:
        return False
    return comes_after(facts.state, found.state)


def conclude_chargeback(
    session: Session, found: Chargeback, charge: Charge, facts: ChargebackFacts, now: datetime
) -> None:
    """Take the next state, with the entries that it means: what came back, and what did not."""
    lock_money(session, charge)
    for entry in _entries(session, found, charge, facts, now):
        ledger.write_entry(session, entry, occurred_at=now, actor=SYSTEM)
    if facts.state in OVER:
        found.frozen = Money(0, found.currency)
        found.ended_at = now
    if comes_after(facts.state, found.state) or facts.state is ChargebackState.WON:
        found.state = facts.state


def _entries(
    session: Session, found: Chargeback, charge: Charge, facts: ChargebackFacts, now: datetime
) -> Iterator[Entry]:
    """One after the other: what a loss is paid from depends on what came back before it."""
    if facts.state not in OVER:
        return
    if found.withdrawn_at is None:
        if found.frozen_minor:
            yield events.unfrozen(
                stripe_warning_id=found.stripe_dispute_id,
                campaign_id=found.campaign_id,
                amount=found.frozen,
            )
        return
    back = _back(found, facts)
    if back is not None and facts.reinstated is not None:
        changed = _changed_back(found, charge, back, facts.reinstated)
        if found.state is ChargebackState.LOST:
            yield from _restore(session, found, back, facts.reinstated, changed)
        else:
            yield _won(found, back, facts.reinstated, changed)
        found.returned = back
    rest = found.amount - (back or Money(0, found.currency))
    if rest and found.state is not ChargebackState.LOST:
        yield from _loss(session, found, rest, now)


def _back(found: Chargeback, facts: ChargebackFacts) -> Money | None:
    return returned_part(
        found.amount,
        withdrawn=facts.withdrawn.amount if facts.withdrawn else None,
        reinstated=facts.reinstated.amount if facts.reinstated else None,
        won=facts.state is ChargebackState.WON,
    )


def _changed_back(
    found: Chargeback, charge: Charge, back: Money, reinstated: Taken
) -> Changed | None:
    """What stood for what came back of a charge that had been changed into another currency."""
    if found.stood_minor is None:
        return None
    there = Money(found.stood_minor, charge.settled.currency)
    stood = Standing(found.amount, there).for_part(back)
    found.stood_minor -= stood.minor
    return Changed(moved=reinstated.amount, stood=stood)


def _won(found: Chargeback, back: Money, reinstated: Taken, changed: Changed | None) -> Entry:
    """What came back; of what was frozen, what the loss of the rest does not need."""
    rest = found.amount - back
    needed = min(found.frozen, rest)
    unfreeze = found.frozen - needed
    found.frozen = needed
    return events.chargeback_won(
        stripe_dispute_id=found.stripe_dispute_id,
        chargeback_id=found.id,
        campaign_id=found.campaign_id,
        amount=back,
        fee_back=-reinstated.fee,
        unfreeze=unfreeze,
        movement_ref=found.stripe_dispute_id,
        changed=changed,
    )


def _loss(session: Session, found: Chargeback, lost: Money, now: datetime) -> Iterator[Entry]:
    """What it is paid from; the tax on a fee that nobody can earn is the campaign's again."""
    unspent = queries.unspent_of(session, found.campaign, now=now)
    frozen, funds, nothing = found.frozen, unspent.left.funds, Money(0, found.currency)
    without_fee = loss_of(lost, frozen=frozen, funds=funds, fee=nothing)
    fee = min(unspent.fee_with(unspent.left.funds + frozen), without_fee.owed)
    tax = min(unspent.tax_with(fee), without_fee.owed - fee)
    if tax:
        yield events.fee_returned(
            campaign_id=found.campaign_id, number=found.stripe_dispute_id, fee=nothing, tax=tax
        )
    loss = loss_of(lost, frozen=frozen, funds=funds + tax, fee=fee)
    found.owed = loss.owed
    yield events.chargeback_lost(
        stripe_dispute_id=found.stripe_dispute_id,
        chargeback_id=found.id,
        campaign_id=found.campaign_id,
        brand_id=found.brand_id,
        from_frozen=loss.from_frozen,
        from_funds=loss.from_funds,
        from_fee=loss.from_fee,
        owed=loss.owed,
    )


def _restore(
    session: Session, found: Chargeback, back: Money, reinstated: Taken, changed: Changed | None
) -> Iterator[Entry]:
    """Give what came back after all to whom the loss took it from, the last first."""
    loss = _booked_loss(session, found)
    restored = restored_by(
        back,
        loss=loss,
        still_owed=queries.owed_by(session, brand_id=found.brand_id, currency=found.currency),
        paid=queries.paid_of_debts(session, brand_id=found.brand_id, currency=found.currency),
    )
    found.owed = loss.owed - restored.to_debt - restored.to_wallet - restored.to_losses
    yield events.chargeback_won_late(
        stripe_dispute_id=found.stripe_dispute_id,
        chargeback_id=found.id,
        campaign_id=found.campaign_id,
        brand_id=found.brand_id,
        amount=back,
        fee_back=-reinstated.fee,
        to_debt=restored.to_debt,
        to_wallet=restored.to_wallet,
        to_losses=restored.to_losses,
        to_fee=restored.to_fee,
        to_funds=restored.to_funds,
        movement_ref=found.stripe_dispute_id,
        changed=changed,
    )
    tax = _booked(session, events.fee_return_key(found.campaign_id, found.stripe_dispute_id)).get(
        Code.SALES_TAX, Money(0, found.currency)
    )
    if tax and restored.to_fee == loss.from_fee and restored.to_funds >= tax:
        yield events.fee_taken(
            campaign_id=found.campaign_id,
            number=f"{found.stripe_dispute_id}:reinstated",
            fee=Money(0, found.currency),
            tax=tax,
            processor_fee=Money(0, found.currency),
        )


def _booked_loss(session: Session, found: Chargeback) -> Loss:
    taken = _booked(session, events.chargeback_lost_key(found.stripe_dispute_id))
    nothing = Money(0, found.currency)
    return Loss(
        from_frozen=taken.get(Code.CAMPAIGN_FROZEN, nothing),
        from_funds=taken.get(Code.CAMPAIGN_FUNDS, nothing),
        from_fee=taken.get(Code.FEE_UNEARNED, nothing),
        owed=taken.get(Code.OWED_BY_BRAND, nothing),
    )


def _booked(session: Session, key: str) -> dict[Code, Money]:
    """What an entry has taken from where, by the code of its debit side."""
    written = books.written_as(session, [key]).get(key)
    return {pair.debit.code: pair.amount for pair in written.pairs} if written else {}
