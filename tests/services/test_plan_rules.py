"""The hard rules of a campaign hold for its plans too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Brand
from marketplace.campaigns.models import Campaign
from marketplace.creators import queries as creators
from marketplace.creators.models import Creator
from marketplace.creators.rules.subjects import Subject
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidInput
from marketplace.matching import columns, queries
from marketplace.matching.queries import PlanWish
from marketplace.matching.rules.wanted import Booking, HardRules
from tests.conftest import NOON
from tests.factories.creators import make_exclusivity, make_planned_creator
from tests.services.planned import BUDGET, names


@pytest.fixture(params=["columns", "postgresql"])
def market(
    request: pytest.FixtureRequest,
    session: Session,
    campaign: Campaign,
    mallory: Actor,
    tmp_path: Path,
) -> Iterator[dict[str, Creator]]:
    """Cleo is free; Dora has promised a rival to leave food; Emil has posted about gambling."""
    made = {
        name: make_planned_creator(session, name, views=30_000, fee_minor=20_000)
        for name in ("Cleo", "Dora", "Emil")
    }
    rival = next(iter(mallory.brands))
    make_exclusivity(session, creator_id=made["Dora"].id, brand_id=rival)
    channel = creators.channel_of(session, creator_id=made["Emil"].id)
    assert channel is not None
    channel.subjects = ["gambling"]
    session.flush()
    if request.param == "columns":
        columns.use_folder(str(tmp_path))
        columns.build(session, tmp_path, now=NOON)
    yield made
    columns.use_folder("")


def plan_with(
    session: Session, campaign: Campaign, brand_id: UUID, **wish: Any
) -> queries.FoundPlan:
    wanted = queries.wanted_for(session, campaign.id)
    booking = Booking(brand_id, "food", date(2026, 12, 1), date(2026, 12, 24))
    rules = replace(wanted.rules, booking=booking, avoided=frozenset({Subject.GAMBLING}))
    return queries.plan_for(
        session, replace(wanted, rules=rules), PlanWish(limits=BUDGET, **wish), now=NOON
    )


def test_who_is_promised_to_another_brand_or_touched_what_is_avoided_is_in_no_plan(
    session: Session, campaign: Campaign, acme: Brand, market: dict[str, Creator]
) -> None:
    found = plan_with(session, campaign, acme.id)

    assert names(found) == ["Cleo"]
    assert found.nearly == []


def test_nor_can_they_be_put_into_one_by_hand(
    session: Session, campaign: Campaign, acme: Brand, market: dict[str, Creator]
) -> None:
    for name, why in (
        ("Dora", "Dora has promised another brand not to work in your category at the time: the"),
        ("Emil", "Emil has touched a subject that you avoid in their last posts: the"),
    ):
        with pytest.raises(InvalidInput, match=why):
            plan_with(session, campaign, acme.id, exactly={market[name].id: None})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"age": frozenset({"13-17"})}, "age"),
        ({"rules": HardRules(blocked_topics=frozenset({"cooking"}))}, "blocked_topics"),
    ],
)
def test_a_campaign_by_which_nobody_is_matched_has_no_plan(
    session: Session,
    campaign: Campaign,
    market: dict[str, Creator],
    changes: dict[str, Any],
    field: str,
) -> None:
    wanted = replace(queries.wanted_for(session, campaign.id), **changes)

    with pytest.raises(InvalidInput) as refused:
        queries.plan_for(session, wanted, PlanWish(limits=BUDGET), now=NOON)

    assert list(refused.value.problems) == [field]
