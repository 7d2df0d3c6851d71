"""Who fits a wish: the list that stands beside every place where a brand changes what it wants."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from flask import request
from markupsafe import Markup
from sqlalchemy.orm import Session

from marketplace.accounts.rules import countries
from marketplace.campaigns.models import Campaign
from marketplace.campaigns.rules import is_open
from marketplace.collaborations import queries as collaborations
from marketplace.creators import queries as creators
from marketplace.creators.rules.groups import Group
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money
from marketplace.matching import queries
from marketplace.matching.rules.labels import target_words
from marketplace.matching.rules.left_out import LEFT_OUT_WORDS, left_out_words
from marketplace.matching.rules.wanted import Wanted, problems
from marketplace.web import access
from marketplace.web.forms import options

PART_HEADER: Final = "X-Part"
"""Sent by the script that follows a form: the list alone is wanted, without its page."""


def wants_part() -> bool:
    """Whether the list alone is asked for."""
    return request.headers.get(PART_HEADER) == "list"


def who_fits(
    session: Session,
    campaign: Campaign,
    wanted: Wanted,
    *,
    only_shortlist: bool = False,
    found_by: Collection[Group] = (),
    is_fair: bool = True,
    page: int = 1,
    size: int,
    now: datetime,
) -> dict[str, Any]:
    """Return what ``brand/matches_part.html`` shows of a wish; raises InvalidInput.

    found_by: lists only who has asked to be found by any of these groups; with none, everybody.
    Rules that contradict each other are refused by both of their names.
    """
    if wrong := problems(wanted):
        raise InvalidInput(wrong)
    found = queries.matches_for(
        session,
        wanted,
        campaign_id=campaign.id,
        only_shortlist=only_shortlist,
        among=creators.ids_found_by(session, found_by) if found_by else None,
        is_fair=is_fair,
        page=page,
        size=size,
        now=now,
    )
    cheapest = found.cheapest_minor
    return nobody(campaign, wanted, {}, now=now) | {
        "found": found,
        "is_by_group": bool(found_by),
        "used_words": word_options(found.words),
        "left_out": [
            (count, left_out_words(rule, count)) for rule, count in found.left_out.items()
        ],
        "cheapest": None if cheapest is None else Money(cheapest, wanted.currency),
        "asked": collaborations.asked_creators(
            session,
            campaign_id=campaign.id,
            creator_ids=[match.creator_id for match in found.page.rows if match.has_joined],
        ),
    }


@lru_cache(maxsize=4)
def word_options(words: tuple[str, ...]) -> Markup:
    """Return what a field for words suggests without a script: they change once a night."""
    return options(tuple((word, "") for word in words), frozenset())


def nobody(
    campaign: Campaign, wanted: Wanted, wrong: Mapping[str, str], *, now: datetime
) -> dict[str, Any]:
    """Return what the same template shows of a wish that cannot be ranked, and why."""
    return {
        "campaign": campaign,
        "wanted": wanted,
        "wrong": wrong,
        "found": None,
        "is_by_group": False,
        "used_words": "",
        "target": target_words(wanted.ages, wanted.gender, wanted.country),
        "left_out": [],
        "left_out_words": LEFT_OUT_WORDS,
        "cheapest": None,
        "asked": {},
        "countries": countries(),
        "may_edit": access.actor().may_edit(campaign.brand_id),
        "is_open": is_open(state=campaign.state, ends_on=campaign.ends_on, now=now),
    }
