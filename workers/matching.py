"""Rank the market when there is something new to rank it for."""

from __future__ import annotations

from marketplace.accounts import queries as accounts
from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.messages import BriefAmended, CampaignPublished
from marketplace.kernel.actor import SYSTEM, Role
from marketplace.matching import service as matching
from marketplace.matching.messages import MatchesReady
from marketplace.notifications import service as notifications
from marketplace.store.session import reading, transaction
from workers.runtime import Run


def match_campaign(message: CampaignPublished | BriefAmended, run: Run) -> None:
    """Rank the whole market for a campaign's present brief; again gives the same."""
    with transaction() as session:
        matching.run_matching(session, campaign_id=message.campaign_id, now=run.now)


def sweep_matches(run: Run) -> None:
    """Rank again for every open campaign, so that new creators and figures count."""
    with reading() as session:
        open_ids = [brief.campaign_id for brief in campaigns.open_campaigns(session, now=run.now)]
    for campaign_id in open_ids:
        with transaction() as session:
            matching.run_matching(session, campaign_id=campaign_id, now=run.now)


def tell_ready(message: MatchesReady, run: Run) -> None:
    """Tell the brand's editors that the first matches of a campaign are there."""
    with transaction() as session:
        campaign = campaigns.campaign_seen_by(session, SYSTEM, message.campaign_id)
        for user_id in accounts.people_who(session, campaign.brand_id, (Role.OWNER, Role.MANAGER)):
            notifications.tell(
                session,
                user_id=user_id,
                kind="matches_ready",
                title=f"Creators who fit “{campaign.name}” are ranked",
                text="Look at the list and invite the ones you like.",
                path=f"/brand/campaigns/{campaign.id}/matches",
                once_key=f"matches_ready:{campaign.id}:{user_id}",
                now=run.now,
            )
