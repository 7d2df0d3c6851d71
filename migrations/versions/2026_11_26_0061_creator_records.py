"""What came of a creator's collaborations, and until when a creator is away."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision: str | None = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and the column; a change of the table marks the creator."""
    op.add_column("creators", sa.Column("away_until", sa.Date(), nullable=True))
    op.create_table(
        "creator_records",
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.Column("kept_count", sa.BigInteger(), nullable=False),
        sa.Column("broken_count", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kept_count >= 0 AND broken_count >= 0",
            name=op.f("ck_creator_records_counts_are_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["creators.id"], name=op.f("fk_creator_records_creator_id_creators")
        ),
        sa.PrimaryKeyConstraint("creator_id", name=op.f("pk_creator_records")),
    )
    op.execute(
        """
        CREATE FUNCTION mark_creator_records() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO creator_marks (creator_id) SELECT creator_id FROM changed;
            RETURN NULL;
        END $$
        """
    )
    for event in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER creator_records_marked_on_{event.lower()} AFTER {event}"
            " ON creator_records REFERENCING NEW TABLE AS changed"
            " FOR EACH STATEMENT EXECUTE FUNCTION mark_creator_records()"
        )


def downgrade() -> None:
    """Drop both."""
    op.drop_table("creator_records")
    op.execute("DROP FUNCTION mark_creator_records()")
    op.drop_column("creators", "away_until")
