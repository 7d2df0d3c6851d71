"""Facts that rooms leave in the outbox for somebody higher up."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Self, get_type_hints
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Message:
    """Base of all messages: frozen dataclasses whose fields are ids, texts and whole numbers."""

    @classmethod
    def name(cls) -> str:
        """Return the name under which the outbox and the routes know this message."""
        return cls.__name__

    def to_json(self) -> dict[str, Any]:
        """Return the fields as plain JSON values; ids become texts."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {k: str(v) if isinstance(v, UUID) else v for k, v in values.items()}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Rebuild the message from what :meth:`to_json` returned."""
        hints = get_type_hints(cls)
        return cls(**{k: UUID(v) if hints[k] is UUID else v for k, v in values.items()})


@dataclass(frozen=True, slots=True)
class ClockMoved(Message):
    """The demo clock was moved ahead: look at once at everything that may be due now."""
