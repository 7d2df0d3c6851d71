"""What the address of a page asks for: filters and the order of rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from flask import request

Value = TypeVar("Value")
Kind = TypeVar("Kind", bound=str)


class Asked:
    """The filters in the address; what cannot be read is told and not filtered by."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def value(self, name: str, read: Callable[[str], Value], problem: str) -> Value | None:
        """Return the filter as ``read`` makes it; None when it is not asked for."""
        text = request.args.get(name, "").strip()
        if not text:
            return None
        try:
            return read(text)
        except ValueError:
            self.problems.append(problem.format(text[:80]))
            return None

    def one_of(self, name: str, kinds: Iterable[Kind], what: str) -> Kind | None:
        """Return the one of ``kinds`` in the address; for any other a list shows all its rows.

        kinds: texts or members of a StrEnum. what: what they are, in one or two words.
        """
        known = {str(each): each for each in kinds}

        def read(text: str) -> Kind:
            if text not in known:
                raise ValueError(text)
            return known[text]

        return self.value(name, read, f"There is no {what} called “{{}}”, so all are shown.")


class Desk(StrEnum):
    """The lists of a subject that staff decide, as ``only`` in an address names them."""

    WAITING = "waiting"
    """For our word."""
    ASKED = "asked"
    """For that of somebody who is asked before us; not every subject has such."""
    DECIDED = "decided"


def desk_of(asked: Asked, *, lists: Collection[Desk] = (Desk.WAITING, Desk.DECIDED)) -> Desk:
    """Return which of its lists the address asks for; what waits unless asked otherwise."""

    def read(text: str) -> Desk:
        if text not in lists:
            raise ValueError(text)
        return Desk(text)

    only = asked.value("only", read, "There is no list called “{}”, so what waits is shown.")
    return only or Desk.WAITING


@dataclass(frozen=True, slots=True)
class Order:
    """How the rows of a table are sorted; the newest or largest first unless asked otherwise."""

    key: str
    descending: bool

    @property
    def direction(self) -> str:
        """What the heads of a table call it."""
        return "desc" if self.descending else "asc"


def order_asked_for(keys: Collection[str], *, default: str) -> Order:
    """Return the order in the address; a key that there is not counts as the default."""
    key = request.args.get("sort", "")
    if key not in keys:
        return Order(default, descending=True)
    return Order(key, descending=request.args.get("dir") == "desc")
