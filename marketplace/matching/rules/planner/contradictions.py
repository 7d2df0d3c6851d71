"""Which rules of a plan contradict each other, or the market."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from marketplace.kernel.counts import counted
from marketplace.kernel.money import BPS_WHOLE, Money
from marketplace.kernel.sentences import Sentence
from marketplace.matching.rules.planner.limits import (
    PICKS_MOST,
    Contradiction,
    Limits,
    PlanRefused,
    Rule,
    cost_of_completing,
)
from marketplace.matching.rules.planner.offers import cheap_of_size, lowest_allowed
from marketplace.matching.rules.planner.problem import Problem, Size

_NOT_NEGATIVE: Final = "A number of creators is 0 or more."


def refuse_contradictions(problem: Problem, limits: Limits) -> None:
    """Raise PlanRefused when no plan can obey the limits, with every contradiction found.

    What is wrong among the rules themselves is said before they are held against the market.
    """
    if found := _of_counts(limits) or _of_lists(limits) or _against_market(problem, limits):
        raise PlanRefused(found)


def of_size(count: int, size: Size) -> str:
    """Return so many creators of a size, in words: "2 nano creators"."""
    name = Size(size).name.lower()
    return counted(count, f"{name} creator", f"{name} creators")


def _of_counts(limits: Limits) -> list[Contradiction]:
    found: list[Contradiction] = []
    if limits.budget_minor <= 0:
        found.append(Contradiction((Rule.BUDGET,), "The budget is more than 0."))
    if limits.most_each_minor is not None and limits.most_each_minor <= 0:
        found.append(Contradiction((Rule.MOST_EACH,), "What one may cost is more than 0."))
    if not 0 < limits.most_share_bps <= BPS_WHOLE:
        sentence = "One creator’s part of the budget is more than 0\xa0% and at most 100\xa0%."
        found.append(Contradiction((Rule.MOST_SHARE,), sentence))
    if not 1 <= limits.most <= PICKS_MOST:
        found.append(Contradiction((Rule.MOST,), f"A plan has 1 to {PICKS_MOST} creators."))
    elif limits.fewest < 0:
        found.append(Contradiction((Rule.FEWEST,), _NOT_NEGATIVE))
    elif limits.fewest > limits.most:
        sentence = f"You ask for at least {limits.fewest:,} creators and for at most {limits.most}."
        found.append(Contradiction((Rule.FEWEST, Rule.MOST), sentence))
    for size, (fewest, most) in limits.mix.items():
        if min(fewest, most) < 0:
            found.append(Contradiction((Rule.MIX,), _NOT_NEGATIVE))
        elif fewest > most:
            sentence = f"You ask for at least {of_size(fewest, size)} and at most {most}."
            found.append(Contradiction((Rule.MIX,), sentence))
    return found


def _of_lists(limits: Limits) -> list[Contradiction]:
    found: list[Contradiction] = []
    asked = sum(fewest for fewest, _ in limits.mix.values())
    if asked > limits.most:
        sentence = f"The mix asks for at least {asked} creators, and you allow {limits.most}."
        found.append(Contradiction((Rule.MIX, Rule.MOST), sentence))
    allowed = sum(limits.most_of(size) for size in Size)
    if allowed < limits.fewest:
        who = counted(allowed, "creator", "creators")
        sentence = f"The mix allows {who}, and you ask for {limits.fewest}."
        found.append(Contradiction((Rule.MIX, Rule.FEWEST), sentence))
    if both := tuple(sorted(limits.must_have & limits.must_not)):
        sentence = "The same creator must be in the plan and must not be in it."
        found.append(Contradiction((Rule.MUST_HAVE, Rule.MUST_NOT), sentence, both))
    if (musts := len(limits.must_have)) > limits.most:
        sentence = f"{musts} creators must be in the plan, and you allow {limits.most}."
        found.append(Contradiction((Rule.MUST_HAVE, Rule.MOST), sentence))
    return found


def _against_market(problem: Problem, limits: Limits) -> list[Contradiction]:
    offered, allowed = problem.lowest, lowest_allowed(problem, limits)
    if not offered.any():
        sentence = "Nobody whom you look at is known to reach anybody in this target."
        return [Contradiction((Rule.TARGET,), sentence)]
    lowest = int(offered[np.flatnonzero(offered)].min())
    if lowest > limits.budget_minor:
        sentence = Sentence(
            "The cheapest creator who reaches this target asks {lowest}; the budget is {budget}.",
            lowest=_amount(problem, lowest),
            budget=_amount(problem, limits.budget_minor),
        )
        return [Contradiction((Rule.BUDGET,), sentence)]
    return _of_musts(problem, limits, offered, allowed) or _of_completing(
        problem, limits, offered, allowed
    )


def _of_musts(
    problem: Problem, limits: Limits, offered: NDArray[np.int64], allowed: NDArray[np.int64]
) -> list[Contradiction]:
    """Find those who must be in the plan and cannot, each by themselves or all together."""
    found: list[Contradiction] = []
    for place in sorted(limits.must_have):
        if allowed[place]:
            continue
        if offered[place]:
            sentence: str = Sentence(
                "A creator who must be in the plan asks {price}; for one creator you allow {cap}.",
                price=_amount(problem, int(offered[place])),
                cap=_amount(problem, limits.cap_minor),
            )
            rules = (Rule.MUST_HAVE, _cap_rule(limits))
        else:
            sentence = "A creator who must be in the plan reaches nobody in this target."
            rules = (Rule.MUST_HAVE, Rule.TARGET)
        found.append(Contradiction(rules, sentence, (place,)))
    total = sum(int(allowed[place]) for place in limits.must_have)
    if total > limits.budget_minor:
        sentence = Sentence(
            "Those who must be in the plan ask {total} together; the budget is {budget}.",
            total=_amount(problem, total),
            budget=_amount(problem, limits.budget_minor),
        )
        found.append(Contradiction((Rule.MUST_HAVE, Rule.BUDGET), sentence))
    for size in limits.mix:
        musts = sum(int(problem.size[place]) == size for place in limits.must_have)
        if musts > limits.most_of(size):
            sentence = (
                f"{of_size(musts, size)} must be in the plan, and the mix allows"
                f" {limits.most_of(size)}."
            )
            found.append(Contradiction((Rule.MUST_HAVE, Rule.MIX), sentence))
    counts = [sum(int(problem.size[place]) == size for place in limits.must_have) for size in Size]
    needed = sum(max(counts[size], limits.fewest_of(size)) for size in Size)
    if not found and needed > limits.most:
        sentence = (
            f"With those who must be in the plan, the mix asks for at least {needed} creators, and"
            f" you allow {limits.most}."
        )
        found.append(Contradiction((Rule.MUST_HAVE, Rule.MIX, Rule.MOST), sentence))
    return found


def _of_completing(
    problem: Problem, limits: Limits, offered: NDArray[np.int64], allowed: NDArray[np.int64]
) -> list[Contradiction]:
    """Find counts that the market, or the budget, does not give."""
    if not allowed.any():
        return [_nobody_left(problem, limits, offered)]
    musts = sorted(limits.must_have)
    free = allowed.copy()
    free[musts] = 0
    counts = [int(np.count_nonzero(problem.size[musts] == size)) for size in Size]
    prices = [free[cheap_of_size(free, problem.size, size, PICKS_MOST)] for size in Size]
    for size in limits.mix:
        there = counts[size] + len(prices[size])
        if there < limits.fewest_of(size):
            sentence = (
                f"You ask for at least {of_size(limits.fewest_of(size), size)};"
                f" {counted(there, 'reaches', 'reach')} this target at a price you allow."
            )
            return [Contradiction((Rule.MIX, Rule.TARGET), sentence)]
    rest = cost_of_completing(limits, counts, [_least(each) for each in prices])
    if rest is None:
        sentence = (
            f"You ask for at least {limits.fewest} creators; only"
            f" {counted(int(np.count_nonzero(allowed)), 'reaches', 'reach')} this target at a price"
            " you allow."
        )
        return [Contradiction((Rule.FEWEST, Rule.TARGET), sentence)]
    total = rest + sum(int(allowed[place]) for place in musts)
    if total > limits.budget_minor:
        sentence = Sentence(
            "As many creators as you ask for cost {total} at least; the budget is {budget}.",
            total=_amount(problem, total),
            budget=_amount(problem, limits.budget_minor),
        )
        rule = Rule.MIX if any(limits.fewest_of(size) for size in Size) else Rule.FEWEST
        return [Contradiction((rule, Rule.BUDGET), sentence)]
    return []


def _nobody_left(problem: Problem, limits: Limits, offered: NDArray[np.int64]) -> Contradiction:
    kept = offered.copy()
    kept[sorted(limits.must_not)] = 0
    if not kept.any():
        sentence = "Everybody who reaches this target must not be in the plan."
        return Contradiction((Rule.MUST_NOT, Rule.TARGET), sentence)
    others = "other creator" if limits.must_not else "creator"
    sentence = Sentence(
        "The cheapest {others} who reaches this target asks {lowest}; for one creator you allow"
        " {cap}.",
        others=others,
        lowest=_amount(problem, int(kept[kept > 0].min())),
        cap=_amount(problem, limits.cap_minor),
    )
    rules = (_cap_rule(limits), Rule.MUST_NOT) if limits.must_not else (_cap_rule(limits),)
    return Contradiction(rules, sentence)


def _least(prices: NDArray[np.int64]) -> list[int]:
    """Return the lowest prices in rising order, as many as a plan could need."""
    if prices.size > PICKS_MOST:
        prices = np.partition(prices, PICKS_MOST)[:PICKS_MOST]
    least: list[int] = np.sort(prices).tolist()
    return least


def _cap_rule(limits: Limits) -> Rule:
    if limits.cap_minor == limits.budget_minor:
        return Rule.BUDGET
    return Rule.MOST_SHARE if limits.cap_minor == limits.share_minor else Rule.MOST_EACH


def _amount(problem: Problem, minor: int) -> Money:
    return Money(minor, problem.currency)
