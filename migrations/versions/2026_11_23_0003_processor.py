"""The tables of the processor room."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision: str | None = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "processor_calls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("params", postgresql.JSONB(), nullable=False),
        sa.Column("params_hash", sa.Text(), nullable=False),
        sa.Column("key_generation", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("absent_count", sa.BigInteger(), nullable=False),
        sa.Column("remote_id", sa.Text(), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_text", sa.Text(), nullable=True),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('transfer', 'refund', 'checkout', 'account')",
            name=op.f("ck_processor_calls_kind_is_known"),
        ),
        sa.CheckConstraint(
            "state IN ('ready', 'sending', 'unknown', 'retry', 'succeeded', 'refused', 'manual')",
            name=op.f("ck_processor_calls_state_is_known"),
        ),
        sa.CheckConstraint(
            "key_generation >= 0 AND fence >= 0",
            name=op.f("ck_processor_calls_counters_are_not_negative"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processor_calls")),
        sa.UniqueConstraint("kind", "subject_id", name=op.f("uq_processor_calls_kind_subject_id")),
    )
    op.create_index(
        "ix_processor_calls_open",
        "processor_calls",
        ["next_try_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('ready', 'sending', 'unknown', 'retry')"),
    )
    op.create_table(
        "processor_attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(40), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("http_status", sa.BigInteger(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('done', 'unknown', 'not_run', 'refused', 'misused', 'unauthorised')",
            name=op.f("ck_processor_attempts_outcome_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["processor_calls.id"],
            name=op.f("fk_processor_attempts_call_id_processor_calls"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processor_attempts")),
        sa.UniqueConstraint("call_id", "fence", name=op.f("uq_processor_attempts_call_id_fence")),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("processor_attempts")
    op.drop_table("processor_calls")
