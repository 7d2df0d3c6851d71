"""What a creator sees of open briefs, and the middle candidates they are told against."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from marketplace.campaigns import queries as campaigns
from marketplace.campaigns.rules import CATEGORIES
from marketplace.creators.rules import TOPICS
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import InvalidInput, NotPermitted
from marketplace.matching import columns, queries
from marketplace.matching.columns import Market, Ranking
from marketplace.matching.models import BriefMedians, FeedChoice
from marketplace.matching.rules.feed import OPPOSITE, FeedChoiceKind
from marketplace.matching.service.moving import note_move

CAUSE: Final = re.compile("[a-z]{1,40}")
"""How a kind of cause is written: the room above knows which there are."""


def choose_feed(
    session: Session, *, actor: Actor, kind: FeedChoiceKind, value: str, now: datetime
) -> None:
    """See less of a topic, nothing of a brand, or more of a cause; twice changes nothing.

    Who hides what they wanted more of, or the other way round, has changed their mind. Raises
    NotPermitted for who is no creator, InvalidInput for what cannot be chosen.
    """
    if kind in OPPOSITE:
        undo_feed_choice(session, actor=actor, kind=OPPOSITE[kind], value=value)
    session.execute(
        upsert(FeedChoice)
        .values(creator_id=_own(actor), kind=kind, value=_value(kind, value), chosen_at=now)
        .on_conflict_do_nothing()
    )


def undo_feed_choice(session: Session, *, actor: Actor, kind: FeedChoiceKind, value: str) -> None:
    """See it as before; a second time changes nothing. Raises NotPermitted."""
    session.execute(
        delete(FeedChoice).where(
            FeedChoice.creator_id == _own(actor),
            FeedChoice.kind == kind,
            FeedChoice.value == value,
        )
    )


def work_out_medians(
    session: Session, *, now: datetime, campaign_ids: Sequence[UUID] | None = None
) -> int:
    """Work out the middle candidate of open briefs, of all or of some campaigns'; return how many.

    Again on the same market it writes the same.
    """
    briefs = [
        brief
        for brief in campaigns.open_campaigns(session, now=now)
        if campaign_ids is None or brief.campaign_id in campaign_ids
    ]
    wishes = queries.wishes_of(session, briefs)

    def look(market: Market) -> list[Ranking]:
        return [columns.rank(market, wishes[brief.id].wanted, most=1) for brief in briefs]

    for brief, ranking in zip(briefs, columns.ask(session, look, now=now), strict=True):
        values = {
            "candidates": ranking.candidates,
            "factors": list(ranking.medians or ()),
            "worked_out_at": now,
        }
        session.execute(
            upsert(BriefMedians)
            .values(brief_id=brief.id, **values)
            .on_conflict_do_update(index_elements=[BriefMedians.brief_id], set_=values)
        )
    if briefs:
        note_move(session)
    return len(briefs)


def _own(actor: Actor) -> UUID:
    if actor.creator_id is None:
        raise NotPermitted("choose what a creator sees")
    return actor.creator_id


def _value(kind: FeedChoiceKind, value: str) -> str:
    if kind is FeedChoiceKind.LESS_TOPIC:
        if value not in TOPICS:
            raise InvalidInput({"value": f"There is no topic called {value} in our list."})
        return value
    if kind is FeedChoiceKind.HIDE_CATEGORY:
        if value not in CATEGORIES:
            raise InvalidInput({"value": f"There is no category called {value} in our list."})
        return value
    if kind in (FeedChoiceKind.HIDE_CAUSE, FeedChoiceKind.MORE_CAUSE):
        if not CAUSE.fullmatch(value):
            raise InvalidInput({"value": "There is no such kind of cause."})
        return value
    try:
        return str(UUID(value))
    except ValueError:
        raise InvalidInput({"value": "This cannot be hidden."}) from None
