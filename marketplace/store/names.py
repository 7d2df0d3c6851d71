"""Columns by which names are looked for, and the one way to look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, cast
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.orm import InstrumentedAttribute, validates
from sqlalchemy.types import TypeDecorator

from marketplace.kernel.names import beginnings_in, words_typed


class NameWords(TypeDecorator[str]):
    """What a name is found by (``kernel.names``): the name is written, its words are kept."""

    impl = TSVECTOR
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: object) -> str | None:
        return None if value is None else in_column(value)


def follows(name: str, words: str) -> Callable[[Any, str, str | None], str | None]:
    """Return what lets a model's column of words follow its name, whoever sets that."""

    def follow(row: Any, _key: str, value: str | None) -> str | None:
        setattr(row, words, value)
        return value

    return validates(name)(follow)


def in_column(name: str) -> str:
    """Return a name as such a column takes it, for statements in SQL."""
    return " ".join(beginnings_in(name))


def asked_for(text: str) -> list[str]:
    """Return what asks such a column for each word of what somebody typed, each a tsquery."""
    return [f"{word}:*" for word in words_typed(text)]


def is_named(words: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    """Whether each word of a text begins something in a name; a text without words names nobody."""
    return has(words, " & ".join(asked_for(text)))


def has(words: InstrumentedAttribute[Any], asked: str) -> ColumnElement[bool]:
    """Whether something is in the words of a name. asked: as :func:`asked_for` puts it."""
    return words.bool_op("@@")(cast(asked, TSQUERY))
