"""The rules that a brand keeps for a campaign are asked of everybody from then on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.creators.rules.subjects import USUALLY_AVOIDED, Subject
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidInput
from marketplace.matching import queries
from marketplace.matching import service as matching
from marketplace.matching.models import MatchRules
from marketplace.matching.rules.wanted import HardRules
from tests.conftest import NOON
from tests.factories.campaigns import make_campaign
from tests.factories.market import make_hireable


@pytest.fixture
def campaign(session: Session, acme: Brand, alice: Actor) -> Campaign:
    return make_campaign(session, brand=acme, by=alice)


def names(session: Session, campaign: Campaign) -> list[str]:
    """Whom the campaign may take."""
    wanted = queries.wanted_for(session, campaign.id)
    found = queries.matches_for(session, wanted, campaign_id=campaign.id, page=1, size=25, now=NOON)
    return [line.display_name for line in found.page.rows]


def test_rules_are_kept_for_a_campaign_and_the_next_ones_take_their_place(
    session: Session, campaign: Campaign, alice: Actor
) -> None:
    make_hireable(session, "Ann", country="DE")
    make_hireable(session, "Bob", followers=20_000)
    rules = HardRules(lives_in=frozenset({"US"}))
    for _ in range(2):
        matching.keep_rules(session, campaign_id=campaign.id, rules=rules, actor=alice, now=NOON)

    assert queries.wanted_for(session, campaign.id).rules.lives_in == {"US"}
    assert names(session, campaign) == ["Bob"]

    matching.keep_rules(
        session,
        campaign_id=campaign.id,
        rules=HardRules(followers_most=15_000, blocked_topics=frozenset({"pets"})),
        actor=alice,
        now=NOON,
    )
    session.expire_all()
    assert names(session, campaign) == ["Ann"]
    assert len(session.scalars(select(MatchRules)).all()) == 1


def test_every_rule_that_is_kept_is_asked_from_then_on(
    session: Session, campaign: Campaign, alice: Actor
) -> None:
    before = queries.wanted_for(session, campaign.id).rules
    kept = HardRules(
        lives_in=frozenset({"US", "CA"}),
        languages=frozenset({"en"}),
        followers_least=5,
        followers_most=9_000,
        blocked_topics=frozenset({"pets", "beauty"}),
        avoided=frozenset({Subject.GAMBLING, Subject.ALCOHOL}),
        price_least_minor=1,
        price_most_minor=2,
    )

    matching.keep_rules(session, campaign_id=campaign.id, rules=kept, actor=alice, now=NOON)

    assert queries.wanted_for(session, campaign.id).rules == replace(
        kept,
        price_least_minor=None,
        price_most_minor=before.price_most_minor,
        free_on=before.free_on,
        booking=before.booking,
    )
    assert before.price_most_minor == 50_000


def test_rules_that_contradict_each_other_are_not_kept(
    session: Session, campaign: Campaign, alice: Actor
) -> None:
    with pytest.raises(InvalidInput) as refused:
        matching.keep_rules(
            session,
            campaign_id=campaign.id,
            rules=HardRules(followers_least=2, followers_most=1),
            actor=alice,
            now=NOON,
        )

    assert list(refused.value.problems) == ["followers_most"]
    assert queries.wanted_for(session, campaign.id).rules.avoided == USUALLY_AVOIDED
    assert session.get(MatchRules, campaign.id) is None
