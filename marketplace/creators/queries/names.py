"""Who is called what somebody types: by name, and by the handle of the main channel."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, and_, cast, false, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import InstrumentedAttribute

from marketplace.creators.models import Channel, Creator
from marketplace.store.names import asked_for


def is_called(who: InstrumentedAttribute[UUID], text: str) -> ColumnElement[bool]:
    """The condition on a creator's id that each word typed is in the name or in the handle.

    A text without a word finds nobody.
    """
    words = asked_for(text)
    return and_(*(who.in_(_with(word)) for word in words)) if words else false()


def _with(word: str) -> CompoundSelect[UUID]:
    asked = cast(word, TSQUERY)
    named = select(Creator.id).where(Creator.name_words.bool_op("@@")(asked))
    handled = select(Channel.creator_id).where(
        Channel.is_main, Channel.handle_words.bool_op("@@")(asked)
    )
    return named.union_all(handled)
