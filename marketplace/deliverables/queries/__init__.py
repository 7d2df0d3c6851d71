"""What is known of deliverables, by who asks."""

from marketplace.deliverables.queries.endings import (
    ANY_ENDING_WITH_STAFF,
    EndingLine,
    EndingOutlook,
    EndingWish,
    ending_outlook,
    ending_seen_by,
    endings_to_answer,
    endings_with_staff,
    last_ending,
)
from marketplace.deliverables.queries.posts import (
    connected_channel,
    last_refused_post,
    post_by_id,
    post_states_of,
    standing_post,
)
from marketplace.deliverables.queries.scope import (
    deliverable_seen_by,
    deliverables_of,
    steps_of,
    visible_to,
)
from marketplace.deliverables.queries.sheets import (
    MOST_LINES,
    DeliverableLine,
    Sheet,
    checklist_of,
    lines_for_brands,
    lines_for_creator,
    sheet_of,
)
from marketplace.deliverables.queries.submissions import (
    Handed,
    handed_in,
    last_submission,
    review_of,
    submission_by_id,
    submission_count,
    submission_seen_by,
)

__all__ = [
    "ANY_ENDING_WITH_STAFF",
    "MOST_LINES",
    "DeliverableLine",
    "EndingLine",
    "EndingOutlook",
    "EndingWish",
    "Handed",
    "Sheet",
    "checklist_of",
    "connected_channel",
    "deliverable_seen_by",
    "deliverables_of",
    "ending_outlook",
    "ending_seen_by",
    "endings_to_answer",
    "endings_with_staff",
    "handed_in",
    "last_ending",
    "last_refused_post",
    "last_submission",
    "lines_for_brands",
    "lines_for_creator",
    "post_by_id",
    "post_states_of",
    "review_of",
    "sheet_of",
    "standing_post",
    "steps_of",
    "submission_by_id",
    "submission_count",
    "submission_seen_by",
    "visible_to",
]
