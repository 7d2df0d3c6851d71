"""What would raise a creator's fit to a brief: each advice with the fit it would lead to. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from marketplace.kernel.money import BPS_WHOLE
from marketplace.matching.rules.fit import Factors, PartName, fit_of
from marketplace.matching.rules.parts import AUDIENCE_PARTS, Explained


class Advice(StrEnum):
    """What a creator can do."""

    ASK_LESS = "ask_less"
    """Ask the most that the brand pays instead of more."""
    NAME_A_RATE = "name_a_rate"
    OFFER_THE_FORMAT = "offer_the_format"
    MAKE_THE_LENGTH = "make_the_length"
    NAME_THE_TOPIC = "name_the_topic"
    """None of what is asked for is among their topics, or in their last posts."""
    DESCRIBE_AUDIENCE = "describe_audience"
    PROVE_AUDIENCE = "prove_audience"


@dataclass(frozen=True, slots=True)
class Raise:
    """One advice. fit: what it would lead to; None where nobody can know before."""

    advice: Advice
    fit: int | None
    price_minor: int | None = None


def raises(
    factors: Factors,
    explained: Explained,
    *,
    most_minor: int | None,
    price_is_estimated: bool,
    source: str,
    asks_length: bool = False,
) -> list[Raise]:
    """Return what would raise this fit, the largest known gain first, then what cannot be foretold.

    most_minor: the most the brand pays. source: who describes the audience, "" for nobody.
    asks_length: whether videos of a certain length are asked for.
    """
    found = []
    if price_is_estimated:
        found.append(Raise(Advice.NAME_A_RATE, None))
    elif most_minor is not None and factors.price > most_minor:
        cheaper = fit_of(factors._replace(price=most_minor), per=explained.per.minor)
        found.append(Raise(Advice.ASK_LESS, cheaper, most_minor))
    if factors.format < BPS_WHOLE:
        advice = Advice.MAKE_THE_LENGTH if asks_length else Advice.OFFER_THE_FORMAT
        there = fit_of(factors._replace(format=BPS_WHOLE), per=explained.per.minor)
        found.append(Raise(advice, there))
    if any(part.name is PartName.TOPIC and not part.seen.words for part in explained.parts):
        found.append(Raise(Advice.NAME_THE_TOPIC, None))
    asked = [part for part in explained.parts if part.name in AUDIENCE_PARTS]
    if any(part.is_estimate for part in asked):
        found.append(Raise(Advice.DESCRIBE_AUDIENCE, None))
    elif asked and source == "self_reported":
        found.append(Raise(Advice.PROVE_AUDIENCE, None))
    return sorted(found, key=lambda each: -(each.fit or 0))
