"""What brands may not want to stand beside, by the words of a channel's last posts. Pure.

The subjects follow the headings of the advertising industry's floor for brand safety (Global
Alliance for Responsible Media, 2022), as far as words can show them; the word lists are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from marketplace.kernel.statechart import Statechart


class Subject(StrEnum):
    """What a post can touch. The order is that of their bits in the columns: add at the end."""

    ALCOHOL = "alcohol"
    GAMBLING = "gambling"
    TOBACCO = "tobacco"
    DRUGS = "drugs"
    WEAPONS = "weapons"
    ADULT = "adult"
    PROFANITY = "profanity"
    POLITICS = "politics"
    SHOCKING = "shocking"


SUBJECT_WORDS: Final[Mapping[Subject, str]] = {
    Subject.ALCOHOL: "Alcohol",
    Subject.GAMBLING: "Gambling",
    Subject.TOBACCO: "Tobacco and vaping",
    Subject.DRUGS: "Drugs",
    Subject.WEAPONS: "Weapons",
    Subject.ADULT: "Adult content",
    Subject.PROFANITY: "Strong language",
    Subject.POLITICS: "Politics and debated issues",
    Subject.SHOCKING: "Death, injury and violence",
}
USUALLY_AVOIDED: Final = frozenset(
    {Subject.ADULT, Subject.DRUGS, Subject.SHOCKING, Subject.WEAPONS}
)
"""What a campaign avoids until its brand says something else."""


class ObjectionState(StrEnum):
    """Where a creator's objection to a finding stands."""

    WAITING = "waiting"
    CLEARED = "cleared"
    """The posts do not touch the subject: they do not count."""
    UPHELD = "upheld"
    """They do."""


class ObjectionEvent(StrEnum):
    """What staff can say."""

    CLEAR = "clear"
    UPHOLD = "uphold"


OBJECTION: Final = Statechart(
    "objection",
    {
        (ObjectionState.WAITING, ObjectionEvent.CLEAR): ObjectionState.CLEARED,
        (ObjectionState.WAITING, ObjectionEvent.UPHOLD): ObjectionState.UPHELD,
    },
)
OBJECTION_MOST: Final = 500
