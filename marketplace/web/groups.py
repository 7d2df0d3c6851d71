"""The groups that briefs name: what a brand reads of its own, and what a creator is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.campaigns.models import Brief
from marketplace.creators import queries
from marketplace.creators.rules.groups import GROUP_WORDS, Group, groups_in_common
from marketplace.matching.rules.labels import listed
from marketplace.web import access


def group_words(groups: Iterable[str]) -> str:
    """Return groups in one phrase: “Veterans” and “Women”; empty for none."""
    words = [f"“{GROUP_WORDS[Group(each)]}”" for each in groups]
    return listed(words, "and") if words else ""


def heard_as(session: Session, briefs: Iterable[Brief]) -> Mapping[UUID, str]:
    """Return which briefs want to hear from the creator who asks: brief -> by which groups.

    In words, of those groups alone by which they have asked to be found themselves.
    """
    own = queries.own_groups(session, access.actor())
    if not own:
        return {}
    common = {each.id: groups_in_common(own, each.amplified_groups) for each in briefs}
    return {brief_id: group_words(groups) for brief_id, groups in common.items() if groups}
