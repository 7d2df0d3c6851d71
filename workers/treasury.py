"""Who hears of what finance asks for and decides."""

from __future__ import annotations

from marketplace.accounts import queries as accounts
from marketplace.ledger.rules import plain
from marketplace.notifications import service as notifications
from marketplace.store.session import transaction
from marketplace.treasury import queries
from marketplace.treasury.messages import RequestAsked, RequestDecided
from marketplace.treasury.models import FinanceRequest
from marketplace.treasury.rules.requests import RequestState
from workers.runtime import Run


def tell_asked(message: RequestAsked, run: Run) -> None:
    """Tell everybody who may approve a request that it waits."""
    with transaction() as session:
        request = queries.request_by_id(session, message.request_id)
        for user_id in accounts.staff_ids(session):
            if user_id == request.maker_id:
                continue
            notifications.tell(
                session,
                user_id=user_id,
                kind="request_asked",
                title=f"{request.maker.name} asks for a second person",
                text=f"{_what(request)}. {request.reason}",
                path=f"/staff/requests/{request.id}",
                once_key=f"request_asked:{request.id}:{user_id}",
                now=run.now,
            )


def tell_decided(message: RequestDecided, run: Run) -> None:
    """Tell whoever asked what became of it."""
    with transaction() as session:
        request = queries.request_by_id(session, message.request_id)
        who = request.checker.name if request.checker else "Nobody else"
        done = request.state is RequestState.EXECUTED
        notifications.tell(
            session,
            user_id=request.maker_id,
            kind="request_decided",
            title=f"{who} {'approved' if done else 'declined'} what you asked for",
            text=f"{_what(request)} is booked." if done else request.answer,
            path=f"/staff/requests/{request.id}",
            once_key=f"request_decided:{request.id}",
            now=run.now,
        )


def _what(request: FinanceRequest) -> str:
    kind = request.kind.value.replace("_", " ").capitalize()
    return f"{kind} of {plain(request.amount)}" if request.amount else kind
