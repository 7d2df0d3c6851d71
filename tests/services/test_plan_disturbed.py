"""Plans while the market is imported, or its columns are deleted or cut short."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.campaigns import service as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput
from marketplace.kernel.money import Money
from marketplace.matching import columns
from marketplace.matching.columns import Plannable
from marketplace.matching.queries import FoundPlan, PlanWish
from marketplace.matching.rules.planner.limits import Limits, PlanRefused, Rule
from marketplace.matching.rules.planner.ways import Way
from marketplace.store.base import Base
from tests.conftest import NOON
from tests.factories.campaigns import content
from tests.factories.creators import make_exclusivity, make_planned_creator
from tests.services.planned import BUDGET, accept, make_crowd, names, plan, rows


@pytest.fixture
def place(session: Session, tmp_path: Path) -> Iterator[Path]:
    """A market of twenty in columns."""
    make_crowd(session, 20)
    columns.use_folder(str(tmp_path))
    columns.build(session, tmp_path, now=NOON)
    yield tmp_path
    columns.use_folder("")


def chosen_in(found: FoundPlan) -> dict[UUID, Way | None]:
    """Return who is in a plan, each with what they are asked for, as one chooses them by hand."""
    return {who.creator_id: option.way for who, _, option in found.picks}


def accept_as_seen(session: Session, campaign: Campaign, alice: Actor, found: FoundPlan) -> None:
    """Accept exactly the plan that was looked at, at what it cost then."""
    wish = PlanWish(limits=BUDGET, exactly=chosen_in(found))
    accept(session, campaign, alice, wish=wish, seen_cost_minor=found.cost_minor)


def once_the_market_was_read(
    patch: pytest.MonkeyPatch, what: Callable[[], object], *, times: int = 1
) -> list[int]:
    """Let something happen in the middle of a plan; returns how often the market was read."""
    read: list[int] = []
    plannable = columns.plannable

    def look(*args: Any, **named: Any) -> Plannable:
        ready = plannable(*args, **named)
        read.append(len(read))
        if len(read) <= times:
            what()
        return ready

    patch.setattr(columns, "plannable", look)
    return read


def told(found: FoundPlan) -> tuple[object, ...]:
    return names(found), found.cost_minor, found.explained, found.at_most, found.interval


def test_a_plan_during_an_import_is_that_of_the_market_after_it(
    session: Session, campaign: Campaign, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = plan(session, campaign)

    def import_somebody() -> None:
        make_planned_creator(session, "Newcomer", views=90_000, fee_minor=9_000)
        session.flush()
        columns.refresh(session, place, now=NOON)

    read = once_the_market_was_read(monkeypatch, import_somebody)
    during = plan(session, campaign)

    assert len(read) == 2
    assert "Newcomer" not in names(before)
    assert "Newcomer" in names(during)
    assert during.looked_at == 21
    assert told(during) == told(plan(session, campaign))


def test_an_import_that_never_ends_leaves_the_plan_to_postgresql(
    session: Session, campaign: Campaign, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def import_somebody() -> None:
        made.append(f"Newcomer{len(made)}")
        make_planned_creator(session, made[-1], views=9_000, fee_minor=9_000)
        session.flush()
        columns.refresh(session, place, now=NOON)

    once_the_market_was_read(monkeypatch, import_somebody, times=5)
    found = plan(session, campaign)

    assert len(made) == 5
    assert found.looked_at == found.of == 25


def test_a_whole_new_version_during_a_plan_leaves_it_as_it_was(
    session: Session, campaign: Campaign, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = plan(session, campaign)

    once_the_market_was_read(monkeypatch, lambda: columns.build(session, place, now=NOON))

    assert told(plan(session, campaign)) == told(before)


@pytest.mark.parametrize("harm", ["deleted", "cut short", "emptied"])
def test_a_plan_ends_well_when_its_columns_are_harmed_meanwhile(
    session: Session,
    campaign: Campaign,
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    harm: str,
) -> None:
    before = plan(session, campaign)

    def do_harm() -> None:
        for path in (each for each in place.rglob("*") if each.is_file()):
            if harm == "deleted":
                path.unlink()
            else:
                with path.open("r+b") as file:
                    file.truncate(7 if harm == "cut short" else 0)

    read = once_the_market_was_read(monkeypatch, do_harm)
    during = plan(session, campaign)

    assert told(during) == told(before)
    assert len(read) == (1 if harm == "deleted" else 2)
    assert told(plan(session, campaign)) == told(before)


def test_a_brief_that_was_changed_while_its_plan_was_accepted_invites_nobody(
    session: Session,
    campaign: Campaign,
    alice: Actor,
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = plan(session, campaign)

    def amend() -> None:
        asks = content(fee_low=Money(1_000, "USD"), fee_high=Money(90_000, "USD"))
        campaigns.save_brief(session, campaign_id=campaign.id, content=asks, actor=alice, now=NOON)
        campaigns.amend_brief(
            session, campaign_id=campaign.id, change_note="Other fees.", actor=alice, now=NOON
        )
        session.flush()

    once_the_market_was_read(monkeypatch, amend)
    with pytest.raises(Conflict, match="The brief has just been changed"):
        accept_as_seen(session, campaign, alice, found)

    assert rows(session)[:3] == [0, 0, 0]


def test_who_has_just_promised_to_work_for_another_brand_is_not_invited_by_a_plan(
    session: Session, campaign: Campaign, alice: Actor, mallory: Actor, place: Path
) -> None:
    found = plan(session, campaign)
    bound, *_ = (who for who, *_ in found.picks)
    (rival,) = mallory.brands
    make_exclusivity(session, creator_id=bound.creator_id, brand_id=rival)

    with pytest.raises(Conflict, match=f"{bound.display_name} has promised"):
        accept_as_seen(session, campaign, alice, found)

    assert rows(session)[:3] == [0, 0, 0]


def rows_of_every_table(session: Session) -> dict[str, int]:
    session.flush()
    return {
        name: session.scalar(select(func.count()).select_from(table)) or 0
        for name, table in Base.metadata.tables.items()
    }


def test_a_what_if_leaves_no_trace_in_any_table(
    session: Session, campaign: Campaign, place: Path
) -> None:
    before = rows_of_every_table(session)

    chosen = chosen_in(plan(session, campaign))
    plan(session, campaign, exactly=chosen)
    plan(session, campaign, make={"video": (1, 2)}, must_not=frozenset(chosen))
    with pytest.raises(PlanRefused):
        plan(session, campaign, limits=Limits(budget_minor=1))
    with pytest.raises(InvalidInput):
        plan(session, campaign, must_have=frozenset({campaign.id}))

    assert rows_of_every_table(session) == before
    assert len(before) > 100
    assert not session.new
    assert not session.dirty


def test_rules_that_contradict_each_other_are_both_named(
    session: Session, campaign: Campaign, place: Path
) -> None:
    somebody = plan(session, campaign).picks[0][0].creator_id

    for changes, rules in (
        ({"limits": Limits(budget_minor=70_000, fewest=3, most=2)}, (Rule.FEWEST, Rule.MOST)),
        (
            {"must_have": frozenset({somebody}), "must_not": frozenset({somebody})},
            (Rule.MUST_HAVE, Rule.MUST_NOT),
        ),
        (
            {"limits": Limits(budget_minor=3_500), "must_have": frozenset({somebody})},
            (Rule.MUST_HAVE, Rule.BUDGET),
        ),
    ):
        with pytest.raises(PlanRefused) as refused:
            plan(session, campaign, **({"limits": BUDGET} | changes))
        assert refused.value.contradictions[0].rules == rules
