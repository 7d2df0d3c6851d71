"""Facts about what people are told."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.messages import Message


@dataclass(frozen=True, slots=True)
class NotificationWritten(Message):
    """A person has a new notification; it goes out by e-mail as well."""

    notification_id: UUID
