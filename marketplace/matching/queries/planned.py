"""What a budget would buy: a plan that is kept nowhere until somebody accepts it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from typing import Any, Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from marketplace.creators import queries as creators
from marketplace.creators.models import Channel, Creator
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.sentences import Sentence
from marketplace.matching import columns
from marketplace.matching.columns import Market, Plannable
from marketplace.matching.queries.chosen import left_out_sentence
from marketplace.matching.queries.corrections import present_correction
from marketplace.matching.queries.found_plan import FoundPlan, Option, PlannedCreator
from marketplace.matching.queries.plan_wish import PlanWish, question_of
from marketplace.matching.queries.watched import observed_in
from marketplace.matching.rules.labels import group_words
from marketplace.matching.rules.planner.at_once import most_at_once
from marketplace.matching.rules.planner.bound import most_possible
from marketplace.matching.rules.planner.correction import Correction
from marketplace.matching.rules.planner.curve import curve
from marketplace.matching.rules.planner.exact import EXACT_UP_TO, best_possible
from marketplace.matching.rules.planner.explain import explain
from marketplace.matching.rules.planner.interval import interval
from marketplace.matching.rules.planner.limits import Contradiction, Limits, PlanRefused, Rule
from marketplace.matching.rules.planner.plan import Plan, best_plan, broken_rules, plan_of
from marketplace.matching.rules.planner.problem import Problem
from marketplace.matching.rules.planner.ways import Way
from marketplace.matching.rules.wanted import Wanted, problems

BOUND_UP_TO: Final = 20_000
"""In larger markets a close bound takes a second: it is worked out later, when asked for."""

EXACT_AT_ONCE: Final = 60
"""Among so few candidates the best plan itself is found in a moment."""
EXACT_SECONDS: Final = 2.0


def plan_for(
    session: Session, wanted: Wanted, wish: PlanWish, *, compared: bool = True, now: datetime
) -> FoundPlan:
    """Return the best plan for a wish, computed now over the whole market; nothing is kept.

    compared: whether it is said beside a plan by hand what the planner's own reaches, which takes
    as long as to find that one.

    Raises PlanRefused with the rules that contradict each other, InvalidInput for a creator who
    cannot be in a plan, and for a brief or rules of its campaign that nobody is matched by.
    """
    correction = present_correction(session)
    question = question_of(wish, wanted, correction, creators.co_audiences_as_of(session))

    def look(market: Market) -> tuple[FoundPlan, dict[int, UUID]]:
        ready, limits = _ready(session, market, wanted, wish, correction)
        with _named(session, ready):
            found = _found(market, ready, limits, wish, correction, question)
            if compared and wish.exactly is not None:
                found = replace(found, planner=_best_people(ready.problem, limits))
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


@contextmanager
def _named(session: Session, ready: Plannable) -> Iterator[None]:
    """Name whom a refusal is about."""
    try:
        yield
    except PlanRefused as refused:
        places = {place for each in refused.contradictions for place in each.creators}
        who = _who(session, {ready.id_at(place) for place in places})
        raise PlanRefused(
            [
                replace(
                    each,
                    sentence=_with_names(
                        each, [who.get(ready.id_at(place)) for place in each.creators]
                    ),
                )
                for each in refused.contradictions
            ]
        ) from None


def _with_names(found: Contradiction, who: Sequence[PlannedCreator | None]) -> str:
    names = ", ".join(each.display_name for each in who if each is not None)
    if not names:
        return found.sentence
    return Sentence("{said} This is about {names}.", said=found.sentence, names=names)


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


def question_now(session: Session, wish: PlanWish, wanted: Wanted) -> str:
    """What a wish asks of the market as it is known now, by name."""
    observed_at = creators.co_audiences_as_of(session)
    return question_of(wish, wanted, present_correction(session), observed_at)


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
    if wrong := problems(wanted):
        raise InvalidInput(wrong)
    chosen = wish.ways(wanted)
    among = _among(session, wish)
    if not_allowed := [way for way in wish.asked_by_hand if way not in chosen]:
        raise PlanRefused([_not_allowed(not_allowed[0])])
    ready = columns.plannable(
        market,
        wanted,
        chosen,
        among=among,
        joined=wish.joined,
        fixed=wish.fixed,
        factor=correction.factor,
    )
    if not ready.rows.size:
        raise PlanRefused([_nobody_offers(chosen, wish)])
    kept = wish.must_have | wish.fixed.keys()
    for field_name, ids in (("must_have", kept), ("exactly", (wish.exactly or {}).keys())):
        if missing := _missing(market, ready, ids):
            sentence = left_out_sentence(
                market,
                wanted,
                missing,
                who=_who(session, set(missing)),
                among=among,
                joined=wish.joined,
                groups=wish.groups,
            )
            raise InvalidInput({field_name: sentence})
    _by_hand(market, ready, wish.fixed)
    limits = replace(
        wish.limits,
        must_have=_places(market, ready, kept),
        must_not=_places(market, ready, wish.must_not),
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


def _best_people(problem: Problem, limits: Limits) -> int | None:
    """Return how many people the planner's own plan reaches; None where no plan obeys the rules."""
    try:
        return round(best_plan(problem, limits).people)
    except PlanRefused:
        return None


