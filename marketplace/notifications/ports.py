"""What the product needs from whatever carries its e-mail."""

from __future__ import annotations

from typing import Protocol


class MailerUnavailable(Exception):
    """Mail cannot be sent now; nothing was sent; trying later may help."""


class MailRefused(Exception):
    """This mail will not be taken, however often it is tried."""


class Mailer(Protocol):
    """Carries plain-text e-mail."""

    def send(self, *, to: str, subject: str, text: str) -> None:
        """Hand one mail over.

        Raises MailerUnavailable or MailRefused. Calling twice sends twice.
        """
