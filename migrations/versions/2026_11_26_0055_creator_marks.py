"""Marks of change: whoever keeps the market in another form finds what to read again."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision: str | None = "0054"
branch_labels = None
depends_on = None

MANY: Final = 20_000
"""Creators changed by one statement above which it leaves one mark for everybody."""
WHOSE: Final = {
    "creators": "SELECT id FROM changed",
    "channels": "SELECT DISTINCT creator_id FROM changed",
    "rate_cards": "SELECT DISTINCT creator_id FROM changed",
    "audience_snapshots": (
        "SELECT DISTINCT c.creator_id FROM changed s JOIN channels c ON c.id = s.channel_id"
    ),
}
EVENTS: Final = (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD"))


def upgrade() -> None:
    """Make the table and the triggers that fill it."""
    op.create_table(
        "creator_marks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("creator_id", sa.Uuid(), nullable=True),
        sa.Column(
            "transaction_number",
            sa.BigInteger(),
            server_default=sa.text("(pg_current_xact_id()::text)::bigint"),
            nullable=False,
        ),
        sa.Column(
            "marked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_creator_marks")),
    )
    op.create_index(
        op.f("ix_creator_marks_transaction_number"), "creator_marks", ["transaction_number"]
    )
    op.create_index(op.f("ix_creator_marks_marked_at"), "creator_marks", ["marked_at"])
    for table, whose in WHOSE.items():
        op.execute(
            f"""
            CREATE FUNCTION mark_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF (SELECT count(*) FROM (SELECT FROM changed LIMIT {MANY + 1}) many) > {MANY} THEN
                    INSERT INTO creator_marks (creator_id) VALUES (NULL);
                ELSE
                    INSERT INTO creator_marks (creator_id) {whose};
                END IF;
                RETURN NULL;
            END $$
            """
        )
        for event, which in EVENTS:
            op.execute(
                f"CREATE TRIGGER {table}_marked_on_{event.lower()} AFTER {event} ON {table} "
                f"REFERENCING {which} TABLE AS changed "
                f"FOR EACH STATEMENT EXECUTE FUNCTION mark_{table}()"
            )
    op.execute(
        """
        CREATE FUNCTION mark_closed_user() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO creator_marks (creator_id) SELECT id FROM creators WHERE user_id = NEW.id;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER users_marked_when_closed AFTER UPDATE OF closed_at ON users FOR EACH ROW "
        "WHEN (OLD.closed_at IS DISTINCT FROM NEW.closed_at) EXECUTE FUNCTION mark_closed_user()"
    )


def downgrade() -> None:
    """Drop the triggers and the table."""
    op.execute("DROP TRIGGER users_marked_when_closed ON users")
    op.execute("DROP FUNCTION mark_closed_user()")
    for table in WHOSE:
        for event, _ in EVENTS:
            op.execute(f"DROP TRIGGER {table}_marked_on_{event.lower()} ON {table}")
        op.execute(f"DROP FUNCTION mark_{table}()")
    op.drop_table("creator_marks")
