"""An agreement has its deliverables from the beginning.

Revision ID: 0111
Revises: 0110
"""

from __future__ import annotations

from alembic import op

revision = "0111"
down_revision: str | None = "0110"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make what was agreed and left to a job that has not run; nothing rings that job any more."""
    op.execute("""
        INSERT INTO deliverables (
            id, collaboration_id, campaign_id, brand_id, creator_id, position, format, description,
            fee_minor, currency, draft_due_on, publish_by_on, state, rounds_allowed, rounds_used
        )
        SELECT gen_random_uuid(), agreed.id, agreed.campaign_id, agreed.brand_id, agreed.creator_id,
            wanted.position, wanted.row ->> 'format', wanted.row ->> 'description',
            (wanted.row ->> 'fee_minor')::bigint, offers.currency,
            (wanted.row ->> 'draft_due_on')::date, (wanted.row ->> 'publish_by_on')::date,
            'awaiting_submission', offers.revision_rounds, 0
        FROM collaborations AS agreed
        JOIN offers ON offers.id = agreed.offer_id
        CROSS JOIN jsonb_array_elements(offers.deliverables) WITH ORDINALITY AS wanted(row, position)
        WHERE agreed.state = 'active' AND NOT EXISTS (
            SELECT FROM deliverables WHERE deliverables.collaboration_id = agreed.id
        )
    """)
    op.execute("DELETE FROM outbox_messages WHERE name = 'OfferAccepted'")


def downgrade() -> None:
    """Leave what was made: the job that made it before finds its work done."""
