"""What keeps a person's account open."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from marketplace.accounts import queries as accounts
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.collaborations.models import Collaboration
from marketplace.collaborations.rules import CollaborationState
from marketplace.deliverables.models import Deliverable
from marketplace.funding import queries as funding
from marketplace.funding.rules import RefundState
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.counts import counted
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence
from marketplace.payouts.models import Dispute, Earning
from marketplace.payouts.queries.clawbacks import open_cases_of
from marketplace.payouts.rules import OVER
from marketplace.payouts.rules.disputes import OPEN_DISPUTES

ON_ITS_WAY: Final = (RefundState.ASKED, RefundState.BANK_TRANSFER_DUE)


def what_keeps_open(session: Session, actor: Actor) -> list[Sentence]:
    """Why a person cannot close their account now, each a sentence to them; none when they can."""
    found: list[Sentence] = []
    if actor.is_staff:
        found.append(Sentence("You work here: accounts of staff are not closed on this page."))
    if actor.creator_id is not None:
        found += _of_creator(session, actor.creator_id)
    for brand_id in sorted(actor.brands):
        others = [
            each for each in accounts.members_of(session, brand_id) if each.user_id != actor.user_id
        ]
        name = accounts.brand_by_id(session, brand_id).name
        if not others:
            found += _of_brand(session, brand_id, name)
        elif not any(each.role is Role.OWNER for each in others):
            said = "{brand} has no other owner: make somebody one first."
            found.append(Sentence(said, brand=name))
    return found


def _of_creator(session: Session, creator_id: UUID) -> list[Sentence]:
    found = []
    if running := _running(session, Collaboration.creator_id == creator_id):
        said = "You have {count} under way: finish or end what you have agreed to."
        found.append(Sentence(said, count=counted(running, "collaboration", "collaborations")))
    disputed = session.scalar(
        select(func.count())
        .select_from(Dispute)
        .join(Deliverable, Deliverable.id == Dispute.deliverable_id)
        .where(Deliverable.creator_id == creator_id, Dispute.state.in_(OPEN_DISPUTES))
    )
    if disputed:
        said = "You have {count} open."
        found.append(Sentence(said, count=counted(disputed, "dispute", "disputes")))
    waiting = session.execute(
        select(Earning.currency, func.sum(Earning.left_minor))
        .where(Earning.creator_id == creator_id, Earning.state.not_in(OVER))
        .group_by(Earning.currency)
        .order_by(Earning.currency)
    )
    for currency, minor in waiting:
        said = "{amount} that you have earned is not paid out yet."
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
        said = "{brand} has {count} that is not closed, and nobody else to run it."
        many = counted(published, "campaign", "campaigns")
        if published > 1:
            said = "{brand} has {count} that are not closed, and nobody else to run them."
        found.append(Sentence(said, brand=name, count=many))
    if running := _running(session, Collaboration.brand_id == brand_id):
        said = "{brand} has {count} under way, and nobody else to see to it."
        many = counted(running, "collaboration", "collaborations")
        found.append(Sentence(said, brand=name, count=many))
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
