"""The fit of a creator to a brief: named parts, each with its reason, and their weighted sum.

Everything is whole basis points, so whoever adds up the parts that are shown gets the fit that is
shown: ``fit = (sum of value x weight, + 5,000) // 10,000``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import log10
from typing import Final, Protocol

from marketplace.accounts.rules import countries
from marketplace.creators.rules import AGES, Audience
from marketplace.kernel.currencies import exponent
from marketplace.kernel.money import BPS_WHOLE

UNKNOWN_BPS: Final = 3_000
"""What a part counts where nothing is known: less than most who show their audience reach."""
VIEWS_LOW: Final = 1_000
VIEWS_HIGH: Final = 1_000_000
UNTARGETABLE_AGES: Final = frozenset({"13-17"})
"""Nobody is matched by how many children watch them."""


class PartName(StrEnum):
    """What a fit is made of."""

    AGE = "age"
    GENDER = "gender"
    COUNTRY = "country"
    INTEREST = "interest"
    PRICE = "price"
    VIEWS = "views"


WEIGHTS: Final[Mapping[PartName, int]] = {
    PartName.AGE: 2_000,
    PartName.GENDER: 1_500,
    PartName.COUNTRY: 2_000,
    PartName.INTEREST: 2_000,
    PartName.PRICE: 1_000,
    PartName.VIEWS: 1_500,
}
"""Of the whole. Where a brief asks for any age, say, that part's weight goes to the others."""


class LeftOut(StrEnum):
    """Rules that remove a creator before anybody counts."""

    ACCOUNT_CLOSED = "account_closed"
    NO_CHANNEL = "no_channel"
    NOTHING_KNOWN = "nothing_known"


