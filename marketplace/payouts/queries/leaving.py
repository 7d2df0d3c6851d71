"""What keeps a person's account open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from marketplace.accounts import queries as accounts
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import CollaborationState
from marketplace.funding import queries as funding
from marketplace.funding.models import Funding
from marketplace.funding.rules import FundingState, RefundState
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.counts import counted
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence
from marketplace.payouts.models import Dispute, Earning
from marketplace.payouts.queries.clawbacks import open_cases_of
from marketplace.payouts.queries.reasons import Reason, reasons
from marketplace.payouts.rules import OVER, Waiting
from marketplace.payouts.rules.disputes import OPEN_DISPUTES
from marketplace.terms.queries import terms_for

COMING_IN: Final = (FundingState.CHECKOUT_OPEN, FundingState.CLEARING)
NEED_AN_ACCOUNT: Final = frozenset(
    {
        Waiting.NO_ACCOUNT,
        Waiting.ACCOUNT_CLOSED,
        Waiting.ACCOUNT_NOT_READY,
        Waiting.ACCOUNT_PAUSED,
    }
)
"""These are over once the creator has done something about the account to be paid to."""
ON_ITS_WAY: Final = (RefundState.ASKED, RefundState.BANK_TRANSFER_DUE)


def what_keeps_open(session: Session, actor: Actor) -> list[Sentence]:
    """Why a person cannot close their account now, each a sentence to them; none when they can."""
    found: list[Sentence] = []
    if actor.is_staff and set(accounts.staff_ids(session)) <= {actor.user_id}:
        found.append(Sentence("Nobody else is staff here: have somebody else made staff first."))
    if actor.creator_id is not None:
        found += _of_creator(session, actor.creator_id)
    for brand_id in sorted(actor.brands):
        others = accounts.others_in(session, brand_id, actor.user_id)
        name = accounts.brand_by_id(session, brand_id).name
        if not others and (kept := _of_brand(session, brand_id, name)):
            way_out = "Or hand {brand} over: invite somebody as owner."
            found += [*kept, Sentence(way_out, brand=name)]
        elif others and not any(each.role is Role.OWNER for each in others):
            said = "{brand} has no other owner: make somebody one first."
            found.append(Sentence(said, brand=name))
    return found


def left_over(session: Session, *, creator_id: UUID, now: datetime) -> list[Money]:
    """What is below the smallest payout and would wait for ever, in the order of currencies.

    There is none while a collaboration is under way, nor of a currency in which anything else is
    still to come: there more may come together.
    """
    return [
        total
        for total, waiting in _all_that_waits(session, creator_id, now)
        if waiting == {Waiting.BELOW_MINIMUM}
    ]


def left_without_account(session: Session, *, creator_id: UUID, now: datetime) -> list[Money]:
    """What would be left over as well if the creator had an account that can be paid."""
    terms = terms_for(session, at=now)
    return [
        total
        for total, waiting in _all_that_waits(session, creator_id, now)
        if waiting <= NEED_AN_ACCOUNT and total < terms.limits_of(total.currency).payout_least
    ]


def _all_that_waits(
    session: Session, creator_id: UUID, now: datetime
) -> Iterator[tuple[Money, set[Waiting]]]:
    """Yield for each currency all that is not paid, and what it waits for.

    Nothing while a collaboration is under way.
    """
    if _running(session, Collaboration.creator_id == creator_id):
        return
    found: dict[str, list[Reason]] = defaultdict(list)
    for each in reasons(session, now=now, creator_id=creator_id):
        found[each.total.currency].append(each)
    for currency, waiting in sorted(found.items()):
        minor = sum(each.total.minor for each in waiting)
        yield Money(minor, currency), {each.waiting for each in waiting}


def left_to_nobody(session: Session, actor: Actor) -> list[str]:
    """Names of the brands that would have nobody if this person left, in alphabetical order."""
    alone = [each for each in actor.brands if not accounts.others_in(session, each, actor.user_id)]
    return sorted(accounts.brand_names(session, alone).values())


def _of_creator(session: Session, creator_id: UUID) -> list[Sentence]:
    found = []
    if running := _running(session, Collaboration.creator_id == creator_id):
        said = "You have {count} under way: finish or end what you have agreed to."
        found.append(Sentence(said, count=counted(running, "collaboration", "collaborations")))
    if disputed := _disputed(session, Dispute.creator_id == creator_id):
        said = "You have {count} open: settle or withdraw what you disagree about."
        found.append(Sentence(said, count=counted(disputed, "dispute", "disputes")))
    waiting = session.execute(
        select(Earning.currency, func.sum(Earning.left_minor))
        .where(Earning.creator_id == creator_id, Earning.state.not_in(OVER))
        .group_by(Earning.currency)
        .order_by(Earning.currency)
    )
    for currency, minor in waiting:
        said = "{amount} that you have earned is not paid out yet: Earnings says what it waits for."
        found.append(Sentence(said, amount=Money(int(minor), currency)))
    found += [
        Sentence("You still have to give back {amount}.", amount=case.rest)
        for case in open_cases_of(session, [creator_id])
    ]
    return found


def _of_brand(session: Session, brand_id: UUID, name: str) -> list[Sentence]:
    """What a brand keeps open that has nobody else. name: of the brand."""
    found = []
    published = session.scalar(
        select(func.count()).where(
            Campaign.brand_id == brand_id, Campaign.state == CampaignState.PUBLISHED
        )
    )
    if published:
        said = "{brand} has {count} open, and nobody else to run it: close it first."
        if published > 1:
            said = "{brand} has {count} open, and nobody else to run them: close them first."
        many = counted(published, "campaign", "campaigns")
        found.append(Sentence(said, brand=name, count=many))
    if running := _running(session, Collaboration.brand_id == brand_id):
        said = "{brand} has {count} under way: finish or end what was agreed."
        many = counted(running, "collaboration", "collaborations")
        found.append(Sentence(said, brand=name, count=many))
    if disputed := _disputed(session, Dispute.brand_id == brand_id):
        said = "{brand} has {count} open: settle or withdraw what you disagree about."
        many = counted(disputed, "dispute", "disputes")
        found.append(Sentence(said, brand=name, count=many))
    coming = select(func.count()).where(Funding.brand_id == brand_id, Funding.state.in_(COMING_IN))
    if session.scalar(coming):
        found.append(Sentence("A payment of {brand} is on its way to us.", brand=name))
    for bill in funding.bills_of(session, brand_id=brand_id):
        if bill.held:
            said = "{amount} of {brand} is with us: have it sent back first."
            found.append(Sentence(said, amount=bill.held, brand=name))
        if bill.owed:
            found.append(Sentence("{brand} owes us {amount}.", brand=name, amount=bill.owed))
    refunds = funding.refunds_of_brand(session, brand_id=brand_id)
    if any(each.state in ON_ITS_WAY for each in refunds):
        found.append(Sentence("A refund to {brand} is on its way.", brand=name))
    return found


def _running(session: Session, whose: ColumnElement[bool]) -> int:
    return (
        session.scalar(
            select(func.count()).where(whose, Collaboration.state == CollaborationState.ACTIVE)
        )
        or 0
    )


def _disputed(session: Session, whose: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(whose, Dispute.state.in_(OPEN_DISPUTES))) or 0
