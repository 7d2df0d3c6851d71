"""The groups by which creators have asked to be found.

Revision ID: 0052
Revises: 0051
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision: str | None = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "group_declarations",
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "name IN ('asian', 'black', 'disabled', 'indigenous', 'latin', 'lgbtq', 'over_50', 'refugees', 'rural', 'single_parents', 'veterans', 'women')",
            name=op.f("ck_group_declarations_name_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["creators.id"], name=op.f("fk_group_declarations_creator_id_creators")
        ),
        sa.PrimaryKeyConstraint("creator_id", "name", name=op.f("pk_group_declarations")),
    )
    op.create_index(
        op.f("ix_group_declarations_name"), "group_declarations", ["name"], unique=False
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_group_declarations_name"), table_name="group_declarations")
    op.drop_table("group_declarations")
