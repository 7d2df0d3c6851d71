"""What was observed of common audiences, put into the planner's problem."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

import numpy as np
from sqlalchemy.orm import Session

from marketplace.creators import queries as creators
from marketplace.matching.columns import Market, Plannable
from marketplace.matching.rules.planner.candidates import worth_a_look
from marketplace.matching.rules.planner.limits import Limits
from marketplace.matching.rules.planner.problem import Problem, WatchedTogether


def with_observed(
    session: Session, problem: Problem, places: Sequence[int], creator_ids: Sequence[UUID]
) -> Problem:
    """Return the problem with what two of these creators were seen to share.

    places: in the problem, of the creators with these ids, in the same order.
    """
    place_of = dict(zip(creator_ids, places, strict=True))
    return problem.with_watched(
        [
            WatchedTogether(
                place_of[found.creator_id],
                place_of[found.other_id],
                found.sample,
                found.shared,
                found.source,
                found.observed_on,
            )
            for found in creators.co_audiences_among(session, creator_ids)
        ]
    )


def observed_in(
    session: Session, market: Market, ready: Plannable, limits: Limits, chosen: Collection[UUID]
) -> Plannable:
    """Return the problem with what was observed of those who may be in the plan.

    chosen: creators whom somebody has put into it by hand.
    """
    if creators.co_audiences_as_of(session) is None:
        return ready
    by_hand = ready.places_of(market.rows_of(list(chosen)))
    looked_at = worth_a_look(ready.problem, limits) // ready.problem.bundles
    places = np.union1d(looked_at, by_hand[by_hand >= 0])
    ids = market.ids_at(ready.rows[places].tolist())
    return replace(ready, problem=with_observed(session, ready.problem, places.tolist(), ids))
