"""Why creators whom somebody has chosen for a plan by hand cannot be in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import numpy as np

from marketplace.creators.rules.groups import Group
from marketplace.matching import columns
from marketplace.matching.columns import Market
from marketplace.matching.queries.found_plan import PlannedCreator
from marketplace.matching.rules.labels import group_words
from marketplace.matching.rules.left_out import left_out_words
from marketplace.matching.rules.wanted import Wanted


def left_out_sentence(
    market: Market,
    wanted: Wanted,
    creator_ids: Sequence[UUID],
    *,
    who: Mapping[UUID, PlannedCreator],
    among: Collection[UUID] | None,
    joined: bool,
    groups: Collection[Group],
) -> str:
    """Return a sentence for each creator with the rule that leaves them out.

    who: their names. among: of whom alone a plan is made, None for everybody; groups: by any of
    which these have asked to be found. joined: whether of those alone who can be invited.
    """
    target = columns.target_of(wanted, market)
    sentences = []
    for creator_id, row in zip(creator_ids, market.rows_of(creator_ids).tolist(), strict=True):
        name = who[creator_id].display_name if creator_id in who else "Somebody you chose"
        if row < 0:
            sentences.append(f"{name} is not in the market.")
            continue
        [seen] = columns.seen_at(market, target, [row])
        rule = columns.left_out_at(market, target, wanted.rules, seen, row)
        if rule is not None:
            sentences.append(
                f"{name} {left_out_words(rule, 1)}: the brief or the campaign’s rules leave such"
                " creators out."
            )
        elif (among is not None and creator_id not in among) or (
            joined and not columns.have_joined(market, np.array([row]))[0]
        ):
            sentences.append(_not_among(name, who.get(creator_id), groups))
        else:
            sentences.append(f"{name} offers nothing of what you ask at a price you allow.")
    return " ".join(sentences)


def _not_among(name: str, found: PlannedCreator | None, groups: Collection[Group]) -> str:
    if not groups or (found is not None and not found.has_joined):
        return f"{name} has not signed up here yet, so cannot be invited."
    return f"{name} has not asked to be found by {group_words(sorted(groups))}."
