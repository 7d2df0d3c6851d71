"""What was shown to whom, and how even attention is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from marketplace.creators import queries as creators
from marketplace.kernel.actor import Actor
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import BPS_WHOLE
from marketplace.matching.models import AttentionReport, MatchListing, MatchShowing
from marketplace.matching.queries import WEEK, MatchLine
from marketplace.matching.rules.exposure import SMALL_BELOW, learned_every, spread_of

READ_AGAIN: Final = timedelta(hours=1)
"""The same page read again by the same person within this time is one look."""


def record_showing(
    session: Session,
    *,
    campaign_id: UUID,
    brief_id: UUID,
    lines: Sequence[MatchLine],
    actor: Actor,
    now: datetime,
) -> None:
    """Keep who was shown in which place with which fit; nothing where nobody was.

    What counts for the others' attention is that they were in the list, not how often it is read:
    the same page again within the hour is not written again.
    """
    placed = [line for line in lines if line.place is not None]
    ids = [line.creator_id for line in placed]
    last = {"campaign_id": campaign_id, "since": now - READ_AGAIN, "shown_to": actor.user_id}
    if not placed or ids in session.scalars(_LAST, last).all():
        return
    session.add(
        MatchShowing(
            id=new_id(),
            campaign_id=campaign_id,
            brief_id=brief_id,
            shown_to=actor.user_id,
            shown_at=now,
            first_place=placed[0].place or 1,
            creator_ids=ids,
            fits=[line.fit.fit for line in placed],
            fresh=[line.is_fresh for line in placed],
            best_fits=[line.best_fit for line in placed],
        )
    )
    adding = upsert(MatchListing)
    session.execute(
        adding.on_conflict_do_update(
            index_elements=[MatchListing.creator_id, MatchListing.campaign_id],
            set_={"shown_at": adding.excluded.shown_at},
        ),
        [{"creator_id": each, "campaign_id": campaign_id, "shown_at": now} for each in sorted(ids)],
    )


def report_attention(
    session: Session, *, invited: Collection[tuple[UUID, UUID]], now: datetime
) -> AttentionReport:
    """Work out how attention was shared in the last seven days; again on a day replaces it.

    invited: campaign and creator of every invitation since then, beside whom brands shortlisted.
    """
    since = now - WEEK
    counts = [
        times for times, people in session.execute(_COUNTS, {"since": since}) for _ in range(people)
    ]
    spread = spread_of(counts, creators=creators.market_size(session))
    figures = session.execute(_FIGURES, {"since": since}).one()
    pairs = session.execute(_SHOWN, {"since": since}).all()
    fresh, others = (_chosen(pairs, set(invited), fresh=each) for each in (True, False))
    small = session.execute(_SMALL, {"since": since, "small": SMALL_BELOW}).one()
    values = {
        "creators": spread.creators,
        "impressions": spread.impressions,
        "gini_bps": spread.gini_bps,
        "top_bps": spread.top_bps,
        "unseen_bps": spread.unseen_bps,
        "curve": list(spread.curve),
        "fresh_bps": int(figures.fresh_bps or 0),
        "cost_bps": int(figures.cost_bps or 0),
        "fresh_chosen_bps": _share_bps(*fresh),
        "other_chosen_bps": _share_bps(*others),
        "fresh_every": learned_every(fresh=fresh, others=others),
        "small_bps": _share_bps(small.shown, small.shown_small),
        "small_market_bps": _share_bps(small.channels, small.small),
    }
    session.execute(
        upsert(AttentionReport)
        .values(day=now.date(), **values)
        .on_conflict_do_update(index_elements=[AttentionReport.day], set_=values)
    )
    return session.get_one(AttentionReport, now.date(), populate_existing=True)


def _chosen(rows: Sequence[Any], asked: set[tuple[UUID, UUID]], *, fresh: bool) -> tuple[int, int]:
    """How many were shown in such places, and shortlisted or invited for that campaign."""
    there = [row for row in rows if row.was_fresh is fresh]
    chosen = sum(row.is_shortlisted or (row.campaign_id, row.creator_id) in asked for row in there)
    return len(there), chosen


def _share_bps(whole: int, part: int) -> int:
    return BPS_WHOLE * part // whole if whole else 0


_LAST: Final = select(MatchShowing.creator_ids).where(
    MatchShowing.campaign_id == bindparam("campaign_id"),
    MatchShowing.shown_at > bindparam("since"),
    MatchShowing.shown_to.is_not_distinct_from(bindparam("shown_to")),
)
_COUNTS: Final = text(
    """
    SELECT times, count(*) AS people FROM (
        SELECT count(*) AS times FROM match_showings, unnest(creator_ids) AS creator_id
        WHERE shown_at > :since GROUP BY creator_id) each
    GROUP BY times ORDER BY times
    """
)
_FIGURES: Final = text(
    """
    WITH shown AS (
        SELECT id, campaign_id, first_place, shown_at, fits, best_fits, fresh
        FROM match_showings WHERE shown_at > :since),
    pages AS (
        SELECT DISTINCT ON (campaign_id, first_place) campaign_id, fits, best_fits FROM shown
        ORDER BY campaign_id, first_place, shown_at DESC, id),
    lists AS (
        SELECT sum(t.fit) AS shown, sum(t.best) AS best
        FROM pages CROSS JOIN LATERAL unnest(fits, best_fits) AS t(fit, best)
        GROUP BY campaign_id)
    SELECT (SELECT count(*) FILTER (WHERE was_fresh) * 10000 / nullif(count(*), 0)
            FROM shown CROSS JOIN LATERAL unnest(fresh) AS was_fresh) AS fresh_bps,
           (SELECT round(avg(10000 * (best - shown) / nullif(best, 0))) FROM lists) AS cost_bps
    """
)
"""The cost is of whole lists, each page as it was shown last: what sharing takes from the first
page it gives to the next, so that pages by themselves would cost less than nothing."""
_SHOWN: Final = text(
    """
    SELECT s.campaign_id, t.creator_id, bool_or(t.was_fresh) AS was_fresh,
           bool_or(l.creator_id IS NOT NULL) AS is_shortlisted
    FROM match_showings s
    CROSS JOIN LATERAL unnest(s.creator_ids, s.fresh) AS t(creator_id, was_fresh)
    LEFT JOIN shortlistings l ON l.campaign_id = s.campaign_id AND l.creator_id = t.creator_id
    WHERE shown_at > :since
    GROUP BY s.campaign_id, t.creator_id
    """
)
_SMALL: Final = text(
    """
    WITH main AS (
        SELECT creator_id, coalesce(follower_count, 0) < :small AS is_small
        FROM channels WHERE is_main),
    shown AS (
        SELECT m.is_small FROM match_showings s
        CROSS JOIN LATERAL unnest(s.creator_ids) AS t(creator_id)
        JOIN main m ON m.creator_id = t.creator_id WHERE s.shown_at > :since)
    SELECT (SELECT count(*) FROM shown) AS shown,
           (SELECT count(*) FROM shown WHERE is_small) AS shown_small,
           (SELECT count(*) FROM main) AS channels,
           (SELECT count(*) FROM main WHERE is_small) AS small
    """
)
