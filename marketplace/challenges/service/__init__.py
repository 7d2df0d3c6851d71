"""The verbs of challenges: promise, open, join, hand in, refuse, award."""

from marketplace.challenges.service.awarding import award, note_reminded
from marketplace.challenges.service.entering import hand_in, join, refuse_entry, show_name
from marketplace.challenges.service.opening import call_off, open_challenge, save_promise

__all__ = [
    "award",
    "call_off",
    "hand_in",
    "join",
    "note_reminded",
    "open_challenge",
    "refuse_entry",
    "save_promise",
    "show_name",
]
