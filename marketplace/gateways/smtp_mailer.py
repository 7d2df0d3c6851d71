"""Mailer on SMTP."""

from __future__ import annotations

import smtplib
import ssl
from typing import Final
from urllib.parse import unquote, urlsplit

from marketplace.gateways.guard import no_transaction_open
from marketplace.gateways.mail_folder import message_of
from marketplace.notifications.ports import Mailer, MailerUnavailable, MailRefused

TIMEOUT_SECONDS: Final = 20
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class SmtpMailer(Mailer):
    """Sends through one mail server.

    url: ``smtps://user:password@host:465`` for TLS from the start; ``smtp://user:password@host:587``
    turns to TLS when the server offers it, and never sends a password to another machine without.
    """

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("SMTP_URL looks like smtp://user:password@host:587 or smtps://host")
        self._tls_first = parts.scheme == "smtps"
        self._host = parts.hostname
        self._port = parts.port or (465 if self._tls_first else 587)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._sender = sender

    def send(self, *, to: str, subject: str, text: str) -> None:
        """Hand one mail to the server, over a connection of its own."""
        no_transaction_open()
        message = message_of(sender=self._sender, to=to, subject=subject, text=text)
        try:
            with self._connected() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = {code for code, _ in error.recipients.values()}
            if all(code >= 500 for code in codes):
                raise MailRefused(f"the server refuses the address: {codes}") from error
            raise MailerUnavailable(f"the server puts the address off: {codes}") from error
        except smtplib.SMTPResponseException as error:
            wrong = isinstance(error, (smtplib.SMTPDataError, smtplib.SMTPSenderRefused))
            if wrong and error.smtp_code >= 500:
                raise MailRefused(f"the server refuses the mail: {error.smtp_code}") from error
            raise MailerUnavailable(f"the server answered {error.smtp_code}") from error
        except smtplib.SMTPNotSupportedError as error:
            raise MailRefused(str(error)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise MailerUnavailable(f"no mail server: {error}") from error

    def _connected(self) -> smtplib.SMTP:
        server = self._greeted()
        try:
            if self._user:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server

    def _greeted(self) -> smtplib.SMTP:
        trust = ssl.create_default_context()
        if self._tls_first:
            return smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT_SECONDS, context=trust)
        server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_SECONDS)
        try:
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=trust)
            elif self._user and self._host not in _LOOPBACK:
                raise MailerUnavailable("the server offers no TLS, so the password is not sent")
        except BaseException:
            server.close()
            raise
        return server
