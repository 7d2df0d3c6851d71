"""Publishing campaigns, and amending what was published."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand, User
from marketplace.campaigns import queries, service
from marketplace.campaigns.models import Brief, BriefState, CampaignStep
from marketplace.campaigns.rules import CampaignEvent, CampaignState
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import (
    Conflict,
    InvalidInput,
    InvalidTransition,
    NotPermitted,
)
from marketplace.kernel.money import Money
from tests.factories.campaigns import NOON, brief_of, content, fund, make_campaign
from tests.services.drafting import LATER, draft, posted


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
        target_words=[],
        usage_media="paid", usage_days=None, disclosure="", revision_rounds=0, created_at=NOON,
    )  # fmt: skip
    session.add(twin)
    with pytest.raises(IntegrityError, match="uq_briefs_draft"):
        session.flush()


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
