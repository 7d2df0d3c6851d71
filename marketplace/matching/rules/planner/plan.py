"""A plan: whom to take, and how many people that reaches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from marketplace.kernel.counts import counted
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence
from marketplace.matching.rules.planner.candidates import Candidates, candidates
from marketplace.matching.rules.planner.contradictions import of_size, refuse_contradictions
from marketplace.matching.rules.planner.limits import Contradiction, Limits, Rule
from marketplace.matching.rules.planner.portfolio import portfolio
from marketplace.matching.rules.planner.problem import Problem
from marketplace.matching.rules.planner.reach import reach_of


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Bundles chosen for a budget.

    among: the candidates it was chosen from. picks: places among them, in rising order. people: how
    many different people of the target they are expected to reach.
    """

    among: Candidates
    picks: tuple[int, ...]
    people: float

    @property
    def bundles(self) -> tuple[tuple[int, int], ...]:
        """(creator, bundle) of each pick, as they stand in the problem."""
        among = self.among
        return tuple((int(among.row[each]), int(among.bundle[each])) for each in self.picks)

    @property
    def cost_minor(self) -> int:
        return int(self.among.price[list(self.picks)].sum())


def best_plan(problem: Problem, limits: Limits) -> Plan:
    """Return the best plan that was found under these limits; the same for any order of creators.

    Raises PlanRefused when there is none, with the rules that contradict each other.
    """
    refuse_contradictions(problem, limits)
    among = candidates(problem, limits)
    picks = tuple(portfolio(among, limits))
    return Plan(among, picks, reach_of(among, picks))


def plan_of(problem: Problem, limits: Limits, chosen: Sequence[tuple[int, int]]) -> Plan:
    """Return the plan that somebody chose by hand, whether it obeys the limits or not.

    chosen: (creator, bundle), each creator once.
    """
    among = candidates(problem, limits, also=chosen)
    wanted = {row * problem.bundles + bundle for row, bundle in chosen}
    places = among.row * problem.bundles + among.bundle
    picks = tuple(np.flatnonzero(np.isin(places, sorted(wanted))).tolist())
    return Plan(among, picks, reach_of(among, picks))


def broken_rules(problem: Problem, limits: Limits, plan: Plan) -> list[Contradiction]:
    """Return the rules that a plan does not obey, each with its sentence."""
    found: list[Contradiction] = []
    rows = [row for row, _ in plan.bundles]
    if plan.cost_minor > limits.budget_minor:
        over = Money(plan.cost_minor - limits.budget_minor, problem.currency)
        costs = Sentence("This costs {over} more than the budget.", over=over)
        found.append(Contradiction((Rule.BUDGET,), costs))
    price = plan.among.price[list(plan.picks)]
    if dear := tuple(row for row, each in zip(rows, price, strict=True) if each > limits.cap_minor):
        rule = Rule.MOST_SHARE if limits.cap_minor == limits.share_minor else Rule.MOST_EACH
        cap = Money(limits.cap_minor, problem.currency)
        who = counted(len(dear), "creator costs", "creators cost")
        costs = Sentence("{who} more than the {cap} that one may cost.", who=who, cap=cap)
        found.append(Contradiction((rule,), costs, dear))
    who = counted(len(rows), "creator is", "creators are")
    if len(rows) > limits.most:
        sentence = f"{who} more than the {limits.most} you allow."
        found.append(Contradiction((Rule.MOST,), sentence))
    if len(rows) < limits.fewest:
        sentence = f"{who} fewer than the {limits.fewest} you ask for."
        found.append(Contradiction((Rule.FEWEST,), sentence))
    for size in limits.mix:
        there = sum(int(problem.size[row]) == size for row in rows)
        if not limits.fewest_of(size) <= there <= limits.most_of(size):
            sentence = (
                f"{of_size(there, size)}; the mix asks for {limits.fewest_of(size)} to"
                f" {limits.most_of(size)}."
            )
            found.append(Contradiction((Rule.MIX,), sentence))
    if missing := tuple(sorted(limits.must_have - set(rows))):
        who = counted(len(missing), "creator you must have is", "creators you must have are")
        sentence = f"{who} not in the plan."
        found.append(Contradiction((Rule.MUST_HAVE,), sentence, missing))
    if barred := tuple(sorted(limits.must_not & set(rows))):
        who = counted(len(barred), "creator you leave out is", "creators you leave out are")
        sentence = f"{who} in the plan."
        found.append(Contradiction((Rule.MUST_NOT,), sentence, barred))
    return found
