"""Who is called what somebody types: by name, and by the handle of the main channel."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session

from marketplace.creators.models import Channel, Creator
from marketplace.store.names import asked_for, has

MANY: Final = 2_000
"""A word by which more are called is looked for row by row, as :func:`called_in_market` says."""


def is_called(session: Session, text: str) -> ColumnElement[bool]:
    """The condition on a creator that each word typed is in the name or in the handle.

    A text without a word finds nobody. A word that very many are called is looked for row by row:
    whoever asks wants the first of them alone.
    """
    words = asked_for(text)
    if not words:
        return false()
    return and_(
        *(
            _row_with(word) if _are_many(session, word) else Creator.id.in_(_with(word))
            for word in words
        )
    )


def called_in_market(
    session: Session, text: str
) -> tuple[list[ColumnElement[bool]], list[ColumnElement[bool]]]:
    """The same of main channels, a condition for each word: by an index, and row by row.

    A text without a word narrows nothing here. The second speak of the creator's own row. By a
    word that very many are called the whole list would be gathered to show its first page; going
    through it in its order meets them soon.
    """
    by_index: list[ColumnElement[bool]] = []
    row_by_row: list[ColumnElement[bool]] = []
    for word in asked_for(text):
        if _are_many(session, word):
            row_by_row.append(or_(has(Creator.name_words, word), has(Channel.handle_words, word)))
        else:
            by_index.append(Channel.creator_id.in_(_with(word)))
    return by_index, row_by_row


def _row_with(word: str) -> ColumnElement[bool]:
    handled = exists().where(
        Channel.creator_id == Creator.id, Channel.is_main, has(Channel.handle_words, word)
    )
    return or_(has(Creator.name_words, word), handled)


def _are_many(session: Session, word: str) -> bool:
    some = _with(word).limit(MANY + 1).subquery()
    return (session.scalar(select(func.count()).select_from(some)) or 0) > MANY


def _with(word: str) -> CompoundSelect[UUID]:
    named = select(Creator.id).where(has(Creator.name_words, word))
    handled = select(Channel.creator_id).where(Channel.is_main, has(Channel.handle_words, word))
    return named.union_all(handled)
