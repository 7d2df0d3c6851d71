"""How likely the next step is: calibrated on what happened, by a rule one can read. Pure.

A chance is a logistic function of a few facts that are known when the question is put, each with a
weight that may not be negative: a better fit, a better pay and a better record never lower it. The
weights are those of most likelihood, drawn towards what we assume where there is little to learn
from (a ridge), so that the first chances are assumed ones and move as outcomes come in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import log
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from marketplace.kernel.money import BPS_WHOLE
from marketplace.matching.rules.calibration import Calibration, calibration

Reals = NDArray[np.float64]


class Step(StrEnum):
    """What may follow, and of whom it is asked."""

    REPLY = "reply"
    """An invited creator answers."""
    APPLY = "apply"
    """An invited creator applies."""
    OFFER = "offer"
    """A brand makes an offer to an applicant."""
    AGREE = "agree"
    """Both sides agree after an offer."""
    DELIVER = "deliver"
    """What was agreed is delivered and accepted."""
    RENEW = "renew"
    """The brand works with the creator again."""
    VIEWS = "views"
    """A video gets the views that were expected when it was agreed."""
    VIEWS_LOW = "views_low"
    """It gets at least the lower end of what was expected."""


BASE_RATES: Final = {
    Step.REPLY: 0.5,
    Step.APPLY: 0.3,
    Step.OFFER: 0.3,
    Step.AGREE: 0.6,
    Step.DELIVER: 0.9,
    Step.RENEW: 0.3,
    Step.VIEWS: 0.5,
    Step.VIEWS_LOW: 0.9,
}
"""What we assume before anything has happened here; PSEUDO outcomes strong. Ours to choose, but for
views: there it is what the expectation itself claims (``rules.views``)."""
PSEUDO: Final = 20.0
RIDGE: Final = 1.0
ROWS_LEAST: Final = 30
"""With fewer outcomes the weights stay as assumed and only the base rate moves."""
NEW_LEAST: Final = 10
"""So many more must have been decided before a step is learned anew."""
HELD_BACK: Final = 0.2
"""The newest part of the outcomes, from which a version that is judged has not learned."""


class Facts(NamedTuple):
    """What is known when the question is put, each 0 where nothing is known.

    standing: of the fit among the market's, from -1 (last) to 1 (first). pay: log2 of the fee over
    what the creator usually asks, within ±2. record: log odds of the person's own past rate beside
    the market's, within ±2.
    """

    standing: float = 0.0
    pay: float = 0.0
    record: float = 0.0


ASSUMED: Final = {
    Step.REPLY: Facts(standing=0.5, pay=0.5, record=1.0),
    Step.APPLY: Facts(standing=0.5, pay=1.0, record=1.0),
    Step.OFFER: Facts(standing=1.5, pay=0.0, record=0.5),
    Step.AGREE: Facts(standing=0.0, pay=0.5, record=0.5),
    Step.DELIVER: Facts(standing=0.0, pay=0.0, record=1.0),
    Step.RENEW: Facts(standing=0.5, pay=0.0, record=0.5),
    Step.VIEWS: Facts(standing=0.0, pay=0.0, record=0.5),
    Step.VIEWS_LOW: Facts(standing=0.0, pay=0.0, record=0.5),
}
"""The weights before anything has happened here, ours to choose like the rates."""


class Outcome(NamedTuple):
    """What was known when it was asked, and whether the step followed.

    A sequence of them is in the order in which it became known what followed.
    """

    facts: Facts
    happened: bool


@dataclass(frozen=True, slots=True)
class Model:
    """One version of a step's chances: logistic(base + Σ weight × fact). rows: learned from."""

    step: Step
    base: float
    weights: Facts
    rows: int

    def chance_bps(self, facts: Facts) -> int:
        """Return the chance in basis points."""
        return round(BPS_WHOLE * float(expit(self.base + _dot(self.weights, facts))))


@dataclass(frozen=True, slots=True)
class Judged:
    """A new version beside the present one.

    held_back: how many outcomes, the newest, told how calibrated the new one is. rows: how many of
    them the present one has not learned from either. losses: on those, the mean log loss of the
    new, of the present, and of what we assume; lower is better. is_better: whether the new one
    takes the present one's place.
    """

    model: Model
    held_back: int
    rows: int
    loss: float
    loss_before: float
    loss_base: float
    calibration: Calibration
    is_better: bool


def start(step: Step) -> Model:
    """Return the chances before anything has happened."""
    rate = BASE_RATES[step]
    return Model(step, log(rate / (1 - rate)), ASSUMED[step], 0)


