"""Ask for money back: unspent budget, or what lies in the wallet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.collaborations.rules import FreeMoney, resting_sentence
from marketplace.funding import queries
from marketplace.funding.messages import BankTransferDue
from marketplace.funding.models import Charge, Refund
from marketplace.funding.queries import Unspent
from marketplace.funding.rules import Lot, Part, RefundState, Way, spread_refund
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import AccountRef, events
from marketplace.processor import service as processor
from marketplace.processor.rules import CallKind
from marketplace.store.locks import lock_rows
from marketplace.store.outbox import post


@dataclass(frozen=True, slots=True)
class _Wish:
    """One request for money back; campaign_id: None when it comes from the wallet."""

    brand_id: UUID
    campaign_id: UUID | None
    asked_as: UUID
    actor: Actor
    now: datetime


def refund_unspent(
    session: Session, *, actor: Actor, campaign_id: UUID, now: datetime
) -> list[Refund]:
    """Send back everything that a closed campaign did not spend, with the platform fee on it.

    What rests stays; see ``queries.Unspent``. Raises NotFound, NotPermitted, and
    Conflict when the campaign is still open, nothing is left (so also the second time), all that is
    left stays for now, or the brand owes something.
    """
    campaign = _campaign_to_pay_back(session, actor, campaign_id)
    if campaign.state is not CampaignState.CLOSED:
        raise Conflict("Close the campaign first; then everything unspent can go back")
    charges = _lock(session, campaign.brand_id, campaign.currency, campaign)
    unspent = queries.unspent_of(session, campaign, now=now)
    if not unspent.total:
        if unspent.left.rests:
            raise Conflict(resting_sentence(unspent.left.rests))
        raise Conflict("There is nothing left to send back")
    wish = _Wish(campaign.brand_id, campaign_id, new_id(), actor, now)
    return _take_out(session, wish, unspent, unspent.budget, charges)


def take_back(
    session: Session,
    *,
    actor: Actor,
    campaign_id: UUID,
    budget: Money,
    asked_as: UUID,
    now: datetime,
) -> list[Refund]:
    """Send back a part of what a campaign has not promised, with the platform fee on that part.

    asked_as: of the form; the second time with the same one nothing more goes back. Raises
    NotFound, NotPermitted, InvalidInput (more than is unspent), Conflict (the brand owes).
    """
    campaign = _campaign_to_pay_back(session, actor, campaign_id)
    charges = _lock(session, campaign.brand_id, campaign.currency, campaign)
    known = queries.refunds_asked_as(session, brand_id=campaign.brand_id, asked_as=asked_as)
    if known:
        return known
    unspent = queries.unspent_of(session, campaign, now=now)
    if budget > unspent.budget:
        problem = Sentence("Only {most} is unspent.", most=unspent.budget)
        if unspent.left.rests:
            problem = Sentence(
                "Only {most} can go back now. {rests}.",
                most=unspent.budget,
                rests=resting_sentence(unspent.left.rests),
            )
        raise InvalidInput({"amount": problem})
    wish = _Wish(campaign.brand_id, campaign_id, asked_as, actor, now)
    return _take_out(session, wish, unspent, budget, charges)


def refund_wallet(
    session: Session, *, actor: Actor, brand_id: UUID, amount: Money, asked_as: UUID, now: datetime
) -> list[Refund]:
    """Send back money that lies in a brand's wallet.

    Raises NotFound, NotPermitted, InvalidInput (more than there is), Conflict (the brand owes).
    The second time with the same asked_as nothing more goes back.
    """
    if not actor.belongs_to(brand_id):
        raise NotFound("brand")
    _check_may_pay(actor, brand_id)
    charges = _lock(session, brand_id, amount.currency)
    known = queries.refunds_asked_as(session, brand_id=brand_id, asked_as=asked_as)
    if known:
        return known
    held = queries.wallet_of(session, brand_id=brand_id, currency=amount.currency)
    if amount > held:
        raise InvalidInput({"amount": Sentence("Only {held} is in your wallet.", held=held)})
    _check_owes_nothing(session, brand_id, amount.currency)
    wish = _Wish(brand_id, None, asked_as, actor, now)
    return _ask(session, wish, amount, charges, taken_from=events.brand_funds(brand_id))


def _campaign_to_pay_back(session: Session, actor: Actor, campaign_id: UUID) -> Campaign:
    campaign = campaigns.campaign_seen_by(session, actor, campaign_id)
    _check_may_pay(actor, campaign.brand_id)
    return campaign


def _check_may_pay(actor: Actor, brand_id: UUID) -> None:
    if not actor.may_pay(brand_id) or actor.user_id is None:
        raise NotPermitted("ask for money back; an owner or finance member can")


def _check_owes_nothing(session: Session, brand_id: UUID, currency: str) -> None:
    owed = queries.owed_by(session, brand_id=brand_id, currency=currency)
    if owed:
        raise Conflict(
            Sentence(
                "You owe {owed} from a lost chargeback; nothing goes back before it is settled",
                owed=owed,
            )
        )


def _lock(
    session: Session, brand_id: UUID, currency: str, campaign: Campaign | None = None
) -> list[Charge]:
    """Lock what a refund is taken from, and return the charges it can go back to.

    Those of the campaign come first, each oldest first.
    """
    ids = queries.charges_of_brand(session, brand_id=brand_id, currency=currency)
    charges = lock_rows(session, Charge, ids)
    refs = [events.brand_funds(brand_id), events.owed_by_brand(brand_id)]
    if campaign is not None:
        refs += [events.campaign_funds(campaign.id), events.fee_unearned(campaign.id)]
    ledger.lock_accounts(session, refs=refs, currency=currency)
    own = campaign.id if campaign is not None else None
    return sorted(charges, key=lambda each: (each.campaign_id != own, each.charged_at))


def _take_out(
    session: Session, wish: _Wish, unspent: Unspent, budget: Money, charges: list[Charge]
) -> list[Refund]:
    """Give the fee back to the campaign, and all of it from there to where it came from."""
    assert wish.campaign_id is not None
    _check_owes_nothing(session, wish.brand_id, budget.currency)
    fee = unspent.fee_with(budget)
    tax = unspent.tax_with(fee)
    if fee:
        fee_back = events.fee_returned(
            campaign_id=wish.campaign_id, number=str(wish.asked_as), fee=fee, tax=tax
        )
        ledger.write_entry(session, fee_back, occurred_at=wish.now, actor=wish.actor)
    funds = events.campaign_funds(wish.campaign_id)
    left = unspent.left.moved(fee + tax)
    return _ask(session, wish, budget + fee + tax, charges, taken_from=funds, left=left)


def _ask(
    session: Session,
    wish: _Wish,
    amount: Money,
    charges: list[Charge],
    *,
    taken_from: AccountRef,
    left: FreeMoney | None = None,
) -> list[Refund]:
    """Take the money out and have each part go the way it can. left: of a campaign's funds."""
    by_id = {charge.id: charge for charge in charges}
    refunds = []
    for part in spread_refund(amount, [_lot(charge) for charge in charges], now=wish.now):
        charge = by_id[part.charge_id] if part.charge_id is not None else None
        refund = _refund(wish, part)
        session.add(refund)
        hold = events.refund_held(
            refund_id=refund.id,
            taken_from=taken_from,
            amount=part.amount,
            free=left.free if left else None,
        )
        ledger.write_entry(session, hold, occurred_at=wish.now, actor=wish.actor)
        left = left and left.moved(-part.amount)
        if charge is not None:
            charge.refunded_minor += part.amount.minor
        if charge is None or part.way is Way.BANK_TRANSFER:
            post(session, BankTransferDue(refund_id=refund.id))
        else:
            _plan(session, refund, charge, wish.now)
        refunds.append(refund)
    return refunds


