"""What went back before and may still be disputed rests as well.

Revision ID: 0100
Revises: 0099
"""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0100"
down_revision: str | None = "0099"
branch_labels = None
depends_on = None

UNTIL: Final = """
    {ended_at} + make_interval(days => (
        SELECT CAST(dispute_to_open_days AS integer)
        FROM terms_versions WHERE valid_from <= {ended_at}
        ORDER BY valid_from DESC, set_at DESC, id DESC LIMIT 1
    ))
"""
UNDISPUTED: Final = """
    NOT EXISTS (
        SELECT FROM disputes
        WHERE disputes.deliverable_id = {deliverable_id} AND disputes.about = '{about}'
        AND disputes.state IN ('asked', 'with_staff', 'settled', 'decided')
    )
"""
CALLED_OFF: Final = f"""
    INSERT INTO resting_funds
    SELECT deliverables.id, deliverables.campaign_id, 'called_off', deliverables.fee_minor,
        deliverables.currency, {UNTIL.format(ended_at="steps.happened_at")}
    FROM deliverables
    JOIN deliverable_steps steps
        ON steps.deliverable_id = deliverables.id AND steps.event = 'cancel'
    JOIN endings
        ON endings.collaboration_id = deliverables.collaboration_id
        AND endings.asked_by = 'brand' AND endings.state = 'alone'
    WHERE {UNTIL.format(ended_at="steps.happened_at")} > now()
    AND {UNDISPUTED.format(deliverable_id="deliverables.id", about="called_off")}
"""
BONUSES: Final = f"""
    INSERT INTO resting_funds
    SELECT bonus.deliverable_id, bonus.campaign_id, 'bonus', bonus.cap_minor - bonus.gross_minor,
        bonus.currency, {UNTIL.format(ended_at="bonus.ended_at")}
    FROM view_bonuses bonus
    JOIN collaborations ON collaborations.id = bonus.collaboration_id
    WHERE collaborations.state <> 'active' AND bonus.cap_minor > bonus.gross_minor
    AND {UNTIL.format(ended_at="bonus.ended_at")} > now()
    AND {UNDISPUTED.format(deliverable_id="bonus.deliverable_id", about="bonus")}
"""
PRIZES: Final = f"""
    INSERT INTO resting_funds
    SELECT challenges.campaign_id, challenges.campaign_id, 'prizes',
        least(challenges.pool_minor - challenges.won_minor,
            sum(prizes.most_minor - prizes.won_minor)),
        prizes.currency, max(prizes.disputable_until)
    FROM entry_prizes prizes
    JOIN deliverables ON deliverables.id = prizes.deliverable_id
    JOIN challenges ON challenges.campaign_id = deliverables.campaign_id
    WHERE prizes.disputable_until > now()
    AND {UNDISPUTED.format(deliverable_id="prizes.deliverable_id", about="prize")}
    GROUP BY challenges.id, prizes.currency
"""


def upgrade() -> None:
    """Read it from what ended; of prizes no more than nobody won."""
    for rows in (CALLED_OFF, BONUSES, PRIZES):
        op.execute(rows)


def downgrade() -> None:
    """Forget it."""
    op.execute("DELETE FROM resting_funds")
