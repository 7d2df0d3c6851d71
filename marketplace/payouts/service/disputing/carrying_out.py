"""What the end of a dispute moves: events that the books know from elsewhere, each once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.collaborations import service as collaborations
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import OfferMoney, money_of, parts_of_offer
from marketplace.deliverables import queries as works
from marketplace.deliverables import service as deliverables
from marketplace.deliverables.models import Deliverable
from marketplace.deliverables.rules import DeliverableState
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import BPS_WHOLE, Money
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import events
from marketplace.payouts import queries
from marketplace.payouts.models import Dispute, Earning, ViewBonus
from marketplace.payouts.rules import EarningKind, EarningState
from marketplace.payouts.rules.disputes import DisputeAbout, shared
from marketplace.payouts.service.completing import complete
from marketplace.payouts.service.disputing.setting_aside import use_what_is_aside, went_back
from marketplace.payouts.service.disputing.taking_back import end_bonus, take_back_held
from marketplace.payouts.service.fees import add_fee, book_fee, fee_left, fee_row
from marketplace.payouts.service.resting import rest_again
from marketplace.store.locks import lock_rows


@dataclass(frozen=True, slots=True)
class Disputed:
    """All that a dispute is about, locked."""

    collaboration: Collaboration
    work: Deliverable
    bonus: ViewBonus | None
    held: Sequence[Earning]


def let_go(session: Session, dispute: Dispute, *, now: datetime) -> Disputed:
    """Hold nothing any more for a locked dispute: what was due meanwhile is payable at once."""
    about = _lock(session, dispute)
    about.work.disputed_at = None
    if about.bonus is not None:
        about.bonus.is_disputed = False
    for earning in about.held:
        earning.is_disputed, earning.dispute_id = False, None
        earning.payable_at = max(earning.payable_at, now)
    session.flush()  # a part taken back is another state of the same row
    return about


def carry_out(
    session: Session, dispute: Dispute, *, share_bps: int, actor: Actor, now: datetime
) -> None:
    """Give the creator their part of what a locked dispute is about, and the campaign the rest.

    The accounts are locked before the first entry. Raises Conflict when the campaign has not
    enough left for what had gone back to it.
    """
    about = let_go(session, dispute, now=now)
    _lock_accounts(session, dispute)
    match dispute.about:
        case DisputeAbout.HELD:
            if share_bps < BPS_WHOLE:
                back = take_back_held(
                    session,
                    dispute,
                    about.work,
                    bonus=about.bonus,
                    held=about.held,
                    share_bps=share_bps,
                    actor=actor,
                    now=now,
                )
                _release(session, dispute, about, back, actor=actor, now=now)
                rest_again(session, dispute, back=back, now=now)
        case DisputeAbout.UNACCEPTED:
            part = _part_of_fee(session, about.work, share_bps)
            _end_work(session, dispute, about, part, actor=actor, now=now)
        case DisputeAbout.CALLED_OFF:
            part = _part_of_fee(session, about.work, share_bps)
            if part.net:
                use_what_is_aside(
                    session, dispute, about.collaboration, amount=part.fee, actor=actor, now=now
                )
                _award(session, dispute, about.work, part, actor=actor, now=now)
            else:
                give_back(session, dispute, about, actor=actor, now=now)
        case DisputeAbout.BONUS:
            _add(session, dispute, about, share_bps=share_bps, actor=actor, now=now)
            session.flush()  # what is disputed is counted
            complete(session, collaboration_id=dispute.collaboration_id, now=now)
        case DisputeAbout.PRIZE:
            _add(session, dispute, about, share_bps=share_bps, actor=actor, now=now)


def give_back(
    session: Session, dispute: Dispute, about: Disputed, *, actor: Actor, now: datetime
) -> None:
    """Give the campaign all that was set aside for a locked dispute: nobody gets any of it."""
    nothing = Money(0, dispute.currency)
    use_what_is_aside(session, dispute, about.collaboration, amount=nothing, actor=actor, now=now)


def _lock(session: Session, dispute: Dispute) -> Disputed:
    """The agreement and the work are locked before; the bonus, then what was earned."""
    bonuses = session.scalars(
        select(ViewBonus.id).where(ViewBonus.deliverable_id == dispute.deliverable_id)
    )
    bonus = next(iter(lock_rows(session, ViewBonus, bonuses)), None)
    held = session.scalars(select(Earning.id).where(Earning.dispute_id == dispute.id))
    return Disputed(
        collaboration=session.get_one(Collaboration, dispute.collaboration_id),
        work=session.get_one(Deliverable, dispute.deliverable_id),
        bonus=bonus,
        held=lock_rows(session, Earning, held),
    )


def _lock_accounts(session: Session, dispute: Dispute) -> None:
    refs = (
        events.campaign_funds(dispute.campaign_id),
        events.fee_unearned(dispute.campaign_id),
        events.committed_to(dispute.collaboration_id),
        events.creator_pending(dispute.creator_id),
    )
    ledger.lock_accounts(session, refs=refs, currency=dispute.currency)


def _release(
    session: Session,
    dispute: Dispute,
    about: Disputed,
    amount: Money,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    collaborations.release(
        session,
        about.collaboration,
        which=collaborations.after_dispute(dispute.number),
        amount=amount,
        actor=actor,
        now=now,
    )


def _end_work(
    session: Session,
    dispute: Dispute,
    about: Disputed,
    part: OfferMoney,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Unaccepted work is over: this part of its fee is earned, the rest and its bonus go back.

    Where nothing of it would reach the creator, the work is called off.
    """
    back = about.work.fee + _bonus_cap(session, about.work)
    if part.net:
        back -= part.fee
        _award(session, dispute, about.work, part, actor=actor, now=now)
    else:
        deliverables.call_off(session, about.work, actor=actor, now=now)
    _release(session, dispute, about, back, actor=actor, now=now)
    session.flush()  # what is left is counted
    owed = works.deliverables_of(session, collaboration_id=about.collaboration.id)
    if all(each.state is DeliverableState.CANCELLED for each in owed):
        collaborations.cancel(session, about.collaboration, now=now)
    else:
        complete(session, collaboration_id=about.collaboration.id, now=now)


