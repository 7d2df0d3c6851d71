"""What was asked for, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from marketplace.kernel.errors import NotFound
from marketplace.store.paging import Page, page_of
from marketplace.treasury.models import FinanceRequest
from marketplace.treasury.rules.requests import RequestKind, RequestState


def open_requests(session: Session) -> Sequence[FinanceRequest]:
    """Requests that wait for another member of staff, oldest first."""
    return session.scalars(_OPEN).all()


def decided_requests(session: Session, *, page: int) -> Page[FinanceRequest]:
    """Requests that are over, the last decided first."""
    statement = (
        _with_people()
        .where(FinanceRequest.state != RequestState.ASKED)
        .order_by(FinanceRequest.decided_at.desc(), FinanceRequest.id)
    )
    return page_of(session, statement, number=page)


def request_by_id(session: Session, request_id: UUID) -> FinanceRequest:
    """A request by its id; raises NotFound."""
    found = session.scalar(_with_people().where(FinanceRequest.id == request_id))
    if found is None:
        raise NotFound("request")
    return found


def open_request_about(
    session: Session, *, kind: RequestKind, subject_id: UUID
) -> FinanceRequest | None:
    """The request of a kind that waits for a second person about this thing, if there is one."""
    return session.scalar(
        _with_people().where(
            FinanceRequest.kind == kind,
            FinanceRequest.subject_id == subject_id,
            FinanceRequest.state == RequestState.ASKED,
        )
    )


def _with_people() -> Select[FinanceRequest]:
    return select(FinanceRequest).options(
        joinedload(FinanceRequest.maker), joinedload(FinanceRequest.checker)
    )


_OPEN: Final = (
    _with_people()
    .where(FinanceRequest.state == RequestState.ASKED)
    .order_by(FinanceRequest.asked_at, FinanceRequest.id)
)
ANY_OPEN_REQUEST: Final = _OPEN.exists()
