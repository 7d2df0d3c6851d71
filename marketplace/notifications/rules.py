"""The words of every e-mail, and where a notification may lead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from marketplace.accounts.rules import MAY, is_local_path
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import InvalidInput

SUBJECT_LENGTH_LIMIT: Final = 120


@dataclass(frozen=True, slots=True)
class Mail:
    """One plain-text e-mail, ready to be handed to a mailer."""

    to: str
    subject: str
    text: str


def check_path(path: str) -> str:
    """Return a path of this site unchanged; raises InvalidInput for any other address."""
    if not is_local_path(path):
        raise InvalidInput({"path": "A notification leads to a page of this site."})
    return path


def confirmation_mail(*, to: str, name: str, url: str) -> Mail:
    """Return the mail that asks a person to confirm their address."""
    return _mail(
        to,
        "Confirm your e-mail address",
        name,
        "You signed up at Fairview with this address. Please confirm that it is yours:",
        url,
        "The link works once, for three days. If it was not you who signed up, do nothing.",
    )


def repeated_sign_up_mail(*, to: str, name: str, sign_in_url: str, forgot_url: str) -> Mail:
    """Return the mail to a person with whose address somebody signed up again."""
    return _mail(
        to,
        "You have an account already",
        name,
        "Somebody tried to sign up at Fairview with this address. You have an account already, "
        "so nothing was changed. If it was you, sign in here:",
        sign_in_url,
        "If you do not know your password any more, set a new one here:",
        forgot_url,
        "If it was not you, do nothing.",
    )


def password_reset_mail(*, to: str, name: str, url: str) -> Mail:
    """Return the mail with the link to set a new password."""
    return _mail(
        to,
        "Set a new password",
        name,
        "You can set a new password for Fairview here:",
        url,
        "The link works once, for one hour. If you did not ask for it, do nothing: "
        "your password stays as it is.",
    )


def password_changed_mail(*, to: str, name: str, forgot_url: str) -> Mail:
    """Return the mail that tells a person of their new password."""
    return _mail(
        to,
        "Your password was changed",
        name,
        "Your password for Fairview was changed just now, and you were signed out everywhere else. "
        "If it was not you, set a new one at once:",
        forgot_url,
    )


def account_closed_mail(*, to: str, name: str, start_url: str) -> Mail:
    """Return the mail that tells a person that their account is closed."""
    return _mail(
        to,
        "Your account is closed",
        name,
        "Your account at Fairview was closed just now, with its password. Nothing is mailed to you "
        "any more. If you want to come back, sign up anew:",
        start_url,
        "If it was not you, tell whoever runs this place at once.",
    )


def invitation_mail(*, to: str, invited_by: str, brand_name: str, role: Role, url: str) -> Mail:
    """Return the mail that asks a person to join a brand."""
    return _mail(
        to,
        f"{brand_name} invites you to its team",
        "",
        f"{invited_by} invites you to join {brand_name} at Fairview as {role.value}. "
        f"What this role does: {MAY[role]}",
        url,
        "The invitation waits for seven days. If you do not know these people, do nothing.",
    )


def notification_mail(*, to: str, name: str, title: str, text: str, url: str) -> Mail:
    """Return a notification as a mail."""
    return _mail(to, title, name, text, url)


def _mail(to: str, subject: str, name: str, *paragraphs: str) -> Mail:
    greeting = f"Hello {_one_line(name)}," if name else "Hello,"
    body = "\n\n".join(part for part in (greeting, *paragraphs, "Fairview") if part)
    return Mail(to=to, subject=_one_line(subject)[:SUBJECT_LENGTH_LIMIT], text=body + "\n")


def _one_line(text: str) -> str:
    return " ".join(text.split())
