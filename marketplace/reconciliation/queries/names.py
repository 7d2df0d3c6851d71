"""Whose ledger accounts are, in words for people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.causes.models import Organisation
from marketplace.collaborations.models import Collaboration
from marketplace.creators.models import Creator
from marketplace.funding.models import Chargeback, Refund
from marketplace.ledger.rules import AccountRef
from marketplace.payouts.models import Payout
from marketplace.store.rows import given_in


def owner_names(session: Session, refs: Iterable[AccountRef]) -> dict[UUID, str]:
    """Owner of a ledger account -> its name for people; owners without a name are left out."""
    return names_of(session, (ref.owner for ref in refs))


def names_of(session: Session, owners: Iterable[UUID]) -> dict[UUID, str]:
    """Whoever or whatever owns ledger accounts -> its name; what has no name is left out."""
    return dict(session.execute(_NAMES, {"ids": list(set(owners))}).all())


_NAMES: Final = union_all(
    select(Brand.id, Brand.name).where(given_in(Brand.id, "ids")),
    select(Campaign.id, Campaign.name).where(given_in(Campaign.id, "ids")),
    select(Creator.id, Creator.display_name).where(given_in(Creator.id, "ids")),
    select(Organisation.id, Organisation.name).where(given_in(Organisation.id, "ids")),
    select(Collaboration.id, Creator.display_name + " in “" + Campaign.name + "”")
    .join(Creator, Creator.id == Collaboration.creator_id)
    .join(Campaign, Campaign.id == Collaboration.campaign_id)
    .where(given_in(Collaboration.id, "ids")),
    select(Payout.id, "payout to " + Creator.display_name)
    .join(Creator, Creator.id == Payout.creator_id)
    .where(given_in(Payout.id, "ids")),
    select(Refund.id, "refund to " + Brand.name)
    .join(Brand, Brand.id == Refund.brand_id)
    .where(given_in(Refund.id, "ids")),
    select(Chargeback.id, "chargeback of “" + Campaign.name + "”")
    .join(Campaign, Campaign.id == Chargeback.campaign_id)
    .where(given_in(Chargeback.id, "ids")),
)
"""No two of them have the same id: each is made of time and chance."""
