"""Who fits a campaign, what fits a creator, and why."""

from marketplace.matching.queries.fits import (
    Fit,
    OpenBrief,
    fit_of,
    fit_to,
    fits_of,
    open_briefs_for,
)
from marketplace.matching.queries.ranked import Matches, MatchLine, matches_for, shortlisted
from marketplace.matching.queries.wishes import (
    brief_to_match,
    rules_of,
    wanted_for,
    wanted_in,
)

__all__ = [
    "Fit",
    "MatchLine",
    "Matches",
    "OpenBrief",
    "brief_to_match",
    "fit_of",
    "fit_to",
    "fits_of",
    "matches_for",
    "open_briefs_for",
    "rules_of",
    "shortlisted",
    "wanted_for",
    "wanted_in",
]