LEFT_OUT_WORDS: Final[Mapping[LeftOut, str]] = {
    LeftOut.ACCOUNT_CLOSED: "have closed their account",
    LeftOut.NO_CHANNEL: "have no channel that they could publish on",
    LeftOut.NOTHING_KNOWN: "have a channel of which neither the videos nor the audience are known",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a brief asks of a creator.

    age, gender, country: label -> share in basis points of the audience wanted; empty means any.
    formats: format -> number of pieces. fee_high_minor: the most the brand means to pay for all of
    them; None when it has not said.
    """

    currency: str
    age: Mapping[str, int] = field(default_factory=dict)
    gender: Mapping[str, int] = field(default_factory=dict)
    country: Mapping[str, int] = field(default_factory=dict)
    interests: Sequence[str] = ()
    formats: Mapping[str, int] = field(default_factory=dict)
    fee_high_minor: int | None = None


class Candidate(Protocol):
    """What is known of a creator.

    audience: None while nobody has given one. median_views: None while no video is known.
    rates: "format currency", like "video USD" -> minor units for one piece.
    """

    @property
    def has_channel(self) -> bool: ...
    @property
    def is_closed(self) -> bool: ...
    @property
    def topics(self) -> Sequence[str]: ...
    @property
    def hashtags(self) -> Sequence[str]: ...
    @property
    def median_views(self) -> int | None: ...
    @property
    def audience(self) -> Audience | None: ...
    @property
    def rates(self) -> Mapping[str, int]: ...


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a fit: its value, its weight, and the reason in plain words."""

    name: PartName
    value_bps: int
    weight_bps: int
    evidence: str


def weights_for(wanted: Wanted) -> dict[PartName, int]:
    """Return the weight of each part that this brief asks for; they sum to 10,000.

    What is lost by rounding down goes to the parts with the largest remainders, first come first.
    """
    asked = {
        PartName.AGE: bool(_targeted_ages(wanted)),
        PartName.GENDER: bool(wanted.gender),
        PartName.COUNTRY: bool(wanted.country),
        PartName.INTEREST: bool(wanted.interests),
        PartName.PRICE: wanted.fee_high_minor is not None and bool(wanted.formats),
        PartName.VIEWS: True,
    }
    kept = {name: weight for name, weight in WEIGHTS.items() if asked[name]}
    total = sum(kept.values())
    shares = {name: weight * BPS_WHOLE // total for name, weight in kept.items()}
    by_remainder = sorted(kept, key=lambda name: -(kept[name] * BPS_WHOLE % total))
    for name in by_remainder[: BPS_WHOLE - sum(shares.values())]:
        shares[name] += 1
    return shares


def left_out(candidate: Candidate) -> LeftOut | None:
    """Return the rule that removes this creator, or None when they are counted."""
    if candidate.is_closed:
        return LeftOut.ACCOUNT_CLOSED
    if not candidate.has_channel:
        return LeftOut.NO_CHANNEL
    if candidate.median_views is None and candidate.audience is None:
        return LeftOut.NOTHING_KNOWN
    return None


def values_of(
    wanted: Wanted, candidate: Candidate, *, weights: Mapping[PartName, int]
) -> list[int]:
    """Return the value of each part, in the order of ``weights``: fast, without the reasons."""
    return [_VALUES[name](wanted, candidate) for name in weights]


def fit_from(values: Sequence[int], weights: Mapping[PartName, int]) -> int:
    """Return the fit in basis points: the weighted sum, rounded half up at the very end."""
    total = sum(value * weight for value, weight in zip(values, weights.values(), strict=True))
    return (total + BPS_WHOLE // 2) // BPS_WHOLE


def parts_of(wanted: Wanted, candidate: Candidate) -> list[Part]:
    """Return the parts of a fit with their reasons; :func:`fit_of_parts` adds them up."""
    weights = weights_for(wanted)
    values = values_of(wanted, candidate, weights=weights)
    return [
        Part(name, value, weight, _REASONS[name](wanted, candidate))
        for (name, weight), value in zip(weights.items(), values, strict=True)
    ]


def fit_of_parts(parts: Sequence[Part]) -> int:
    """Return the fit that these parts add up to, in basis points."""
    return fit_from([part.value_bps for part in parts], {p.name: p.weight_bps for p in parts})


def reached(shares: Mapping[str, int], targets: Mapping[str, int]) -> int:
    """Return how much of the audience wanted is there, in basis points of what was asked for.

    The shares of all the labels asked for are added up first: who asks for 18-24 and 25-34 asks
    for people of 18 to 34.
    """
    wanted = sum(targets.values())
    there = sum(shares.get(label, 0) for label in targets)
    return min(BPS_WHOLE, there * BPS_WHOLE // wanted)


def _targeted_ages(wanted: Wanted) -> dict[str, int]:
    return {label: share for label, share in wanted.age.items() if label not in UNTARGETABLE_AGES}


def _age_value(wanted: Wanted, candidate: Candidate) -> int:
    if candidate.audience is None or not candidate.audience.age:
        return UNKNOWN_BPS
    return reached(candidate.audience.age, _targeted_ages(wanted))


def _gender_value(wanted: Wanted, candidate: Candidate) -> int:
    if candidate.audience is None or not candidate.audience.gender:
        return UNKNOWN_BPS
    return reached(candidate.audience.gender, wanted.gender)


def _country_value(wanted: Wanted, candidate: Candidate) -> int:
    if candidate.audience is None or not candidate.audience.country:
        return UNKNOWN_BPS
    return reached(candidate.audience.country, wanted.country)


def _interest_value(wanted: Wanted, candidate: Candidate) -> int:
    interest = candidate.audience.interest if candidate.audience is not None else {}
    made = {*candidate.topics, *candidate.hashtags}
    if not made and not interest:
        return UNKNOWN_BPS
    found = sum(
        BPS_WHOLE if topic in made else interest.get(topic, 0) for topic in wanted.interests
    )
    return min(BPS_WHOLE, found // len(wanted.interests))


def _price_value(wanted: Wanted, candidate: Candidate) -> int:
    asked = price_of(wanted, candidate)
    if asked is None or wanted.fee_high_minor is None:
        return UNKNOWN_BPS
    return min(BPS_WHOLE, wanted.fee_high_minor * BPS_WHOLE // asked)


def _views_value(_wanted: Wanted, candidate: Candidate) -> int:
    views = candidate.median_views
    if views is None:
        return UNKNOWN_BPS
    if views <= VIEWS_LOW:
        return 0
    if views >= VIEWS_HIGH:
        return BPS_WHOLE
    return round(BPS_WHOLE * log10(views / VIEWS_LOW) / log10(VIEWS_HIGH / VIEWS_LOW))


def price_of(wanted: Wanted, candidate: Candidate) -> int | None:
    """Return the creator's usual fee for all that is asked, in minor units; None when unknown."""
    rates = [candidate.rates.get(f"{name} {wanted.currency}") for name in wanted.formats]
    known = [rate for rate in rates if rate is not None]
    if not known or len(known) < len(rates):
        return None
    return sum(rate * count for rate, count in zip(known, wanted.formats.values(), strict=True))


_NO_AUDIENCE: Final = f"not known, so it counts as {UNKNOWN_BPS // 100} %"


def _age_reason(wanted: Wanted, candidate: Candidate) -> str:
    targets = _targeted_ages(wanted)
    who = age_words(list(targets))
    if candidate.audience is None or not candidate.audience.age:
        return f"You asked for {who}; the ages of the audience are {_NO_AUDIENCE}."
    return _share_sentence(candidate.audience.age, targets, f"are {who}")


def _gender_reason(wanted: Wanted, candidate: Candidate) -> str:
    who = _listed([_GENDER_WORDS[label] for label in wanted.gender])
    if candidate.audience is None or not candidate.audience.gender:
        return f"You asked for {who}; the gender of the audience is {_NO_AUDIENCE}."
    return _share_sentence(candidate.audience.gender, wanted.gender, f"are {who}")


def _country_reason(wanted: Wanted, candidate: Candidate) -> str:
    where = _listed([_country_words(code) for code in wanted.country])
    if candidate.audience is None or not candidate.audience.country:
        return f"You asked for {where}; the countries of the audience are {_NO_AUDIENCE}."
    return _share_sentence(candidate.audience.country, wanted.country, f"live in {where}")


def _share_sentence(shares: Mapping[str, int], targets: Mapping[str, int], what: str) -> str:
    there = sum(shares.get(label, 0) for label in targets)
    asked = sum(targets.values())
    return f"{_percent(there)} of the audience {what}; you asked for {_percent(asked)}."


def _interest_reason(wanted: Wanted, candidate: Candidate) -> str:
    interest = candidate.audience.interest if candidate.audience is not None else {}
    if not candidate.topics and not candidate.hashtags and not interest:
        return f"You asked for {_listed(wanted.interests)}; the topics are {_NO_AUDIENCE}."
    said = []
    for topic in wanted.interests:
        if topic in candidate.topics:
            said.append(f"makes videos about {topic}")
        elif topic in candidate.hashtags:
            said.append(f"uses #{topic} often")
        elif not interest:
            said.append(f"nothing known about {topic}")
        else:
            said.append(f"{_percent(interest.get(topic, 0))} of the audience follow {topic}")
    words = "; ".join(said)
    return f"{words[0].upper()}{words[1:]}."


def _price_reason(wanted: Wanted, candidate: Candidate) -> str:
    asked = price_of(wanted, candidate)
    assert wanted.fee_high_minor is not None  # a brief without a fee range has no such part
    most = _amount(wanted.fee_high_minor, wanted.currency)
    if asked is None:
        return f"You pay {most} at most; the usual fee in {wanted.currency} is {_NO_AUDIENCE}."
    return f"Usually asks {_amount(asked, wanted.currency)} for this; you pay {most} at most."


def _views_reason(_wanted: Wanted, candidate: Candidate) -> str:
    if candidate.median_views is None:
        return f"The views of past videos are {_NO_AUDIENCE}."
    return (
        f"Half of the past videos have {candidate.median_views:,} views or more. {VIEWS_LOW:,} "
        f"count as nothing, {VIEWS_HIGH:,} as the whole, each tenfold as an equal step."
    )


_VALUES: Final = {
    PartName.AGE: _age_value,
    PartName.GENDER: _gender_value,
    PartName.COUNTRY: _country_value,
    PartName.INTEREST: _interest_value,
    PartName.PRICE: _price_value,
    PartName.VIEWS: _views_value,
}
_REASONS: Final = {
    PartName.AGE: _age_reason,
    PartName.GENDER: _gender_reason,
    PartName.COUNTRY: _country_reason,
    PartName.INTEREST: _interest_reason,
    PartName.PRICE: _price_reason,
    PartName.VIEWS: _views_reason,
}
_GENDER_WORDS: Final = {
    "female": "female",
    "male": "male",
    "other_or_unknown": "of another or unknown gender",
}


def _country_words(code: str) -> str:
    name = countries().get(code, code)
    return f"the {name}" if code in _WITH_ARTICLE else name


_WITH_ARTICLE: Final = frozenset({"AE", "BS", "CF", "DO", "GB", "GM", "MV", "NL", "PH", "US"})


def age_words(labels: Sequence[str]) -> str:
    """Return ages in words: neighbours join, so 18-24 with 25-34 is "18–34"."""
    runs: list[list[str]] = []
    for label in sorted(labels, key=AGES.index):
        if runs and AGES.index(runs[-1][-1]) + 1 == AGES.index(label):
            runs[-1].append(label)
        else:
            runs.append([label])
    return _listed([_run_words(run) for run in runs])


def _run_words(run: Sequence[str]) -> str:
    first, last = run[0], run[-1]
    if last.endswith("+"):
        return f"{first.removesuffix('+').split('-')[0]} or older"
    return f"{first.split('-')[0]}–{last.split('-')[1]}"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _percent(bps: int) -> str:
    return f"{bps / 100:g} %"


def _amount(minor: int, currency: str) -> str:
    places = exponent(currency)
    whole, rest = divmod(minor, 10**places)
    return f"{currency} {whole:,}" + (f".{rest:0{places}d}" if rest else "")
