"""Disputes, by who asks, and on what ground one may be opened."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session, joinedload

from marketplace.campaigns.models import Campaign
from marketplace.collaborations.models import Collaboration, Offer
from marketplace.collaborations.rules import OfferMoney, Party, money_of, parts_of_offer
from marketplace.deliverables.models import Deliverable, DeliverableStep, Ending
from marketplace.deliverables.rules import DeliverableEvent, EndingState
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Money
from marketplace.payouts.models import Dispute, DisputeStep, Earning, EntryPrize, ViewBonus
from marketplace.payouts.rules import EarningKind, EarningState
from marketplace.payouts.rules.disputes import (
    DISPUTABLE,
    OPEN_DISPUTES,
    RULED,
    DisputeAbout,
    DisputeState,
    Ground,
    shared,
)
from marketplace.store.paging import Page, page_of
from marketplace.terms import queries as terms


@dataclass(frozen=True, slots=True)
class DisputeTurn:
    """A dispute that waits for its reader."""

    dispute: Dispute
    other: str
    """Who opened it."""


def dispute_seen_by(session: Session, actor: Actor, dispute_id: UUID) -> Dispute:
    """A dispute with its campaign, brand, creator and work, for its sides and staff; NotFound."""
    found = session.scalar(_DISPUTES.where(Dispute.id == dispute_id, _visible_to(actor)))
    if found is None:
        raise NotFound("dispute")
    return found


def steps_of_dispute(session: Session, dispute_id: UUID) -> Sequence[DisputeStep]:
    """Everything that was said and done, the oldest first."""
    return session.scalars(
        select(DisputeStep)
        .where(DisputeStep.dispute_id == dispute_id)
        .order_by(DisputeStep.happened_at, DisputeStep.id)
    ).all()


def dispute_step(session: Session, step_id: UUID) -> DisputeStep:
    """A step by its id; raises NotFound."""
    found = session.get(DisputeStep, step_id)
    if found is None:
        raise NotFound("step of a dispute")
    return found


def proof_seen_by(session: Session, actor: Actor, step_id: UUID) -> DisputeStep:
    """A step with a file, for those who may see its dispute; otherwise NotFound."""
    found = session.scalar(
        select(DisputeStep)
        .join(DisputeStep.dispute)
        .where(DisputeStep.id == step_id, DisputeStep.file_key.is_not(None), _visible_to(actor))
    )
    if found is None:
        raise NotFound("file")
    return found


def disputes_about(session: Session, deliverable_id: UUID) -> Sequence[Dispute]:
    """All disputes about a deliverable, the newest first."""
    return session.scalars(
        _DISPUTES.where(Dispute.deliverable_id == deliverable_id).order_by(
            Dispute.opened_at.desc(), Dispute.id.desc()
        )
    ).all()


def disputes(session: Session, *, states: Collection[DisputeState], page: int) -> Page[Dispute]:
    """Disputes for staff: the most urgent first, those that are over by their end."""
    statement = _DISPUTES.where(Dispute.state.in_(states)).order_by(
        Dispute.closed_at.desc().nulls_first(), Dispute.due_at, Dispute.id
    )
    return page_of(session, statement, number=page)


def disputes_to_answer(
    session: Session, *, party: Party, brand_id: UUID | None = None, creator_id: UUID | None = None
) -> Sequence[DisputeTurn]:
    """What the other side has opened and this one, by its id, has not answered."""
    if party is Party.BRAND:
        mine = and_(Dispute.brand_id == brand_id, Dispute.opened_by == Party.CREATOR)
    else:
        mine = and_(Dispute.creator_id == creator_id, Dispute.opened_by == Party.BRAND)
    found = session.scalars(
        _DISPUTES.where(Dispute.state == DisputeState.ASKED, mine).order_by(
            Dispute.due_at, Dispute.id
        )
    )
    return [DisputeTurn(each, names_of(each)[each.opened_by]) for each in found]


def disputes_in(session: Session, campaign_id: UUID) -> Sequence[Dispute]:
    """All disputes in a campaign, the newest first."""
    return session.scalars(
        _DISPUTES.where(Dispute.campaign_id == campaign_id).order_by(
            Dispute.opened_at.desc(), Dispute.id.desc()
        )
    ).all()


def disputable_prizes(session: Session, campaign_id: UUID, *, now: datetime) -> set[UUID]:
    """The deliverables whose prizes the brand may dispute now."""
    ruled = select(Dispute.id).where(
        Dispute.deliverable_id == Earning.deliverable_id,
        or_(
            Dispute.state.in_(OPEN_DISPUTES),
            Dispute.state.in_(RULED) & (Dispute.about == DisputeAbout.HELD),
        ),
    )
    return set(
        session.scalars(
            select(Earning.deliverable_id).where(
                Earning.campaign_id == campaign_id,
                Earning.kind == EarningKind.PRIZE,
                Earning.state == EarningState.PENDING,
                Earning.payable_at > now,
                ~ruled.exists(),
            )
        )
    )


def names_of(dispute: Dispute) -> dict[Party, str]:
    """The names of both sides."""
    return {
        Party.BRAND: dispute.campaign.brand.name,
        Party.CREATOR: dispute.creator.display_name,
    }


def offer_of(session: Session, deliverable: Deliverable) -> Offer:
    """The terms that a deliverable was agreed under."""
    return session.scalars(
        select(Offer)
        .join(Collaboration, Collaboration.offer_id == Offer.id)
        .where(Collaboration.id == deliverable.collaboration_id)
    ).one()


def part_of(earning: Earning) -> OfferMoney:
    """What an earning consists of; the fee on top of it is no matter of its row."""
    nothing = Money(0, earning.currency)
    return OfferMoney(earning.fee, nothing, nothing, earning.platform_share, earning.withheld)


def creator_receives(session: Session, dispute: Dispute, share_bps: int) -> Money:
    """What reaches the creator of an open dispute's stake when it ends with this part for them."""
    nothing = Money(0, dispute.currency)
    match dispute.about:
        case DisputeAbout.HELD:
            held = session.scalars(select(Earning).where(Earning.dispute_id == dispute.id))
            parts = [part_of(each) for each in held]
        case DisputeAbout.BONUS | DisputeAbout.PRIZE:
            offer = offer_of(session, dispute.deliverable)
            whole = dispute.stake.share(basis_points=share_bps)
            return money_of(whole, offer.shares).creator_receives
        case _:
            offer = offer_of(session, dispute.deliverable)
            parts = [parts_of_offer(offer)[dispute.deliverable.position - 1]]
    return sum((shared(each, share_bps).creator_receives for each in parts), nothing)


