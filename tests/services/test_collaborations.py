"""From the first question to the agreement."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand, User
from marketplace.campaigns import service as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.collaborations import queries, service
from marketplace.collaborations.models import (
    Application,
    Collaboration,
    Invitation,
    Offer,
    UsageGrant,
)
from marketplace.collaborations.rules import (
    ApplicationState,
    CollaborationState,
    DeclineReason,
    InvitationState,
    OfferState,
    Party,
    offer_money,
)
from marketplace.creators.models import Creator, CreatorSource
from marketplace.kernel.actor import NOBODY, Actor
from marketplace.kernel.errors import (
    Conflict,
    InvalidInput,
    InvalidTransition,
    NotFound,
    NotPermitted,
)
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.ledger import checks
from marketplace.ledger import queries as ledger
from marketplace.ledger.rules import AccountRef, Code
from marketplace.notifications.models import Notification
from marketplace.store.outbox import OutboxMessage
from tests.factories.campaigns import NOON, brief_of, content, fund, make_campaign
from tests.factories.collaborations import (
    TERMS,
    VIDEO,
    make_application,
    make_collaboration,
    make_offer,
    terms,
)

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice)


def told(session: Session, actor: Actor) -> list[tuple[str, str]]:
    session.flush()
    rows = session.scalars(
        select(Notification).where(Notification.user_id == actor.user_id).order_by(Notification.id)
    )
    return [(row.kind, row.path) for row in rows]


def posted(session: Session, name: str) -> list[dict[str, str]]:
    session.flush()
    return [
        row.body for row in session.scalars(select(OutboxMessage).where(OutboxMessage.name == name))
    ]


def balance(session: Session, code: Code, owner: object) -> Money:
    session.flush()
    return ledger.balance_of(session, AccountRef(code, owner), currency="USD")  # type: ignore[arg-type]  # any id


def invite(session: Session, campaign: Campaign, creator: Actor, actor: Actor) -> Invitation:
    assert creator.creator_id is not None
    return service.invite(
        session,
        campaign_id=campaign.id,
        creator_id=creator.creator_id,
        message="We like your soup.",
        actor=actor,
        now=NOON,
    )


# Invitations


def test_an_invited_creator_is_told(
    session: Session, campaign: Campaign, ben: Actor, bea: Actor
) -> None:
    invitation = invite(session, campaign, bea, ben)

    assert invitation.state is InvitationState.SENT
    assert told(session, bea) == [("invitation", f"/creator/briefs/{campaign.id}")]


def test_a_creator_is_invited_once(
    session: Session, campaign: Campaign, alice: Actor, ben: Actor, bea: Actor
) -> None:
    invite(session, campaign, bea, ben)
    session.flush()

    with pytest.raises(Conflict, match="Bea has been invited to this campaign already"):
        invite(session, campaign, bea, alice)


def test_an_applicant_is_not_invited(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    make_application(session, campaign=campaign, creator=bea)

    with pytest.raises(Conflict, match="Bea has applied to this campaign already"):
        invite(session, campaign, bea, alice)


def test_somebody_who_has_not_signed_up_cannot_be_invited(
    session: Session, campaign: Campaign, alice: Actor
) -> None:
    listed = Creator(
        id=new_id(), display_name="Mo", source=CreatorSource.IMPORTED, topics=[], created_at=NOON
    )
    session.add(listed)
    session.flush()

    with pytest.raises(Conflict, match="Mo has not signed up here yet"):
        invite(session, campaign, Actor(creator_id=listed.id), alice)
    with pytest.raises(NotFound):
        invite(session, campaign, Actor(creator_id=new_id()), alice)


def test_only_those_who_run_the_campaign_invite(
    session: Session, campaign: Campaign, vic: Actor, fiona: Actor, mallory: Actor, bea: Actor
) -> None:
    for actor in (vic, fiona):
        with pytest.raises(NotPermitted):
            invite(session, campaign, bea, actor)
    for actor in (mallory, bea):
        with pytest.raises(NotFound):
            invite(session, campaign, bea, actor)
    assert told(session, bea) == []


def test_a_draft_campaign_invites_nobody(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    unpublished = make_campaign(session, brand=acme, by=alice, state=CampaignState.DRAFT)

    with pytest.raises(Conflict, match="This campaign does not take creators any more"):
        invite(session, unpublished, bea, alice)


def test_a_declined_invitation_is_told_to_the_brand_and_may_still_lead_to_an_application(
    session: Session, campaign: Campaign, ben: Actor, vic: Actor, bea: Actor
) -> None:
    invitation = invite(session, campaign, bea, ben)
    session.flush()

    service.decline_invitation(session, invitation_id=invitation.id, actor=bea, now=LATER)
    assert invitation.state is InvitationState.DECLINED
    assert told(session, ben) == [
        ("invitation_declined", f"/brand/campaigns/{campaign.id}/invitations")
    ]
    assert told(session, vic) == []

    make_application(session, campaign=campaign, creator=bea, now=LATER)
    assert invitation.state is InvitationState.APPLIED


def test_nobody_else_answers_an_invitation(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, carl: Actor
) -> None:
    invitation = invite(session, campaign, bea, alice)
    session.flush()

    with pytest.raises(NotPermitted):
        service.decline_invitation(session, invitation_id=invitation.id, actor=alice, now=LATER)
    with pytest.raises(NotFound):
        service.decline_invitation(session, invitation_id=invitation.id, actor=carl, now=LATER)


# Applications


def test_an_application_pins_the_brief_and_gives_the_brand_ten_days(
    session: Session, campaign: Campaign, alice: Actor, ben: Actor, fiona: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)

    assert application.state is ApplicationState.SUBMITTED
    assert application.brief_id == brief_of(session, campaign).id
    assert application.answer_by == NOON + timedelta(days=10)
    assert application.fee == Money(40_000, "USD")
    path = f"/brand/applications/{application.id}"
    assert told(session, alice) == told(session, ben) == [("application", path)]
    assert told(session, fiona) == []


def test_a_creator_applies_once(session: Session, campaign: Campaign, bea: Actor) -> None:
    make_application(session, campaign=campaign, creator=bea)

    with pytest.raises(Conflict, match="You have applied to this campaign already"):
        make_application(session, campaign=campaign, creator=bea)


def test_a_withdrawn_application_can_be_made_again(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    service.withdraw(session, application_id=application.id, actor=bea, now=LATER)
    assert application.state is ApplicationState.WITHDRAWN

    again = make_application(
        session, campaign=campaign, creator=bea, fee=Money(30_000, "USD"), now=LATER
    )

    assert again.id == application.id
    assert (again.state, again.fee) == (ApplicationState.SUBMITTED, Money(30_000, "USD"))
    assert [kind for kind, _ in told(session, alice)] == [
        "application",
        "application_withdrawn",
        "application",
    ]


def test_a_declined_creator_does_not_apply_again(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    service.decline(
        session, application_id=application.id, reason=DeclineReason.FEE, actor=alice, now=LATER
    )

    with pytest.raises(Conflict, match="You have applied to this campaign already"):
        make_application(session, campaign=campaign, creator=bea)


def test_only_creators_apply(
    session: Session, campaign: Campaign, alice: Actor, mallory: Actor, stella: Actor
) -> None:
    for actor in (alice, mallory, stella, NOBODY):
        with pytest.raises(NotPermitted):
            make_application(session, campaign=campaign, creator=actor)


def test_nobody_applies_to_a_campaign_of_their_own_brand(
    session: Session, campaign: Campaign, acme: Brand, vic: Actor, bea: Actor
) -> None:
    both = Actor(user_id=vic.user_id, brands=vic.brands, creator_id=bea.creator_id)

    with pytest.raises(NotPermitted):
        make_application(session, campaign=campaign, creator=both)


def test_applying_needs_a_confirmed_address(
    session: Session, campaign: Campaign, bea: Actor
) -> None:
    session.get_one(User, bea.user_id).email_confirmed_at = None
    session.flush()

    with pytest.raises(Conflict, match="Confirm your e-mail address first"):
        make_application(session, campaign=campaign, creator=bea)
    assert session.scalars(select(Application)).all() == []


def test_a_draft_does_not_exist_for_creators_and_a_closed_campaign_takes_nobody(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    unpublished = make_campaign(session, brand=acme, by=alice, state=CampaignState.DRAFT)
    closed = make_campaign(session, brand=acme, by=alice, state=CampaignState.CLOSED)

    with pytest.raises(NotFound):
        make_application(session, campaign=unpublished, creator=bea)
    with pytest.raises(Conflict, match="This campaign does not take creators any more"):
        make_application(session, campaign=closed, creator=bea)


def test_an_application_needs_a_pitch_and_a_fee_within_the_budget(
    session: Session, campaign: Campaign, bea: Actor
) -> None:
    def problems(pitch: str, fee: Money) -> dict[str, str]:
        with pytest.raises(InvalidInput) as refusal:
            service.apply(
                session, campaign_id=campaign.id, pitch=pitch, fee=fee, actor=bea, now=NOON
            )
        return refusal.value.problems

    assert problems(" ", Money(100, "USD")) == {
        "pitch": "Say in a few sentences what you would make."
    }
    assert problems("x" * 2_001, Money(100, "USD")) == {"pitch": "Keep this to 2,000 characters."}
    assert problems("Soup", Money(100, "EUR")) == {
        "fee": "The fee is in the campaign's currency, USD."
    }
    assert problems("Soup", Money(0, "USD")) == {"fee": "The fee must be more than 0."}
    assert problems("Soup", Money(100_001, "USD")) == {
        "fee": "The fee is more than the campaign's whole budget."
    }


def test_shortlisting_is_told_and_starts_the_time_to_reply_anew(
    session: Session, campaign: Campaign, ben: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)

    service.shortlist(session, application_id=application.id, actor=ben, now=LATER)

    assert application.state is ApplicationState.SHORTLISTED
    assert application.answer_by == LATER + timedelta(days=10)
    assert told(session, bea) == [("application_shortlisted", "/creator/applications")]


def test_declining_gives_the_applicant_the_reason(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)

    service.decline(
        session,
        application_id=application.id,
        reason=DeclineReason.AUDIENCE,
        actor=alice,
        now=LATER,
    )

    assert (application.state, application.decline_reason) == (
        ApplicationState.DECLINED,
        "audience",
    )
    news = session.scalars(select(Notification).where(Notification.user_id == bea.user_id)).one()
    assert news.text == "Your audience is not the one this campaign looks for."


def test_a_brand_cannot_use_the_systems_own_reasons(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)

    with pytest.raises(InvalidInput):
        service.decline(
            session,
            application_id=application.id,
            reason=DeclineReason.NO_REPLY,
            actor=alice,
            now=LATER,
        )
    assert application.state is ApplicationState.SUBMITTED


def test_applications_are_answered_only_by_those_who_run_the_campaign(
    session: Session, campaign: Campaign, vic: Actor, mallory: Actor, bea: Actor, carl: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)

    def shortlist(actor: Actor) -> None:
        service.shortlist(session, application_id=application.id, actor=actor, now=LATER)

    for actor in (vic, bea):
        with pytest.raises(NotPermitted):
            shortlist(actor)
    for actor in (mallory, carl, NOBODY):
        with pytest.raises(NotFound):
            shortlist(actor)
    assert application.state is ApplicationState.SUBMITTED


def test_only_the_applicant_withdraws(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, carl: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)

    with pytest.raises(NotPermitted):
        service.withdraw(session, application_id=application.id, actor=alice, now=LATER)
    with pytest.raises(NotFound):
        service.withdraw(session, application_id=application.id, actor=carl, now=LATER)


def test_withdrawing_answers_the_open_offer_with_no(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice)

    service.withdraw(session, application_id=application.id, actor=bea, now=LATER)

    assert offer.state is OfferState.DECLINED
    assert application.state is ApplicationState.WITHDRAWN


# Offers


def test_an_offer_pins_brief_fees_and_hold(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)

    offer = make_offer(session, application=application, by=alice)

    assert offer.brief_id == brief_of(session, campaign).id
    assert (offer.number, offer.made_by, offer.state) == (1, Party.BRAND, OfferState.OPEN)
    assert (offer.creator_fee_bps, offer.brand_fee_bps, offer.hold_days) == (500, 1_000, 7)
    assert offer.expires_at == NOON + timedelta(days=7)
    assert offer.deliverables == [
        {
            "format": "video",
            "description": "A recipe in a minute",
            "fee_minor": 40_000,
            "draft_due_on": "2026-11-16",
            "publish_by_on": "2026-11-23",
        }
    ]
    assert application.state is ApplicationState.OFFERED
    assert told(session, bea) == [("offer", f"/creator/offers/{offer.id}")]
    money = offer_money(offer)
    assert (money.brand_pays, money.creator_receives) == (
        Money(44_000, "USD"),
        Money(38_000, "USD"),
    )


def test_the_fee_is_divided_over_the_deliverables_without_losing_a_cent(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)

    offer = make_offer(
        session,
        application=application,
        by=alice,
        offered=terms(fee=Money(10_000, "USD"), deliverables=(VIDEO, VIDEO, VIDEO)),
    )

    assert [each["fee_minor"] for each in offer.deliverables] == [3_334, 3_333, 3_333]


def test_a_counter_offer_supersedes_and_keeps_the_brief(
    session: Session, campaign: Campaign, alice: Actor, ben: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    first = make_offer(session, application=application, by=alice)
    campaigns.save_brief(
        session, campaign_id=campaign.id, content=content(dos=()), actor=alice, now=NOON
    )
    campaigns.amend_brief(
        session, campaign_id=campaign.id, change_note="Less", actor=alice, now=NOON
    )

    second = service.counter_offer(
        session, offer_id=first.id, terms=terms(fee=Money(45_000, "USD")), actor=bea, now=LATER
    )
    session.flush()

    assert (first.state, first.answered_at) == (OfferState.SUPERSEDED, LATER)
    assert (second.number, second.made_by, second.state) == (2, Party.CREATOR, OfferState.OPEN)
    assert second.brief_id == first.brief_id
    assert told(session, ben)[-1] == ("counter_offer", f"/brand/offers/{second.id}")

    third = make_offer(session, application=application, by=alice, now=LATER)
    assert second.state is OfferState.SUPERSEDED
    assert third.brief_id == brief_of(session, campaign).id != first.brief_id
    assert told(session, bea)[-1] == ("counter_offer", f"/creator/offers/{third.id}")


def test_a_superseded_offer_takes_no_answer(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    first = make_offer(session, application=application, by=alice)
    make_offer(session, application=application, by=alice, now=LATER)
    fund(session, campaign, Money(100_000, "USD"))

    with pytest.raises(Conflict, match="not open any more: it was superseded"):
        service.accept_offer(session, offer_id=first.id, actor=bea, now=LATER)
    with pytest.raises(Conflict, match="not open any more: it was superseded"):
        service.decline_offer(session, offer_id=first.id, actor=bea, now=LATER)
    with pytest.raises(Conflict, match="not open any more"):
        service.counter_offer(session, offer_id=first.id, terms=TERMS, actor=bea, now=LATER)
    assert session.scalars(select(Collaboration)).all() == []


def test_nobody_answers_their_own_sides_offer(
    session: Session, campaign: Campaign, alice: Actor, ben: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice)
    fund(session, campaign, Money(100_000, "USD"))

    for act in (service.accept_offer, service.decline_offer):
        with pytest.raises(NotPermitted):
            act(session, offer_id=offer.id, actor=ben, now=LATER)
    with pytest.raises(NotPermitted):
        service.counter_offer(session, offer_id=offer.id, terms=TERMS, actor=ben, now=LATER)
    with pytest.raises(NotPermitted):
        service.withdraw_offer(session, offer_id=offer.id, actor=bea, now=LATER)
    assert offer.state is OfferState.OPEN


def test_onlookers_neither_see_nor_answer_an_offer(
    session: Session,
    campaign: Campaign,
    alice: Actor,
    vic: Actor,
    fiona: Actor,
    mallory: Actor,
    bea: Actor,
    carl: Actor,
    stella: Actor,
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice)
    fund(session, campaign, Money(100_000, "USD"))

    for actor in (mallory, carl, NOBODY):
        with pytest.raises(NotFound):
            service.accept_offer(session, offer_id=offer.id, actor=actor, now=LATER)
    for actor in (vic, fiona, stella):
        with pytest.raises(NotPermitted):
            service.accept_offer(session, offer_id=offer.id, actor=actor, now=LATER)
    assert offer.state is OfferState.OPEN


def test_a_declined_offer_leaves_the_application_on_the_shortlist(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice)

    service.decline_offer(session, offer_id=offer.id, actor=bea, now=LATER)

    assert offer.state is OfferState.DECLINED
    assert application.state is ApplicationState.SHORTLISTED
    assert application.answer_by == LATER + timedelta(days=10)
    assert told(session, alice)[-1] == ("offer_declined", f"/brand/offers/{offer.id}")


def test_an_offer_can_be_taken_back_by_its_side(
    session: Session, campaign: Campaign, alice: Actor, ben: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice)

    service.withdraw_offer(session, offer_id=offer.id, actor=ben, now=LATER)
    with pytest.raises(Conflict):
        service.withdraw_offer(session, offer_id=offer.id, actor=ben, now=LATER)

    assert offer.state is OfferState.WITHDRAWN
    assert told(session, bea)[-1] == ("offer_withdrawn", f"/creator/offers/{offer.id}")


def test_terms_that_cannot_be_agreed_are_refused_before_anything_changes(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    late = replace(VIDEO, draft_due_on=date(2026, 10, 1))

    with pytest.raises(InvalidInput) as refusal:
        make_offer(session, application=application, by=alice, offered=terms(deliverables=(late,)))

    assert list(refusal.value.problems) == ["draft_due_on"]
    assert application.state is ApplicationState.SUBMITTED
    assert session.scalars(select(Offer)).all() == []


# Agreement


def test_accepting_commits_the_fee_and_freezes_the_terms(
    session: Session, campaign: Campaign, acme: Brand, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice)
    fund(session, campaign, Money(50_000, "USD"))

    collaboration = service.accept_offer(session, offer_id=offer.id, actor=bea, now=LATER)
    session.flush()

    assert collaboration.state is CollaborationState.ACTIVE
    assert (collaboration.offer_id, collaboration.brand_id) == (offer.id, acme.id)
    assert offer.state is OfferState.ACCEPTED
    assert application.state is ApplicationState.AGREED
    assert balance(session, Code.CAMPAIGN_FUNDS, campaign.id) == Money(10_000, "USD")
    assert balance(session, Code.COMMITTED, collaboration.id) == Money(40_000, "USD")
    entry = ledger.entry_by_key(session, f"commit:{collaboration.id}:1")
    assert entry is not None
    assert entry.actor == f"user:{bea.user_id}"
    grant = session.scalars(select(UsageGrant)).one()
    assert (grant.media, grant.starts_on, grant.until_on) == (
        "paid",
        date(2026, 11, 2),
        date(2026, 12, 23),
    )
    assert posted(session, "OfferAccepted") == [{"collaboration_id": str(collaboration.id)}]
    assert told(session, alice)[-1] == (
        "offer_accepted",
        f"/brand/collaborations/{collaboration.id}",
    )
    assert [each.name for each in checks.run_all(session) if not each.passed] == []


def test_accepting_twice_agrees_once(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice)
    fund(session, campaign, Money(100_000, "USD"))
    service.accept_offer(session, offer_id=offer.id, actor=bea, now=LATER)
    session.flush()

    with pytest.raises(Conflict, match="This offer was agreed already"):
        service.accept_offer(session, offer_id=offer.id, actor=bea, now=LATER)

    assert len(session.scalars(select(Collaboration)).all()) == 1
    assert balance(session, Code.CAMPAIGN_FUNDS, campaign.id) == Money(60_000, "USD")
    assert len(posted(session, "OfferAccepted")) == 1


def test_without_the_money_there_is_no_agreement(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice)
    fund(session, campaign, Money(12_000, "USD"))

    with pytest.raises(Conflict) as refusal:
        service.accept_offer(session, offer_id=offer.id, actor=bea, now=LATER)

    assert refusal.value.reason == (
        "The campaign has USD 120.00 left and this offer needs USD 400.00; "
        "the brand must add funds first"
    )
    assert offer.state is OfferState.OPEN
    assert application.state is ApplicationState.OFFERED
    assert balance(session, Code.CAMPAIGN_FUNDS, campaign.id) == Money(12_000, "USD")
    assert posted(session, "OfferAccepted") == []


def test_a_campaign_that_was_never_funded_has_nothing_left(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice)

    with pytest.raises(Conflict, match=r"The campaign has USD 0\.00 left"):
        service.accept_offer(session, offer_id=offer.id, actor=bea, now=LATER)


def test_the_brand_accepts_a_counter_offer(
    session: Session, campaign: Campaign, alice: Actor, ben: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice)
    counter = service.counter_offer(
        session, offer_id=offer.id, terms=terms(fee=Money(45_000, "USD")), actor=bea, now=LATER
    )
    fund(session, campaign, Money(45_000, "USD"))
    session.flush()

    collaboration = service.accept_offer(session, offer_id=counter.id, actor=ben, now=LATER)

    assert balance(session, Code.COMMITTED, collaboration.id) == Money(45_000, "USD")
    assert told(session, bea)[-1] == (
        "offer_accepted",
        f"/creator/collaborations/{collaboration.id}",
    )


def test_an_offer_past_its_time_is_not_accepted_even_before_it_is_swept(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice)
    fund(session, campaign, Money(100_000, "USD"))

    with pytest.raises(Conflict, match="The time to answer this offer is over"):
        service.accept_offer(session, offer_id=offer.id, actor=bea, now=NOON + timedelta(days=7))


def test_a_closed_campaign_agrees_to_nothing_more(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice)
    fund(session, campaign, Money(100_000, "USD"))
    campaigns.close(session, campaign_id=campaign.id, actor=alice, now=LATER)
    session.flush()

    with pytest.raises(Conflict, match="This campaign does not take creators any more"):
        service.accept_offer(session, offer_id=offer.id, actor=bea, now=LATER)


def test_an_agreed_application_takes_no_new_offer(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    collaboration = make_collaboration(session, campaign=campaign, creator=bea, by=alice)
    application = session.scalars(select(Application)).one()

    with pytest.raises(InvalidTransition):
        make_offer(session, application=application, by=alice)
    with pytest.raises(InvalidTransition):
        service.withdraw(session, application_id=application.id, actor=bea, now=LATER)
    assert collaboration.state is CollaborationState.ACTIVE


def test_a_collaboration_exists_for_both_sides_and_for_staff(
    session: Session,
    campaign: Campaign,
    alice: Actor,
    vic: Actor,
    stella: Actor,
    mallory: Actor,
    bea: Actor,
    carl: Actor,
) -> None:
    collaboration = make_collaboration(session, campaign=campaign, creator=bea, by=alice)

    for actor in (alice, vic, stella, bea):
        seen = queries.collaboration_seen_by(session, actor, collaboration.id)
        assert seen.offer.fee == Money(40_000, "USD")
    for actor in (mallory, carl, NOBODY):
        with pytest.raises(NotFound):
            queries.collaboration_seen_by(session, actor, collaboration.id)


def test_the_money_of_a_campaign_is_where_the_ledger_says(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    fund(session, campaign, Money(90_000, "USD"))
    make_collaboration(session, campaign=campaign, creator=bea, by=alice, funded=True)

    money = queries.campaign_money(session, campaign)

    assert money.funded == Money(90_000, "USD")
    assert money.available == Money(50_000, "USD")
    assert money.committed == Money(40_000, "USD")
    assert money.earned == Money(0, "USD")


# Endings


def test_an_offer_nobody_answers_expires_once_and_both_sides_hear(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice)
    week = NOON + timedelta(days=7)

    assert queries.expired_offer_ids(session, now=week - timedelta(seconds=1)) == []
    assert not service.expire_offer(session, offer_id=offer.id, now=week - timedelta(seconds=1))
    assert queries.expired_offer_ids(session, now=week) == [offer.id]
    assert service.expire_offer(session, offer_id=offer.id, now=week)
    session.flush()
    assert not service.expire_offer(session, offer_id=offer.id, now=week)

    assert offer.state is OfferState.EXPIRED
    assert application.state is ApplicationState.SHORTLISTED
    assert told(session, bea)[-1] == ("offer_expired", f"/creator/offers/{offer.id}")
    assert told(session, alice)[-1] == ("offer_expired", f"/brand/offers/{offer.id}")


def test_an_application_without_an_answer_closes_with_that_reason(
    session: Session, campaign: Campaign, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    due = NOON + timedelta(days=10)

    assert queries.stale_application_ids(session, now=due) == [application.id]
    assert service.close_stale_application(session, application_id=application.id, now=due)
    session.flush()
    assert not service.close_stale_application(session, application_id=application.id, now=due)

    assert (application.state, application.decline_reason) == (
        ApplicationState.DECLINED,
        "no_reply",
    )


def test_closing_a_campaign_ends_what_is_open_and_leaves_what_is_agreed(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, carl: Actor
) -> None:
    agreed = make_collaboration(session, campaign=campaign, creator=bea, by=alice)
    application = make_application(session, campaign=campaign, creator=carl)
    offer = make_offer(session, application=application, by=alice)
    campaigns.close(session, campaign_id=campaign.id, actor=alice, now=LATER)
    session.flush()

    assert service.end_negotiations(session, campaign_id=campaign.id, now=LATER) == 1
    session.flush()
    assert service.end_negotiations(session, campaign_id=campaign.id, now=LATER) == 0

    assert offer.state is OfferState.WITHDRAWN
    assert (application.state, application.decline_reason) == (
        ApplicationState.DECLINED,
        "campaign_closed",
    )
    assert agreed.state is CollaborationState.ACTIVE


def test_closing_a_campaign_lets_invitations_expire(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    invitation = invite(session, campaign, bea, alice)
    session.flush()

    service.end_negotiations(session, campaign_id=campaign.id, now=LATER)

    assert invitation.state is InvitationState.EXPIRED


def test_applicants_hear_of_an_amendment_once_and_the_agreed_do_not(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, carl: Actor
) -> None:
    make_collaboration(session, campaign=campaign, creator=bea, by=alice)
    make_application(session, campaign=campaign, creator=carl)
    campaigns.save_brief(
        session, campaign_id=campaign.id, content=content(dos=()), actor=alice, now=LATER
    )
    brief = campaigns.amend_brief(
        session, campaign_id=campaign.id, change_note="Less", actor=alice, now=LATER
    )
    session.flush()

    for _ in range(2):
        assert service.tell_of_amendment(session, brief_id=brief.id, now=LATER) == 1

    assert told(session, carl).count(("brief_amended", f"/creator/briefs/{campaign.id}")) == 1
    assert "brief_amended" not in [kind for kind, _ in told(session, bea)]


def test_a_collaboration_completes_once(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    collaboration = make_collaboration(session, campaign=campaign, creator=bea, by=alice)

    assert service.complete(session, collaboration_id=collaboration.id, now=LATER)
    session.flush()
    assert not service.complete(session, collaboration_id=collaboration.id, now=LATER)

    assert (collaboration.state, collaboration.ended_at) == (CollaborationState.COMPLETED, LATER)


# Lists


def test_a_brands_home_knows_which_applications_wait(
    session: Session, campaign: Campaign, acme: Brand, alice: Actor, bea: Actor, carl: Actor
) -> None:
    make_application(session, campaign=campaign, creator=bea)
    declined = make_application(session, campaign=campaign, creator=carl)
    service.decline(
        session, application_id=declined.id, reason=DeclineReason.FEE, actor=alice, now=LATER
    )
    session.flush()

    lines = queries.applications_to_answer(session, brand_id=acme.id)

    assert [(each.campaign.id, each.count, each.first_due) for each in lines] == [
        (campaign.id, 1, NOON + timedelta(days=10))
    ]
    counts = queries.application_counts(session, [campaign.id])
    assert counts[campaign.id] == {ApplicationState.SUBMITTED: 1, ApplicationState.DECLINED: 1}


def test_applications_list_those_that_wait_first_and_filter_by_state(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, carl: Actor
) -> None:
    first = make_application(session, campaign=campaign, creator=bea)
    service.decline(
        session, application_id=first.id, reason=DeclineReason.FEE, actor=alice, now=LATER
    )
    second = make_application(session, campaign=campaign, creator=carl, now=LATER)

    every = queries.applications_for(session, campaign_id=campaign.id)
    waiting = queries.applications_for(
        session, campaign_id=campaign.id, states=[ApplicationState.SUBMITTED]
    )

    assert [each.id for each in every.rows] == [second.id, first.id]
    assert [each.id for each in waiting.rows] == [second.id]


# What the database itself refuses


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("offers", "fee_minor = fee_minor - 1"),
        ("offers", "deliverables = '[]'"),
        ("offers", "usage_days = NULL"),
        ("offers", "state = 'open'"),
        ("collaborations", "agreed_at = agreed_at + interval '1 day'"),
        ("usage_grants", "until_on = NULL"),
        ("briefs", "summary = 'Something else'"),
    ],
)
def test_agreed_terms_cannot_be_changed_by_any_statement(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, table: str, change: str
) -> None:
    make_collaboration(session, campaign=campaign, creator=bea, by=alice)

    with pytest.raises(IntegrityError):
        session.execute(text(f"UPDATE {table} SET {change}"))


@pytest.mark.parametrize("table", ["usage_grants", "collaborations", "offers", "briefs"])
def test_agreed_terms_cannot_be_deleted(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, table: str
) -> None:
    make_collaboration(session, campaign=campaign, creator=bea, by=alice)

    with pytest.raises(IntegrityError):
        session.execute(text(f"DELETE FROM {table}"))
