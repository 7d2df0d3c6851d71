"""The main menu of an audience, and the list of things that wait for a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from flask import request
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.web.addresses import url_for


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One entry of a menu. paths: the beginnings of the addresses that belong to it."""

    label: str
    endpoint: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry as the frame of a page shows it."""

    label: str
    url: str
    active: bool
    badge: int | None = None


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing that waits for the reader, with exactly one button.

    due: until when; None for what has no deadline, which comes last.
    """

    title: str
    action_label: str
    url: str
    detail: str = ""
    due: date | datetime | None = None
    late: bool = False


Need = Callable[[Session, Actor, UUID, datetime], Sequence[Todo]]
"""Asked by a home: what does this brand or creator have to do now?"""


class Needs:
    """What waits for a brand, or for a creator; each subject adds its own question."""

    def __init__(self) -> None:
        self._asked: list[Need] = []

    def add(self, asked: Need) -> Need:
        """Register a function that says what has to be done about one subject."""
        self._asked.append(asked)
        return asked

    def todos(self, session: Session, actor: Actor, whose: UUID, now: datetime) -> list[Todo]:
        """What a brand or creator has to do now, subject by subject."""
        return [todo for asked in self._asked for todo in asked(session, actor, whose, now)]


def nav_items(entries: Sequence[NavEntry]) -> list[NavItem]:
    """Return the menu with the entry of the present page marked."""
    path = request.path
    items = []
    for each in entries:
        url = url_for(each.endpoint)
        is_here = path == url or path.startswith(each.paths)
        items.append(NavItem(each.label, url, active=is_here))
    return items


def in_order(todos: Sequence[Todo]) -> list[Todo]:
    """Return what is due first at the top; what has no deadline stays in its order below."""
    return sorted(todos, key=lambda each: _moment(each.due))


def _moment(due: date | datetime | None) -> datetime:
    if due is None:
        return datetime.max.replace(tzinfo=UTC)
    if isinstance(due, datetime):
        return due
    return datetime.combine(due, time.max, UTC)
