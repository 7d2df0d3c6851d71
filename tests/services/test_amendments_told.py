"""Who hears that a brief has changed: whoever may still agree to it, or was invited."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.collaborations import service
from marketplace.kernel.actor import Actor
from tests.factories.campaigns import amend
from tests.factories.collaborations import make_application, make_collaboration, make_offer
from tests.services.agreeing import LATER, invite, told


def test_applicants_hear_of_an_amendment_once_and_the_agreed_do_not(
    session: Session, campaign: Campaign, alice: Actor, bea: Actor, carl: Actor
) -> None:
    make_collaboration(session, campaign=campaign, creator=bea, by=alice)
    make_application(session, campaign=campaign, creator=carl)
    brief = amend(session, campaign, by=alice, now=LATER)

    for _ in range(2):
        assert service.tell_of_amendment(session, brief_id=brief.id, now=LATER) == 1

    assert told(session, carl).count(("brief_amended", f"/creator/briefs/{campaign.id}")) == 1
    assert "brief_amended" not in [kind for kind, _ in told(session, bea)]


@pytest.mark.parametrize("answer", ["none", "applied", "offered", "declined"])
def test_whoever_holds_an_invitation_or_an_offer_hears_of_an_amendment_once(
    answer: str, session: Session, campaign: Campaign, alice: Actor, bea: Actor
) -> None:
    invitation = invite(session, campaign, bea, alice)
    session.flush()
    if answer == "declined":
        service.decline_invitation(session, invitation_id=invitation.id, actor=bea, now=LATER)
    elif answer != "none":
        application = make_application(session, campaign=campaign, creator=bea)
        if answer == "offered":
            make_offer(session, application=application, by=alice)
    brief = amend(session, campaign, by=alice, now=LATER)

    heard = 0 if answer == "declined" else 1
    for _ in range(2):
        assert service.tell_of_amendment(session, brief_id=brief.id, now=LATER) == heard

    kinds = [kind for kind, _ in told(session, bea)]
    assert kinds.count("brief_amended") == heard
