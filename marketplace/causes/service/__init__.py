"""The verbs of causes: who receives, what is pledged, what is owed."""

from marketplace.causes.service.counting import book_pledge, promise
from marketplace.causes.service.organisations import (
    correct_organisation,
    enter_organisation,
    verify_organisation,
    withdraw_verification,
)
from marketplace.causes.service.pledging import (
    doubt,
    lock_due,
    lock_pledge,
    pledge,
    set_aside,
    take_off,
    withdraw_with_campaign,
)

__all__ = [
    "book_pledge",
    "correct_organisation",
    "doubt",
    "enter_organisation",
    "lock_due",
    "lock_pledge",
    "pledge",
    "promise",
    "set_aside",
    "take_off",
    "verify_organisation",
    "withdraw_verification",
    "withdraw_with_campaign",
]
