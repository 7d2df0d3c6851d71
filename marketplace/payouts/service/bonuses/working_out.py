"""From what bonuses are worth to the entries that book the difference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.collaborations.rules import BONUS_RULE, BONUS_VIEWS
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import queries as balances
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import AccountRef, Code, Entry, events
from marketplace.metrics.queries import CountedViews
from marketplace.payouts.models import Earning
from marketplace.payouts.rules import (
    BonusStep,
    EarningKind,
    EarningState,
    Part,
    bonus_step,
    take_back,
)
from marketplace.payouts.service.bonuses.measuring import BonusRow, Measured
from marketplace.store.locks import lock_rows


@dataclass(frozen=True, slots=True)
class Booking:
    """One entry to be. taken: what its earnings give back, where it corrects downward."""

    id: UUID
    bonus: BonusRow
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


def work_out(
    session: Session, measured: Sequence[Measured], *, lock: bool = False
) -> list[Booking]:
    """Work out who gets or gives back what.

    lock: lock every account that this touches, as is done where some are corrected; else a rival
    may earn the fee that is left before this is written.
    """
    moving = [each for each in measured if each.worth.gross != each.booked.gross]
    falling = [each.bonus for each in moving if each.worth.gross < each.booked.gross]
    unsent = _unsent(session, falling)
    if lock or falling:
        _lock_accounts(session, moving)
    fee_left = _fee_left(session, moving)
    bookings = []
    for each in moving:
        bonus = each.bonus
        step = bonus_step(each.booked, each.worth, fee_left=fee_left[bonus.campaign_id])
        if step is None:
            continue
        fee_left[bonus.campaign_id] += step.before.on_top - step.after.on_top
        taken = () if step.rises else _taken(step, unsent[bonus.deliverable_id])
        bookings.append(Booking(new_id(), bonus, each.views, step, taken))
    return bookings


def _taken(step: BonusStep, earnings: Sequence[Earning]) -> list[tuple[Earning, Part]]:
    """What each earning gives back of what is taken back."""
    parts, _ = take_back(
        Part(step.net, step.share), [Part(_free(each), each.platform_share) for each in earnings]
    )
    return list(zip(earnings, parts, strict=True))


def _unsent(session: Session, falling: Sequence[BonusRow]) -> Mapping[UUID, list[Earning]]:
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


def _lock_accounts(session: Session, moving: Sequence[Measured]) -> None:
    for currency in sorted({each.bonus.currency for each in moving}):
        refs = [ref for e in moving if e.bonus.currency == currency for ref in _accounts(e)]
        ledger.lock_accounts(session, refs=refs, currency=currency)


def _fee_left(session: Session, moving: Sequence[Measured]) -> dict[UUID, Money]:
    """Campaign id -> what is left of the platform fee that its brand has paid."""
    campaigns: dict[str, set[UUID]] = defaultdict(set)
    for each in moving:
        campaigns[each.bonus.currency].add(each.bonus.campaign_id)
    fee_left: dict[UUID, Money] = {}
    for currency, ids in campaigns.items():
        fee_left |= balances.balances_of(session, Code.FEE_UNEARNED, ids, currency)
    return fee_left


def _accounts(each: Measured) -> tuple[AccountRef, ...]:
    bonus = each.bonus
    rising = (
        events.committed_to(bonus.collaboration_id),
        events.creator_pending(bonus.creator_id),
        events.fee_unearned(bonus.campaign_id),
    )
    if each.worth.gross > each.booked.gross:
        return rising
    return (
        *rising,
        events.creator_payable(bonus.creator_id),
        events.owed_by_creator(bonus.creator_id),
    )


def _free(earning: Earning) -> Money:
    """What a correction may take of an earning: not what is kept back for something else."""
    return earning.left if earning.netted_minor else earning.net