def ground_of(session: Session, deliverable: Deliverable) -> Ground:
    """What decides whether a dispute about this deliverable may be opened now."""
    held_until = session.scalar(
        select(func.max(Earning.payable_at)).where(
            Earning.deliverable_id == deliverable.id,
            Earning.state == EarningState.PENDING,
            Earning.kind.in_(DISPUTABLE),
        )
    )
    bonus = session.scalar(select(ViewBonus).where(ViewBonus.deliverable_id == deliverable.id))
    ending = session.execute(
        select(DeliverableStep.happened_at, Ending.state)
        .join(Deliverable, Deliverable.id == DeliverableStep.deliverable_id)
        .join(
            Ending,
            and_(
                Ending.collaboration_id == Deliverable.collaboration_id,
                Ending.asked_by == Party.BRAND,
                Ending.state == EndingState.ALONE,
            ),
        )
        .where(
            DeliverableStep.deliverable_id == deliverable.id,
            DeliverableStep.event == DeliverableEvent.CANCEL,
        )
    ).one_or_none()
    prize = session.get(EntryPrize, deliverable.id)
    ruled = session.scalars(
        select(Dispute.about).where(
            Dispute.deliverable_id == deliverable.id, Dispute.state.in_(RULED)
        )
    )
    return Ground(
        state=deliverable.state,
        rounds_left=deliverable.rounds_allowed - deliverable.rounds_used,
        answer_by=deliverable.answer_by,
        held_until=held_until,
        called_off_until=terms.disputable_until(session, ending.happened_at) if ending else None,
        ended_by=ending.state if ending else None,
        bonus=bonus.state if bonus else None,
        bonus_until=terms.disputable_until(session, bonus.ended_at)
        if bonus and bonus.ended_at
        else None,
        bonus_left=bonus.left if bonus else None,
        is_entry=deliverable.is_entry,
        prize_until=prize.disputable_until if prize else None,
        prize_left=prize.most - prize.won if prize else None,
        ruled=frozenset(DisputeAbout(each) for each in ruled),
    )


def _visible_to(actor: Actor) -> ColumnElement[bool]:
    if actor.is_staff or actor.is_system:
        return true()
    return or_(Dispute.brand_id.in_(list(actor.brands)), Dispute.creator_id == actor.creator_id)


_DISPUTES: Final[Select[Dispute]] = select(Dispute).options(
    joinedload(Dispute.deliverable),
    joinedload(Dispute.campaign).joinedload(Campaign.brand),
    joinedload(Dispute.creator),
)
DISPUTES_WITH_STAFF_DUE: Final = (
    select(func.array_agg(Dispute.due_at))
    .where(Dispute.state == DisputeState.WITH_STAFF)
    .scalar_subquery()
)
"""By when each dispute that waits for our word should have it, as a part of another question."""
