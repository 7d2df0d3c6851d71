"""A life as one table: (state, event) -> state. What is not drawn is refused."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from marketplace.kernel.errors import InvalidTransition

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)


class Statechart(Generic[S, E]):
    """The life of one kind of thing.

    thing: its name in the glossary's words, for the refusal.
    arrows: every move there is.
    """

    def __init__(self, thing: str, arrows: Mapping[tuple[S, E], S]) -> None:
        self.thing = thing
        self.arrows = dict(arrows)

    def next(self, state: S, event: E) -> S:
        """Return the state after the event; raises InvalidTransition when no arrow is drawn."""
        try:
            return self.arrows[state, event]
        except KeyError:
            raise InvalidTransition(self.thing, state.value, event.value) from None

    def allows(self, state: S, event: E) -> bool:
        """True when the event is possible now."""
        return (state, event) in self.arrows
