"""What staff can ask for, one verb a kind."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.causes import queries as causes
from marketplace.deliverables import queries as deliverables
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence
from marketplace.ledger import queries as ledger
from marketplace.ledger.rules import AccountRef, Code, Pair, events
from marketplace.payouts import queries as payouts
from marketplace.processor import service as processor
from marketplace.processor.rules import Ruling
from marketplace.treasury import queries
from marketplace.treasury.models import FinanceRequest
from marketplace.treasury.rules.identifying import identifying
from marketplace.treasury.rules.requests import RULINGS, RequestKind, adjusting, check_request
from marketplace.treasury.service.requests import ask


def ask_adjustment(
    session: Session,
    *,
    actor: Actor,
    account: AccountRef,
    more: bool,
    against: Code,
    amount: Money,
    reason: str,
    now: datetime,
) -> FinanceRequest:
    """Ask to correct what an account holds. more: it is to hold more than now.

    Raises NotFound (nobody owns such an account), and what ``ask`` raises.
    """
    pair = adjusting(account=account, more=more, against=against, amount=amount)
    queries.owner_named(session, account)
    return ask(
        session, actor=actor, kind=RequestKind.ADJUSTMENT, pairs=[pair], reason=reason, now=now
    )


def ask_write_off(
    session: Session,
    *,
    actor: Actor,
    brand_id: UUID,
    amount: Money,
    reason: str,
    now: datetime,
) -> FinanceRequest:
    """Ask to give up collecting what a brand owes; one such request a brand at a time."""
    owed = events.owed_by_brand(brand_id)
    queries.owner_named(session, owed)
    return ask(
        session,
        actor=actor,
        kind=RequestKind.WRITE_OFF,
        pairs=[Pair(debit=AccountRef(Code.LOSSES), credit=owed, amount=amount)],
        subject_id=brand_id,
        reason=reason,
        now=now,
    )


def ask_clawback(
    session: Session,
    *,
    actor: Actor,
    deliverable_id: UUID,
    amount: Money,
    reason: str,
    now: datetime,
) -> FinanceRequest:
    """Ask that a creator gives back what was sent for a deliverable, or a part of it.

    reason: the creator and the brand read it. Raises NotFound, InvalidInput (more than was sent
    and not asked back yet), and what ``ask`` raises.
    """
    deliverable = deliverables.deliverable_seen_by(session, SYSTEM, deliverable_id)
    sent, back = payouts.taken_back_of(session, deliverable_id, deliverable.currency)
    if amount.currency != deliverable.currency or amount > sent - back:
        most = max(sent - back, Money(0, sent.currency))
        raise InvalidInput(
            {"amount": Sentence("At most {most} was sent for it and is not back.", most=most)}
        )
    pair = Pair(
        debit=events.owed_by_creator(deliverable.creator_id),
        credit=events.campaign_funds(deliverable.campaign_id),
        amount=amount,
    )
    return ask(
        session,
        actor=actor,
        kind=RequestKind.CLAWBACK,
        pairs=[pair],
        params={"deliverable_id": str(deliverable_id)},
        subject_id=deliverable_id,
        reason=reason,
        now=now,
    )


def ask_forgiveness(
    session: Session, *, actor: Actor, case_id: UUID, amount: Money, reason: str, now: datetime
) -> FinanceRequest:
    """Ask to give up a clawback, or a part of it: we bear it as a loss.

    Raises NotFound, Conflict (less than that is left), and what ``ask`` raises.
    """
    case = payouts.case_by_id(session, case_id).case
    pair = Pair(
        debit=AccountRef(Code.LOSSES),
        credit=events.owed_by_creator(case.creator_id),
        amount=amount,
    )
    return ask(
        session,
        actor=actor,
        kind=RequestKind.FORGIVE_CLAWBACK,
        pairs=[pair],
        params={"case_id": str(case_id)},
        subject_id=case_id,
        reason=reason,
        now=now,
    )


def ask_identification(
    session: Session,
    *,
    actor: Actor,
    movement_id: UUID,
    becomes: AccountRef,
    reason: str,
    now: datetime,
) -> FinanceRequest:
    """Say what a movement in suspense was; small ones are booked at once.

    movement_id: public id of the entry that set it aside. becomes: where it belongs.
    Raises NotFound, Conflict (identified already), InvalidInput (it cannot have been that, or not
    of this creator), and what ``ask`` raises.
    """
    suspended = queries.suspended_movement(session, movement_id)
    pair = identifying(net=suspended.net, becomes=becomes)
    if pair is None:
        raise InvalidInput({"becomes": "This movement cannot have been that."})
    queries.owner_named(session, becomes)
    return ask(
        session,
        actor=actor,
        kind=RequestKind.IDENTIFY,
        pairs=[pair],
        params={"movement": suspended.key, "source": suspended.source_ref},
        subject_id=movement_id,
        reason=reason,
        now=now,
    )


def ask_cause_payment(
    session: Session,
    *,
    actor: Actor,
    organisation_id: UUID,
    amount: Money,
    reference: str,
    reason: str,
    now: datetime,
) -> FinanceRequest:
    """Ask to book that an organisation was sent what it is owed, from our bank.

    reference: what the bank was given with the transfer, for the other person to find it there.
    Raises NotFound, Conflict (it is not verified), InvalidInput (no reference, more than it is
    owed), and what ``ask`` raises.
    """
    causes.check_payable(session, organisation_id)
    owed_to = events.owed_to_cause(organisation_id)
    owed = ledger.balance_of(session, owed_to, currency=amount.currency)
    problems = {}
    if not reference:
        problems["reference"] = "Write what you gave the bank with the transfer."
    if amount > owed:
        problems["amount"] = Sentence("It is owed {owed}.", owed=owed)
    if problems:
        raise InvalidInput(problems)
    return ask(
        session,
        actor=actor,
        kind=RequestKind.PAY_CAUSE,
        pairs=[Pair(debit=owed_to, credit=events.BANK, amount=amount)],
        params={"reference": reference},
        subject_id=organisation_id,
        reason=reason,
        now=now,
    )


def ask_dispute_decision(
    session: Session,
    *,
    actor: Actor,
    dispute_id: UUID,
    share_bps: int | None,
    reason: str,
    now: datetime,
) -> FinanceRequest:
    """Decide a dispute between brand and creator; a larger one needs a colleague's word as well.

    share_bps: the creator's part, None lets unaccepted work go on. reason: both sides read it.
    Raises NotFound, NotPermitted (a side's own member), InvalidInput, InvalidTransition (it is over
    or the other side may still answer), and what ``ask`` raises.
    """
    dispute = payouts.dispute_seen_by(session, actor, dispute_id)
    return ask(
        session,
        actor=actor,
        kind=RequestKind.DECIDE_DISPUTE,
        params={"share_bps": share_bps},
        subject_id=dispute_id,
        at_stake=dispute.stake,
        reason=reason.strip(),
        now=now,
    )


def ask_ruling(
    session: Session,
    *,
    actor: Actor,
    call_id: UUID,
    ruling: Ruling,
    reason: str,
    now: datetime,
) -> FinanceRequest | None:
    """Say how a call goes on that waits for a person.

    Looking for it once more does no harm and is done at once; then None is returned. Anything else
    could pay twice: another member of staff has to agree. Raises Conflict when the call waits for
    nobody, and what ``ask`` raises.
    """
    kind = next((kind for kind, meant in RULINGS.items() if meant is ruling), None)
    if kind is None:
        check_request(reason=reason, amount=None)
        processor.rule(session, actor=actor, call_id=call_id, ruling=ruling, now=now)
        return None
    return ask(session, actor=actor, kind=kind, subject_id=call_id, reason=reason, now=now)
