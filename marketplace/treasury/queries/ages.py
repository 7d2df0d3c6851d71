"""How long the money of brands and creators lies with us, campaign by campaign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import column, text
from sqlalchemy.orm import Session

from marketplace.kernel.money import Money
from marketplace.treasury.rules.own_money import LIES_TOO_LONG, days_class


@dataclass(frozen=True, slots=True)
class Lying:
    """Money of a campaign that is still with us.

    since: when the oldest of it was paid in, as what came first goes out first. limit: the days
    that it has passed. amount: all that the campaign still has with us.
    """

    campaign_id: UUID
    name: str
    amount: Money
    since: datetime
    limit: int


_LYING: Final = text("""
WITH parts AS (
    SELECT a.owner_id AS campaign_id, a.currency, b.balance_minor AS minor
    FROM ledger_accounts a JOIN ledger_balances b ON b.account_id = a.id
    WHERE a.code IN (2020, 2025, 2035, 2100, 2110)
    UNION ALL
    SELECT c.campaign_id, a.currency, b.balance_minor
    FROM ledger_accounts a JOIN ledger_balances b ON b.account_id = a.id
    JOIN collaborations c ON c.id = a.owner_id
    WHERE a.code = 2030
    UNION ALL
    SELECT campaign_id, currency, net_minor - netted_minor
    FROM earnings WHERE state IN ('pending', 'payable', 'paying')
),
held AS (
    SELECT campaign_id, currency, sum(minor)::bigint AS minor
    FROM parts GROUP BY 1, 2 HAVING sum(minor) > 0
),
paid AS (
    SELECT id, campaign_id, currency, charged_at,
           amount_minor - refunded_minor - charged_back_minor AS minor
    FROM charges
),
newest_first AS (
    SELECT campaign_id, currency, charged_at,
           sum(minor) OVER (
               PARTITION BY campaign_id, currency ORDER BY charged_at DESC, id DESC
           ) - minor AS newer
    FROM paid WHERE minor > 0
)
SELECT h.campaign_id, c.name, h.minor, h.currency, min(n.charged_at) AS since
FROM held h
JOIN newest_first n USING (campaign_id, currency)
JOIN campaigns c ON c.id = h.campaign_id
WHERE n.newer < h.minor
GROUP BY h.campaign_id, c.name, h.minor, h.currency
HAVING min(n.charged_at) <= :before
ORDER BY since, h.campaign_id
""").columns(
    column("campaign_id"), column("name"), column("minor"), column("currency"), column("since")
)


def lying_long(session: Session, *, now: datetime) -> list[Lying]:
    """Campaigns whose oldest money has passed the first limit, the oldest first."""
    before = now - timedelta(days=LIES_TOO_LONG[0])
    return [
        Lying(row.campaign_id, row.name, Money(row.minor, row.currency), row.since, limit)
        for row in session.execute(_LYING, {"before": before})
        if (limit := days_class(row.since, now=now)) is not None
    ]
