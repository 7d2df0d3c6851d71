"""How much a statement about an audience weighs: whose, of how many, how old. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import log2
from typing import Final

from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import BPS_WHOLE
from marketplace.kernel.statechart import Statechart


class AudienceSource(StrEnum):
    """Who says what an audience is made of."""

    PLATFORM = "platform"
    UPLOAD = "upload"
    """The creator, with a picture of their statistics."""
    INFERRED = "inferred"
    """Nobody: estimated from the channel itself."""
    SELF_REPORTED = "self_reported"


IMPORTED_SOURCES: Final = (AudienceSource.PLATFORM, AudienceSource.SELF_REPORTED)
"""Whose word a file may bring; a picture is looked at here, and a guess is made here."""


class ProofState(StrEnum):
    """What staff made of a picture."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class ProofEvent(StrEnum):
    CONFIRM = "confirm"
    REFUSE = "refuse"


PROOF: Final = Statechart(
    "proof",
    {
        (ProofState.WAITING, ProofEvent.CONFIRM): ProofState.CONFIRMED,
        (ProofState.WAITING, ProofEvent.REFUSE): ProofState.REFUSED,
    },
)

_TRUST: Final[Mapping[AudienceSource, int]] = {
    AudienceSource.PLATFORM: BPS_WHOLE,
    AudienceSource.UPLOAD: 8_000,
    AudienceSource.SELF_REPORTED: 3_000,
    AudienceSource.INFERRED: 1_000,
}
"""What each person behind a statement counts, in basis points: ours to choose, and shown."""
UNSAID_SAMPLE: Final = 100
"""How many people stand behind shares when nobody says: platforms show them from this many."""
GUESS_LEAST: Final = 20
"""A guess rests on videos; on so many where there are fewer, so that more never count less."""
OWN_WORD_MOST: Final = 1_000
"""Nobody has seen the number that a creator types, so no more people than this stand behind it."""
HALF_LIFE: Final = timedelta(days=180)
"""After this long a statement counts half."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a statement counts, and why: ``people = of x trust_bps x freshness_bps``, rounded down.

    of: the people behind it as said, or UNSAID_SAMPLE; behind a guess the videos, GUESS_LEAST or
    more. Of a creator's own word at most OWN_WORD_MOST count.
    """

    people: int
    of: int
    trust_bps: int
    freshness_bps: int


def evidence_of(
    *,
    source: AudienceSource,
    is_confirmed: bool,
    sample_size: int,
    taken_at: datetime,
    now: datetime,
) -> Evidence:
    """Return how many people a statement counts as.

    sample_size: 0 when nobody said. is_confirmed: staff saw the shares in the picture that came
    with an upload; until then it counts as a creator's own word.
    """
    whose = _whose(source, is_confirmed=is_confirmed)
    trust = _TRUST[whose]
    age = max(timedelta(0), now - taken_at)
    freshness = round(BPS_WHOLE * 0.5 ** (age / HALF_LIFE))
    if source is AudienceSource.INFERRED:
        of = max(sample_size, GUESS_LEAST)
    else:
        of = sample_size or UNSAID_SAMPLE
    counted = min(of, OWN_WORD_MOST) if whose is AudienceSource.SELF_REPORTED else of
    return Evidence(
        people=counted * trust * freshness // (BPS_WHOLE * BPS_WHOLE),
        of=of,
        trust_bps=trust,
        freshness_bps=freshness,
    )


def lag_of(source: AudienceSource, *, is_confirmed: bool) -> timedelta:
    """Return by how much newer than the platform's a statement must be to count as much a person.

    So of two the one with the later ``taken_at`` less its lag is believed: a creator's own word
    does not take the place of what the platform has counted until that is some ten months older.
    """
    trust = _TRUST[_whose(source, is_confirmed=is_confirmed)]
    return HALF_LIFE * -log2(trust / BPS_WHOLE)


def _whose(source: AudienceSource, *, is_confirmed: bool) -> AudienceSource:
    """Whose word it is; a picture that nobody has seen is a creator's own."""
    unseen = source is AudienceSource.UPLOAD and not is_confirmed
    return AudienceSource.SELF_REPORTED if unseen else source


PICTURE_TYPES: Final = frozenset({"image/png", "image/jpeg", "image/webp"})
PICTURE_MOST_BYTES: Final = 10 * 1024 * 1024


def check_picture(content_type: str | None) -> str:
    """Return the type of an uploaded picture; raises InvalidInput when it is none we can show.

    content_type: what the file's first bytes say; None when they say nothing.
    """
    if content_type not in PICTURE_TYPES:
        raise InvalidInput(
            {"picture": "This is not a picture we can show. Upload a PNG, JPEG or WebP."}
        )
    return content_type
