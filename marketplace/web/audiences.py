"""An audience as pages draw it, with whose word it is and what that counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from marketplace.accounts.rules import countries
from marketplace.creators.models import AudienceSnapshot
from marketplace.creators.rules import (
    AGE_WORDS,
    AGES,
    GENDER_NAMES,
    AudienceSource,
    Evidence,
    evidence_of,
    is_fresh,
    languages,
)
from marketplace.kernel.money import BPS_WHOLE
from marketplace.web import charts

COUNTRIES_SHOWN: Final = 5
_SOURCE_WORDS: Final[Mapping[AudienceSource, str]] = {
    AudienceSource.PLATFORM: "From the platform",
    AudienceSource.UPLOAD: "{whose} statement, with a picture that nobody has checked yet",
    AudienceSource.INFERRED: "Estimated from the channel",
    AudienceSource.SELF_REPORTED: "{whose} own statement",
}
_CONFIRMED: Final = "{whose} statement, with a picture that our staff have checked"


@dataclass(frozen=True, slots=True)
class AudienceShown:
    """A snapshot, ready to draw. source: whose word it is, in words."""

    snapshot: AudienceSnapshot
    source: str
    evidence: Evidence
    is_fresh: bool
    age: list[charts.Share]
    gender: list[charts.Share]
    country: list[charts.Share]
    language: list[charts.Share]
    interest: list[charts.Share]


def shown(
    snapshot: AudienceSnapshot, *, now: datetime, whose: str = "The creator’s"
) -> AudienceShown:
    """Return a snapshot as the charts want it: ages in order, the rest by size.

    whose: how a sentence about it begins; "Your" where its creator reads it.
    """
    is_confirmed = snapshot.confirmed_at is not None
    words = _CONFIRMED if is_confirmed else _SOURCE_WORDS[snapshot.source]
    return AudienceShown(
        snapshot=snapshot,
        source=words.format(whose=whose),
        evidence=evidence_of(
            source=snapshot.source,
            is_confirmed=is_confirmed,
            sample_size=snapshot.sample_size,
            taken_at=snapshot.taken_at,
            now=now,
        ),
        is_fresh=is_fresh(snapshot.taken_at, now=now),
        age=[
            charts.Share(AGE_WORDS[age], snapshot.age[age]) for age in AGES if age in snapshot.age
        ],
        gender=_by_size(snapshot.gender, GENDER_NAMES),
        country=_with_rest(snapshot.country, countries(), "Elsewhere"),
        language=_with_rest(snapshot.language, languages(), "Others"),
        interest=_by_size(snapshot.interest, {}),
    )


def _by_size(shares: Mapping[str, int], words: Mapping[str, str]) -> list[charts.Share]:
    ordered = sorted(shares.items(), key=lambda item: -item[1])
    return [charts.Share(words.get(label, label.capitalize()), bps) for label, bps in ordered]


def _with_rest(
    shares: Mapping[str, int], words: Mapping[str, str], others: str
) -> list[charts.Share]:
    """The largest, and the rest of the world as one."""
    largest = _by_size(shares, words)[:COUNTRIES_SHOWN]
    rest = BPS_WHOLE - sum(share.bps for share in largest)
    return [*largest, charts.Share(others, rest)] if largest and rest else largest
