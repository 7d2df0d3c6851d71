"""The verbs of matching: choosing, sharing attention, keeping the columns, learning."""

from marketplace.matching.service.attention import record_showing, report_attention
from marketplace.matching.service.bounding import (
    ask_bound,
    begin_bound,
    finish_bound,
    forget_bounds,
    set_bound_aside,
    tell_progress,
)
from marketplace.matching.service.choosing import keep_rules, shortlist, take_off_shortlist
from marketplace.matching.service.columns import build_columns, refresh_columns
from marketplace.matching.service.correcting import (
    keep_count,
    learn_correction,
    set_count_aside,
)
from marketplace.matching.service.feeding import choose_feed, undo_feed_choice, work_out_medians
from marketplace.matching.service.learning import learn_chances
from marketplace.matching.service.planning import keep_plan

__all__ = [
    "ask_bound",
    "begin_bound",
    "build_columns",
    "choose_feed",
    "finish_bound",
    "forget_bounds",
    "keep_count",
    "keep_plan",
    "keep_rules",
    "learn_chances",
    "learn_correction",
    "record_showing",
    "refresh_columns",
    "report_attention",
    "set_bound_aside",
    "set_count_aside",
    "shortlist",
    "take_off_shortlist",
    "tell_progress",
    "undo_feed_choice",
    "work_out_medians",
]
