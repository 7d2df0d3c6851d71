"""What followed on every question that was put between brands and creators, to learn from.

Where no answer is an answer too, a question counts only when its time is over, also where somebody
has answered before: else of the newest questions only those would count that went well. Who takes
an application back and applies again has asked anew: offers of before are no answer to that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from marketplace.collaborations.models import Invitation

SILENT_AFTER: Final = timedelta(days=14)
"""An invitation that nobody has answered for so long was not answered."""
RENEWED_WITHIN: Final = timedelta(days=180)
"""A brand that has not come back for so long has not come back."""


class Followed(NamedTuple):
    """One question and whether the next step followed.

    step: of ``matching.rules.chances.Step``. known_at: when it was known whether it followed.
    fee_minor: offered or asked, in the campaign's currency; the upper end of the brief's range for
    an invitation, None where it has none. usual_minor: what the creator's rates come to for the
    same pieces; None when not known.
    """

    step: str
    creator_id: UUID
    campaign_id: UUID
    asked_at: datetime
    known_at: datetime
    happened: bool
    fee_minor: int | None = None
    usual_minor: int | None = None


def outcomes(session: Session, *, now: datetime) -> Sequence[Followed]:
    """Every question that has been decided, in the order in which they were put."""
    rows: Sequence[Any] = session.execute(
        _OUTCOMES,
        {
            "silence": SILENT_AFTER,
            "silent": now - SILENT_AFTER,
            "renewal": RENEWED_WITHIN,
            "lapsed": now - RENEWED_WITHIN,
        },
    ).all()
    return [Followed(*row) for row in rows]


def answers(session: Session) -> Mapping[UUID, tuple[int, int]]:
    """Creator -> how many of their decided applications led to an offer, and how many did not.

    Decided as in the step ``offer`` of :func:`outcomes`.
    """
    rows = session.execute(_ANSWERS)
    return {creator_id: (offered, declined) for creator_id, offered, declined in rows}


def invited_since(session: Session, *, since: datetime) -> Sequence[tuple[UUID, UUID]]:
    """Campaign and creator of every invitation that was sent since."""
    rows = session.execute(
        select(Invitation.campaign_id, Invitation.creator_id).where(Invitation.sent_at > since)
    )
    return [(campaign_id, creator_id) for campaign_id, creator_id in rows]


_ANSWERS: Final = text(
    """
    SELECT a.creator_id, count(*) FILTER (WHERE o.there), count(*) FILTER (WHERE NOT o.there)
    FROM applications a
    CROSS JOIN LATERAL (
        SELECT EXISTS (
            SELECT FROM offers WHERE application_id = a.id AND made_at >= a.applied_at) AS there) o
    WHERE a.state = 'declined' OR o.there
    GROUP BY a.creator_id
    """
)
_OUTCOMES: Final = text(
    """
    WITH questions AS (
        SELECT 'reply' AS step, creator_id, campaign_id, sent_at AS asked_at,
               sent_at + :silence AS known_at,
               state IN ('applied', 'declined')
                   AND coalesce(answered_at, sent_at) <= sent_at + :silence AS happened,
               NULL::bigint AS fee
        FROM invitations
        WHERE sent_at <= :silent
        UNION ALL
        SELECT 'apply', creator_id, campaign_id, sent_at, coalesce(answered_at, sent_at),
               state = 'applied', NULL
        FROM invitations
        WHERE state IN ('applied', 'declined')
        UNION ALL
        SELECT 'offer', a.creator_id, a.campaign_id, a.applied_at,
               coalesce(o.made_at, a.answered_at, a.applied_at), o.made_at IS NOT NULL, a.fee_minor
        FROM applications a
        CROSS JOIN LATERAL (
            SELECT min(made_at) AS made_at FROM offers
            WHERE application_id = a.id AND made_at >= a.applied_at) o
        WHERE a.state = 'declined' OR o.made_at IS NOT NULL
        UNION ALL
        SELECT 'agree', a.creator_id, a.campaign_id, o.made_at,
               coalesce(a.answered_at, o.made_at), a.state = 'agreed', o.fee_minor
        FROM applications a
        CROSS JOIN LATERAL (
            SELECT made_at, fee_minor FROM offers
            WHERE application_id = a.id AND made_at >= a.applied_at
            ORDER BY number LIMIT 1) o
        WHERE a.state IN ('agreed', 'declined', 'withdrawn')
        UNION ALL
        SELECT 'deliver', c.creator_id, c.campaign_id, c.agreed_at, c.ended_at,
               c.state = 'completed', o.fee_minor
        FROM collaborations c JOIN offers o ON o.id = c.offer_id
        WHERE c.state <> 'active' AND o.application_id IS NOT NULL
        UNION ALL
        SELECT 'renew', c.creator_id, c.campaign_id, c.ended_at, c.ended_at + :renewal,
               EXISTS (
                   SELECT FROM collaborations l
                   WHERE l.brand_id = c.brand_id AND l.creator_id = c.creator_id
                     AND l.agreed_at > c.ended_at AND l.agreed_at <= c.ended_at + :renewal),
               o.fee_minor
        FROM collaborations c JOIN offers o ON o.id = c.offer_id
        WHERE c.state = 'completed' AND o.application_id IS NOT NULL AND c.ended_at <= :lapsed
    )
    SELECT q.step, q.creator_id, q.campaign_id, q.asked_at, q.known_at, q.happened,
           coalesce(q.fee, b.fee_high_minor), r.usual
    FROM questions q
    JOIN campaigns p ON p.id = q.campaign_id
    LEFT JOIN LATERAL (
        SELECT fee_high_minor, deliverables FROM briefs
        WHERE campaign_id = q.campaign_id AND state = 'published'
        ORDER BY version DESC LIMIT 1) b ON true
    LEFT JOIN LATERAL (
        SELECT CASE WHEN count(*) = count(rc.fee_minor)
                    THEN sum(rc.fee_minor * (d ->> 'count')::bigint)::bigint END AS usual
        FROM jsonb_array_elements(b.deliverables) d
        LEFT JOIN rate_cards rc ON rc.creator_id = q.creator_id AND rc.currency = p.currency
                               AND rc.format = d ->> 'format') r ON true
    ORDER BY q.asked_at, q.step, q.campaign_id, q.creator_id
    """
)
