"""Views become money: a bonus is opened with its fee, booked step by step, and ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, inspect, select
from sqlalchemy.orm import Session

from marketplace.collaborations.models import Offer
from marketplace.collaborations.rules import BONUS_RULE, BONUS_VIEWS
from marketplace.deliverables import queries as deliverables
from marketplace.deliverables.models import Deliverable
from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import queries as balances
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import AccountRef, Code, Entry, events
from marketplace.metrics import queries as metrics
from marketplace.metrics.queries import CountedViews
from marketplace.payouts.messages import BonusCorrected, BonusEnded
from marketplace.payouts.models import BonusMeasurement, Earning, ViewBonus
from marketplace.payouts.rules import (
    LAST_READING_WITHIN,
    BonusState,
    BonusStep,
    CaseOrigin,
    EarningKind,
    EarningState,
    Part,
    Worth,
    bonus_step,
    next_booking,
    take_back,
    worth_of,
)
from marketplace.payouts.service.clawing_back import open_case
from marketplace.store.locks import lock_rows
from marketplace.store.outbox import post, post_all
from marketplace.store.rows import insert_rows, update_rows

LOOK_AGAIN: Final = timedelta(hours=1)
"""How soon to look again for the reading that closes a bonus."""


_Bonus = Row[Any]
"""A view bonus as its plain row: there are too many for an object of the session each."""


@dataclass(frozen=True, slots=True)
class _Measured:
    """A bonus that is due, with the reading it is booked by, what is booked, and what to book."""

    bonus: _Bonus
    views: CountedViews
    booked: Worth
    worth: Worth


@dataclass(frozen=True, slots=True)
class _Booking:
    """One entry to be. taken: what its earnings give back, where it corrects downward."""

    id: UUID
    bonus: _Bonus
    views: CountedViews
    step: BonusStep
    taken: Sequence[tuple[Earning, Part]]

    def entry(self) -> Entry:
        """Return the event as the books take it."""
        bonus, step = self.bonus, self.step
        ids = {
            "deliverable_id": bonus.deliverable_id,
            "measurement_id": self.id,
            "collaboration_id": bonus.collaboration_id,
            "campaign_id": bonus.campaign_id,
            "creator_id": bonus.creator_id,
        }
        memo = (
            f"{self.views.counted} views, {bonus.rate_minor} for {BONUS_VIEWS}, rule {BONUS_RULE}:"
            f" {step.before.gross.minor} before, {step.after.gross.minor} now"
        )
        if step.rises:
            return events.bonus_earned(
                **ids, net=step.net, platform_share=step.share, fee_on_top=step.on_top, memo=memo
            )
        return events.bonus_corrected(
            **ids,
            from_pending=self._from(EarningState.PENDING),
            from_payable=self._from(EarningState.PAYABLE),
            from_paid=self.owed,
            platform_share=step.share,
            fee_on_top=step.on_top,
            memo=memo,
        )

    @property
    def owed(self) -> Money:
        """What was sent already, so that the creator has to give it back."""
        nothing = Money(0, self.bonus.currency)
        if self.step.rises:
            return nothing
        return self.step.net - sum((part.net for _, part in self.taken), nothing)

    def _from(self, state: EarningState) -> Money:
        parts = [part.net for earning, part in self.taken if earning.state is state]
        return sum(parts, Money(0, self.bonus.currency))


def open_bonus(session: Session, deliverable: Deliverable, offer: Offer) -> None:
    """Begin to book the bonus of an accepted deliverable, where the offer has one."""
    cap = offer.deliverables[deliverable.position - 1].get("bonus_cap_minor")
    post_of = deliverables.standing_post(session, deliverable_id=deliverable.id)
    if offer.bonus is None or cap is None or post_of is None:
        return
    begin = post_of.published_at or post_of.pasted_at
    end = begin + offer.bonus.window
    session.add(
        ViewBonus(
            deliverable_id=deliverable.id,
            post_id=post_of.id,
            collaboration_id=deliverable.collaboration_id,
            campaign_id=deliverable.campaign_id,
            creator_id=deliverable.creator_id,
            rate_minor=offer.bonus.rate.minor,
            cap_minor=cap,
            currency=offer.currency,
            creator_fee_bps=offer.creator_fee_bps,
            brand_fee_bps=offer.brand_fee_bps,
            withheld_bps=offer.withheld_bps,
            hold_days=offer.hold_days,
            counted_from=begin,
            counted_until=end,
            next_booking_at=next_booking(now=begin, counted_until=end),
        )
    )


def book_bonuses(session: Session, *, now: datetime, limit: int = 1_000) -> int:
    """Book every bonus that is due by what its views are worth now; return how many were due.

    1. Lock the bonuses, and find the reading that each is booked by.
    2. Lock the earnings that a correction takes from, then all ledger accounts, in one order.
    3. Work out the steps; the platform fee on top is earned only as far as the brand has paid it.
    4. Write all entries, then their measurements and earnings.
    What is not due is left alone, so the second time there is nothing to do.
    """
    due = session.execute(
        select(*(each.class_attribute for each in inspect(ViewBonus).column_attrs))
        .where(ViewBonus.state == BonusState.COUNTING, ViewBonus.next_booking_at <= now)
        .order_by(ViewBonus.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    measured = _measure(session, due, now=now)
    bookings = _bookings(session, measured)
    entries = [each.entry() for each in bookings]
    entry_ids = ledger.write_entries(session, entries, occurred_at=now, actor=SYSTEM)
    _keep(session, bookings, entry_ids=entry_ids, now=now)
    _move_on(session, due, bookings, read={each.bonus.id for each in measured}, now=now)
    return len(due)


def _measure(session: Session, due: Sequence[_Bonus], *, now: datetime) -> list[_Measured]:
    """Find the readings: the last one, or for a bonus at its end the first one after that."""
    over = {each.post_id: each.counted_until for each in due if each.counted_until <= now}
    closing = metrics.first_views(session, over)
    before = metrics.last_views(
        session, {each.post_id: min(now, each.counted_until) for each in due}
    )
    measured = []
    for bonus in due:
        views = _that_counts(bonus, closing.get(bonus.post_id), before.get(bonus.post_id), now)
        if views is not None:
            worth = worth_of(
                views.counted,
                rate=Money(bonus.rate_minor, bonus.currency),
                cap=Money(bonus.cap_minor, bonus.currency),
                creator_fee_bps=bonus.creator_fee_bps,
                brand_fee_bps=bonus.brand_fee_bps,
            )
            measured.append(_Measured(bonus, views, _booked(bonus), worth))
    return measured


def _booked(bonus: _Bonus) -> Worth:
    return Worth(
        gross=Money(bonus.gross_minor, bonus.currency),
        share=Money(bonus.share_minor, bonus.currency),
        on_top=Money(bonus.on_top_minor, bonus.currency),
    )


def _that_counts(
    bonus: _Bonus, closing: CountedViews | None, before: CountedViews | None, now: datetime
) -> CountedViews | None:
    """The reading to book by; None while the one that closes the bonus can still come."""
    if now < bonus.counted_until:
        return before
    last_chance = bonus.counted_until + LAST_READING_WITHIN
    if closing is not None and closing.taken_at <= last_chance:
        return closing
    return before if now >= last_chance else None


def _bookings(session: Session, measured: Sequence[_Measured]) -> list[_Booking]:
    """Work out who gets or gives back what; whatever that touches is locked then."""
    moving = [each for each in measured if each.worth.gross != each.booked.gross]
    unsent = _unsent(session, [e.bonus for e in moving if e.worth.gross < e.booked.gross])
    fee_left = _lock_accounts(session, [each.bonus for each in moving])
    bookings = []
    for each in moving:
        bonus = each.bonus
        step = bonus_step(each.booked, each.worth, fee_left=fee_left[bonus.campaign_id])
        if step is None:
            continue
        fee_left[bonus.campaign_id] += step.before.on_top - step.after.on_top
        earnings = [] if step.rises else unsent[bonus.deliverable_id]
        parts, _ = take_back(
            Part(step.net, step.share), [Part(_free(e), e.platform_share) for e in earnings]
        )
        taken = list(zip(earnings, parts, strict=True))
        bookings.append(_Booking(new_id(), bonus, each.views, step, taken))
    return bookings


def _unsent(session: Session, falling: Sequence[_Bonus]) -> Mapping[UUID, list[Earning]]:
    """Deliverable id -> what can be taken from, locked: pending before payable, newest first."""
    found: dict[UUID, list[Earning]] = defaultdict(list)
    if not falling:
        return found
    order = (EarningState.PENDING, EarningState.PAYABLE)
    ids = session.scalars(
        select(Earning.id).where(
            Earning.kind == EarningKind.BONUS,
            Earning.deliverable_id.in_([each.deliverable_id for each in falling]),
            Earning.state.in_(order),
        )
    )
    # Locked and read again: a rival may have made some payable, or sent them, since.
    for earning in reversed(lock_rows(session, Earning, ids)):
        if earning.state in order:
            found[earning.deliverable_id].append(earning)
    for earnings in found.values():
        earnings.sort(key=lambda earning: order.index(earning.state))
    return found


def _lock_accounts(session: Session, bonuses: Sequence[_Bonus]) -> dict[UUID, Money]:
    """Lock every ledger account that these bonuses touch; campaign id -> platform fee left."""
    fee_left: dict[UUID, Money] = {}
    for currency in sorted({each.currency for each in bonuses}):
        mine = [each for each in bonuses if each.currency == currency]
        refs = [ref for each in mine for ref in _accounts(each)]
        ledger.lock_accounts(session, refs=refs, currency=currency)
        campaign_ids = {each.campaign_id for each in mine}
        fee_left |= balances.balances_of(session, Code.FEE_UNEARNED, campaign_ids, currency)
    return fee_left


def _accounts(bonus: _Bonus) -> tuple[AccountRef, ...]:
    return (
        events.committed_to(bonus.collaboration_id),
        events.creator_pending(bonus.creator_id),
        events.creator_payable(bonus.creator_id),
        events.owed_by_creator(bonus.creator_id),
        events.fee_unearned(bonus.campaign_id),
    )


def _keep(
    session: Session, bookings: Sequence[_Booking], *, entry_ids: Sequence[int], now: datetime
) -> None:
    """Write why each entry was made, and what it means for the creator."""
    measurements: list[dict[str, Any]] = []
    earnings: list[dict[str, Any]] = []
    for each, entry_id in zip(bookings, entry_ids, strict=True):
        bonus, step = each.bonus, each.step
        measurements.append(
            {
                "id": each.id,
                "bonus_id": bonus.id,
                "number": bonus.measurements + 1,
                "snapshot_id": each.views.snapshot_id,
                "views_read": each.views.read,
                "views_counted": each.views.counted,
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
        )
        if step.rises and step.net:
            earnings.append(
                {
                    "id": new_id(),
                    "kind": EarningKind.BONUS,
                    "deliverable_id": bonus.deliverable_id,
                    "measurement_id": each.id,
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
            )
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


def _free(earning: Earning) -> Money:
    """What a correction may take of an earning: not what is kept back for something else."""
    return earning.left if earning.netted_minor else earning.net


def _shrink(earning: Earning, part: Part, *, withheld_bps: int) -> None:
    """Take a part of an earning away; one of which nothing is left has ended."""
    earning.net -= part.net
    earning.platform_share -= part.share
    earning.fee = earning.net + earning.platform_share
    earning.withheld = earning.net.share(basis_points=withheld_bps)
    if earning.netted_minor == earning.net_minor:
        earning.state = EarningState.NETTED if earning.net_minor else EarningState.TAKEN_BACK


def _move_on(
    session: Session,
    due: Sequence[_Bonus],
    bookings: Sequence[_Booking],
    *,
    read: Collection[UUID],
    now: datetime,
) -> None:
    """Keep what is booked now, and say when next. read: those with a reading to book by."""
    booked = [
        {
            "id": each.bonus.id,
            "gross_minor": each.step.after.gross.minor,
            "share_minor": each.step.after.share.minor,
            "on_top_minor": each.step.after.on_top.minor,
            "views": each.views.counted,
            "measurements": each.bonus.measurements + 1,
        }
        for each in bookings
    ]
    standing = [_standing(each, read=each.id in read, now=now) for each in due]
    update_rows(session, ViewBonus, booked)
    update_rows(session, ViewBonus, standing)
    post_all(
        session,
        [BonusEnded(bonus_id=each["id"]) for each in standing if each["state"] is BonusState.ENDED],
    )


def _standing(bonus: _Bonus, *, read: bool, now: datetime) -> dict[str, Any]:
    """Where a bonus stands after this booking, and when the next one is."""
    if now < bonus.counted_until:
        again = next_booking(now=now, counted_until=bonus.counted_until)
    elif read or now >= bonus.counted_until + LAST_READING_WITHIN:
        ended = {"state": BonusState.ENDED, "next_booking_at": None, "ended_at": now}
        return {"id": bonus.id} | ended
    else:
        again = now + LOOK_AGAIN
    counting = {"state": BonusState.COUNTING, "next_booking_at": again, "ended_at": None}
    return {"id": bonus.id} | counting
