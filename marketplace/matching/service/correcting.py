"""Keep what campaigns were found to reach, and learn in versions how far plans reach so much."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.kernel.errors import NotFound
from marketplace.kernel.ids import new_id
from marketplace.matching import queries
from marketplace.matching.models import ReachCorrection, ReachCount
from marketplace.matching.rules.planner.correction import Counted, CountSource, judged
from marketplace.store.locks import lock_row


def keep_count(
    session: Session,
    *,
    campaign_id: UUID,
    people: int,
    in_target: bool,
    predicted: int,
    creators: int,
    source: CountSource,
    sample: int | None,
    counted_on: date,
    note: str,
    entered_by: UUID,
    now: datetime,
) -> ReachCount:
    """Keep a count that was found to be possible."""
    count = ReachCount(
        id=new_id(),
        campaign_id=campaign_id,
        people=people,
        in_target=in_target,
        predicted=predicted,
        creators=creators,
        source=source,
        sample=sample,
        counted_on=counted_on,
        note=note,
        entered_by=entered_by,
        entered_at=now,
        set_aside_why="",
    )
    session.add(count)
    return count


def set_count_aside(
    session: Session, *, count_id: UUID, why: str, by: UUID, now: datetime
) -> ReachCount:
    """Learn nothing from a count any more; the second time changes nothing. Raises NotFound."""
    if session.get(ReachCount, count_id) is None:
        raise NotFound("count")
    count = lock_row(session, ReachCount, count_id)
    if count.set_aside_at is None:
        count.set_aside_at, count.set_aside_by, count.set_aside_why = now, by, why
    return count


def learn_correction(session: Session, *, now: datetime) -> ReachCorrection | None:
    """Learn anew how far plans reach what is predicted; None when nothing else was counted.

    A new version counts only when it foretells the newest counts, from which it has not learned, at
    least as well as the present one; or when the present one has learned from what was withdrawn.
    """
    counts = queries.counts_to_learn_from(session)
    last = next(iter(queries.correction_versions(session)), None)
    learned_from = [each.id for each, _ in counts]
    if learned_from == (last.learned_from if last else []):
        return None
    withdrawn = last is not None and not set(last.learned_from) <= set(learned_from)
    present = queries.present_correction(session)
    found = judged(
        present,
        [Counted(each.people, each.predicted, each.sample, brand) for each, brand in counts],
    )
    version = ReachCorrection(
        version=1 if last is None else last.version + 1,
        learned_at=now,
        counts=found.is_better or withdrawn,
        correction_bps=found.correction.bps,
        doubt=found.correction.doubt,
        campaigns=found.correction.campaigns,
        held_back=found.held_back,
        before_bps=present.bps,
        error_bps=found.error_bps,
        error_before_bps=found.error_before_bps,
        learned_from=learned_from,
    )
    session.add(version)
    return version
