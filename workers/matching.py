"""Keep the columns, from which the market is ranked, up to date."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import structlog

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.messages import BriefAmended, CampaignPublished, CategorySaid
from marketplace.collaborations import queries as collaborations
from marketplace.creators import service as creators
from marketplace.deliverables import queries as deliverables
from marketplace.matching import service as matching
from marketplace.matching.columns import BrokenColumns, Busy
from marketplace.matching.messages import RulesKept
from marketplace.metrics import queries as metrics
from marketplace.metrics.queries import FollowedVideo
from marketplace.store.session import reading, transaction
from workers.runtime import Run
from workers.sweeping import each_alone, together

log = structlog.get_logger("workers")


def refresh_columns(run: Run) -> None:
    """Put in of whom something has changed; make the columns where they are missing."""
    with reading() as session:
        try:
            built = matching.refresh_columns(session, now=run.now)
        except (Busy, BrokenColumns) as later:
            _wait(later)
            return
    if built.changed:
        log.info("columns_refreshed", changed=built.changed, rows=built.rows, new=built.is_new)
    if built.refused:
        log.warning("audiences_refused", count=built.refused)


def _wait(later: Busy | BrokenColumns) -> None:
    tell = log.info if isinstance(later, Busy) else log.warning
    tell("columns_wait", reason=str(later))


def count_outcomes(run: Run) -> None:
    """Write down what came of everybody's applications, collaborations and videos.

    The columns follow by the marks, and the feed asks for what counts there.
    """
    with each_alone() as each:
        with each("applications and collaborations"), transaction() as session:
            creators.record_outcomes(session, deliverables.outcomes(session))
        with each("answers"), transaction() as session:
            creators.record_answers(session, collaborations.answers(session))
        with each("videos"), transaction() as session:
            videos = metrics.followed_videos(session, now=run.now)
            creators.record_views(session, _records_of(videos))


def _records_of(videos: Sequence[FollowedVideo]) -> dict[UUID, tuple[int, int, int]]:
    """Creator -> how many videos, with the views expected, with at least the lower end."""
    found: dict[UUID, tuple[int, int, int]] = {}
    for each in videos:
        count, met, low = found.get(each.creator_id, (0, 0, 0))
        found[each.creator_id] = (count + 1, met + each.is_met, low + each.is_low_met)
    return found


def rebuild_columns(run: Run) -> None:
    """Make the columns anew, so that what has aged counts for what it is, and forget old marks."""
    with reading() as session:
        try:
            matching.build_columns(session, now=run.now, progress=lambda _done, _of: None)
        except (Busy, BrokenColumns) as later:
            _wait(later)
            return
    with transaction() as session:
        creators.prune_marks(session, now=run.now)


def work_out_median(
    message: CampaignPublished | BriefAmended | CategorySaid | RulesKept, run: Run
) -> None:
    """Look for the middle candidate of a brief as soon as it is open, and when its rules change."""
    with transaction() as session:
        matching.work_out_medians(session, campaign_ids=[message.campaign_id], now=run.now)


def work_out_medians(run: Run) -> None:
    """Look for the middle candidate of every open brief again: the market has moved."""
    with reading() as session:
        ids = [brief.campaign_id for brief in campaigns.open_campaigns(session, now=run.now)]
    with each_alone() as each:
        together(
            each,
            ids,
            lambda session, some: matching.work_out_medians(
                session, campaign_ids=some, now=run.now
            ),
        )
