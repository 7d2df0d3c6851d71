"""What a creator has said of the feed, and which of the open briefs that leaves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Date, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY, JSON, aggregate_order_by
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from marketplace.campaigns import queries as campaigns
from marketplace.creators.models import CreatorRecord, Exclusivity
from marketplace.kernel.days import today_somewhere
from marketplace.matching.columns import Promise
from marketplace.matching.models import FeedChoice, FeedState
from marketplace.matching.rules import feed
from marketplace.matching.rules.feed import FeedChoiceKind

Choices: TypeAlias = Mapping[FeedChoiceKind, Sequence[str]]
GivingTo: TypeAlias = Callable[[Sequence[str]], Collection[UUID]]
"""Asked for the campaigns that give to some kinds of causes."""


class Begin(NamedTuple):
    """What every feed begins with.

    moves: how often middle candidates, chances and kept rules have moved. open_ids: of the open
    briefs, the newest first. offered, declined: what the creator's applications led to.
    """

    moves: int | None
    open_ids: tuple[UUID, ...]
    chosen: Choices
    offered: int
    declined: int
    promises: Sequence[Promise]


@dataclass(frozen=True, slots=True)
class Wishes:
    """Which of the open briefs a creator may and wants to see. giving: campaigns to hide."""

    chosen: Choices
    among: Collection[UUID] | None
    giving: frozenset[UUID]

    @property
    def any(self) -> bool:
        """Whether anything is to be left out at all."""
        hidden = any(self.chosen[kind] for kind in feed.HIDING)
        return hidden or self.among is not None

    def may_see(self, place: campaigns.Place) -> bool:
        """Whether the brief of this place stays."""
        chosen = self.chosen
        return (
            str(place.brand_id) not in chosen[FeedChoiceKind.HIDE_BRAND]
            and str(place.campaign_id) not in chosen[FeedChoiceKind.HIDE_CAMPAIGN]
            and place.category not in chosen[FeedChoiceKind.HIDE_CATEGORY]
            and place.campaign_id not in self.giving
            and (self.among is None or place.campaign_id in self.among)
        )


def begin(session: Session, creator_id: UUID, *, now: datetime) -> Begin:
    """What a creator's feed begins with, in one question."""
    given = {"creator_id": creator_id, "today": today_somewhere(now)}
    moves, open_ids, said, answered, promised = session.execute(_BEGIN, given).one()
    chosen: dict[FeedChoiceKind, list[str]] = {kind: [] for kind in FeedChoiceKind}
    for kind, value in said or ():
        chosen[FeedChoiceKind(kind)].append(value)
    offered, declined = answered or (0, 0)
    return Begin(
        moves=moves,
        open_ids=tuple(open_ids),
        chosen=chosen,
        offered=offered,
        declined=declined,
        promises=[
            Promise(category, date.fromisoformat(first), date.fromisoformat(last), UUID(brand_id))
            for category, first, last, brand_id in promised or ()
        ],
    )


def wishes_in(begun: Begin, *, among: Collection[UUID] | None, giving_to: GivingTo) -> Wishes:
    """Which of the open briefs stay; giving_to is asked only where a kind of cause is hidden."""
    hidden = begun.chosen[FeedChoiceKind.HIDE_CAUSE]
    giving = frozenset(giving_to(hidden)) if hidden else frozenset[UUID]()
    return Wishes(begun.chosen, among, giving)


def not_hidden(session: Session, brief_ids: Sequence[UUID], wishes: Wishes) -> NDArray[np.bool_]:
    """Which of these briefs the creator may and wants to see, rules aside."""
    if not wishes.any:
        return np.ones(len(brief_ids), bool)
    places = campaigns.places_of(session, brief_ids)
    return np.array([one in places and wishes.may_see(places[one]) for one in brief_ids], bool)


_BEGIN: Final = select(
    select(FeedState.moves).scalar_subquery(),
    func.array(campaigns.OPEN_BRIEF_IDS.scalar_subquery(), type_=ARRAY(Uuid())),
    select(
        func.json_agg(
            aggregate_order_by(
                func.json_build_array(FeedChoice.kind, FeedChoice.value),
                FeedChoice.chosen_at,
                FeedChoice.value,
            ),
            type_=JSON(),
        )
    )
    .where(FeedChoice.creator_id == bindparam("creator_id"))
    .scalar_subquery(),
    select(
        func.json_build_array(
            CreatorRecord.offered_count, CreatorRecord.declined_count, type_=JSON()
        )
    )
    .where(CreatorRecord.creator_id == bindparam("creator_id"))
    .scalar_subquery(),
    select(
        func.json_agg(
            func.json_build_array(
                Exclusivity.category,
                Exclusivity.starts_on,
                Exclusivity.until_on,
                Exclusivity.brand_id,
            ),
            type_=JSON(),
        )
    )
    .where(
        Exclusivity.creator_id == bindparam("creator_id"),
        Exclusivity.ended_at.is_(None),
        Exclusivity.until_on >= bindparam("today", type_=Date),
    )
    .scalar_subquery(),
)
"""How often middle candidates, chances and kept rules have moved, which briefs are open, what the
creator does not want to see, what their applications led to before, and what they have promised to
other brands."""
