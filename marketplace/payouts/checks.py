"""Invariants of campaigns' and creators' money, over the ledger and the rows that speak of it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import column, text
from sqlalchemy.orm import Session

from marketplace.kernel.counts import counted
from marketplace.kernel.money import Money, in_words
from marketplace.ledger.checks import Check, Finding

_CAMPAIGNS: Final = text("""
WITH mine AS (
    SELECT a.id, coalesce(c.campaign_id, a.owner_id) AS campaign_id, a.currency
    FROM ledger_accounts a
    LEFT JOIN collaborations c ON a.code = 2030 AND c.id = a.owner_id
    WHERE a.code IN (2020, 2025, 2030, 2035, 2100)
),
moved AS (
    SELECT m.campaign_id, m.currency, p.amount_minor
    FROM postings p JOIN mine m ON m.id = p.credit_id
    WHERE NOT EXISTS (SELECT 1 FROM mine d WHERE d.id = p.debit_id)
    UNION ALL
    SELECT m.campaign_id, m.currency, -p.amount_minor
    FROM postings p JOIN mine m ON m.id = p.debit_id
    WHERE NOT EXISTS (SELECT 1 FROM mine c WHERE c.id = p.credit_id)
),
there AS (
    SELECT m.campaign_id, m.currency, -b.balance_minor AS amount_minor
    FROM mine m JOIN ledger_balances b ON b.account_id = m.id
)
SELECT campaign_id, currency, sum(amount_minor)::bigint AS gap
FROM (SELECT * FROM moved UNION ALL SELECT * FROM there) all_of_it
GROUP BY campaign_id, currency
HAVING sum(amount_minor) <> 0
""").columns(column("campaign_id"), column("currency"), column("gap"))
_PAYOUTS: Final = text("""
WITH flight AS (
    SELECT a.owner_id,
           sum(CASE WHEN p.credit_id = a.id THEN p.amount_minor ELSE 0 END) AS reserved,
           sum(CASE WHEN p.debit_id = a.id THEN p.amount_minor ELSE 0 END) AS ended
    FROM ledger_accounts a JOIN postings p ON a.id IN (p.debit_id, p.credit_id)
    WHERE a.code = 2060
    GROUP BY a.owner_id
)
SELECT y.id, y.currency, y.state,
       coalesce(f.reserved, 0)::bigint AS reserved, coalesce(f.ended, 0)::bigint AS ended
FROM payouts y LEFT JOIN flight f ON f.owner_id = y.id
WHERE coalesce(f.reserved, 0) <> y.amount_minor
   OR coalesce(f.ended, 0) <> CASE WHEN y.state = 'reserved' THEN 0 ELSE y.amount_minor END
""").columns(column("id"), column("currency"), column("state"), column("reserved"), column("ended"))
_CREATORS: Final = text("""
WITH said AS (
    SELECT creator_id, currency, CASE state WHEN 'pending' THEN 2040 ELSE 2050 END AS code,
           sum(net_minor - netted_minor) AS amount
    FROM earnings WHERE state IN ('pending', 'payable')
    GROUP BY 1, 2, 3
),
booked AS (
    SELECT a.owner_id AS creator_id, a.currency, a.code, b.balance_minor AS amount
    FROM ledger_accounts a JOIN ledger_balances b ON b.account_id = a.id
    WHERE a.code IN (2040, 2050) AND b.balance_minor <> 0
)
SELECT coalesce(s.creator_id, k.creator_id) AS creator_id,
       coalesce(s.currency, k.currency) AS currency,
       (coalesce(s.amount, 0) - coalesce(k.amount, 0))::bigint AS gap
FROM said s FULL JOIN booked k USING (creator_id, currency, code)
WHERE coalesce(s.amount, 0) <> coalesce(k.amount, 0)
""").columns(column("creator_id"), column("currency"), column("gap"))


_OWED: Final = text("""
WITH said AS (
    SELECT creator_id, currency, sum(amount_minor - settled_minor) AS amount
    FROM clawback_cases GROUP BY 1, 2
),
booked AS (
    SELECT a.owner_id AS creator_id, a.currency, b.balance_minor AS amount
    FROM ledger_accounts a JOIN ledger_balances b ON b.account_id = a.id
    WHERE a.code = 1110
)
SELECT coalesce(s.creator_id, k.creator_id) AS creator_id,
       coalesce(s.currency, k.currency) AS currency,
       (coalesce(s.amount, 0) - coalesce(k.amount, 0))::bigint AS gap
FROM said s FULL JOIN booked k USING (creator_id, currency)
WHERE coalesce(s.amount, 0) <> coalesce(k.amount, 0)
""").columns(column("creator_id"), column("currency"), column("gap"))


def _campaign_gaps(session: Session) -> list[Finding]:
    return [
        Finding(
            f"campaign {row.campaign_id}", f"{in_words(Money(row.gap, row.currency))} unexplained"
        )
        for row in session.execute(_CAMPAIGNS)
    ]


def _payout_gaps(session: Session) -> list[Finding]:
    return [
        Finding(
            f"payout {row.id}",
            f"It is {row.state}; {in_words(Money(row.reserved, row.currency))} were reserved and "
            f"{in_words(Money(row.ended, row.currency))} settled or released.",
        )
        for row in session.execute(_PAYOUTS)
    ]


def _creator_gaps(session: Session) -> list[Finding]:
    return [
        Finding(
            f"creator {row.creator_id}",
            f"Earnings and ledger differ by {in_words(Money(row.gap, row.currency))}.",
        )
        for row in session.execute(_CREATORS)
    ]


def _owed_gaps(session: Session) -> list[Finding]:
    return [
        Finding(
            f"creator {row.creator_id}",
            f"Clawbacks and ledger differ by {in_words(Money(row.gap, row.currency))}.",
        )
        for row in session.execute(_OWED)
    ]


def _count(session: Session, statement: str, one: str, many: str) -> str:
    return counted(session.scalar(text(statement)) or 0, one, many)


CHECKS: Final = (
    Check(
        name="I6",
        title="Each campaign’s money is where its entries put it: unspent, promised, or gone out",
        find=_campaign_gaps,
        figure=lambda session: _count(
            session,
            "SELECT count(DISTINCT campaign_id) FROM fundings",
            "campaign with money",
            "campaigns with money",
        ),
    ),
    Check(
        name="I7",
        title="Each payout has settled or given back exactly what was reserved for it",
        find=_payout_gaps,
        held="A payout in flight has an account of its own that cannot fall below zero.",
        figure=lambda session: _count(session, "SELECT count(*) FROM payouts", "payout", "payouts"),
    ),
    Check(
        name="P1",
        title="What creators are shown as pending and payable is what the ledger holds for them",
        find=_creator_gaps,
        figure=lambda session: _count(
            session, "SELECT count(*) FROM earnings", "earning", "earnings"
        ),
    ),
    Check(
        name="P2",
        title="What creators are told to give back is what the ledger says they owe",
        find=_owed_gaps,
        figure=lambda session: _count(
            session, "SELECT count(*) FROM clawback_cases", "clawback", "clawbacks"
        ),
    ),
)
