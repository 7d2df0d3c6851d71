"""What followed on the questions between brands and creators."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.collaborations import queries
from marketplace.collaborations import service as collaborations
from marketplace.collaborations.models import Invitation
from marketplace.collaborations.rules import CollaborationState, DeclineReason
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money
from tests.conftest import NOON
from tests.factories.campaigns import make_campaign
from tests.factories.collaborations import make_application, make_collaboration, make_offer
from tests.factories.creators import make_rate

TWO_WEEKS = NOON + timedelta(days=14)


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice)


def invite(
    session: Session, campaign: Campaign, by: Actor, creator: Actor, *, now: datetime = NOON
) -> Invitation:
    assert creator.creator_id is not None
    made = collaborations.invite(
        session,
        campaign_id=campaign.id,
        creator_id=creator.creator_id,
        message="",
        actor=by,
        now=now,
    )
    session.flush()
    return made


def steps(session: Session, now: datetime = NOON) -> list[tuple[str, bool]]:
    session.flush()
    return [(each.step, each.happened) for each in queries.outcomes(session, now=now)]


def test_an_open_invitation_is_no_outcome_until_it_is_silent_for_two_weeks(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    invitation = invite(session, campaign, alice, bea)
    assert steps(session) == []
    assert steps(session, NOON + timedelta(days=13)) == []
    assert steps(session, TWO_WEEKS) == [("reply", False)]

    late = TWO_WEEKS + timedelta(minutes=1)
    collaborations.decline_invitation(session, invitation_id=invitation.id, actor=bea, now=late)

    assert steps(session, late) == [("apply", False), ("reply", False)]


def test_of_the_newest_invitations_not_only_those_count_that_were_answered(
    session: Session, acme: Brand, alice: Actor, bea: Actor, carl: Actor
) -> None:
    """Ten days long both are invited once a day; one answers at once, the other never."""
    for day in range(10):
        asked = make_campaign(session, brand=acme, by=alice, name=f"Beans {day}")
        now = NOON + timedelta(days=day)
        invitation = invite(session, asked, alice, bea, now=now)
        collaborations.decline_invitation(session, invitation_id=invitation.id, actor=bea, now=now)
        invite(session, asked, alice, carl, now=now)
    session.flush()

    for day, decided in ((13, 0), (14, 1), (18, 5), (40, 10)):
        found = queries.outcomes(session, now=NOON + timedelta(days=day))
        replies = [each for each in found if each.step == "reply"]
        assert [each.happened for each in replies].count(True) == decided
        assert [each.happened for each in replies].count(False) == decided
        assert all(each.known_at == each.asked_at + timedelta(days=14) for each in replies)


def test_a_declined_invitation_was_answered_and_not_applied_to(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    invitation = invite(session, campaign, alice, bea)
    collaborations.decline_invitation(session, invitation_id=invitation.id, actor=bea, now=NOON)
    assert steps(session) == [("apply", False)]
    assert steps(session, TWO_WEEKS) == [("apply", False), ("reply", True)]


def test_an_invited_applicant_who_is_declined(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    invite(session, campaign, alice, bea)
    application = make_application(session, campaign=campaign, creator=bea)
    assert steps(session, TWO_WEEKS) == [("apply", True), ("reply", True)]
    collaborations.decline(
        session, application_id=application.id, reason=DeclineReason.FEE, actor=alice, now=NOON
    )
    assert steps(session) == [("apply", True), ("offer", False)]


def test_an_open_offer_was_made_and_is_not_decided(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    make_offer(
        session, application=make_application(session, campaign=campaign, creator=bea), by=alice
    )
    assert steps(session) == [("offer", True)]


def test_who_applies_again_has_asked_anew_and_an_offer_of_before_is_no_answer(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    application = make_application(session, campaign=campaign, creator=bea)
    make_offer(session, application=application, by=alice)
    collaborations.withdraw(session, application_id=application.id, actor=bea, now=NOON)
    assert steps(session) == [("agree", False), ("offer", True)]
    assert queries.answers(session) == {bea.creator_id: (1, 0)}

    later = NOON + timedelta(days=2)
    collaborations.apply(
        session,
        campaign_id=campaign.id,
        pitch="Again, and cheaper.",
        fee=Money(20_000, "USD"),
        actor=bea,
        now=later,
    )
    assert steps(session) == []
    assert queries.answers(session) == {}
    collaborations.decline(
        session, application_id=application.id, reason=DeclineReason.FEE, actor=alice, now=later
    )

    assert steps(session) == [("offer", False)]
    assert queries.answers(session) == {bea.creator_id: (0, 1)}


def test_a_whole_collaboration_and_whether_the_brand_comes_back(
    session: Session, acme: Brand, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    done = make_collaboration(session, campaign=campaign, creator=bea, by=alice)
    assert steps(session) == [("agree", True), ("offer", True)]
    done.state, done.ended_at = CollaborationState.COMPLETED, NOON
    decided = [("agree", True), ("deliver", True), ("offer", True)]
    assert steps(session) == decided
    late = NOON + timedelta(days=180)
    assert steps(session, late) == [*decided, ("renew", False)]

    again = make_campaign(session, brand=acme, by=alice, name="Again")
    make_collaboration(
        session, campaign=again, creator=bea, by=alice, now=NOON + timedelta(hours=1)
    )

    assert "renew" not in dict(steps(session, late - timedelta(minutes=1)))
    assert ("renew", True) in steps(session, late)
    assert ("renew", False) not in steps(session, late)


def test_a_cancelled_collaboration_was_not_delivered(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    broken = make_collaboration(session, campaign=campaign, creator=bea, by=alice)
    broken.state, broken.ended_at = CollaborationState.CANCELLED, NOON
    assert ("deliver", False) in steps(session)
    assert "renew" not in dict(steps(session, NOON + timedelta(days=400)))


def test_what_was_asked_and_what_is_usual_stand_beside_it(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    assert bea.creator_id is not None
    make_offer(
        session, application=make_application(session, campaign=campaign, creator=bea), by=alice
    )
    [before] = queries.outcomes(session, now=NOON)
    assert (before.fee_minor, before.usual_minor) == (40_000, None)
    make_rate(session, creator_id=bea.creator_id)
    session.flush()

    [found] = queries.outcomes(session, now=NOON)

    assert (found.creator_id, found.campaign_id, found.asked_at) == (
        bea.creator_id,
        campaign.id,
        NOON,
    )
    assert (found.fee_minor, found.usual_minor) == (40_000, 30_000)
