"""Drafting, closing and finding campaigns."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns import queries, service
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import BriefContent, CampaignState
from marketplace.kernel.actor import NOBODY, Actor
from marketplace.kernel.errors import (
    InvalidInput,
    InvalidTransition,
    NotFound,
    NotPermitted,
)
from marketplace.kernel.money import Money
from tests.factories.campaigns import NOON, content, make_campaign
from tests.services.drafting import LATER, draft, posted


def test_a_manager_drafts_a_campaign_with_an_empty_brief(
    session: Session, acme: Brand, ben: Actor
) -> None:
    campaign = draft(session, ben, acme)
    session.flush()

    assert campaign.name == "Beans"
    assert campaign.state is CampaignState.DRAFT
    assert campaign.budget == Money(100_000, "USD")
    brief = queries.draft_brief(session, campaign.id)
    assert brief is not None
    assert brief.version == 1
    assert queries.content_of(brief, currency="USD") == BriefContent()
    assert posted(session) == []


def test_finance_and_viewers_do_not_draft_campaigns(
    session: Session, acme: Brand, fiona: Actor, vic: Actor
) -> None:
    for actor in (fiona, vic):
        with pytest.raises(NotPermitted):
            draft(session, actor, acme)
    assert session.scalars(select(Campaign)).all() == []


def test_nobody_drafts_a_campaign_for_another_brand(
    session: Session, acme: Brand, mallory: Actor, bea: Actor
) -> None:
    for actor in (mallory, bea, NOBODY):
        with pytest.raises(NotFound):
            draft(session, actor, acme)


def test_a_budget_below_fifty_is_refused_under_its_field(
    session: Session, acme: Brand, alice: Actor
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        service.draft_campaign(
            session,
            brand_id=acme.id,
            name="Beans",
            budget=Money(4_999, "USD"),
            starts_on=date(2026, 11, 3),
            ends_on=date(2026, 12, 1),
            actor=alice,
            now=NOON,
        )

    assert refusal.value.problems == {"budget": "A campaign needs a budget of at least USD 50.00."}


def edit(session: Session, campaign: Campaign, actor: Actor, budget: Money) -> Campaign:
    return service.edit_campaign(
        session,
        campaign_id=campaign.id,
        name="Soup",
        budget=budget,
        starts_on=date(2026, 11, 5),
        ends_on=date(2026, 12, 5),
        actor=actor,
        now=LATER,
    )


def test_the_basics_of_a_draft_can_be_changed(session: Session, acme: Brand, alice: Actor) -> None:
    campaign = draft(session, alice, acme)

    edit(session, campaign, alice, Money(9_000, "JPY"))
    session.flush()
    session.refresh(campaign)

    assert (campaign.name, campaign.budget) == ("Soup", Money(9_000, "JPY"))
    assert (campaign.starts_on, campaign.ends_on) == (date(2026, 11, 5), date(2026, 12, 5))


def test_the_currency_stays_while_the_brief_names_fees_in_it(
    session: Session, acme: Brand, alice: Actor
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice, state=CampaignState.DRAFT)

    with pytest.raises(InvalidInput) as refusal:
        edit(session, campaign, alice, Money(90_000, "EUR"))

    assert list(refusal.value.problems) == ["currency"]
    assert campaign.currency == "USD"


def test_a_budget_below_the_fees_of_its_brief_is_refused(
    session: Session, acme: Brand, alice: Actor
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice, state=CampaignState.DRAFT)

    with pytest.raises(InvalidInput) as refusal:
        edit(session, campaign, alice, Money(49_999, "USD"))

    assert refusal.value.problems == {"budget": "This fee is more than the whole budget."}


def test_the_basics_of_a_published_campaign_stay(
    session: Session, acme: Brand, alice: Actor
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice)

    with pytest.raises(InvalidTransition):
        edit(session, campaign, alice, Money(900_000, "USD"))

    assert campaign.name == "Beans in a minute"


def test_an_incomplete_brief_is_saved_and_comes_back_the_same(
    session: Session, acme: Brand, alice: Actor
) -> None:
    campaign = draft(session, alice, acme)
    half = content(summary="", deliverables=(), fee_low=None, usage_days=None)

    service.save_brief(session, campaign_id=campaign.id, content=half, actor=alice, now=NOON)
    session.flush()
    session.expire_all()

    brief = queries.draft_brief(session, campaign.id)
    assert brief is not None
    assert queries.content_of(brief, currency="USD") == half


def test_a_draft_with_shares_over_the_whole_is_not_saved(
    session: Session, acme: Brand, alice: Actor
) -> None:
    campaign = draft(session, alice, acme)
    too_much = content(target_age={"18-24": 6_000, "25-34": 4_001})

    with pytest.raises(InvalidInput) as refusal:
        service.save_brief(
            session, campaign_id=campaign.id, content=too_much, actor=alice, now=NOON
        )

    assert list(refusal.value.problems) == ["target_age"]
    brief = queries.draft_brief(session, campaign.id)
    assert brief is not None
    assert brief.target_age == {}


def test_closing_a_campaign_lets_the_rooms_above_know_once(
    session: Session, acme: Brand, alice: Actor
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice)

    service.close(session, campaign_id=campaign.id, actor=alice, now=LATER)
    with pytest.raises(InvalidTransition):
        service.close(session, campaign_id=campaign.id, actor=alice, now=LATER)

    assert (campaign.state, campaign.closed_at) == (CampaignState.CLOSED, LATER)
    assert [name for name, _ in posted(session)] == ["CampaignPublished", "CampaignClosed"]


def test_a_campaign_exists_only_for_its_brand_and_for_staff(
    session: Session,
    acme: Brand,
    alice: Actor,
    vic: Actor,
    stella: Actor,
    mallory: Actor,
    bea: Actor,
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice)

    for actor in (alice, vic, stella):
        assert queries.campaign_seen_by(session, actor, campaign.id).id == campaign.id
    for actor in (mallory, bea, NOBODY):
        with pytest.raises(NotFound):
            queries.campaign_seen_by(session, actor, campaign.id)


def test_a_rival_cannot_change_a_campaign_by_its_id(
    session: Session, acme: Brand, alice: Actor, mallory: Actor
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice)

    with pytest.raises(NotFound):
        service.close(session, campaign_id=campaign.id, actor=mallory, now=LATER)
    with pytest.raises(NotFound):
        service.save_brief(
            session, campaign_id=campaign.id, content=content(), actor=mallory, now=LATER
        )
    assert campaign.state is CampaignState.PUBLISHED


def test_open_campaigns_show_their_newest_published_brief(
    session: Session, acme: Brand, alice: Actor
) -> None:
    amended = make_campaign(session, brand=acme, by=alice, name="Amended")
    service.save_brief(
        session, campaign_id=amended.id, content=content(dos=()), actor=alice, now=LATER
    )
    service.amend_brief(session, campaign_id=amended.id, change_note="Less", actor=alice, now=LATER)
    service.save_brief(
        session, campaign_id=amended.id, content=content(donts=()), actor=alice, now=LATER
    )
    make_campaign(session, brand=acme, by=alice, name="Draft", state=CampaignState.DRAFT)
    make_campaign(session, brand=acme, by=alice, name="Closed", state=CampaignState.CLOSED)
    make_campaign(session, brand=acme, by=alice, name="Over", ends_on=date(2026, 11, 4))
    session.flush()

    found = queries.open_campaigns(session, now=NOON + timedelta(days=5))

    assert [(each.campaign.name, each.version) for each in found] == [("Amended", 2)]


def test_a_brands_campaigns_sort_and_page(
    session: Session, acme: Brand, alice: Actor, mallory: Actor
) -> None:
    for name, cents in (("banana", 20_000), ("Apple", 30_000), ("cherry", 10_000)):
        make_campaign(
            session,
            brand=acme,
            by=alice,
            name=name,
            budget=Money(cents, "USD"),
            state=CampaignState.DRAFT,
            brief=BriefContent(),
        )
    rival = session.get_one(Brand, min(mallory.brands))
    make_campaign(session, brand=rival, by=mallory, name="Theirs")

    def names(sort: str) -> list[str]:
        page = queries.campaigns_of(session, brand_id=acme.id, sort=sort)
        return [each.name for each in page.rows]

    assert names("name") == ["Apple", "banana", "cherry"]
    assert names("budget") == ["Apple", "banana", "cherry"]
    assert names("nonsense") == ["cherry", "Apple", "banana"]