def _refund(wish: _Wish, part: Part) -> Refund:
    by_bank = part.way is Way.BANK_TRANSFER
    return Refund(
        id=new_id(),
        asked_as=wish.asked_as,
        brand_id=wish.brand_id,
        campaign_id=wish.campaign_id,
        charge_id=part.charge_id,
        amount_minor=part.amount.minor,
        currency=part.amount.currency,
        way=part.way,
        state=RefundState.BANK_TRANSFER_DUE if by_bank else RefundState.ASKED,
        asked_by=wish.actor.user_id,
        asked_at=wish.now,
    )


def _plan(session: Session, refund: Refund, charge: Charge, now: datetime) -> None:
    processor.plan(
        session,
        kind=CallKind.REFUND,
        subject_id=refund.id,
        params={
            "refund_id": str(refund.id),
            "payment_intent_id": charge.stripe_payment_intent_id,
            "amount_minor": refund.amount_minor,
            "currency": refund.currency,
        },
        now=now,
    )


def _lot(charge: Charge) -> Lot:
    left = charge.amount_minor - charge.refunded_minor
    return Lot(
        charge.id,
        # The processor refunds nothing of a charge that is being charged back.
        Money(0 if charge.charged_back_minor else left, charge.currency),
        method=charge.method,
        charged_at=charge.charged_at,
        came_back=charge.refund_came_back_at is not None,
    )
