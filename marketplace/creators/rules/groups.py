"""Groups that a creator may ask to be found by. Declared, never inferred. Pure.

The rule: a creator is found by a group only while their own declaration of it stands; nothing else
that is known of them counts. Nobody but the creator reads which groups they have declared: a brand
asks for a group, or for any of those that its brief names, and gets who wants to be found by it,
never the groups of somebody.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Final


class Group(StrEnum):
    """Who brands may want to hear from more."""

    ASIAN = "asian"
    BLACK = "black"
    DISABLED = "disabled"
    INDIGENOUS = "indigenous"
    LATIN = "latin"
    LGBTQ = "lgbtq"
    OVER_50 = "over_50"
    REFUGEES = "refugees"
    RURAL = "rural"
    SINGLE_PARENTS = "single_parents"
    VETERANS = "veterans"
    WOMEN = "women"


GROUP_WORDS: Final[Mapping[Group, str]] = {
    Group.ASIAN: "Asian creators",
    Group.BLACK: "Black creators",
    Group.DISABLED: "Disabled and deaf creators",
    Group.INDIGENOUS: "Indigenous creators",
    Group.LATIN: "Latin American creators",
    Group.LGBTQ: "LGBTQ+ creators",
    Group.OVER_50: "Creators over 50",
    Group.REFUGEES: "Refugees and migrants",
    Group.RURAL: "Creators in the countryside",
    Group.SINGLE_PARENTS: "Single parents",
    Group.VETERANS: "Veterans",
    Group.WOMEN: "Women",
}


def group_problem(chosen: Sequence[str]) -> str | None:
    """Return what is wrong with a choice of groups; None when nothing is."""
    return None if set(chosen) <= set(Group) else "Choose groups from the list."


def groups_in_common(own: Collection[Group], amplified: Collection[str]) -> list[Group]:
    """Return by which of a creator's own groups a brief wants to hear from them, in order.

    own: what the creator has declared. amplified: what the brief names.
    """
    return sorted(set(own) & {Group(each) for each in amplified})
