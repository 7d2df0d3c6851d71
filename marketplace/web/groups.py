"""The groups that briefs name: what a brand reads of its own, and what a creator is told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.campaigns.models import Brief
from marketplace.creators import queries
from marketplace.creators.rules.groups import GROUP_WORDS, Group, groups_in_common
from marketplace.matching.rules.labels import group_words
from marketplace.web import access

OF_BRIEF: Final = "brief"
"""In the address: any of the groups that the brief names."""


def group_choices(amplified: Collection[str]) -> dict[str, str]:
    """Return by what a list for a brief can be narrowed: how an address says it, and in words.

    amplified: the groups that the brief names; where there are some, any of them comes first.
    """
    of_brief = {OF_BRIEF: "Any the brief wants to hear from"} if amplified else {}
    return of_brief | {each.value: words for each, words in GROUP_WORDS.items()}


def groups_chosen(choice: str | None, amplified: Iterable[str]) -> list[Group]:
    """Return the groups of one of ``group_choices``; none for no choice."""
    if choice == OF_BRIEF:
        return [Group(each) for each in amplified]
    return [Group(choice)] if choice else []


def heard_as(session: Session, briefs: Iterable[Brief]) -> Mapping[UUID, str]:
    """Return which briefs want to hear from the creator who asks: brief -> by which groups.

    In words, of those groups alone by which they have asked to be found themselves.
    """
    own = queries.own_groups(session, access.actor())
    if not own:
        return {}
    common = {each.id: groups_in_common(own, each.amplified_groups) for each in briefs}
    return {brief_id: group_words(groups, "and") for brief_id, groups in common.items() if groups}
