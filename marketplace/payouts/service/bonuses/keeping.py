"""What a booking leaves behind: measurements, earnings, and where each bonus stands."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.collaborations.rules import BONUS_RULE
from marketplace.kernel.ids import new_id
from marketplace.payouts.messages import BonusCorrected, BonusEnded
from marketplace.payouts.models import BonusMeasurement, Earning, ViewBonus
from marketplace.payouts.rules import (
    LAST_READING_WITHIN,
    BonusState,
    CaseOrigin,
    EarningKind,
    EarningState,
    Part,
    next_booking,
)
from marketplace.payouts.service.bonuses.measuring import BonusRow
from marketplace.payouts.service.bonuses.working_out import Booking
from marketplace.payouts.service.clawing_back import open_case
from marketplace.store.outbox import post, post_all
from marketplace.store.rows import insert_rows, update_rows

LOOK_AGAIN: Final = timedelta(hours=1)
"""How soon to look again for the reading or the decision that closes a bonus."""


def keep(
    session: Session, bookings: Sequence[Booking], *, entry_ids: Sequence[int], now: datetime
) -> None:
    """Write why each entry was made, and what it means for the creator."""
    measurements: list[dict[str, Any]] = []
    earnings: list[dict[str, Any]] = []
    for each, entry_id in zip(bookings, entry_ids, strict=True):
        bonus, step = each.bonus, each.step
        measurements.append(_measurement(each, entry_id, now))
        if step.rises and step.net:
            earnings.append(_earning(each, now))
        for earning, part in each.taken:
            _shrink(earning, part, withheld_bps=bonus.withheld_bps)
        if each.owed:
            open_case(
                session,
                case_id=each.id,
                origin=CaseOrigin.BONUS,
                deliverable_id=bonus.deliverable_id,
                amount=each.owed,
                reason="The views that a bonus was paid for were corrected",
                now=now,
            )
        if not step.rises:
            post(session, BonusCorrected(measurement_id=each.id, owed_minor=each.owed.minor))
    insert_rows(session, BonusMeasurement, measurements)
    insert_rows(session, Earning, earnings)


def _measurement(booking: Booking, entry_id: int, now: datetime) -> dict[str, Any]:
    """Why an entry was made, as a row."""
    bonus, step = booking.bonus, booking.step
    return {
        "id": booking.id,
        "bonus_id": bonus.id,
        "number": bonus.measurements + 1,
        "snapshot_id": booking.views.snapshot_id,
        "views_read": booking.views.read,
        "views_counted": booking.views.counted,
        "rule": BONUS_RULE,
        "currency": bonus.currency,
        "gross_before_minor": step.before.gross.minor,
        "gross_after_minor": step.after.gross.minor,
        "share_before_minor": step.before.share.minor,
        "share_after_minor": step.after.share.minor,
        "on_top_before_minor": step.before.on_top.minor,
        "on_top_after_minor": step.after.on_top.minor,
        "entry_id": entry_id,
        "measured_at": now,
    }


def _earning(booking: Booking, now: datetime) -> dict[str, Any]:
    """What the creator has earned by it, as a row."""
    bonus, step = booking.bonus, booking.step
    return {
        "id": new_id(),
        "kind": EarningKind.BONUS,
        "deliverable_id": bonus.deliverable_id,
        "measurement_id": booking.id,
        "campaign_id": bonus.campaign_id,
        "creator_id": bonus.creator_id,
        "fee_minor": step.net.minor + step.share.minor,
        "platform_share_minor": step.share.minor,
        "net_minor": step.net.minor,
        "withheld_minor": step.net.share(basis_points=bonus.withheld_bps).minor,
        "currency": bonus.currency,
        "state": EarningState.PENDING,
        "earned_at": now,
        "payable_at": now + timedelta(days=bonus.hold_days),
    }


def _shrink(earning: Earning, part: Part, *, withheld_bps: int) -> None:
    """Take a part of an earning away; one of which nothing is left has ended."""
    earning.net -= part.net
    earning.platform_share -= part.share
    earning.fee = earning.net + earning.platform_share
    earning.withheld = earning.net.share(basis_points=withheld_bps)
    if earning.netted_minor == earning.net_minor:
        earning.state = EarningState.NETTED if earning.net_minor else EarningState.TAKEN_BACK


def move_on(
    session: Session,
    due: Sequence[BonusRow],
    bookings: Sequence[Booking],
    *,
    read: Collection[UUID],
    in_question: Collection[UUID],
    now: datetime,
) -> None:
    """Keep what is booked now, and say when next.

    read: those with a reading to book by. in_question: posts that wait for a word on their views.
    """
    moved = {each.bonus.id: each for each in bookings}
    standing = [
        _booked_now(each, moved.get(each.id))
        | _standing(each, read=each.id in read, waits=each.post_id in in_question, now=now)
        for each in due
    ]
    update_rows(session, ViewBonus, standing)
    post_all(
        session,
        [BonusEnded(bonus_id=each["id"]) for each in standing if each["state"] is BonusState.ENDED],
    )


def _booked_now(bonus: BonusRow, booking: Booking | None) -> dict[str, Any]:
    """What is booked of a bonus after this booking; None for one that did not move."""
    if booking is None:
        kept = ("gross_minor", "share_minor", "on_top_minor", "views", "measurements")
        return {name: getattr(bonus, name) for name in kept}
    after = booking.step.after
    return {
        "gross_minor": after.gross.minor,
        "share_minor": after.share.minor,
        "on_top_minor": after.on_top.minor,
        "views": booking.views.counted,
        "measurements": bonus.measurements + 1,
    }


def _standing(bonus: BonusRow, *, read: bool, waits: bool, now: datetime) -> dict[str, Any]:
    """Where a bonus stands after this booking, and when the next one is. waits: for a decision."""
    if now < bonus.counted_until:
        again = next_booking(now=now, counted_until=bonus.counted_until)
    elif not waits and (read or now >= bonus.counted_until + LAST_READING_WITHIN):
        ended = {"state": BonusState.ENDED, "next_booking_at": None, "ended_at": now}
        return {"id": bonus.id} | ended
    else:
        again = now + LOOK_AGAIN
    counting = {"state": BonusState.COUNTING, "next_booking_at": again, "ended_at": None}
    return {"id": bonus.id} | counting
