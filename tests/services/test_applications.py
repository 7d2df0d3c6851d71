"""Invitations and applications: the two questions that lead to an agreement."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand, User
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import CampaignState
from marketplace.collaborations import service
from marketplace.collaborations.models import (
    Application,
)
from marketplace.collaborations.rules import (
    ApplicationState,
    DeclineReason,
    InvitationState,
    OfferState,
)
from marketplace.creators.models import Creator, CreatorSource
from marketplace.kernel.actor import NOBODY, Actor
from marketplace.kernel.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    NotPermitted,
)
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.notifications.models import Notification
from marketplace.payouts import service as payouts
from tests.factories.campaigns import NOON, brief_of, make_campaign
from tests.factories.collaborations import (
    make_application,
    make_offer,
)
from tests.services.agreeing import LATER, invite, told

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


def test_somebody_who_has_closed_their_account_cannot_be_invited(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    payouts.close_account(session, actor=bea, now=NOON)

    with pytest.raises(Conflict, match="Bea has closed their account"):
        invite(session, campaign, bea, alice)

    assert told(session, bea) == []


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
        "fee": "The fee is in the campaign’s currency, USD."
    }
    assert problems("Soup", Money(0, "USD")) == {"fee": "The fee must be more than 0."}
    assert problems("Soup", Money(100_001, "USD")) == {
        "fee": "The fee is more than the campaign’s whole budget."
    }


def test_shortlisting_is_told_and_starts_the_time_to_reply_anew(
    session: Session, campaign: Campaign, ben: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)

    service.shortlist(session, application_id=application.id, actor=ben, now=LATER)

    assert application.state is ApplicationState.SHORTLISTED
    assert application.answer_by == LATER + timedelta(days=10)
    assert told(session, bea) == [("application_shortlisted", "/creator/applications")]


def test_who_applies_again_is_told_of_the_shortlist_again(
    session: Session, campaign: Campaign, ben: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    service.shortlist(session, application_id=application.id, actor=ben, now=LATER)
    service.withdraw(session, application_id=application.id, actor=bea, now=LATER)
    next_day = LATER + timedelta(days=1)
    make_application(session, campaign=campaign, creator=bea, now=next_day)

    service.shortlist(session, application_id=application.id, actor=ben, now=next_day)

    assert told(session, bea) == [("application_shortlisted", "/creator/applications")] * 2


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
