"""What a campaign is for, and the days in which a creator works for one brand alone in that."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision: str | None = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and the column; a change of the table marks the creator."""
    op.add_column("campaigns", sa.Column("category", sa.Text(), nullable=True))
    op.create_table(
        "exclusivities",
        sa.Column("collaboration_id", sa.Uuid(), nullable=False),
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "until_on >= starts_on", name=op.f("ck_exclusivities_ends_after_it_starts")
        ),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["creators.id"], name=op.f("fk_exclusivities_creator_id_creators")
        ),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brands.id"], name=op.f("fk_exclusivities_brand_id_brands")
        ),
        sa.PrimaryKeyConstraint("collaboration_id", name=op.f("pk_exclusivities")),
    )
    op.create_index(
        "ix_exclusivities_in_force",
        "exclusivities",
        ["creator_id", "until_on"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.execute(
        """
        CREATE FUNCTION mark_exclusivities() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO creator_marks (creator_id) SELECT DISTINCT creator_id FROM changed;
            RETURN NULL;
        END $$
        """
    )
    for event in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER exclusivities_marked_on_{event.lower()} AFTER {event}"
            " ON exclusivities REFERENCING NEW TABLE AS changed"
            " FOR EACH STATEMENT EXECUTE FUNCTION mark_exclusivities()"
        )


def downgrade() -> None:
    """Drop them: what was promised is then known by the offers alone."""
    op.drop_table("exclusivities")
    op.execute("DROP FUNCTION mark_exclusivities()")
    op.drop_column("campaigns", "category")
