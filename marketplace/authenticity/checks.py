"""An invariant of views in question: nothing is held without stored evidence."""

from __future__ import annotations

from typing import Final

from sqlalchemy import column, func, select, text
from sqlalchemy.orm import Session

from marketplace.authenticity.models import Assessment
from marketplace.kernel.counts import counted
from marketplace.ledger.checks import Check, Finding

_GAPS: Final = text("""
WITH held AS (SELECT held_for, sum(views)::bigint AS views FROM held_views GROUP BY 1),
found AS (SELECT assessment_id, sum(views)::bigint AS views FROM assessment_evidence GROUP BY 1)
SELECT coalesce(a.id, h.held_for) AS id, coalesce(h.views, 0) AS held, coalesce(f.views, 0) AS found
FROM assessments a
FULL JOIN held h ON h.held_for = a.id
LEFT JOIN found f ON f.assessment_id = a.id
WHERE a.id IS NULL OR f.views IS NULL OR coalesce(h.views, 0) NOT BETWEEN 0 AND f.views
   OR (a.state = 'cleared' AND h.views IS NOT NULL)
ORDER BY 1
""").columns(column("id"), column("held"), column("found"))
_COUNT: Final = select(func.count()).select_from(Assessment)


def _unfounded(session: Session) -> list[Finding]:
    return [
        Finding(
            f"views in question {row.id}",
            f"{row.held:,} views are held, and evidence puts {row.found:,} in question.",
        )
        for row in session.execute(_GAPS)
    ]


CHECKS: Final = (
    Check(
        name="V1",
        title="Views are held by stored evidence alone, and none that were let count",
        find=_unfounded,
        figure=lambda session: counted(session.scalar(_COUNT) or 0, "question", "questions"),
        held="A question, its evidence and what it holds are written in one transaction.",
    ),
)
