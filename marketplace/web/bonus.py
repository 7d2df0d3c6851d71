"""What both sides see of a bonus for views: its rule in words, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.authenticity import queries as authenticity
from marketplace.collaborations.models import Offer
from marketplace.collaborations.rules import Bonus, bonus_for
from marketplace.deliverables.models import Deliverable, PublishedPost
from marketplace.kernel.money import BPS_WHOLE, Money
from marketplace.metrics import queries as metrics
from marketplace.metrics.queries import CountedViews
from marketplace.payouts import queries as payouts
from marketplace.payouts.rules import LAST_READING_WITHIN, BonusState, worth_of
from marketplace.web import render


@dataclass(frozen=True, slots=True)
class BonusCard:
    """One post's bonus. views, so_far: by the last reading that counts; None before there is one.

    held: views that do not count. in_question: whether a word is still to come on some of them.
    net: what of it is the creator's. booked: what of it is in the books. until: None before the
    post is live. is_over: no view that comes now counts. next_booking_at: None before it is
    accepted, and once it has ended. is_disputed: nothing is booked until a dispute is over.
    """

    rate: Money
    cap: Money
    days: int
    views: int | None
    held: int
    in_question: bool
    so_far: Money | None
    net: Money | None
    booked: Money
    until: datetime | None
    is_over: bool
    next_booking_at: datetime | None
    ended_at: datetime | None
    is_disputed: bool

    @property
    def of_cap_bps(self) -> int:
        """How much of the cap is reached, in basis points."""
        return self.so_far.minor * BPS_WHOLE // self.cap.minor if self.so_far else 0


def bonus_in_words(bonus: Bonus | None, *, posts: int) -> str:
    """Return a bonus as one plain sentence; empty for none. posts: over which the cap divides."""
    if bonus is None:
        return ""
    each = " of each post" if posts > 1 else ""
    shared = f", {render.money(bonus.cap.split([1] * posts)[0])} a post" if posts > 1 else ""
    days = "1 day" if bonus.days == 1 else f"{bonus.days} days"
    return (
        f"{render.money(bonus.rate)} for every 1,000 views{each}, {render.money(bonus.cap)} at"
        f" most{shared}. Views are counted for {days} after publication."
    )


def bonus_card(
    session: Session,
    deliverable: Deliverable,
    offer: Offer,
    post: PublishedPost | None,
    *,
    now: datetime,
) -> BonusCard | None:
    """Return how far the bonus of a deliverable has come; None where none was agreed."""
    cap_minor = offer.deliverables[deliverable.position - 1].get("bonus_cap_minor")
    if offer.bonus is None or cap_minor is None:
        return None
    rate, cap = offer.bonus.rate, Money(cap_minor, offer.currency)
    kept = payouts.bonus_of(session, deliverable_id=deliverable.id)
    until, views, held, in_question = None, None, 0, False
    if kept is not None and kept.state is BonusState.ENDED:
        until, views = kept.counted_until, kept.views
    elif post is not None and post.published_at is not None:
        until = post.published_at + offer.bonus.window
        if last := _reading(session, post.id, until=until, now=now):
            views, held = last.counted, last.held
            in_question = bool(authenticity.in_question(session, {post.id: last.taken_at}))
    return BonusCard(
        rate=rate,
        cap=cap,
        days=offer.bonus.days,
        views=views,
        held=held,
        in_question=in_question,
        so_far=None if views is None else bonus_for(views, rate=rate, cap=cap),
        net=None if views is None else _net(views, offer, rate=rate, cap=cap),
        booked=kept.booked.gross if kept else Money(0, offer.currency),
        until=until,
        is_over=until is not None and until <= now,
        next_booking_at=kept.next_booking_at if kept else None,
        ended_at=kept.ended_at if kept else None,
        is_disputed=kept is not None and kept.is_disputed,
    )


def _reading(
    session: Session, post_id: UUID, *, until: datetime, now: datetime
) -> CountedViews | None:
    """The last reading of a bonus's time; once that is over the first one after, if it came."""
    if until <= now:
        closing = metrics.first_views(session, {post_id: until}).get(post_id)
        if closing is not None and closing.taken_at <= until + LAST_READING_WITHIN:
            return closing
    return metrics.last_views(session, {post_id: min(now, until)}).get(post_id)


def more_if_counted(card: BonusCard, offer: Offer, views: int) -> Money | None:
    """How much more of a bonus its creator would receive if so many more views counted.

    None where nothing is counted yet, or any more.
    """
    if card.views is None or card.net is None or card.ended_at is not None:
        return None
    return _net(card.views + views, offer, rate=card.rate, cap=card.cap) - card.net


def _net(views: int, offer: Offer, *, rate: Money, cap: Money) -> Money:
    """What the creator receives for so many views, after the platform's share."""
    share_bps = offer.shares.creator
    return worth_of(views, rate=rate, cap=cap, creator_fee_bps=share_bps, brand_fee_bps=0).net
