"""Learning how likely the next step is, in versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.kernel.ids import new_id
from marketplace.matching import queries
from marketplace.matching.models import ChanceVersion
from marketplace.matching.rules.chances import NEW_LEAST, Outcome, Step, judged, start
from marketplace.matching.service.moving import note_move


def learn_chances(
    session: Session, outcomes: Mapping[Step, Sequence[Outcome]], *, now: datetime
) -> list[ChanceVersion]:
    """Learn each step anew from all its outcomes, as they became known; return what is new.

    A step is left alone until NEW_LEAST more were decided than the last version knew. A new version
    counts only when it foretells the newest outcomes, from which neither has learned, at least as
    well as the present one.
    """
    newest = queries.newest_versions(session)
    present = queries.present_chances(session)
    made = []
    for step in Step:
        rows = outcomes.get(step, ())
        last = newest.get(step)
        if len(rows) - (0 if last is None else last.rows) < NEW_LEAST:
            continue
        found = judged(present.get(step, start(step)), rows)
        version = ChanceVersion(
            id=new_id(),
            step=step,
            version=1 if last is None else last.version + 1,
            learned_at=now,
            counts=found.is_better,
            base=found.model.base,
            weights=found.model.weights._asdict(),
            rows=len(rows),
            held_back=found.held_back,
            judged_on=found.rows,
            loss=found.loss,
            loss_before=found.loss_before,
            loss_base=found.loss_base,
            brier=found.calibration.brier,
            brier_base=found.calibration.brier_base,
            base_bps=found.calibration.base_bps,
            bands=[asdict(each) for each in found.calibration.bands],
        )
        session.add(version)
        made.append(version)
    if made:
        note_move(session)
    return made
