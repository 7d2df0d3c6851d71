"""An invariant of prizes, over the ledger and the rows that speak of it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import column, func, select, text
from sqlalchemy.orm import Session

from marketplace.challenges.models import Challenge
from marketplace.kernel.counts import counted
from marketplace.ledger.checks import Check, Finding, differing

_PRIZES: Final = text("""
WITH said AS (
    SELECT c.campaign_id, c.currency,
           CASE WHEN c.opened_at IS NULL THEN 0 ELSE c.pool_minor END AS aside,
           coalesce((SELECT sum(e.prize_minor) FROM challenge_entries e
                     WHERE e.challenge_id = c.id), 0)::bigint AS won,
           CASE WHEN c.opened_at IS NOT NULL AND c.ended_at IS NOT NULL
                THEN c.pool_minor - c.won_minor ELSE 0 END AS returned
    FROM challenges c
),
booked AS (
    SELECT a.owner_id AS campaign_id, a.currency,
           coalesce(sum(p.amount_minor) FILTER (WHERE p.credit_id = a.id), 0)::bigint AS aside,
           coalesce(sum(p.amount_minor) FILTER (
               WHERE p.debit_id = a.id AND p.kind = 'prize'), 0)::bigint AS won,
           coalesce(sum(p.amount_minor) FILTER (
               WHERE p.debit_id = a.id AND p.credit_code = 2020), 0)::bigint AS returned
    FROM ledger_accounts a JOIN postings p ON a.id IN (p.debit_id, p.credit_id)
    WHERE a.code = 2035
    GROUP BY 1, 2
)
SELECT coalesce(s.campaign_id, b.campaign_id) AS campaign_id,
       coalesce(s.currency, b.currency) AS currency,
       (coalesce(s.aside, 0) - coalesce(b.aside, 0))::bigint AS aside,
       (coalesce(s.won, 0) - coalesce(b.won, 0))::bigint AS won,
       (coalesce(s.returned, 0) - coalesce(b.returned, 0))::bigint AS returned
FROM said s FULL JOIN booked b USING (campaign_id, currency)
WHERE (coalesce(s.aside, 0), coalesce(s.won, 0), coalesce(s.returned, 0))
   IS DISTINCT FROM (coalesce(b.aside, 0), coalesce(b.won, 0), coalesce(b.returned, 0))
""").columns(
    column("campaign_id"), column("currency"), column("aside"), column("won"), column("returned")
)
_COUNT: Final = select(func.count()).select_from(Challenge)


def _prize_gaps(session: Session) -> list[Finding]:
    return [
        differing(
            row.campaign_id,
            "Challenge",
            row.currency,
            {"set aside": row.aside, "won": row.won, "returned": row.returned},
        )
        for row in session.execute(_PRIZES)
    ]


CHECKS: Final = (
    Check(
        name="C2",
        title="What challenges show as set aside, won and returned is what the ledger holds",
        find=_prize_gaps,
        figure=lambda session: counted(session.scalar(_COUNT) or 0, "challenge", "challenges"),
        held="A challenge opens, is awarded and is called off together with its entries.",
    ),
)
