"""What a campaign asks of a creator, as the rules know it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.models import Brief
from marketplace.kernel.errors import NotFound
from marketplace.matching.models import MatchRules
from marketplace.matching.rules.wanted import HardRules, Wanted

NO_RULES: Final = HardRules()


def brief_to_match(session: Session, campaign_id: UUID) -> Brief:
    """The version that counts now, or the one being written before the first is published.

    With its campaign. Raises NotFound.
    """
    brief = campaigns.published_brief(session, campaign_id) or campaigns.draft_brief(
        session, campaign_id
    )
    if brief is None:
        raise NotFound("brief")
    return brief


def wanted_in(brief: Brief, *, rules: HardRules = NO_RULES) -> Wanted:
    """What a version of a brief, with its campaign, asks of a creator.

    Every label that it gives a share is in the target. The highest fee is a rule, and that a
    creator is not away when the campaign starts.
    """
    formats: dict[str, int] = {}
    for each in brief.deliverables:
        formats[each["format"]] = formats.get(each["format"], 0) + each["count"]
    return Wanted(
        currency=brief.campaign.currency,
        age=frozenset(brief.target_age),
        gender=frozenset(brief.target_gender),
        country=frozenset(brief.target_country),
        words=tuple(brief.target_interests),
        formats=formats,
        rules=replace(
            rules,
            price_most_minor=brief.fee_high_minor,
            free_on=brief.campaign.starts_on,
        ),
    )


def rules_of(session: Session, campaign_id: UUID) -> HardRules:
    """What a brand asks of every creator of a campaign besides the brief; nothing by default."""
    kept = session.get(MatchRules, campaign_id)
    if kept is None:
        return HardRules()
    return HardRules(
        lives_in=frozenset(kept.lives_in),
        languages=frozenset(kept.languages),
        blocked_topics=frozenset(kept.blocked_topics),
        followers_least=kept.followers_least,
        followers_most=kept.followers_most,
    )


def wanted_for(session: Session, campaign_id: UUID) -> Wanted:
    """What a campaign asks of a creator now: its brief and its rules. Raises NotFound."""
    brief = brief_to_match(session, campaign_id)
    return wanted_in(brief, rules=rules_of(session, campaign_id))
