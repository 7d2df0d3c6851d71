"""Trends: worked out each night, and who misses theirs is told."""

from __future__ import annotations

from marketplace.accounts import queries as accounts
from marketplace.campaigns import queries as campaigns
from marketplace.kernel.actor import SYSTEM, Role
from marketplace.notifications import service as notifications
from marketplace.store.session import reading, transaction
from marketplace.trends import queries
from marketplace.trends import service as trends
from marketplace.trends.messages import TrendMissed
from marketplace.trends.rules.timing import Catch
from workers.runtime import Run
from workers.sweeping import each_alone, together


def work_out(run: Run) -> None:
    """Work out how every trend stands, then who would miss theirs."""
    with each_alone() as each:
        with each("snapshots"), transaction() as session:
            trends.take_snapshots(session, now=run.now)
        with reading() as session:
            riding = queries.not_warned(session)
        together(
            each,
            riding,
            lambda session, ids: trends.warn_who_misses(session, campaign_ids=ids, now=run.now),
        )


def tell_missed(message: TrendMissed, run: Run) -> None:
    """Tell who runs a campaign that its posts would come after its trend."""
    with transaction() as session:
        campaign = campaigns.campaign_seen_by(session, SYSTEM, message.campaign_id)
        found = queries.ride_of(session, message.campaign_id)
        if found is None:
            return
        snapshot = queries.snapshot_of(session, found.trend_id)
        timing = trends.timing_for(session, campaign=campaign, snapshot=snapshot, now=run.now)
        if timing.catch is not Catch.MISSED:
            return
        notifications.tell_each(
            session,
            accounts.people_who(session, campaign.brand_id, (Role.OWNER, Role.MANAGER)),
            kind="trend_missed",
            about=f"{campaign.id}:{found.trend_id}",
            title=f"“{campaign.name}” would miss {found.trend.shown}",
            text="Its first post is likely to be live after the trend is over. See the dates.",
            path=f"/brand/campaigns/{campaign.id}/trend",
            now=run.now,
        )
