"""The sound of a video, and trends of sounds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision: str | None = "0073"
branch_labels = None
depends_on = None

_KIND = "ck_trends_kind_is_known"


def upgrade() -> None:
    """Nobody has asked for a sound yet."""
    op.add_column("channel_videos", sa.Column("sound", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_channel_videos_sound_is_short"), "channel_videos", "length(sound) <= 150"
    )
    op.drop_constraint(op.f(_KIND), "trends")
    op.create_check_constraint(op.f(_KIND), "trends", "kind IN ('hashtag', 'format', 'sound')")


def downgrade() -> None:
    """Forget the sounds and their trends."""
    op.execute("DELETE FROM trend_rides USING trends WHERE trend_id = trends.id AND kind = 'sound'")
    op.execute(
        "DELETE FROM trend_snapshots USING trends WHERE trend_id = trends.id AND kind = 'sound'"
    )
    op.execute("DELETE FROM trends WHERE kind = 'sound'")
    op.drop_constraint(op.f(_KIND), "trends")
    op.create_check_constraint(op.f(_KIND), "trends", "kind IN ('hashtag', 'format')")
    op.drop_column("channel_videos", "sound")
