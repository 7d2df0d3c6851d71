"""What a budget would buy: a plan that is kept nowhere until somebody accepts it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import ceil
from typing import Any, Final
from uuid import UUID

import numpy as np
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from marketplace.creators.models import Channel, Creator
from marketplace.kernel.errors import InvalidInput
from marketplace.matching import columns
from marketplace.matching.columns import Market, Plannable
from marketplace.matching.queries.corrections import present_correction
from marketplace.matching.queries.plan_wish import PlanWish, question_of
from marketplace.matching.queries.watched import observed_in
from marketplace.matching.rules.planner.at_once import most_at_once
from marketplace.matching.rules.planner.bound import most_possible
from marketplace.matching.rules.planner.correction import Correction
from marketplace.matching.rules.planner.curve import Point, curve
from marketplace.matching.rules.planner.exact import EXACT_UP_TO, best_possible
from marketplace.matching.rules.planner.explain import (
    Explained,
    NearlyChosen,
    Pick,
    Swap,
    explain,
)
from marketplace.matching.rules.planner.interval import Interval, interval
from marketplace.matching.rules.planner.limits import Contradiction, Limits, PlanRefused, Rule
from marketplace.matching.rules.planner.plan import Plan, best_plan, broken_rules, plan_of
from marketplace.matching.rules.planner.problem import Problem
from marketplace.matching.rules.planner.ways import Way
from marketplace.matching.rules.wanted import Wanted

BOUND_UP_TO: Final = 20_000
"""In larger markets a close bound takes a second: it is worked out later, when asked for."""

EXACT_AT_ONCE: Final = 60
"""Among so few candidates the best plan itself is found in a moment."""
EXACT_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class PlannedCreator:
    """Who somebody in a plan is, as a page shows them."""

    creator_id: UUID
    display_name: str
    handle: str | None
    has_joined: bool
    followers: int | None


@dataclass(frozen=True, slots=True)
class Option:
    """One way to ask a creator, at its price."""

    bundle: int
    way: Way
    price_minor: int
    is_estimated: bool


@dataclass(frozen=True, slots=True)
class FoundPlan:
    """A plan in whole people with everybody it names. at_most: no plan reaches more; None unknown.

    question: by which a closer bound can be asked for; None where there is none to be had.
    who: place in the problem -> the creator. options: the same -> all that they could be asked for.
    looked_at of ``of``: fewer while columns are missing.
    """

    explained: Explained
    interval: Interval
    curve: Sequence[Point]
    budget_minor: int
    cost_minor: int
    at_most: int | None
    broken: Sequence[Contradiction]
    who: Mapping[int, PlannedCreator]
    options: Mapping[int, Sequence[Option]]
    looked_at: int
    of: int
    ways: Sequence[Way]
    correction: Correction
    question: str | None
    left_out: Sequence[PlannedCreator] = field(default_factory=list)

    @property
    def picks(self) -> Sequence[tuple[PlannedCreator, Pick, Option]]:
        """Who is in the plan, why, and what they make; the largest addition first."""
        return [
            (self.who[each.creator], each, self.option(each))
            for each in self.explained.picks
            if each.creator in self.who
        ]

    @property
    def nearly(self) -> Sequence[tuple[PlannedCreator, NearlyChosen, Option]]:
        """Who nearly was, why not, and with what."""
        return [
            (self.who[each.creator], each, self.option(each))
            for each in self.explained.nearly
            if each.creator in self.who
        ]

    def option(self, told: Pick | NearlyChosen | Swap) -> Option:
        """Return what somebody in an explanation is asked for."""
        return next(each for each in self.options[told.creator] if each.bundle == told.bundle)

    def bounded_by(self, at_most: int | None) -> FoundPlan:
        """Return the same with a closer bound, where it is one: the market may have moved since."""
        if at_most is None or self.at_most is None or at_most < self.explained.people:
            return self
        return replace(self, at_most=min(at_most, self.at_most))

    @property
    def more_bps(self) -> int | None:
        """By how much more the best possible plan can reach at most; None while unknown."""
        if self.at_most is None or not self.explained.people:
            return None
        return max(0, self.at_most - self.explained.people) * 10_000 // self.explained.people


def plan_for(session: Session, wanted: Wanted, wish: PlanWish, *, now: datetime) -> FoundPlan:
    """Return the best plan for a wish, computed now over the whole market; nothing is kept.

    Raises PlanRefused with the rules that contradict each other, InvalidInput for a creator who
    cannot be in a plan.
    """
    correction = present_correction(session)

    def look(market: Market) -> tuple[FoundPlan, dict[int, UUID]]:
        ready, limits = _ready(session, market, wanted, wish, correction)
        at_most, question = None, None
        if wish.exactly is None:
            is_close = market.count <= BOUND_UP_TO
            plan, at_most = _best(ready.problem, limits, close=is_close)
            if not is_close or (plan.among.count <= EXACT_UP_TO and at_most > plan.people):
                question = question_of(wish, wanted, correction)
        else:
            plan = plan_of(ready.problem, limits, _by_hand(market, ready, wish.exactly))
        found = _told(
            market, ready, limits, plan, at_most, correction, with_curve=wish.exactly is None
        )
        found = replace(found, question=question)
        named = {pick.creator for pick in found.explained.picks}
        named |= {each.creator for each in found.explained.nearly}
        named |= {pick.beats.creator for pick in found.explained.picks if pick.beats}
        ids = {place: ready.id_at(place) for place in named}
        return replace(found, options={place: _options(ready, place) for place in named}), ids

    found, ids = columns.ask(session, look, now=now)
    known = _who(session, {*ids.values(), *wish.must_not})
    return replace(
        found,
        who={place: known[each] for place, each in ids.items() if each in known},
        left_out=[known[each] for each in sorted(wish.must_not) if each in known],
    )


@dataclass(frozen=True, slots=True, eq=False)
class BoundTask:
    """What a close bound is worked out from; nothing of it changes with the market."""

    problem: Problem
    limits: Limits
    plan: Plan

    def work_out(self, tell: Callable[[float], None]) -> int:
        """Return a number of people that no plan reaches more than. It takes a while."""
        among, picks = self.plan.among, self.plan.picks
        if among.count <= EXACT_UP_TO:
            return ceil(best_possible(among, self.limits, picks).at_most)
        return ceil(most_possible(self.problem, self.limits, among, picks, tell=tell))


def bound_task(session: Session, wanted: Wanted, wish: PlanWish, *, now: datetime) -> BoundTask:
    """Return what a close bound for a wish is worked out from. Raises what plan_for raises."""
    correction = present_correction(session)

    def look(market: Market) -> BoundTask:
        ready, limits = _ready(session, market, wanted, wish, correction)
        return BoundTask(ready.problem, limits, best_plan(ready.problem, limits))

    return columns.ask(session, look, now=now)


def _ready(
    session: Session, market: Market, wanted: Wanted, wish: PlanWish, correction: Correction
) -> tuple[Plannable, Limits]:
    """Return the problem of a wish, and its limits with the places of those it names."""
    chosen = wish.ways(wanted)
    if not_allowed := [way for way in wish.asked_by_hand if way not in chosen]:
        raise PlanRefused([_not_allowed(not_allowed[0])])
    ready = columns.plannable(market, wanted, chosen, fixed=wish.fixed, factor=correction.factor)
    if not ready.rows.size:
        raise PlanRefused([_nobody_offers(chosen)])
    _by_hand(market, ready, wish.fixed)
    limits = replace(
        wish.limits,
        must_have=_places(market, ready, wish.must_have | wish.fixed.keys(), "must_have"),
        must_not=_places(market, ready, wish.must_not, ""),
    )
    return observed_in(session, market, ready, limits, wish.exactly or ()), limits


def _best(problem: Problem, limits: Limits, *, close: bool) -> tuple[Plan, float]:
    """Return the best plan, and what no plan can exceed: closely, or only at once."""
    plan = best_plan(problem, limits)
    if not close:
        return plan, most_at_once(problem, limits, plan)
    if plan.among.count <= EXACT_AT_ONCE:
        optimum = best_possible(plan.among, limits, plan.picks, seconds=EXACT_SECONDS)
        return Plan(plan.among, optimum.picks, optimum.people), optimum.at_most
    return plan, most_possible(problem, limits, plan.among, plan.picks)


def _told(
    market: Market,
    ready: Plannable,
    limits: Limits,
    plan: Plan,
    at_most: float | None,
    correction: Correction,
    *,
    with_curve: bool,
) -> FoundPlan:
    """Put a plan into whole people."""
    return FoundPlan(
        explained=explain(plan, limits),
        interval=interval(ready.problem, plan, spread=ready.spread, doubt=correction.doubt),
        curve=curve(ready.problem, limits, plan) if with_curve else [],
        budget_minor=limits.budget_minor,
        cost_minor=plan.cost_minor,
        at_most=None if at_most is None else round(at_most),
        broken=broken_rules(ready.problem, limits, plan),
        who={},
        options={},
        looked_at=market.count,
        of=market.of,
        correction=correction,
        question=None,
        ways=ready.ways,
    )


def _by_hand(
    market: Market, ready: Plannable, exactly: Mapping[UUID, Way | None]
) -> list[tuple[int, int]]:
    """Return who was chosen by hand with their bundles; the first offered where none was named.

    Raises InvalidInput where somebody is asked for what they do not offer.
    """
    chosen = []
    for creator_id, way in exactly.items():
        (place,) = _places(market, ready, frozenset([creator_id]), "exactly")
        offered = [each for each in _options(ready, place) if way in (None, each.way)]
        if not offered:
            raise InvalidInput({"make": "Somebody you chose does not offer what you ask of them."})
        chosen.append((place, offered[0].bundle))
    return sorted(chosen)


def _options(ready: Plannable, place: int) -> list[Option]:
    price = ready.price[place].tolist()
    return [
        Option(bundle, way, price[bundle], not bool(ready.price_known[place, bundle]))
        for bundle, way in enumerate(ready.ways)
        if price[bundle]
    ]


def _nobody_offers(chosen: Sequence[Way]) -> Contradiction:
    asked = " or ".join(way.words for way in chosen)
    sentence = f"Nobody whom the brief allows offers {asked} at a price you allow."
    return Contradiction((Rule.MAKE,), sentence)


def _not_allowed(way: Way) -> Contradiction:
    sentence = f"You ask somebody for {way.words}, which your rules do not allow."
    return Contradiction((Rule.MAKE,), sentence)


def _places(
    market: Market, ready: Plannable, creator_ids: frozenset[UUID], field_name: str
) -> frozenset[int]:
    """Return where creators stand in the problem.

    Raises InvalidInput for one whom the brief or a rule of the campaign leaves out; without a
    field's name such creators are left away.
    """
    rows = market.rows_of(sorted(creator_ids))
    places = np.where(rows >= 0, ready.places_of(rows), -1)
    if field_name and (places < 0).any():
        raise InvalidInput(
            {field_name: "Somebody you chose is left out by the brief or by the campaign's rules."}
        )
    return frozenset(places[places >= 0].tolist())


def _who(session: Session, creator_ids: set[UUID]) -> dict[UUID, PlannedCreator]:
    rows: Sequence[Any] = session.execute(
        select(
            Creator.id,
            Creator.display_name,
            Channel.handle,
            Creator.user_id.is_not(None),
            Channel.follower_count,
        )
        .outerjoin(Channel, and_(Channel.creator_id == Creator.id, Channel.is_main))
        .where(Creator.id.in_(creator_ids))
    ).all()
    return {row[0]: PlannedCreator(*row) for row in rows}
