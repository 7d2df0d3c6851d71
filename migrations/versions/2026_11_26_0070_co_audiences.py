"""Which part of a creator's audience was observed to watch another creator too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision: str | None = "0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; until something is imported, overlaps are what interests make likely."""
    op.create_table(
        "co_audiences",
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("sample", sa.BigInteger(), nullable=False),
        sa.Column("shared", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "source IN ('commenters', 'followers', 'panel', 'platform')",
            name=op.f("ck_co_audiences_source_is_known"),
        ),
        sa.CheckConstraint(
            "shared >= 0 AND shared <= sample",
            name=op.f("ck_co_audiences_shared_is_part_of_sample"),
        ),
        sa.CheckConstraint("sample > 0", name=op.f("ck_co_audiences_sample_is_positive")),
        sa.CheckConstraint("creator_id <> other_id", name=op.f("ck_co_audiences_two_creators")),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["creators.id"], name=op.f("fk_co_audiences_creator_id_creators")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["creators.id"], name=op.f("fk_co_audiences_other_id_creators")
        ),
        sa.PrimaryKeyConstraint("creator_id", "other_id", name=op.f("pk_co_audiences")),
    )


def downgrade() -> None:
    """Drop it: the files it was imported from can be imported again."""
    op.drop_table("co_audiences")
