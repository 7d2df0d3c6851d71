"""The verbs of metrics: read live posts, and hold views, and say whom a campaign reached."""

from marketplace.metrics.service.counting import count_reach, set_count_aside
from marketplace.metrics.service.holding import hold_views, let_count, let_go_of_removed
from marketplace.metrics.service.reading import (
    flag_gap,
    read_at_once,
    record_snapshot,
    record_snapshots,
    resume_readings,
    ring_due,
    start_tracking,
)

__all__ = [
    "count_reach",
    "flag_gap",
    "hold_views",
    "let_count",
    "let_go_of_removed",
    "read_at_once",
    "record_snapshot",
    "record_snapshots",
    "resume_readings",
    "ring_due",
    "set_count_aside",
    "start_tracking",
]
