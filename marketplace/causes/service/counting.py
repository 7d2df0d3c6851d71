"""What a pledge is worth becomes the organisation's, step by step, until it is final."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from marketplace.campaigns.rules import CampaignState
from marketplace.causes import queries
from marketplace.causes.messages import PledgeSettled
from marketplace.causes.models import Pledge
from marketplace.causes.rules.pledges import (
    PledgeEvent,
    PledgeState,
    counts_until,
    has_ended,
    may_settle,
    worth_of,
)
from marketplace.causes.service.steps import give_back, take_step
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import CollaborationState
from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import events
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post


def promise(session: Session, *, campaign_id: UUID, now: datetime) -> None:
    """Hold a brand to its pledge: its campaign was published. The second time nothing happens."""
    found = queries.pledge_of(session, campaign_id)
    if found is None or found.state is not PledgeState.DRAFTED:
        return
    found = lock_row(session, Pledge, found.id)
    if found.campaign.state is not CampaignState.DRAFT:
        take_step(session, found, PledgeEvent.PROMISE, found.amount, actor=SYSTEM, now=now)


def book_pledge(session: Session, *, pledge_id: UUID, now: datetime) -> None:
    """Book what a promised pledge is worth by now, and end it once nothing can be added.

    What became the organisation's never goes back, also when views are corrected downward. No
    more is owed than was set aside, and nothing while a payment of the brand's is in doubt. While
    views are in question it does not end. The second time at one moment nothing happens.
    """
    found = lock_row(session, Pledge, pledge_id)
    if found.state is not PledgeState.PROMISED or queries.is_held(session, found):
        return
    campaign = found.campaign
    ended = has_ended(
        state=campaign.state, ends_on=campaign.ends_on, closed_at=campaign.closed_at, now=now
    )
    in_question = False
    if found.rate_minor is not None:
        last = counts_until(found.terms, ends_on=campaign.ends_on, closed_at=campaign.closed_at)
        views = queries.counted_views_of(session, campaign.id, until=min(now, last))
        found.views, in_question = views.counted, views.in_question
        found.counted_at = now
    worth = worth_of(found.terms, views=found.views, ended=ended)
    _owe(session, found, worth, now=now)
    if ended and may_settle(
        found.terms,
        ends_on=campaign.ends_on,
        closed_at=campaign.closed_at,
        work_is_open=_work_is_open(session, campaign.id),
        views_in_question=in_question,
        now=now,
    ):
        _settle(session, found, now=now)


def _owe(session: Session, found: Pledge, worth: Money, *, now: datetime) -> None:
    money = found.money()
    more = min(worth, money.kept) - money.owed
    if more.minor <= 0:
        return
    entry = events.pledge_owed(
        pledge_id=found.id,
        before=money.owed,
        campaign_id=found.campaign_id,
        organisation_id=found.organisation_id,
        amount=more,
        memo=f"{found.views} views counted" if found.rate_minor is not None else "campaign ended",
    )
    ledger.write_entry(session, entry, occurred_at=now, actor=SYSTEM)
    found.owed_minor += more.minor
    take_step(session, found, PledgeEvent.COUNT, more, actor=SYSTEM, now=now)


def _settle(session: Session, found: Pledge, *, now: datetime) -> None:
    give_back(session, found, found.money().waiting, actor=SYSTEM, now=now)
    owed = Money(found.owed_minor, found.currency)
    take_step(session, found, PledgeEvent.SETTLE, owed, actor=SYSTEM, now=now)
    found.settled_at = now
    post(session, PledgeSettled(pledge_id=found.id))


def _work_is_open(session: Session, campaign_id: UUID) -> bool:
    return bool(
        session.scalar(
            select(
                exists().where(
                    Collaboration.campaign_id == campaign_id,
                    Collaboration.state == CollaborationState.ACTIVE,
                )
            )
        )
    )
