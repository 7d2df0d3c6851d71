"""The verbs of deliverables: agree, hand in, review, publish, accept."""

from marketplace.deliverables.service.accepting import accept, accept_silent, silent_ids
from marketplace.deliverables.service.agreeing import accept_offer
from marketplace.deliverables.service.disputing import award, call_off
from marketplace.deliverables.service.ending import (
    agree_to_end,
    ask_to_end,
    call_staff,
    decide_ending,
    decline_to_end,
    overtake_endings,
    withdraw_ending,
)
from marketplace.deliverables.service.entering import add_entry, end_entries, refuse_entry
from marketplace.deliverables.service.handing_in import submit
from marketplace.deliverables.service.publishing import (
    confirm_published,
    lock_gone,
    mark_not_visible,
    mark_visible,
    name_post,
    paste_post,
    refuse_post,
    ring_unchecked,
    take_post,
)
from marketplace.deliverables.service.reviewing import approve, request_changes

__all__ = [
    "accept",
    "accept_offer",
    "accept_silent",
    "add_entry",
    "agree_to_end",
    "approve",
    "ask_to_end",
    "award",
    "call_off",
    "call_staff",
    "confirm_published",
    "decide_ending",
    "decline_to_end",
    "end_entries",
    "lock_gone",
    "mark_not_visible",
    "mark_visible",
    "name_post",
    "overtake_endings",
    "paste_post",
    "refuse_entry",
    "refuse_post",
    "request_changes",
    "ring_unchecked",
    "silent_ids",
    "submit",
    "take_post",
    "withdraw_ending",
]
