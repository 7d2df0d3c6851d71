"""The verbs of metrics: read live posts, and say how many people a campaign reached."""

from marketplace.metrics.service.counting import count_reach, set_count_aside
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
    "read_at_once",
    "record_snapshot",
    "record_snapshots",
    "resume_readings",
    "ring_due",
    "set_count_aside",
    "start_tracking",
]
