"""A part of what is in its hold window goes back: the fee is booked anew, the bonus corrected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.collaborations.rules import parts_of_offer
from marketplace.deliverables.models import Deliverable
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Code, events
from marketplace.payouts import queries
from marketplace.payouts.messages import BonusEnded
from marketplace.payouts.models import Dispute, Earning, ViewBonus
from marketplace.payouts.rules import BonusState, EarningKind, EarningState
from marketplace.payouts.rules.disputes import shared
from marketplace.payouts.service.fees import book_fee
from marketplace.store.outbox import post


def take_back_held(
    session: Session,
    dispute: Dispute,
    work: Deliverable,
    *,
    bonus: ViewBonus | None,
    held: Sequence[Earning],
    share_bps: int,
    actor: Actor,
    now: datetime,
) -> Money:
    """Leave the creator so much of locked earnings; return what is promised and free again.

    1. The fee: its entry is reversed, and what is left of it earned anew.
    2. The bonus, or the prize: corrected as for views that were too high, and counted no more.
    The rows say what is left. The platform's fee follows in proportion.
    """
    nothing = Money(0, dispute.currency)
    before = sum((earning.fee for earning in held), nothing)
    for earning in held:
        if earning.kind is EarningKind.FEE:
            _book_less(session, work, share_bps=share_bps, actor=actor, now=now)
    rows = [earning for earning in held if earning.kind is not EarningKind.FEE]
    if rows:
        _correct(session, dispute, bonus, rows, share_bps=share_bps, actor=actor, now=now)
    if bonus is not None:
        end_bonus(session, bonus, now=now)
    for earning in held:
        _shrink(earning, share_bps)
        earning.dispute_id = dispute.id
    return before - sum((earning.fee for earning in held), nothing)


def end_bonus(session: Session, bonus: ViewBonus, *, now: datetime) -> None:
    """Count no more views of a locked bonus; the second time nothing happens."""
    if bonus.state is BonusState.ENDED:
        return
    bonus.state, bonus.next_booking_at, bonus.ended_at = BonusState.ENDED, None, now
    post(session, BonusEnded(bonus_id=bonus.id))


def _book_less(
    session: Session, work: Deliverable, *, share_bps: int, actor: Actor, now: datetime
) -> None:
    booked = books.entry_by_key(session, events.earning_key(work.id, revision=1))
    if booked is None:
        raise LookupError("an earned fee has its entry")
    ledger.reverse_entry(
        session, entry_id=booked.id, occurred_at=now, actor=actor, memo="As a dispute has ended"
    )
    part = shared(parts_of_offer(queries.offer_of(session, work))[work.position - 1], share_bps)
    if part.fee:
        book_fee(session, work, part, revision=2, actor=actor, occurred_at=now)


def _correct(
    session: Session,
    dispute: Dispute,
    bonus: ViewBonus | None,
    rows: Sequence[Earning],
    *,
    share_bps: int,
    actor: Actor,
    now: datetime,
) -> None:
    nothing = Money(0, dispute.currency)
    left = [shared(queries.part_of(each), share_bps) for each in rows]
    net = sum((each.net for each in rows), nothing)
    net -= sum((part.net for part in left), nothing)
    share = sum((each.platform_share for each in rows), nothing)
    share -= sum((part.creator_share for part in left), nothing)
    on_top = _on_top(session, dispute, bonus, taken=net + share, share_bps=share_bps)
    event = events.bonus_corrected(
        deliverable_id=dispute.deliverable_id,
        measurement_id=dispute.id,
        collaboration_id=dispute.collaboration_id,
        campaign_id=dispute.campaign_id,
        creator_id=dispute.creator_id,
        from_pending=net,
        from_payable=nothing,
        from_paid=nothing,
        platform_share=share,
        fee_on_top=on_top,
        memo="As a dispute has ended",
    )
    if event.pairs:  # amounts so small that they are rounded to what they were move nothing
        ledger.write_entry(session, event, occurred_at=now, actor=actor)
    if bonus is not None:
        bonus.gross_minor -= net.minor + share.minor
        bonus.taken_minor += net.minor + share.minor
        bonus.share_minor -= share.minor
        bonus.on_top_minor -= on_top.minor


def _on_top(
    session: Session, dispute: Dispute, bonus: ViewBonus | None, *, taken: Money, share_bps: int
) -> Money:
    """What goes back of the platform fee on a prize, or on a bonus of which so much is taken."""
    if bonus is None:
        (prize,) = books.written_as(session, [events.prize_key(dispute.deliverable_id)]).values()
        paid = sum(
            (pair.amount for pair in prize.pairs if pair.debit.code is Code.FEE_UNEARNED),
            Money(0, dispute.currency),
        )
        return paid - paid.share(basis_points=share_bps)
    left = (bonus.booked.gross - taken).share(basis_points=bonus.brand_fee_bps)
    return bonus.booked.on_top - min(bonus.booked.on_top, left)


def _shrink(earning: Earning, share_bps: int) -> None:
    """Leave so much of the row; one of which nothing is left has ended."""
    left = shared(queries.part_of(earning), share_bps)
    earning.fee, earning.platform_share = left.fee, left.creator_share
    earning.net = left.net
    earning.withheld = min(left.withheld, earning.net)
    if not earning.net:
        earning.state = EarningState.TAKEN_BACK
