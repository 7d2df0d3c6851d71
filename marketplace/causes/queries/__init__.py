"""Organisations, pledges, and where their money is."""

from marketplace.causes.queries.money import (
    ANY_OWED,
    CauseTotal,
    OwedPart,
    SentPart,
    is_held,
    owed_now,
    owed_to,
    paid_of,
    sent_to,
    totals_by_organisation,
)
from marketplace.causes.queries.organisations import (
    check_payable,
    organisation_by_id,
    organisations,
    steps_of,
    verified,
)
from marketplace.causes.queries.pledges import (
    check_promise,
    counting,
    due_of,
    pledge_by_id,
    pledge_of,
    pledge_steps,
    pledges_shown,
    shown_to,
    to_pledge_from,
)
from marketplace.causes.queries.views import (
    PledgedViews,
    counted_views_of,
    more_if_counted,
    pledge_ends,
)

__all__ = [
    "ANY_OWED",
    "CauseTotal",
    "OwedPart",
    "PledgedViews",
    "SentPart",
    "check_payable",
    "check_promise",
    "counted_views_of",
    "counting",
    "due_of",
    "is_held",
    "more_if_counted",
    "organisation_by_id",
    "organisations",
    "owed_now",
    "owed_to",
    "paid_of",
    "pledge_by_id",
    "pledge_ends",
    "pledge_of",
    "pledge_steps",
    "pledges_shown",
    "sent_to",
    "shown_to",
    "steps_of",
    "to_pledge_from",
    "totals_by_organisation",
    "verified",
]
