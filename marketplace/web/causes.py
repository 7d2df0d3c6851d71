"""What the pages of brands, staff and the public say alike about a pledge."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.causes import queries
from marketplace.causes.models import Pledge
from marketplace.causes.rules.chain import PledgeChain, PledgeMoney, pledge_chain
from marketplace.causes.rules.pledges import settles_on


@dataclass(frozen=True, slots=True)
class PledgeView:
    """A pledge with where its money is."""

    pledge: Pledge
    money: PledgeMoney
    chain: PledgeChain


def view_of(session: Session, pledge: Pledge) -> PledgeView:
    """Return a pledge as every page shows it; the pledge with its campaign."""
    money = pledge.money(paid=queries.paid_of(session, pledge))
    last = settles_on(
        pledge.terms, ends_on=pledge.campaign.ends_on, closed_at=pledge.campaign.closed_at
    )
    held = queries.is_held(session, pledge)
    return PledgeView(pledge, money, pledge_chain(pledge.state, money, settles_on=last, held=held))


def giving_to(session: Session, kinds: Collection[str]) -> Collection[UUID]:
    """Return the campaigns that give to one of these kinds of causes."""
    return {
        each.campaign_id
        for each in queries.pledges_shown(session)
        if each.organisation.category in kinds
    }
