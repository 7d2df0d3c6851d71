"""What speaks against the promise of a drafted challenge."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.models import Campaign
from marketplace.challenges.models import Challenge
from marketplace.challenges.rules.life import ChallengeState, Days
from marketplace.challenges.rules.prizes import Promise, day_problems, promise_problems


def problems_of(
    session: Session, campaign: Campaign, promise: Promise, entries_until: date, *, now: datetime
) -> dict[str, str]:
    """What is wrong with a promise beside its campaign: field -> a plain sentence."""
    days = Days(campaign.starts_on, entries_until, campaign.ends_on)
    shares = campaigns.terms_of(session, campaign, now=now).shares_for(None)
    problems = promise_problems(promise, budget=campaign.budget, shares=shares)
    return problems | day_problems(days, now=now)


def written_problems(session: Session, challenge: Challenge, *, now: datetime) -> dict[str, str]:
    """What does not fit any more of a promise as it is written; nothing once it is published."""
    if challenge.state is not ChallengeState.DRAFT:
        return {}
    return problems_of(
        session, challenge.campaign, challenge.promise, challenge.entries_until, now=now
    )
