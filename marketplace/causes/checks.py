"""An invariant of pledges, over the ledger and the rows that speak of it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import column, func, select, text
from sqlalchemy.orm import Session

from marketplace.causes.models import Pledge
from marketplace.kernel.counts import counted
from marketplace.ledger.checks import Check, Finding, differing

_PLEDGES: Final = text("""
WITH said AS (
    SELECT campaign_id, currency, sum(set_aside_minor)::bigint AS aside,
           sum(owed_minor)::bigint AS owed, sum(returned_minor)::bigint AS returned
    FROM pledges GROUP BY 1, 2
),
booked AS (
    SELECT a.owner_id AS campaign_id, a.currency,
           coalesce(sum(p.amount_minor) FILTER (WHERE p.credit_id = a.id), 0)::bigint AS aside,
           coalesce(sum(p.amount_minor) FILTER (
               WHERE p.debit_id = a.id AND p.credit_code = 2120), 0)::bigint AS owed,
           coalesce(sum(p.amount_minor) FILTER (
               WHERE p.debit_id = a.id AND p.credit_code = 2010), 0)::bigint AS returned
    FROM ledger_accounts a JOIN postings p ON a.id IN (p.debit_id, p.credit_id)
    WHERE a.code = 2110
    GROUP BY 1, 2
)
SELECT coalesce(s.campaign_id, b.campaign_id) AS campaign_id,
       coalesce(s.currency, b.currency) AS currency,
       (coalesce(s.aside, 0) - coalesce(b.aside, 0))::bigint AS aside,
       (coalesce(s.owed, 0) - coalesce(b.owed, 0))::bigint AS owed,
       (coalesce(s.returned, 0) - coalesce(b.returned, 0))::bigint AS returned
FROM said s FULL JOIN booked b USING (campaign_id, currency)
WHERE (coalesce(s.aside, 0), coalesce(s.owed, 0), coalesce(s.returned, 0))
   IS DISTINCT FROM (coalesce(b.aside, 0), coalesce(b.owed, 0), coalesce(b.returned, 0))
""").columns(
    column("campaign_id"), column("currency"), column("aside"), column("owed"), column("returned")
)


_COUNT: Final = select(func.count()).select_from(Pledge)


def _pledge_gaps(session: Session) -> list[Finding]:
    return [
        differing(
            row.campaign_id,
            "Pledge",
            row.currency,
            {"set aside": row.aside, "owed": row.owed, "returned": row.returned},
        )
        for row in session.execute(_PLEDGES)
    ]


CHECKS: Final = (
    Check(
        name="C1",
        title="What is shown as pledged, owed and returned is what the ledger holds",
        find=_pledge_gaps,
        figure=lambda session: counted(session.scalar(_COUNT) or 0, "pledge", "pledges"),
        held="A pledge and its entry are written in one transaction.",
    ),
)
