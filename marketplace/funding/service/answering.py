"""What staff say to a chargeback: evidence, or that we accept the loss. Who owes, pays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.funding import queries
from marketplace.funding.messages import ChargebackDue
from marketplace.funding.models import Chargeback, ChargebackAnswer, Recovery
from marketplace.funding.rules import (
    ANSWERABLE,
    EVIDENCE_FIELDS,
    LONGEST_EVIDENCE,
    AnswerKind,
    AnswerState,
)
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import events
from marketplace.processor import service as processor
from marketplace.processor.models import ProcessorCall
from marketplace.processor.rules import CallKind, CallState
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post


def submit_evidence(
    session: Session,
    *,
    actor: Actor,
    chargeback_id: UUID,
    texts: Mapping[str, str],
    now: datetime,
) -> ChargebackAnswer:
    """Send evidence to the bank, once and for good; the call goes out right after.

    texts: by the processor's names, as in EVIDENCE_FIELDS; empty ones are left out. Raises
    NotFound, NotPermitted, InvalidInput, Conflict (over, too late, or answered already).
    """
    evidence = {name: text for name, text in texts.items() if text}
    problems = {
        name: f"At most {LONGEST_EVIDENCE:,} characters."
        for name, text in evidence.items()
        if len(text) > LONGEST_EVIDENCE
    }
    if unknown := sorted(set(evidence) - set(EVIDENCE_FIELDS)):
        problems[unknown[0]] = "The bank takes no text of that name."
    if not evidence:
        problems["uncategorized_text"] = "Write at least one text."
    if problems:
        raise InvalidInput(problems)
    return _answer(
        session,
        actor,
        chargeback_id,
        kind=AnswerKind.EVIDENCE,
        evidence=evidence,
        now=now,
    )


def accept_loss(
    session: Session, *, actor: Actor, chargeback_id: UUID, now: datetime
) -> ChargebackAnswer:
    """Say that we have nothing to say: the chargeback is lost, and that cannot be undone.

    Raises NotFound, NotPermitted, Conflict (over, too late, or answered already).
    """
    return _answer(session, actor, chargeback_id, kind=AnswerKind.ACCEPT, evidence={}, now=now)


def _answer(
    session: Session,
    actor: Actor,
    chargeback_id: UUID,
    *,
    kind: AnswerKind,
    evidence: dict[str, Any],
    now: datetime,
) -> ChargebackAnswer:
    if not actor.is_staff or actor.user_id is None:
        raise NotPermitted("answer chargebacks")
    found = lock_row(session, Chargeback, chargeback_id)
    if found.state not in ANSWERABLE:
        raise Conflict("This chargeback takes no answer any more")
    if found.evidence_due_by is not None and found.evidence_due_by < now:
        raise Conflict("The bank takes no answer any more: its deadline has passed")
    answer = ChargebackAnswer(
        id=new_id(),
        chargeback_id=found.id,
        kind=kind,
        evidence=evidence,
        state=AnswerState.SENDING,
        answered_by=actor.user_id,
        answered_at=now,
    )
    try:
        with session.begin_nested():
            session.add(answer)
            session.flush()  # the database says whether another answer stands
    except IntegrityError as error:
        raise Conflict("This chargeback was answered already") from error
    call = CallKind.EVIDENCE if kind is AnswerKind.EVIDENCE else CallKind.ACCEPT_LOSS
    processor.plan(
        session,
        kind=call,
        subject_id=answer.id,
        params={"dispute_id": found.stripe_dispute_id, "evidence": evidence},
        now=now,
    )
    return answer


def conclude_answer(session: Session, *, call: ProcessorCall) -> None:
    """Go on after the processor took or refused an answer; then look how the chargeback stands."""
    answer = lock_row(session, ChargebackAnswer, call.subject_id)
    if answer.state is not AnswerState.SENDING:
        return
    took = call.state is CallState.SUCCEEDED
    answer.state = AnswerState.SENT if took else AnswerState.REFUSED
    answer.problem = "" if took else call.error_text or "The payment service did not take it."
    post(session, ChargebackDue(dispute_id=answer.chargeback.stripe_dispute_id))


def recover_owed(
    session: Session,
    *,
    actor: Actor,
    brand_id: UUID,
    amount: Money,
    recovery_id: UUID,
    note: str,
    now: datetime,
) -> Recovery:
    """Take what a brand owes out of its wallet.

    recovery_id: of the form; the second time with the same one nothing happens. Raises
    NotPermitted, InvalidInput (no note, more than is owed, more than the wallet holds).
    """
    if not actor.is_staff or actor.user_id is None:
        raise NotPermitted("take what a brand owes")
    if not note:
        raise InvalidInput({"note": "Say why, for the brand and for later."})
    wallet, owed = events.brand_funds(brand_id), events.owed_by_brand(brand_id)
    ledger.lock_accounts(session, refs=[wallet, owed], currency=amount.currency)
    known = session.get(Recovery, recovery_id)
    if known is not None:
        return known
    due = queries.owed_by(session, brand_id=brand_id, currency=amount.currency)
    held = queries.wallet_of(session, brand_id=brand_id, currency=amount.currency)
    if amount > min(due, held):
        raise InvalidInput(
            {"amount": Sentence("{due} is owed, and {held} is in the wallet.", due=due, held=held)}
        )
    recovery = Recovery(
        id=recovery_id,
        brand_id=brand_id,
        amount_minor=amount.minor,
        currency=amount.currency,
        note=note,
        recovered_by=actor.user_id,
        recovered_at=now,
    )
    session.add(recovery)
    entry = events.owed_recovered(
        recovery_id=recovery_id, brand_id=brand_id, taken_from=wallet, amount=amount
    )
    ledger.write_entry(session, entry, occurred_at=now, actor=actor)
    return recovery
