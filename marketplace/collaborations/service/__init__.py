"""The verbs of collaborations, from the first question to the end."""

from marketplace.collaborations.service.accepting import agree
from marketplace.collaborations.service.applying import apply, decline, shortlist, withdraw
from marketplace.collaborations.service.ending import (
    cancel,
    close_stale_application,
    complete,
    end_negotiations,
    tell_of_amendment,
)
from marketplace.collaborations.service.inviting import decline_invitation, invite
from marketplace.collaborations.service.joining import join
from marketplace.collaborations.service.leaving import withdraw_from_all
from marketplace.collaborations.service.moves import tell_brand, tell_creator, tell_party
from marketplace.collaborations.service.offering import (
    counter_offer,
    decline_offer,
    expire_offer,
    make_offer,
    withdraw_offer,
)
from marketplace.collaborations.service.planning import AcceptedInvitations, accept_plan
from marketplace.collaborations.service.releasing import (
    Release,
    after_dispute,
    promise_again,
    release,
    release_rest,
)
from marketplace.collaborations.service.resting import lock_free_money, rest, rest_no_more

__all__ = [
    "AcceptedInvitations",
    "Release",
    "accept_plan",
    "after_dispute",
    "agree",
    "apply",
    "cancel",
    "close_stale_application",
    "complete",
    "counter_offer",
    "decline",
    "decline_invitation",
    "decline_offer",
    "end_negotiations",
    "expire_offer",
    "invite",
    "join",
    "lock_free_money",
    "make_offer",
    "promise_again",
    "release",
    "release_rest",
    "rest",
    "rest_no_more",
    "shortlist",
    "tell_brand",
    "tell_creator",
    "tell_of_amendment",
    "tell_party",
    "withdraw",
    "withdraw_from_all",
    "withdraw_offer",
]
