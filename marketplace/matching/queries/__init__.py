"""Who fits a campaign, what fits a creator, and why."""

from marketplace.matching.queries.behind import Behind, behind_fit_of
from marketplace.matching.queries.chances import (
    OfInvited,
    attention_report,
    chance_versions,
    model_of,
    newest_versions,
    of_invited,
    places_shown,
    present_chances,
    present_versions,
    standing_bps,
)
from marketplace.matching.queries.corrections import (
    correction_versions,
    counts_of,
    counts_to_learn_from,
    newest_counts,
    predicted_reach,
    present_correction,
)
from marketplace.matching.queries.feed import (
    Feed,
    FeedLine,
    SetAside,
    Tied,
    feed_for,
    set_aside_for,
)
from marketplace.matching.queries.fits import (
    Fit,
    fit_of,
    fit_to,
    fits_of,
)
from marketplace.matching.queries.found_plan import FoundPlan, Option, PlannedCreator
from marketplace.matching.queries.plan_promises import PlanPromise, plan_promises, promise_for
from marketplace.matching.queries.plan_wish import PlanWish, question_of, wish_in
from marketplace.matching.queries.planned import BoundTask, bound_task, plan_for, question_now
from marketplace.matching.queries.plans import (
    BOUND_HOLDS,
    accepted_plans,
    bound_seen_by,
    creator_by_handle,
    fresh_bound,
)
from marketplace.matching.queries.promised import expected_views, views_chance_of
from marketplace.matching.queries.ranked import (
    Matches,
    MatchLine,
    matches_for,
    shortlisted,
    words_of_market,
)
from marketplace.matching.queries.sharing import WEEK, fresh_every
from marketplace.matching.queries.wishes import (
    booking_of,
    brief_to_match,
    wanted_by,
    wanted_for,
    wanted_in,
    wish_seen_by,
    wishes_of,
)

__all__ = [
    "BOUND_HOLDS",
    "WEEK",
    "Behind",
    "BoundTask",
    "Feed",
    "FeedLine",
    "Fit",
    "FoundPlan",
    "MatchLine",
    "Matches",
    "OfInvited",
    "Option",
    "PlanPromise",
    "PlanWish",
    "PlannedCreator",
    "SetAside",
    "Tied",
    "accepted_plans",
    "attention_report",
    "behind_fit_of",
    "booking_of",
    "bound_seen_by",
    "bound_task",
    "brief_to_match",
    "chance_versions",
    "correction_versions",
    "counts_of",
    "counts_to_learn_from",
    "creator_by_handle",
    "expected_views",
    "feed_for",
    "fit_of",
    "fit_to",
    "fits_of",
    "fresh_bound",
    "fresh_every",
    "matches_for",
    "model_of",
    "newest_counts",
    "newest_versions",
    "of_invited",
    "places_shown",
    "plan_for",
    "plan_promises",
    "predicted_reach",
    "present_chances",
    "present_correction",
    "present_versions",
    "promise_for",
    "question_now",
    "question_of",
    "set_aside_for",
    "shortlisted",
    "standing_bps",
    "views_chance_of",
    "wanted_by",
    "wanted_for",
    "wanted_in",
    "wish_in",
    "wish_seen_by",
    "wishes_of",
    "words_of_market",
]
