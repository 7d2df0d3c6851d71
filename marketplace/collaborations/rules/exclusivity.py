"""Days in which a creator works for one brand alone in a category. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from marketplace.campaigns.rules import CATEGORIES, OTHER
from marketplace.kernel.days import day_in_words

EXCLUSIVE_DAYS_MOST: Final = 366
"""How long a creator can be bound by one offer, and how far ahead it can begin."""
EXCLUSIVE_CATEGORIES: Final = tuple(each for each in CATEGORIES if each != OTHER)


@dataclass(frozen=True, slots=True)
class Exclusive:
    """What an offer asks a creator to leave to its brand; both days are in it."""

    category: str
    starts_on: date
    until_on: date


def exclusive_problems(exclusive: Exclusive | None, *, today: date) -> dict[str, str]:
    """Return what is wrong with an exclusivity: field -> a plain sentence; empty when fine."""
    if exclusive is None:
        return {}
    if exclusive.category not in EXCLUSIVE_CATEGORIES:
        return {"exclusive_category": "Choose the category of the exclusivity from the list."}
    if exclusive.until_on < exclusive.starts_on:
        return {"exclusive_until_on": "The exclusivity ends before it begins."}
    if exclusive.until_on < today:
        return {"exclusive_until_on": "The exclusivity is over already: choose a later day."}
    if exclusive.starts_on > today + timedelta(days=EXCLUSIVE_DAYS_MOST):
        return {"exclusive_from_on": "The exclusivity begins more than a year from now."}
    if (exclusive.until_on - exclusive.starts_on).days >= EXCLUSIVE_DAYS_MOST:
        return {"exclusive_until_on": "An exclusivity can last a year at most."}
    return {}


def category_words(category: str) -> str:
    """Return a category as it follows "in"."""
    return category.replace("_", " ")


def bound_sentence(name: str | None, *, category: str, until: date) -> str:
    """Return why somebody cannot be taken, for themselves (None) or for a brand, by name.

    Whose promise it is stays between the two who made it.
    """
    who = "You have" if name is None else f"{name} has"
    return (
        f"{who} promised to work for one brand alone in {category_words(category)} until"
        f" {day_in_words(until)}, and this campaign falls into that time"
    )


def busy_sentence(name: str | None, *, category: str, until: date) -> str:
    """Return why somebody cannot promise to work for one brand alone: they work for another."""
    who = "You work" if name is None else f"{name} works"
    return (
        f"{who} for another brand in {category_words(category)} until"
        f" {day_in_words(until)}, so this exclusivity could not be kept: let it begin later"
    )
