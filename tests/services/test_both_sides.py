"""Nobody agrees with themselves."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.collaborations import service as collaborations
from marketplace.collaborations.queries import party_of
from marketplace.collaborations.rules import OfferState, Party
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import NotPermitted
from tests.factories.campaigns import NOON, make_campaign
from tests.factories.collaborations import make_application, make_offer

BRAND, CREATOR = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("actor", "party"),
    [
        (Actor(brands={BRAND: Role.OWNER}), Party.BRAND),
        (Actor(creator_id=CREATOR), Party.CREATOR),
        (Actor(brands={BRAND: Role.VIEWER}, creator_id=CREATOR), Party.CREATOR),
        (Actor(brands={BRAND: Role.OWNER}, creator_id=CREATOR), None),
        (Actor(brands={BRAND: Role.VIEWER}), None),
        (Actor(), None),
    ],
)
def test_an_actor_acts_for_one_side_at_most(actor: Actor, party: Party | None) -> None:
    assert party_of(actor, brand_id=BRAND, creator_id=CREATOR) is party


def test_a_creator_who_joined_the_brand_cannot_accept_its_offer(
    session: Session, acme: Brand, alice: Actor, bea: Actor
) -> None:
    campaign = make_campaign(session, brand=acme, by=alice)
    application = make_application(session, campaign=campaign, creator=bea)
    offer = make_offer(session, application=application, by=alice)
    both = Actor(user_id=bea.user_id, creator_id=bea.creator_id, brands={acme.id: Role.OWNER})

    with pytest.raises(NotPermitted):
        collaborations.agree(session, offer_id=offer.id, actor=both, now=NOON)

    assert offer.state is OfferState.OPEN