def _found(
    market: Market,
    ready: Plannable,
    limits: Limits,
    wish: PlanWish,
    correction: Correction,
    question: str,
) -> FoundPlan:
    """Find the plan, or take the one by hand, and put it into whole people.

    question: by which a closer bound is asked for, where there is one to be had.
    """
    at_most, is_closer = None, False
    if wish.exactly is None:
        is_close = market.count <= BOUND_UP_TO
        plan, most = _best(ready.problem, limits, close=is_close)
        at_most = round(most)
        is_closer = at_most > round(plan.people) and (
            not is_close or plan.among.count <= EXACT_UP_TO
        )
    else:
        plan = plan_of(ready.problem, limits, _by_hand(market, ready, wish.exactly))
    return FoundPlan(
        explained=explain(plan, limits),
        interval=interval(ready.problem, plan, spread=ready.spread, doubt=correction.doubt),
        curve=curve(ready.problem, limits, plan) if wish.exactly is None else [],
        budget_minor=limits.budget_minor,
        cost_minor=plan.cost_minor,
        at_most=at_most,
        broken=broken_rules(ready.problem, limits, plan),
        who={},
        options={},
        looked_at=market.count,
        of=market.of,
        target_people=_four_digits(float(ready.problem.population.sum()) / correction.factor),
        correction=correction,
        question=question if is_closer else None,
        ways=ready.ways,
    )


def _four_digits(people: float) -> int:
    """Return a number of people as exactly as public figures know it."""
    return max(1, int(float(f"{people:.4g}")))


def _by_hand(
    market: Market, ready: Plannable, exactly: Mapping[UUID, Way | None]
) -> list[tuple[int, int]]:
    """Return who was chosen by hand with their bundles; the first offered where none was named.

    Raises InvalidInput where somebody is asked for what they do not offer.
    """
    chosen = []
    for creator_id, way in exactly.items():
        (place,) = _places(market, ready, [creator_id])
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


def _among(session: Session, wish: PlanWish) -> frozenset[UUID] | None:
    """Return of whom alone a plan is made by what they have asked for; None for everybody."""
    return creators.ids_found_by(session, wish.groups) if wish.groups else None


def _nobody_offers(chosen: Sequence[Way], wish: PlanWish) -> Contradiction:
    asked = " or ".join(way.words for way in chosen)
    rules, who = [Rule.MAKE], []
    if wish.joined:
        rules, who = [Rule.JOINED, *rules], ["who has signed up here"]
    if wish.groups:
        words = f"who wants to be found by {group_words(sorted(wish.groups))}"
        rules, who = [Rule.GROUP, *rules], [words, *who]
    if who:
        sentence = f"Nobody {', '.join(who)}, and whom the brief allows,"
    else:
        sentence = "Nobody whom the brief allows"
    return Contradiction(tuple(rules), f"{sentence} offers {asked} at a price you allow.")


def _not_allowed(way: Way) -> Contradiction:
    sentence = f"You ask somebody for {way.words}, which your rules do not allow."
    return Contradiction((Rule.MAKE,), sentence)


def _missing(market: Market, ready: Plannable, creator_ids: Collection[UUID]) -> list[UUID]:
    """Return those whom the brief, a rule of the campaign or of the plan leaves out."""
    ids = sorted(creator_ids)
    places = _all_places(market, ready, ids)
    return [one for one, place in zip(ids, places.tolist(), strict=True) if place < 0]


def _places(market: Market, ready: Plannable, creator_ids: Collection[UUID]) -> frozenset[int]:
    """Return where creators stand in the problem; who is not in it is left away."""
    places = _all_places(market, ready, sorted(creator_ids))
    return frozenset(places[places >= 0].tolist())


def _all_places(market: Market, ready: Plannable, ids: Sequence[UUID]) -> NDArray[np.intp]:
    rows = market.rows_of(ids)
    return np.where(rows >= 0, ready.places_of(rows), -1)


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