def learn(step: Step, outcomes: Sequence[Outcome]) -> Model:
    """Return the chances that make these outcomes most likely; see the module.

    The base rate starts as PSEUDO outcomes of the assumed rate, so a single one moves it little.
    """
    if not outcomes:
        return start(step)
    rate = BASE_RATES[step]
    facts = np.array([each.facts for each in outcomes], np.float64)
    happened = np.array([each.happened for each in outcomes], np.float64)
    if len(outcomes) < ROWS_LEAST:
        mean = (happened.sum() + PSEUDO * rate) / (len(outcomes) + PSEUDO)
        return Model(step, float(np.log(mean / (1 - mean))), ASSUMED[step], len(outcomes))

    assumed = np.array(ASSUMED[step])

    def loss(at: Reals) -> tuple[float, Reals]:
        odds = at[0] + facts @ at[1:]
        off = expit(odds) - happened
        base_off = PSEUDO * (expit(at[0]) - rate)
        value = (np.logaddexp(0, odds) - happened * odds).sum()
        value += (
            PSEUDO * (np.logaddexp(0, at[0]) - rate * at[0])
            + RIDGE * ((at[1:] - assumed) ** 2).sum()
        )
        slope = np.concatenate(
            ([off.sum() + base_off], facts.T @ off + 2 * RIDGE * (at[1:] - assumed))
        )
        return float(value), slope

    first = np.array([start(step).base, *assumed])
    bounds = [(None, None), *[(0.0, None)] * len(Facts())]
    found = minimize(loss, first, jac=True, method="L-BFGS-B", bounds=bounds)
    return Model(step, float(found.x[0]), Facts(*map(float, found.x[1:])), len(outcomes))


def judged(present: Model, outcomes: Sequence[Outcome]) -> Judged:
    """Learn anew from all but the newest outcomes, and compare on those.

    The present one has learned from the first ``rows`` of them, and is held to none of these. What
    takes its place has then learned from all.
    """
    cut = len(outcomes) - int(len(outcomes) * HELD_BACK)
    old, held_back = outcomes[:cut], outcomes[cut:]
    new = outcomes[max(cut, present.rows) :]
    tried = learn(present.step, old)
    loss, before = mean_loss(tried, new), mean_loss(present, new)
    return Judged(
        model=learn(present.step, outcomes),
        held_back=len(held_back),
        rows=len(new),
        loss=loss,
        loss_before=before,
        loss_base=mean_loss(start(present.step), new),
        calibration=calibration(
            [(tried.chance_bps(each.facts), each.happened) for each in held_back],
            base_bps=_rate_bps(present.step, old),
        ),
        is_better=len(new) > 0 and loss <= before,
    )


def _rate_bps(step: Step, outcomes: Sequence[Outcome]) -> int:
    """How often the step has followed; what we assume while nothing is known."""
    if not outcomes:
        return round(BPS_WHOLE * BASE_RATES[step])
    return round(BPS_WHOLE * sum(each.happened for each in outcomes) / len(outcomes))


def mean_loss(model: Model, outcomes: Sequence[Outcome]) -> float:
    """Return the mean log loss of chances on outcomes, in nats; 0 without any."""
    total = 0.0
    for each in outcomes:
        odds = model.base + _dot(model.weights, each.facts)
        total += float(np.logaddexp(0, odds)) - each.happened * odds
    return total / len(outcomes) if outcomes else 0.0


def facts_from(
    *,
    standing_bps: int | None = None,
    fee_minor: int | None = None,
    usual_minor: int | None = None,
    kept: int = 0,
    asked: int = 0,
    base_bps: int = BPS_WHOLE // 2,
) -> Facts:
    """Return the facts of one question.

    standing_bps: share of the market that fits less. kept of asked: the person's own past, drawn
    towards the base rate as if by two questions more.
    """
    standing = 0.0 if standing_bps is None else 2 * standing_bps / BPS_WHOLE - 1
    pay = 0.0
    if fee_minor and usual_minor:
        pay = min(2.0, max(-2.0, float(np.log2(fee_minor / usual_minor))))
    base = min(max(base_bps / BPS_WHOLE, 0.01), 0.99)
    own = (kept + 2 * base) / (asked + 2)
    record = log(own / (1 - own)) - log(base / (1 - base))
    return Facts(standing, pay, min(2.0, max(-2.0, record)))


def _dot(weights: Facts, facts: Facts) -> float:
    return sum(weight * fact for weight, fact in zip(weights, facts, strict=True))