def _bonus_cap(session: Session, work: Deliverable) -> Money:
    agreed = queries.offer_of(session, work).deliverables[work.position - 1]
    return Money(agreed.get("bonus_cap_minor", 0), work.currency)


def _part_of_fee(session: Session, work: Deliverable, share_bps: int) -> OfferMoney:
    offer = queries.offer_of(session, work)
    return shared(parts_of_offer(offer)[work.position - 1], share_bps)


def _award(
    session: Session,
    dispute: Dispute,
    work: Deliverable,
    part: OfferMoney,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Earn this part of a fee that was not earned; payable at once."""
    deliverables.award(session, work, actor=actor, now=now)
    book_fee(session, work, part, revision=1, actor=actor, occurred_at=now)
    earning = fee_row(work, part, earned_at=now, payable_at=now)
    earning.dispute_id = dispute.id
    add_fee(session, earning)


def _add(
    session: Session,
    dispute: Dispute,
    about: Disputed,
    *,
    share_bps: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Earn so much of what a bonus had left to its cap, or a prize to the largest.

    A bonus is counted no more. Where nothing of that would reach the creator, all is as it was.
    """
    offer = queries.offer_of(session, about.work)
    part = money_of(dispute.stake.share(basis_points=share_bps), offer.shares)
    gross = part.fee if part.net else Money(0, dispute.currency)
    if went_back(dispute.about, about.collaboration, about.bonus):
        use_what_is_aside(session, dispute, about.collaboration, amount=gross, actor=actor, now=now)
    if not gross:
        return
    on_top = min(part.brand_fee, fee_left(session, about.work))
    event = events.bonus_earned(
        deliverable_id=about.work.id,
        measurement_id=dispute.id,
        collaboration_id=about.collaboration.id,
        campaign_id=dispute.campaign_id,
        creator_id=dispute.creator_id,
        net=part.net,
        platform_share=part.creator_share,
        fee_on_top=on_top,
        memo="What a dispute gave beside the views counted",
    )
    ledger.write_entry(session, event, occurred_at=now, actor=actor)
    if about.work.state is DeliverableState.CANCELLED:  # an entry that was not counted
        deliverables.award(session, about.work, actor=actor, now=now)
    session.add(
        Earning(
            kind=EarningKind.AWARDED,
            deliverable_id=about.work.id,
            campaign_id=dispute.campaign_id,
            creator_id=dispute.creator_id,
            fee_minor=gross.minor,
            platform_share_minor=part.creator_share.minor,
            net_minor=part.net.minor,
            withheld_minor=part.withheld.minor,
            currency=dispute.currency,
            state=EarningState.PENDING,
            earned_at=now,
            payable_at=now,
            dispute_id=dispute.id,
        )
    )
    if about.bonus is not None:
        about.bonus.gross_minor += gross.minor
        about.bonus.share_minor += part.creator_share.minor
        about.bonus.on_top_minor += on_top.minor
        end_bonus(session, about.bonus, now=now)
