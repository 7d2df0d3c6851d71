"""A plan among those alone who have asked to be found by a group, or by any of several."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from marketplace.campaigns.models import Campaign
from marketplace.creators import service as creators
from marketplace.creators.models import Creator
from marketplace.creators.rules.groups import Group
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidInput
from marketplace.matching import queries
from marketplace.matching.queries import PlanWish
from marketplace.matching.rules.planner.limits import PlanRefused, Rule
from tests.conftest import NOON
from tests.factories.creators import make_planned_market
from tests.services.planned import BUDGET, accept, names, plan

WOMEN = frozenset({Group.WOMEN})
EITHER = frozenset({Group.WOMEN, Group.VETERANS})


@pytest.fixture
def market(session: Session) -> dict[str, Creator]:
    made = make_planned_market(
        session, ("Cleo", 30_000, 30_000), ("Dora", 40_000, 40_000), ("Emil", 20_000, 35_000)
    )
    session.flush()
    return made


@pytest.fixture
def declare(session: Session, market: dict[str, Creator]) -> Callable[..., None]:
    def declare(name: str, *groups: Group) -> None:
        who = Actor(user_id=market[name].user_id, creator_id=market[name].id)
        creators.declare_groups(session, actor=who, groups=groups, now=NOON)
        session.flush()

    return declare


def test_a_plan_among_those_who_want_to_be_found_by_a_group_keeps_no_word_of_it(
    session: Session,
    campaign: Campaign,
    alice: Actor,
    market: dict[str, Creator],
    declare: Callable[..., None],
) -> None:
    declare("Cleo", Group.WOMEN)

    found = plan(session, campaign, groups=WOMEN)
    done = accept(
        session,
        campaign,
        alice,
        wish=PlanWish(limits=BUDGET, groups=WOMEN, exactly={market["Cleo"].id: None}),
        seen_cost_minor=30_000,
    )
    declare("Cleo")

    assert names(found) == ["Cleo"]
    assert [who.display_name for who, _, _ in found.nearly] == []
    assert "women" not in str(done.plan.rules)
    with pytest.raises(PlanRefused, match="Nobody who wants to be found by “Women”") as refused:
        plan(session, campaign, groups=WOMEN)
    assert refused.value.contradictions[0].rules == (Rule.GROUP, Rule.MAKE)


def test_of_several_groups_one_is_enough(
    session: Session, campaign: Campaign, declare: Callable[..., None]
) -> None:
    with pytest.raises(PlanRefused, match="Nobody who wants to be found by “Veterans” or “Women”"):
        plan(session, campaign, groups=EITHER)
    declare("Cleo", Group.WOMEN)
    declare("Dora", Group.VETERANS, Group.RURAL)
    declare("Emil", Group.RURAL)

    assert sorted(names(plan(session, campaign, groups=EITHER))) == ["Cleo", "Dora"]


@pytest.mark.parametrize(
    ("groups", "said"), [(WOMEN, "“Women”"), (EITHER, "“Veterans” or “Women”")]
)
def test_who_is_not_in_a_group_cannot_be_kept_in_its_plan(
    session: Session,
    campaign: Campaign,
    market: dict[str, Creator],
    declare: Callable[..., None],
    groups: frozenset[Group],
    said: str,
) -> None:
    declare("Cleo", Group.WOMEN)

    with pytest.raises(InvalidInput, match=f"Dora has not asked to be found by {said}\\."):
        plan(session, campaign, groups=groups, must_have=frozenset({market["Dora"].id}))


def test_a_group_and_who_has_signed_up_are_asked_together(
    session: Session, campaign: Campaign, declare: Callable[..., None]
) -> None:
    declare("Cleo", Group.WOMEN)

    assert names(plan(session, campaign, joined=True, groups=WOMEN)) == ["Cleo"]
    with pytest.raises(PlanRefused, match="found by “Veterans”, who has signed up here, and whom"):
        plan(session, campaign, joined=True, groups=frozenset({Group.VETERANS}))


def test_a_question_names_its_groups_and_comes_back_with_them(
    session: Session, campaign: Campaign
) -> None:
    wish = PlanWish(limits=BUDGET, groups=EITHER)
    wanted = queries.wanted_for(session, campaign.id)
    correction = queries.present_correction(session)

    def question(asked: PlanWish) -> str:
        return queries.question_of(asked, wanted, correction, None)

    assert queries.wish_in(wish.as_json()) == wish
    assert question(wish) != question(replace(wish, groups=WOMEN))
