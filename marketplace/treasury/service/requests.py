"""Ask, approve, decline, withdraw: the same for every kind of request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger.rules import Pair
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post
from marketplace.terms import queries as terms
from marketplace.treasury.messages import RequestAsked, RequestDecided
from marketplace.treasury.models import FinanceRequest
from marketplace.treasury.rules.requests import (
    LIFE,
    RequestEvent,
    RequestKind,
    RequestState,
    as_json,
    check_request,
    needs_second,
    total,
)
from marketplace.treasury.service.executing import execute


def ask(
    session: Session,
    *,
    actor: Actor,
    kind: RequestKind,
    pairs: Sequence[Pair] = (),
    params: Mapping[str, Any] | None = None,
    subject_id: UUID | None = None,
    at_stake: Money | None = None,
    reason: str,
    now: datetime,
) -> FinanceRequest:
    """Ask for something that another member of staff has to approve.

    pairs: exactly what approving it will book; tried at once and undone, so that nobody is asked
    for what the books would refuse. params: what the kind needs besides. subject_id: the one thing
    it is about. at_stake: how much it is about, where a room below works the postings out. What the
    terms let one person decide alone is executed here.

    Raises NotPermitted, InvalidInput (no reason, too large), Conflict (the same is asked already),
    InsufficientBalance.
    """
    maker_id = _staff(actor, "ask for this")
    amount = total(pairs) if at_stake is None else at_stake
    check_request(reason=reason, amount=amount)
    limits = terms.limits_at(session, amount.currency, at=now) if amount else None
    values = {
        "id": new_id(),
        "kind": kind,
        "state": RequestState.ASKED,
        "subject_id": subject_id,
        "postings": [as_json(pair) for pair in pairs],
        "params": dict(params or {}),
        "amount_minor": amount.minor if amount else None,
        "currency": amount.currency if amount else None,
        "reason": reason,
        "maker_id": maker_id,
        "asked_at": now,
        "alone": not needs_second(kind, amount, limits),
        "answer": "",
    }
    with session.begin_nested():  # a refusal by the books leaves no request behind
        request: FinanceRequest | None = session.scalar(
            insert(FinanceRequest).values(values).on_conflict_do_nothing().returning(FinanceRequest)
        )
        if request is None:
            raise Conflict("This was asked for already and waits for another member of staff")
        if request.alone:
            _execute(session, request, actor=actor, now=now)
            return request
        with session.begin_nested() as trial:
            execute(session, request, actor=actor, now=now)
            trial.rollback()
    post(session, RequestAsked(request_id=request.id))
    return request


def approve(session: Session, *, actor: Actor, request_id: UUID, now: datetime) -> FinanceRequest:
    """Approve a request: what it stores is executed at once, exactly once.

    Raises NotFound, NotPermitted (not staff, or the one who asked), InvalidTransition (decided
    already), InsufficientBalance (the money has moved on since); then nothing has changed.
    """
    request = _decidable(session, actor, request_id, RequestEvent.APPROVE)
    request.checker_id = actor.user_id
    _execute(session, request, actor=actor, now=now)
    post(session, RequestDecided(request_id=request.id))
    return request


def decline(
    session: Session, *, actor: Actor, request_id: UUID, answer: str, now: datetime
) -> FinanceRequest:
    """Decline a request and say why.

    Raises NotFound, NotPermitted, InvalidTransition, InvalidInput.
    """
    request = _decidable(session, actor, request_id, RequestEvent.DECLINE)
    if not answer:
        raise InvalidInput({"answer": "Say why, for whoever asked."})
    request.checker_id, request.answer = actor.user_id, answer
    request.state, request.decided_at = LIFE.next(request.state, RequestEvent.DECLINE), now
    post(session, RequestDecided(request_id=request.id))
    return request


def withdraw(session: Session, *, actor: Actor, request_id: UUID, now: datetime) -> FinanceRequest:
    """Take one's own request back. Raises NotFound, NotPermitted, InvalidTransition."""
    request = lock_row(session, FinanceRequest, request_id)
    if request.maker_id != _staff(actor, "take this request back"):
        raise NotPermitted("take this request back; only whoever asked can")
    request.state, request.decided_at = LIFE.next(request.state, RequestEvent.WITHDRAW), now
    return request


def _execute(session: Session, request: FinanceRequest, *, actor: Actor, now: datetime) -> None:
    request.entry_id = execute(session, request, actor=actor, now=now)
    request.state, request.decided_at = LIFE.next(request.state, RequestEvent.APPROVE), now


def _decidable(
    session: Session, actor: Actor, request_id: UUID, event: RequestEvent
) -> FinanceRequest:
    checker_id = _staff(actor, "decide on this request")
    request = lock_row(session, FinanceRequest, request_id)
    LIFE.next(request.state, event)
    if request.maker_id == checker_id:
        raise NotPermitted(
            "decide on what you asked for yourself; another member of staff has to look at it"
        )
    return request


def _staff(actor: Actor, act: str) -> UUID:
    if not actor.is_staff:
        raise NotPermitted(act)
    if actor.user_id is None:
        raise NotFound("person")
    return actor.user_id
