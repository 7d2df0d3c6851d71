"""What must be known of an organisation, and its two states. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from marketplace.accounts.rules import countries
from marketplace.kernel.statechart import Statechart

NAME_MOST: Final = 120
NUMBER_MOST: Final = 60
ADDRESS_MOST: Final = 300
ABOUT_MOST: Final = 400
NOTE_MOST: Final = 500


class OrganisationState(StrEnum):
    """Whether staff have checked an organisation against its register."""

    ENTERED = "entered"
    VERIFIED = "verified"


class OrganisationEvent(StrEnum):
    """What moves an organisation."""

    ENTER = "enter"
    CORRECT = "correct"
    VERIFY = "verify"
    WITHDRAW = "withdraw"
    """Something does not hold any more: no new pledge, no payment, until it is verified again."""


class CauseCategory(StrEnum):
    """What an organisation works for; creators filter by it."""

    ANIMALS = "animals"
    ARTS = "arts"
    CHILDREN = "children"
    CLIMATE = "climate"
    EDUCATION = "education"
    EQUALITY = "equality"
    HEALTH = "health"
    HUNGER = "hunger"
    REFUGEES = "refugees"
    RELIEF = "relief"


CATEGORY_WORDS: Final[Mapping[CauseCategory, str]] = {
    CauseCategory.ANIMALS: "Animals and nature",
    CauseCategory.ARTS: "Arts and culture",
    CauseCategory.CHILDREN: "Children and young people",
    CauseCategory.CLIMATE: "Climate",
    CauseCategory.EDUCATION: "Education",
    CauseCategory.EQUALITY: "Equality and human rights",
    CauseCategory.HEALTH: "Health",
    CauseCategory.HUNGER: "Hunger and homelessness",
    CauseCategory.REFUGEES: "Refugees",
    CauseCategory.RELIEF: "Disaster relief",
}

S, E = OrganisationState, OrganisationEvent

LIFE: Final = Statechart(
    "organisation",
    {
        (S.ENTERED, E.CORRECT): S.ENTERED,
        (S.ENTERED, E.VERIFY): S.VERIFIED,
        (S.VERIFIED, E.WITHDRAW): S.ENTERED,
    },
)
"""Nothing of a verified organisation is corrected: what was checked is what stands there."""


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """What staff enter. register: the page of the public register that shows the number."""

    name: str
    country: str
    registration_number: str
    register: str
    website: str
    category: str
    about: str = ""


def organisation_problems(facts: OrganisationFacts) -> dict[str, str]:
    """Return what is wrong with the facts, by field; empty when nothing is."""
    problems: dict[str, str] = {}
    for field, most, empty in (
        ("name", NAME_MOST, "Enter its name, as the register has it."),
        ("registration_number", NUMBER_MOST, "Enter its number in the register."),
    ):
        text = getattr(facts, field).strip()
        if not text:
            problems[field] = empty
        elif len(text) > most:
            problems[field] = f"Keep this to {most} characters."
    if facts.country not in countries():
        problems["country"] = "Choose the country it is registered in."
    if facts.category not in set(CauseCategory):
        problems["category"] = "Choose what it works for."
    for field in ("register", "website"):
        if problem := _address_problem(getattr(facts, field)):
            problems[field] = problem
    if len(facts.about) > ABOUT_MOST:
        problems["about"] = f"Keep this to {ABOUT_MOST} characters."
    return problems


def _address_problem(text: str) -> str | None:
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        host, parts = "", urlsplit("")
    whole = parts.scheme == "https" and "." in host.strip(".") and not parts.username
    if not whole or any(letter.isspace() for letter in text):
        return "Enter a whole web address that begins with https://."
    if len(text) > ADDRESS_MOST:
        return f"Keep this to {ADDRESS_MOST} characters."
    return None


def note_problem(note: str, *, empty: str) -> str | None:
    """Return what is wrong with the words that go with a decision; None when nothing is."""
    if not note.strip():
        return empty
    return f"Keep this to {NOTE_MOST} characters." if len(note) > NOTE_MOST else None
