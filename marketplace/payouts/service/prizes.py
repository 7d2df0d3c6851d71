"""The prizes of a challenge are booked, all in one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.collaborations.rules import OfferMoney, money_of
from marketplace.deliverables.models import Deliverable
from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.money import Money
from marketplace.ledger import queries as balances
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, events
from marketplace.payouts.models import Earning, EntryPrize
from marketplace.payouts.rules import EarningKind, EarningState
from marketplace.payouts.service.resting import rest_prizes
from marketplace.terms.rules import Shares


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an entry has come to, and by which terms.

    prize: before the platform's share, or nothing. most: what the best entry could win. memo: why,
    for the books.
    """

    deliverable: Deliverable
    prize: Money
    most: Money
    shares: Shares
    hold_days: int
    memo: str

    @property
    def money(self) -> OfferMoney:
        """Who pays and receives what of it."""
        return money_of(self.prize, self.shares)

    def held_until(self, now: datetime) -> datetime:
        """Return when it is paid out at the earliest, and until when it may be disputed."""
        return now + timedelta(days=self.hold_days)


def book_prizes(
    session: Session,
    outcomes: Sequence[Outcome],
    *,
    challenge_id: UUID,
    campaign_id: UUID,
    rest: Money,
    now: datetime,
) -> None:
    """Book what the entries of a challenge have won, and give its campaign the rest of the pool.

    Each prize is an earning like any other: pending for the hold window of its terms. The platform
    fee on top is earned only as far as the brand has paid it. What every entry could have won is
    kept for as long as its creator may dispute it; so long the rest of the pool rests. Called once,
    by whoever has locked the challenge; a second time the books refuse what is different and
    earnings are unique.
    """
    won = [each for each in outcomes if each.prize]
    fee_taken = events.fee_unearned(campaign_id)
    pending = [events.creator_pending(each.deliverable.creator_id) for each in won]
    pool, funds = events.prize_pool(campaign_id), events.campaign_funds(campaign_id)
    ledger.lock_accounts(session, refs=[pool, funds, fee_taken, *pending], currency=rest.currency)
    fee_left = balances.balance_of(session, fee_taken, currency=rest.currency)
    entries: list[Entry] = []
    for each in won:
        on_top = min(each.money.brand_fee, fee_left)
        fee_left -= on_top
        entries.append(_entry(each, campaign_id=campaign_id, on_top=on_top))
    if rest:
        entries.append(
            events.prizes_returned(
                challenge_id=challenge_id,
                campaign_id=campaign_id,
                amount=rest,
                memo="What nobody won of the prizes",
            )
        )
    ledger.write_entries(session, entries, occurred_at=now, actor=SYSTEM)
    session.add_all(_kept(each, now=now) for each in outcomes)
    session.add_all(_earning(each, now=now) for each in won if each.money.net)
    session.flush()  # what entries may dispute is counted
    rest_prizes(session, campaign_id, back=rest, now=now)


def _kept(outcome: Outcome, *, now: datetime) -> EntryPrize:
    return EntryPrize(
        deliverable_id=outcome.deliverable.id,
        won_minor=outcome.prize.minor,
        most_minor=outcome.most.minor,
        currency=outcome.prize.currency,
        disputable_until=outcome.held_until(now),
    )


def _entry(won: Outcome, *, campaign_id: UUID, on_top: Money) -> Entry:
    money = won.money
    return events.prize_won(
        deliverable_id=won.deliverable.id,
        campaign_id=campaign_id,
        creator_id=won.deliverable.creator_id,
        net=money.net,
        platform_share=money.creator_share,
        fee_on_top=on_top,
        memo=won.memo,
    )


def _earning(won: Outcome, *, now: datetime) -> Earning:
    money = won.money
    return Earning(
        kind=EarningKind.PRIZE,
        deliverable_id=won.deliverable.id,
        campaign_id=won.deliverable.campaign_id,
        creator_id=won.deliverable.creator_id,
        fee_minor=money.fee.minor,
        platform_share_minor=money.creator_share.minor,
        net_minor=money.net.minor,
        withheld_minor=money.withheld.minor,
        currency=money.fee.currency,
        state=EarningState.PENDING,
        earned_at=now,
        payable_at=won.held_until(now),
    )
