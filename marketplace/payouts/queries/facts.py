"""What the database tells of an amount beside its own row: the work, the account, what is owed."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import Bundle, aliased

from marketplace.campaigns.models import Campaign
from marketplace.collaborations.models import Collaboration, Offer
from marketplace.creators.models import Creator
from marketplace.deliverables.models import Deliverable, DeliverableStep
from marketplace.deliverables.rules import DeliverableEvent
from marketplace.payouts.models import ClawbackCase, Dispute, Earning, Freeze, PayoutAccount
from marketplace.payouts.rules import EarningState
from marketplace.payouts.rules.disputes import OPEN_DISPUTES


def told_with(*entities: Any) -> Select[*tuple[Any, ...]]:
    """Select these of deliverables, with the names, the work, the account and an open dispute."""
    latest = aliased(PayoutAccount)
    the_account = (
        select(latest.id)
        .where(latest.creator_id == Deliverable.creator_id)
        .order_by(latest.closed_at.desc().nulls_first())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            *entities,
            Campaign.name.label("campaign_name"),
            Creator.display_name.label("creator_name"),
            _WORK,
            _ACCOUNT,
            _DISPUTE,
        )
        .select_from(Deliverable)
        .join(Collaboration, Collaboration.id == Deliverable.collaboration_id)
        .join(Offer, Offer.id == Collaboration.offer_id)
        .join(Campaign, Campaign.id == Deliverable.campaign_id)
        .join(Creator, Creator.id == Deliverable.creator_id)
        .outerjoin(PayoutAccount, PayoutAccount.id == the_account)
        .outerjoin(
            Dispute,
            and_(Dispute.deliverable_id == Deliverable.id, Dispute.state.in_(OPEN_DISPUTES)),
        )
    )


def frozen() -> ColumnElement[bool]:
    """True while staff have stopped the payouts of an earning's creator."""
    return exists().where(Freeze.creator_id == Earning.creator_id, Freeze.lifted_at.is_(None))


def owing() -> ColumnElement[bool]:
    """True while an earning's creator has something to give back."""
    return exists().where(
        ClawbackCase.creator_id == Earning.creator_id, ClawbackCase.closed_at.is_(None)
    )


def together() -> ColumnElement[int]:
    """What an earning's creator has payable in its currency all told; NULL for nothing."""
    return _payable(aliased(Earning))


def before() -> ColumnElement[int]:
    """What is payable to the same creator from older earnings: it is kept back first."""
    older = aliased(Earning)
    return func.coalesce(_payable(older, older.id < Earning.id), 0)


def _payable(other: type[Earning], *which: ColumnElement[bool]) -> ColumnElement[int]:
    return (
        select(func.sum(other.left_minor))
        .where(
            other.creator_id == Earning.creator_id,
            other.currency == Earning.currency,
            other.state == EarningState.PAYABLE,
            *which,
        )
        .correlate(Earning)
        .scalar_subquery()
    )


def _taken_at(event: DeliverableEvent) -> ColumnElement[Any]:
    return (
        select(func.max(DeliverableStep.happened_at))
        .where(DeliverableStep.deliverable_id == Deliverable.id, DeliverableStep.event == event)
        .correlate(Deliverable)
        .scalar_subquery()
    )


_WORK: Final[Bundle[Any]] = Bundle(
    "work",
    Deliverable.state,
    Collaboration.agreed_at,
    Deliverable.draft_due_on,
    Deliverable.publish_by_on,
    Offer.hold_days,
    Deliverable.answer_by,
    _taken_at(DeliverableEvent.APPROVE).label("approved_at"),
    _taken_at(DeliverableEvent.CONFIRM_POST).label("live_at"),
)
"""The fields of ``rules.known.Work``, in their order."""
_ACCOUNT: Final[Bundle[Any]] = Bundle(
    "account",
    and_(PayoutAccount.id.is_not(None), PayoutAccount.closed_at.is_(None)).label("open"),
    func.coalesce(PayoutAccount.transfers_active, False).label("active"),
    PayoutAccount.paused_at.is_not(None).label("paused"),
    func.coalesce(PayoutAccount.under_review, False).label("under_review"),
    PayoutAccount.closed_at.is_not(None).label("closed"),
    PayoutAccount.ready_at,
)
"""The fields of ``rules.known.Account``, in their order; the open one, else the last closed."""
_DISPUTE: Final[Bundle[Any]] = Bundle(
    "dispute", Dispute.id, Dispute.state, Dispute.opened_by, Dispute.due_at
)
"""The fields of ``rules.disputes.Disputed``, in their order; all None while none is open."""
