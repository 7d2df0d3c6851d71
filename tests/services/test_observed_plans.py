"""A plan that knows of whom it was observed that they share viewers."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.creators.models import Creator
from marketplace.creators.rules import CoAudienceSource
from marketplace.matching import queries
from tests.conftest import NOON, make_person
from tests.factories.creators import make_co_audience, make_planned_creator
from tests.services.planned import BUDGET, names, plan


@pytest.fixture
def market(session: Session) -> dict[str, Creator]:
    """Three of one price; Cleo and Dora have the most views."""
    made = {
        name: make_planned_creator(
            session, name, views=views, fee_minor=35_000, user_id=make_person(session, name).id
        )
        for name, views in (("cleo", 40_000), ("dora", 38_000), ("emil", 25_000))
    }
    session.flush()
    return made


def test_who_shares_most_of_their_viewers_with_another_gives_up_the_place(
    session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    before = names(plan(session, campaign))

    make_co_audience(session, market["dora"].id, market["cleo"].id, shared=2_000)

    assert (before, names(plan(session, campaign))) == (["cleo", "dora"], ["cleo", "emil"])


def test_what_was_observed_is_told_beside_the_pick_and_lowers_what_it_adds(
    session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    chosen = {market["cleo"].id: None, market["dora"].id: None}
    before = plan(session, campaign, exactly=chosen)
    make_co_audience(session, market["dora"].id, market["cleo"].id, shared=874)

    found = plan(session, campaign, exactly=chosen)

    (cleo, first, _), (dora, second, _) = found.picks
    assert (cleo.display_name, dora.display_name) == ("cleo", "dora")
    assert second.observed is not None
    assert second.observed == first.observed
    assert found.who[second.observed.creator].display_name == "dora"
    assert found.who[second.observed.other].display_name == "cleo"
    assert (second.observed.shared, second.observed.sample) == (874, 2_300)
    assert (second.observed.source, second.observed.observed_on) == (
        CoAudienceSource.COMMENTERS,
        date(2026, 11, 14),
    )
    assert second.adds < before.picks[1][1].adds
    assert second.adds == pytest.approx(second.alone * (1 - 874 / 2_300), rel=0.02)


def test_an_observation_of_somebody_who_is_not_in_question_changes_nothing(
    session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    zoe = make_planned_creator(session, "zoe", views=30_000, fee_minor=35_000)
    session.flush()
    without = frozenset({zoe.id})
    before = plan(session, campaign, must_not=without)

    make_co_audience(session, market["dora"].id, zoe.id, shared=2_300)

    assert plan(session, campaign, must_not=without).explained == before.explained


def test_what_a_campaign_was_expected_to_reach_knows_the_overlap_too(
    session: Session, campaign: Campaign, market: dict[str, Creator]
) -> None:
    wanted = queries.wanted_for(session, campaign.id)
    found = plan(session, campaign, limits=BUDGET)
    made = {who.creator_id: option.way for who, _, option in found.picks}

    def predicted() -> int:
        return queries.predicted_reach(session, wanted, made, in_target=True, now=NOON)

    before = predicted()
    make_co_audience(session, market["dora"].id, market["cleo"].id, shared=2_300)

    assert predicted() < 0.7 * before
