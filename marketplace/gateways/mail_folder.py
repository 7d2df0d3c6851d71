"""Mailer for where no mail server is: each mail becomes a file that a person can open."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from uuid import uuid4

from marketplace.gateways.guard import no_transaction_open
from marketplace.kernel.clock import utc_now
from marketplace.notifications.ports import Mailer, MailerUnavailable, MailRefused


def message_of(*, sender: str, to: str, subject: str, text: str) -> EmailMessage:
    """Return a mail ready for the wire; raises MailRefused for a header that would break it."""
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = sender
        message["To"] = to
        message["Subject"] = subject
    except ValueError as error:
        raise MailRefused(str(error)) from error
    message["Date"] = format_datetime(utc_now())
    message["Message-ID"] = f"<{uuid4()}@{sender.rpartition('@')[2].rstrip('>') or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


class MailFolder(Mailer):
    """Writes mails as .eml files; a name sorts by the time it was written."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    def send(self, *, to: str, subject: str, text: str) -> None:
        """Write one mail; a reader of the folder sees it whole or not at all."""
        no_transaction_open()
        message = message_of(sender=self._sender, to=to, subject=subject, text=text)
        name = f"{utc_now():%Y%m%dT%H%M%S%f}-{uuid4().hex[:8]}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished = self._folder / f"{name}.new"
            unfinished.write_bytes(message.as_bytes())
            unfinished.rename(self._folder / f"{name}.eml")
        except OSError as error:
            raise MailerUnavailable(f"the mail folder cannot be written: {error}") from error
