"""The explanation of a fit: each part with its number, evidence, weight and effect. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import log
from operator import itemgetter
from typing import Final, NamedTuple, TypeAlias

from marketplace.kernel.counts import counted
from marketplace.kernel.days import day_in_words
from marketplace.kernel.money import BPS_WHOLE, Money, in_words
from marketplace.matching.rules.fit import (
    Factors,
    PartName,
    weight_of,
    weighted,
)
from marketplace.matching.rules.labels import (
    age_words,
    country_words,
    gender_words,
    listed,
    percent,
)
from marketplace.matching.rules.seen import PEOPLE_MOST, Seen
from marketplace.matching.rules.wanted import Wanted
from marketplace.matching.rules.worth import fit_minor

SAID_BY: Final[Mapping[str, tuple[str, str]]] = {
    "platform": ("by the platform’s figures", ""),
    "upload": ("by the creator’s statement", " with a picture that nobody has checked yet"),
    "upload_confirmed": (
        "by the creator’s statement",
        " with a picture that our staff have checked",
    ),
    "self_reported": ("by the creator’s own statement", ""),
    "inferred": ("by an estimate from the channel", ""),
}
"""Whose word an audience is: what is said before its day, and after it."""
AUDIENCE_PARTS: Final = (PartName.AGE, PartName.GENDER, PartName.COUNTRY)
STRONGEST: Final = 3
TELLING: Final = log(1.1)
"""From a tenth more than the middle one on a part says something, and from as much less."""
WORDS_TOLD: Final = 4
DAYS_KEPT: Final = 1_024
"""Audiences of many creators were described on the same few days."""

Told: TypeAlias = tuple[str, str]
"""What is so, and how that is known; the second may be empty."""
Written: TypeAlias = Callable[[Money], str]
"""How an amount is written for whoever reads."""


class Kind(NamedTuple):
    """One part as it is the same for all creators.

    usual: what the middle one's counts as. said: what is wanted, in words.
    """

    name: PartName
    place: int
    weight_bps: int
    is_share: bool
    usual: int
    said: str
    told: Callable[[str, Wanted, Seen, Written], Told]


class Part(NamedTuple):
    """One part of a fit; its sentences are made when somebody reads them.

    value: views, minor units or a share, counted as in ``Factors``. times: what the fit is
    multiplied by (or divided by, for the price), in hundred-millionths for a share. effect_percent:
    that against the middle candidate's, 180 for nearly twice as good; None where there is none to
    compare with. is_estimate: it rests on what is usual, or on a guess. between: where a share is
    four of five times, in percent; None where enough people stand behind it.
    """

    kind: Kind
    value: int
    times: int
    effect_percent: int | None
    is_estimate: bool
    between: tuple[int, int] | None
    wanted: Wanted
    seen: Seen

    @property
    def name(self) -> PartName:
        """Which part it is."""
        return self.kind.name

    @property
    def weight_bps(self) -> int:
        """How much of it counts."""
        return self.kind.weight_bps

    @property
    def apart(self) -> float:
        """How far it sets the creator apart from the middle one; 0 for less than a tenth."""
        if self.effect_percent is None:
            return 0.0
        found = abs(log(max(self.effect_percent, 1) / 100))
        return found if found >= TELLING else 0.0

    def claim(self, money: Written = in_words) -> str:
        """What is so; money: how the reader writes amounts."""
        return self.kind.told(self.kind.said, self.wanted, self.seen, money)[0]

    def evidence(self, money: Written = in_words) -> str:
        """What is so, and how that is known; where little is behind it, how sure that is."""
        claim, basis = self.kind.told(self.kind.said, self.wanted, self.seen, money)
        sentence = f"{claim}, {basis}." if basis else f"{claim}."
        if self.between is None:
            return sentence
        low, high = self.between
        return f"{sentence} Four of five times between {low}\xa0% and {high}\xa0%."


@dataclass(frozen=True, slots=True)
class Explained:
    """A fit with its parts. low, high: an 80 % interval for what one collaboration brings."""

    fit: int
    low: int
    high: int
    parts: Sequence[Part]
    currency: str

    @property
    def factors(self) -> Factors:
        """What it is computed from."""
        return self.parts[0].seen.factors

    @property
    def per(self) -> Money:
        """The money that a fit is for."""
        return Money(fit_minor(self.currency), self.currency)

    @property
    def price(self) -> Money:
        """What the creator usually asks for all of it, or is taken to."""
        return next(
            Money(part.value, self.currency) for part in self.parts if part.name is PartName.PRICE
        )

    @property
    def strongest(self) -> Sequence[Part]:
        """The parts that set this creator apart from the middle one most, in either direction.

        Fewer where no more do.
        """
        told = [(apart, part) for part in self.parts if (apart := part.apart)]
        return [part for _, part in sorted(told, key=itemgetter(0), reverse=True)[:STRONGEST]]


def kind_of(name: PartName, wanted: Wanted, medians: Factors | None) -> Kind:
    """Return what a part of a wish is like for everybody; medians: the middle candidate."""
    place = Factors._fields.index(name)
    weight = weight_of(name)
    is_share = name not in {PartName.VIEWS, PartName.PRICE}
    usual = 0
    if medians is not None:
        usual = weighted(name, medians[place]) if is_share else medians[place]
    said = _SAID[name](wanted) if name in _SAID else ""
    return Kind(name, place, weight, is_share, usual, said, _EVIDENCE[name])


def is_asked(name: PartName, wanted: Wanted) -> bool:
    """Whether a wish asks for it: a part that it does not is 100 % for everybody."""
    asked: Mapping[PartName, object] = {
        PartName.AGE: wanted.ages,
        PartName.GENDER: wanted.gender,
        PartName.COUNTRY: wanted.country,
        PartName.TOPIC: wanted.words,
    }
    return bool(asked.get(name, True))


def _views(_said: str, _wanted: Wanted, seen: Seen, _money: Written) -> Told:
    return (
        f"The next video can be expected to get {counted(seen.factors.views, 'view', 'views')}",
        f"by the last ones; four of five are between {seen.views_low:,} and {seen.views_high:,}",
    )


def _authentic(_said: str, _wanted: Wanted, seen: Seen, _money: Written) -> Told:
    share = percent(seen.factors.authentic)
    return f"{share} of the views are on videos without a sign of purchase", "in what we can see"


def _age(said: str, _wanted: Wanted, seen: Seen, _money: Written) -> Told:
    return f"{percent(seen.factors.age)} of the viewers are {said}", _by(PartName.AGE, seen)


def _gender(said: str, _wanted: Wanted, seen: Seen, _money: Written) -> Told:
    share = percent(seen.factors.gender)
    return f"{share} of the viewers are {said}", _by(PartName.GENDER, seen)


def _country(said: str, _wanted: Wanted, seen: Seen, _money: Written) -> Told:
    return (
        f"{percent(seen.factors.country / BPS_WHOLE)} of the viewers live in {said}",
        f"{_by(PartName.COUNTRY, seen)}; up to a twentieth of those in countries with like"
        " audiences is counted in",
    )


def _by(name: PartName, seen: Seen) -> str:
    if name not in seen.said:
        return "by what is usual, as nobody has said"
    whose, shown = SAID_BY[seen.source]
    day = f" of {_day(seen.described_on)}" if seen.described_on else ""
    more = " or more" if seen.people >= PEOPLE_MOST else ""
    people = counted(seen.people, "person", "people")
    return f"{whose}{day}{shown}, which counts as {people}{more}"


@lru_cache(maxsize=DAYS_KEPT)
def _day(on: date) -> str:
    return day_in_words(on)


def _topic(said: str, _wanted: Wanted, seen: Seen, _money: Written) -> Told:
    if seen.words:
        return f"Makes {', '.join(seen.words[:WORDS_TOLD])}", f"you ask for {said}"
    if seen.near:
        near = listed(seen.near[:WORDS_TOLD], "and")
        return f"Nothing of {said} itself, but {near}", "which others use with it"
    return f"Nothing in common with {said}", ""


def _format(said: str, wanted: Wanted, seen: Seen, _money: Written) -> Told:
    if wanted.lengths:
        return (
            f"Makes what you ask, in its length, to {percent(seen.factors.format)}",
            "by the lengths of their last videos, drawn towards half as if by four",
        )
    if seen.factors.format == BPS_WHOLE:
        return f"Offers or makes {said}", ""
    return f"Does not say whether they make {said}", "what is not said counts half"


def _reliability(_said: str, _wanted: Wanted, seen: Seen, _money: Written) -> Told:
    if not seen.has_record:
        return "No collaboration has ended here yet", "which counts as four of five kept"
    return "By the collaborations that have ended here", "drawn towards four of five kept"


def _price(_said: str, wanted: Wanted, seen: Seen, money: Written) -> Told:
    asked = money(Money(seen.factors.price, wanted.currency))
    if seen.price_is_estimated:
        return (
            f"Would ask about {asked}",
            f"no rate in {wanted.currency} is known, so it is about what the views usually cost"
            " here and a quarter more",
        )
    return f"Usually asks {asked} for this", ""


_SAID: Final[Mapping[PartName, Callable[[Wanted], str]]] = {
    PartName.AGE: lambda wanted: age_words(wanted.ages),
    PartName.GENDER: lambda wanted: gender_words(wanted.gender),
    PartName.COUNTRY: lambda wanted: country_words(wanted.country),
    PartName.TOPIC: lambda wanted: listed(wanted.words),
    PartName.FORMAT: lambda wanted: listed(
        [name.replace("_", " ") for name in wanted.pieces], "and"
    ),
}
_EVIDENCE: Final[Mapping[PartName, Callable[[str, Wanted, Seen, Written], Told]]] = {
    PartName.VIEWS: _views,
    PartName.AUTHENTIC: _authentic,
    PartName.AGE: _age,
    PartName.GENDER: _gender,
    PartName.COUNTRY: _country,
    PartName.TOPIC: _topic,
    PartName.FORMAT: _format,
    PartName.RELIABILITY: _reliability,
    PartName.PRICE: _price,
}
