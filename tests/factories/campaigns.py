"""Campaigns and briefs for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.models import Brief, Campaign
from marketplace.campaigns.queries import published_brief
from marketplace.campaigns.rules import BriefContent, CampaignState, WantedDeliverable
from marketplace.kernel.actor import SYSTEM, Actor, Role
from marketplace.kernel.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import AccountRef, Code, Entry, EntryKind, Pair

NOON: Final = datetime(2026, 11, 2, 12, tzinfo=UTC)
BUDGET: Final = Money(100_000, "USD")


def content(**changes: Any) -> BriefContent:
    """Return a complete brief in USD."""
    values: dict[str, Any] = {
        "summary": "Cook our beans in your own way.",
        "dos": ("Show the tin",),
        "donts": ("Do not name other brands",),
        "deliverables": (WantedDeliverable("video", "A recipe in a minute", 1),),
        "target_age": {"18-24": 4_000, "25-34": 6_000},
        "target_country": {"US": 10_000},
        "target_interests": ("cooking",),
        "fee_low": Money(10_000, "USD"),
        "fee_high": Money(50_000, "USD"),
        "usage_media": "paid",
        "usage_days": 30,
        "disclosure": "Paid partnership",
        "revision_rounds": 2,
    }
    return BriefContent(**(values | changes))


def make_campaign(
    session: Session,
    *,
    brand: Brand,
    by: Actor,
    name: str = "Beans in a minute",
    budget: Money = BUDGET,
    starts_on: date = date(2026, 11, 3),
    ends_on: date = date(2026, 12, 31),
    category: str | None = "food",
    state: CampaignState = CampaignState.PUBLISHED,
    brief: BriefContent | None = None,
    now: datetime = NOON,
) -> Campaign:
    """Return a campaign of the brand; published with a complete brief unless told otherwise."""
    owner = Actor(user_id=by.user_id, brands={brand.id: Role.OWNER})
    campaign = campaigns.draft_campaign(
        session,
        brand_id=brand.id,
        name=name,
        budget=budget,
        starts_on=starts_on,
        ends_on=ends_on,
        category=category,
        actor=owner,
        now=now,
    )
    currency = budget.currency
    fees = {"fee_low": Money(10_000, currency), "fee_high": Money(50_000, currency)}
    campaigns.save_brief(
        session, campaign_id=campaign.id, content=brief or content(**fees), actor=owner, now=now
    )
    if state is not CampaignState.DRAFT:
        campaigns.publish(session, campaign_id=campaign.id, actor=owner, now=now)
    if state is CampaignState.CLOSED:
        campaigns.close(session, campaign_id=campaign.id, actor=owner, now=now)
    session.flush()
    return campaign


def amend(session: Session, campaign: Campaign, *, by: Actor, now: datetime) -> Brief:
    """Publish a version of the brief that asks for a little less."""
    campaigns.save_brief(
        session, campaign_id=campaign.id, content=content(dos=()), actor=by, now=now
    )
    brief = campaigns.amend_brief(
        session, campaign_id=campaign.id, change_note="Less", actor=by, now=now
    )
    session.flush()
    return brief


def brief_of(session: Session, campaign: Campaign) -> Brief:
    """Return the version of the brief that counts now."""
    brief = published_brief(session, campaign.id)
    assert brief is not None
    return brief


def fund(session: Session, campaign: Campaign, amount: Money, *, key: str = "test") -> None:
    """Put a budget into a campaign's ledger account, with the platform fee of 10 % on top."""
    funds = AccountRef(Code.CAMPAIGN_FUNDS, campaign.id)
    wallet = AccountRef(Code.BRAND_FUNDS, campaign.brand_id)
    fee = amount.share(basis_points=1_000)
    moves: list[tuple[EntryKind, AccountRef, AccountRef, Money]] = [
        (EntryKind.FUND, AccountRef(Code.PROCESSOR_BALANCE), wallet, amount + fee),
        (EntryKind.ALLOCATE, wallet, funds, amount + fee),
        (EntryKind.FEE, funds, AccountRef(Code.FEE_UNEARNED, campaign.id), fee),
    ]
    for kind, debit, credit, moved in moves:
        ledger.write_entry(
            session,
            Entry(
                kind,
                f"{kind}:{campaign.id}:{key}",
                (Pair(debit, credit, moved),),
                source_ref=_source(kind, campaign.id, key),
            ),
            occurred_at=NOON,
            actor=SYSTEM,
        )


def _source(kind: EntryKind, campaign_id: UUID, key: str) -> str | None:
    return f"ch_{campaign_id.hex}_{key}" if kind is EntryKind.FUND else None
