"""The base of every table: names of constraints, types, and checks for states."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, MetaData, String, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

CONSTRAINT_NAMES: Final = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Json = dict[str, Any]
"""A column of free structure, kept as jsonb."""


class StateText(TypeDecorator[StrEnum]):
    """A StrEnum kept as its text, so that a new state needs no new database type."""

    impl = String(40)
    cache_ok = True

    def __init__(self, states: type[StrEnum]) -> None:
        super().__init__()
        self.states = states

    def process_bind_param(self, value: StrEnum | str | None, _dialect: object) -> str | None:
        return None if value is None else self.states(value).value

    def process_result_value(self, value: str | None, _dialect: object) -> StrEnum | None:
        return None if value is None else self.states(value)


class Base(DeclarativeBase):
    """Base of all models. Flask stays out of every room, so this is not ``db.Model``."""

    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        UUID: Uuid(),
        datetime: DateTime(timezone=True),
        str: Text(),
        int: BigInteger(),
        Json: JSONB(),
        list[str]: JSONB(),
        list[Json]: JSONB(),
    }


def one_of(column: str, states: type[StrEnum]) -> CheckConstraint:
    """Return the CHECK that holds a column to the states of an enum."""
    allowed = ", ".join(f"'{state.value}'" for state in states)
    return CheckConstraint(f"{column} IN ({allowed})", name=f"{column}_is_known")
