"""The demo's brands have looked at their matches in the last days, so that attention has a past."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from marketplace.campaigns import queries as campaigns
from marketplace.kernel.actor import SYSTEM
from marketplace.matching import queries
from marketplace.matching import service as matching
from marketplace.store.session import transaction
from workers.runtime import Run

DAYS: Final = 5
SHOWN: Final = 20


def look_at_matches(run: Run) -> None:
    """Show each open campaign its first page once a day, the oldest day first."""
    for days in range(DAYS, 0, -1):
        at = run.now - timedelta(days=days)
        with transaction() as session:
            for brief in campaigns.open_campaigns(session, now=run.now):
                if brief.published_at is None or brief.published_at > at:
                    continue
                found = queries.matches_for(
                    session,
                    queries.wanted_for(session, brief.campaign_id),
                    campaign_id=brief.campaign_id,
                    size=SHOWN,
                    now=at,
                )
                matching.record_showing(
                    session,
                    campaign_id=brief.campaign_id,
                    brief_id=brief.id,
                    lines=found.page.rows,
                    actor=SYSTEM,
                    now=at,
                )
