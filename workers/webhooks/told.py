"""What a webhook tells, and what takes it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from marketplace.store.inbox import InboxMessage
from workers.runtime import Run


@dataclass(frozen=True, slots=True)
class Told:
    """That something happened to an object; how the object stands now is asked of the processor.

    object_id: which one. account: the connected account it belongs to; None for our own.
    metadata: what we sent along when we made it.
    """

    kind: str
    object_id: str
    account: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)

    def our_id(self, name: str) -> UUID | None:
        """Return the id we sent along; None on what somebody else made in the same account."""
        try:
            return UUID(self.metadata.get(name, ""))
        except ValueError:
            return None


Handler = Callable[[Told, Run], None]
"""Looks at the object as it is now and lets a room decide. Safe at any time, in any order."""
Handlers = Mapping[str, tuple[Handler, ...]]


def together(*tables: Mapping[str, Handler]) -> Handlers:
    """Return one table of several; a kind in two of them has two handlers, in that order."""
    found: dict[str, tuple[Handler, ...]] = defaultdict(tuple)
    for table in tables:
        for kind, handler in table.items():
            found[kind] += (handler,)
    return dict(found)


def told_by(kept: InboxMessage) -> Told:
    """Return what a kept webhook tells. A thin one carries no metadata."""
    about = kept.body.get("data", {}).get("object", {})
    return Told(
        kind=kept.kind,
        object_id=kept.object_id,
        account=kept.account,
        metadata=about.get("metadata") or {},
    )
