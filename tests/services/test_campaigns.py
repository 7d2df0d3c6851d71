"""Drafting, publishing, amending and closing campaigns."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand, User
from marketplace.campaigns import queries, service
from marketplace.campaigns.models import Brief, BriefState, Campaign, CampaignStep
from marketplace.campaigns.rules import BriefContent, CampaignEvent, CampaignState
from marketplace.kernel.actor import NOBODY, Actor
from marketplace.kernel.errors import (
    Conflict,
    InvalidInput,
    InvalidTransition,
    NotFound,
    NotPermitted,
)
from marketplace.kernel.money import Money
from marketplace.store.outbox import OutboxMessage
from tests.factories.campaigns import NOON, brief_of, content, fund, make_campaign

LATER = NOON + timedelta(hours=1)


def posted(session: Session) -> list[tuple[str, dict[str, str]]]:
    session.flush()
    rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    return [(row.name, row.body) for row in rows]


def draft(session: Session, actor: Actor, brand: Brand) -> Campaign:
    return service.draft_campaign(
        session,
        brand_id=brand.id,
        name=" Beans ",
        budget=Money(100_000, "USD"),
        starts_on=date(2026, 11, 3),
        ends_on=date(2026, 12, 1),
        actor=actor,
        now=NOON,
    )


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


def test_publishing_fixes_the_brief_and_lets_matching_know(
    session: Session, acme: Brand, ben: Actor
) -> None:
    campaign = make_campaign(session, brand=acme, by=ben, state=CampaignState.DRAFT)

    service.publish(session, campaign_id=campaign.id, actor=ben, now=LATER)

    assert campaign.state is CampaignState.PUBLISHED
    assert campaign.published_at == LATER
    brief = brief_of(session, campaign)
    assert (brief.version, brief.state, brief.published_at) == (1, BriefState.PUBLISHED, LATER)
    assert posted(session) == [("CampaignPublished", {"campaign_id": str(campaign.id)})]
    step = session.scalars(select(CampaignStep)).one()
    assert (step.event, step.state, step.actor_id) == (
        CampaignEvent.PUBLISH,
        CampaignState.PUBLISHED,
        ben.user_id,
    )


def test_publishing_twice_is_refused(session: Session, acme: Brand, alice: Actor) -> None:
    campaign = make_campaign(session, brand=acme, by=alice)

    with pytest.raises(InvalidTransition):
        service.publish(session, campaign_id=campaign.id, actor=alice, now=LATER)

    assert len(posted(session)) == 1


def test_an_incomplete_brief_is_not_published(session: Session, acme: Brand, alice: Actor) -> None:
    campaign = draft(session, alice, acme)

    with pytest.raises(InvalidInput) as refusal:
        service.publish(session, campaign_id=campaign.id, actor=alice, now=LATER)

    assert sorted(refusal.value.problems) == ["deliverables", "fee_low", "summary"]
    assert campaign.state is CampaignState.DRAFT
    assert posted(session) == []


def test_a_draft_that_has_grown_stale_is_not_published(
    session: Session, acme: Brand, alice: Actor
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice, state=CampaignState.DRAFT)

    with pytest.raises(InvalidInput) as refusal:
        service.publish(
            session, campaign_id=campaign.id, actor=alice, now=NOON + timedelta(days=30)
        )

    assert list(refusal.value.problems) == ["starts_on"]


def test_publishing_needs_a_confirmed_address(session: Session, acme: Brand, alice: Actor) -> None:
    campaign = make_campaign(session, brand=acme, by=alice, state=CampaignState.DRAFT)
    session.get_one(User, alice.user_id).email_confirmed_at = None
    session.flush()

    with pytest.raises(Conflict) as refusal:
        service.publish(session, campaign_id=campaign.id, actor=alice, now=LATER)

    assert refusal.value.reason == (
        "Confirm your e-mail address first: the link is in the message we sent you"
    )
    assert campaign.state is CampaignState.DRAFT


def test_finance_and_viewers_do_not_publish(
    session: Session, acme: Brand, alice: Actor, fiona: Actor, vic: Actor
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice, state=CampaignState.DRAFT)

    for actor in (fiona, vic):
        with pytest.raises(NotPermitted):
            service.publish(session, campaign_id=campaign.id, actor=actor, now=LATER)
    assert campaign.state is CampaignState.DRAFT


def test_an_amendment_is_a_new_version_and_the_old_one_stays(
    session: Session, acme: Brand, alice: Actor
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice)
    first = brief_of(session, campaign)

    service.save_brief(
        session,
        campaign_id=campaign.id,
        content=content(summary="Cook our lentils."),
        actor=alice,
        now=LATER,
    )
    session.flush()
    assert brief_of(session, campaign).version == 1

    second = service.amend_brief(
        session, campaign_id=campaign.id, change_note=" Lentils now. ", actor=alice, now=LATER
    )
    session.flush()

    assert (second.version, second.change_note) == (2, "Lentils now.")
    assert brief_of(session, campaign).id == second.id
    assert first.summary == "Cook our beans in your own way."
    assert [each.version for each in queries.brief_versions(session, campaign.id)] == [2, 1]
    assert posted(session)[-1] == (
        "BriefAmended",
        {"campaign_id": str(campaign.id), "brief_id": str(second.id)},
    )


def test_an_amendment_must_change_something_and_say_what(
    session: Session, acme: Brand, alice: Actor
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice)
    with pytest.raises(Conflict):
        service.amend_brief(
            session, campaign_id=campaign.id, change_note="x", actor=alice, now=LATER
        )

    service.save_brief(session, campaign_id=campaign.id, content=content(), actor=alice, now=LATER)
    session.flush()
    with pytest.raises(InvalidInput) as same:
        service.amend_brief(
            session, campaign_id=campaign.id, change_note="x", actor=alice, now=LATER
        )
    service.save_brief(
        session, campaign_id=campaign.id, content=content(dos=()), actor=alice, now=LATER
    )
    with pytest.raises(InvalidInput) as silent:
        service.amend_brief(
            session, campaign_id=campaign.id, change_note=" ", actor=alice, now=LATER
        )

    assert same.value.problems == {
        "change_note": "The amendment says the same as the version before."
    }
    assert silent.value.problems == {"change_note": "Say in a sentence what is different."}
    assert brief_of(session, campaign).version == 1


def test_an_amendment_can_be_thrown_away(session: Session, acme: Brand, alice: Actor) -> None:
    campaign = make_campaign(session, brand=acme, by=alice)
    service.save_brief(
        session, campaign_id=campaign.id, content=content(dos=()), actor=alice, now=LATER
    )
    session.flush()

    service.discard_amendment(session, campaign_id=campaign.id, actor=alice)
    session.flush()
    service.discard_amendment(session, campaign_id=campaign.id, actor=alice)

    assert queries.draft_brief(session, campaign.id) is None
    assert brief_of(session, campaign).dos == ["Show the tin"]


def test_the_first_draft_of_a_brief_is_not_thrown_away(
    session: Session, acme: Brand, alice: Actor
) -> None:
    campaign = draft(session, alice, acme)

    with pytest.raises(InvalidTransition):
        service.discard_amendment(session, campaign_id=campaign.id, actor=alice)


def test_two_drafts_of_one_brief_cannot_exist(session: Session, acme: Brand, alice: Actor) -> None:
    campaign = draft(session, alice, acme)
    session.flush()
    brief = queries.draft_brief(session, campaign.id)
    assert brief is not None

    twin = Brief(
        campaign_id=campaign.id, version=2, state=BriefState.DRAFT, summary="", dos=[], donts=[],
        deliverables=[], target_age={}, target_gender={}, target_country={}, target_interests=[],
        usage_media="paid", usage_days=None, disclosure="", revision_rounds=0, created_at=NOON,
    )  # fmt: skip
    session.add(twin)
    with pytest.raises(IntegrityError, match="uq_briefs_draft"):
        session.flush()


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


def test_where_money_comes_first_an_unfunded_campaign_stays_a_draft(
    session: Session, acme: Brand, alice: Actor
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice, state=CampaignState.DRAFT)

    with pytest.raises(Conflict, match="Add money to the campaign first"):
        service.publish(session, campaign_id=campaign.id, actor=alice, now=NOON, money_first=True)

    assert campaign.state is CampaignState.DRAFT
    assert campaign.published_at is None


def test_where_money_comes_first_a_funded_campaign_is_published(
    session: Session, acme: Brand, alice: Actor
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice, state=CampaignState.DRAFT)
    fund(session, campaign, Money(50_000, "USD"))

    service.publish(session, campaign_id=campaign.id, actor=alice, now=NOON, money_first=True)

    assert campaign.state is CampaignState.PUBLISHED
