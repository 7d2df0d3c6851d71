"""The five refusals. A refusal carries facts; the edges find the words for people."""

from __future__ import annotations


class MarketplaceError(Exception):
    """A refusal by a rule of the house."""


class NotFound(MarketplaceError):
    """The thing does not exist, or not for this actor.

    thing: what was looked for, in the glossary's words.
    """

    def __init__(self, thing: str) -> None:
        super().__init__(f"no such {thing}")
        self.thing = thing


class NotPermitted(MarketplaceError):
    """The actor may know of the thing, but may not do this with it.

    act: the act as an infinitive without "to": "review this deliverable".
    """

    def __init__(self, act: str) -> None:
        super().__init__(f"not permitted to {act}")
        self.act = act


class InvalidTransition(MarketplaceError):
    """The thing's state does not allow the event.

    thing, state, event: as in the statechart's table.
    """

    def __init__(self, thing: str, state: str, event: str) -> None:
        super().__init__(f"{thing}: {event} is not possible when {state}")
        self.thing = thing
        self.state = state
        self.event = event


class Conflict(MarketplaceError):
    """Somebody else was faster, or it has been done already.

    reason: a whole plain sentence without its full stop.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class InvalidInput(MarketplaceError):
    """What was given cannot be taken.

    problems: field name -> a plain sentence for that field.
    """

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {text}" for field, text in problems.items()))
        self.problems = problems
