"""What is deleted, or given to another creator, is noticed like every other change of the market.

Revision ID: 0110
Revises: 0109
"""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0110"
down_revision: str | None = "0109"
branch_labels = None
depends_on = None

NOT_MARKED_YET: Final = ("creator_records", "exclusivities")
"""Of which a row that was deleted left no mark."""
OWNED: Final = {
    "channels": ("creator_id", "OLD.creator_id"),
    "rate_cards": ("creator_id", "OLD.creator_id"),
    "creator_records": ("creator_id", "OLD.creator_id"),
    "exclusivities": ("creator_id", "OLD.creator_id"),
    "audience_snapshots": (
        "channel_id",
        "(SELECT creator_id FROM channels WHERE id = OLD.channel_id)",
    ),
}
"""Table -> the column that says whose a row is, and who it was before it was given to another."""


def upgrade() -> None:
    """Add the triggers; whoever a row belongs to from now on is marked already."""
    for table in NOT_MARKED_YET:
        op.execute(
            f"CREATE TRIGGER {table}_marked_on_delete AFTER DELETE ON {table}"
            " REFERENCING OLD TABLE AS changed"
            f" FOR EACH STATEMENT EXECUTE FUNCTION mark_{table}()"
        )
    for table, (column, former) in OWNED.items():
        op.execute(
            f"""
            CREATE FUNCTION mark_former_of_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO creator_marks (creator_id) VALUES ({former});
                RETURN NULL;
            END $$
            """
        )
        op.execute(
            f"CREATE TRIGGER {table}_marked_when_given AFTER UPDATE OF {column} ON {table}"
            f" FOR EACH ROW WHEN (OLD.{column} IS DISTINCT FROM NEW.{column})"
            f" EXECUTE FUNCTION mark_former_of_{table}()"
        )


def downgrade() -> None:
    """Take them away."""
    for table in OWNED:
        op.execute(f"DROP TRIGGER {table}_marked_when_given ON {table}")
        op.execute(f"DROP FUNCTION mark_former_of_{table}()")
    for table in NOT_MARKED_YET:
        op.execute(f"DROP TRIGGER {table}_marked_on_delete ON {table}")
