"""Challenges by who asks, who takes part, and who stands where."""

from marketplace.challenges.queries.found import (
    ChallengeLine,
    challenge_by_id,
    challenge_of,
    challenges_of_creator,
    closed_challenges,
    due_for_awards,
    due_for_reminding,
    entry_by_id,
    entry_count,
    entry_of,
    entry_seen_by,
    joined_among,
    open_challenges,
    public_challenge,
    running_of,
    to_hand_in,
)
from marketplace.challenges.queries.promised import problems_of, written_problems
from marketplace.challenges.queries.shown import board_shown
from marketplace.challenges.queries.standing import (
    Board,
    LiveEntry,
    Standing,
    board_of,
    counting_ends,
    live_entries,
)

__all__ = [
    "Board",
    "ChallengeLine",
    "LiveEntry",
    "Standing",
    "board_of",
    "board_shown",
    "challenge_by_id",
    "challenge_of",
    "challenges_of_creator",
    "closed_challenges",
    "counting_ends",
    "due_for_awards",
    "due_for_reminding",
    "entry_by_id",
    "entry_count",
    "entry_of",
    "entry_seen_by",
    "joined_among",
    "live_entries",
    "open_challenges",
    "problems_of",
    "public_challenge",
    "running_of",
    "to_hand_in",
    "written_problems",
]
