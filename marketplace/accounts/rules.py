"""What a good address, name and password are, what each role may do, and signed links."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from babel import Locale
from email_validator import EmailNotValidError, validate_email
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Conflict, InvalidInput
from marketplace.kernel.names import can_be_shown, is_blank

PASSWORD_LENGTH: Final = 10
PASSWORD_LENGTH_LIMIT: Final = 200
NAME_LENGTH_LIMIT: Final = 100

ATTEMPT_WINDOW: Final = timedelta(minutes=15)
FAILURES_PER_EMAIL: Final = 10
FAILURES_PER_ADDRESS: Final = 30

LINK_PAUSE: Final = timedelta(minutes=1)
"""A person is sent at most one link in this time, however often they ask."""

INVITATION_LIFE: Final = timedelta(days=7)

MAY: Final[dict[Role, str]] = {
    Role.OWNER: "Does everything, pays, and decides who is in the team.",
    Role.MANAGER: "Runs campaigns: briefs, matches, offers and reviews. Does not move money.",
    Role.FINANCE: "Pays for campaigns and reads every invoice. Does not change campaigns.",
    Role.VIEWER: "Sees everything and changes nothing.",
}


class LinkPurpose(StrEnum):
    """What a signed link is good for; a link of one purpose opens nothing else."""

    CONFIRM_EMAIL = "confirm-email"
    RESET_PASSWORD = "reset-password"  # noqa: S105 - the name of a purpose
    JOIN_BRAND = "join-brand"


LINK_LIFE: Final[dict[LinkPurpose, timedelta]] = {
    LinkPurpose.CONFIRM_EMAIL: timedelta(days=3),
    LinkPurpose.RESET_PASSWORD: timedelta(hours=1),
    LinkPurpose.JOIN_BRAND: INVITATION_LIFE,
}


class LinkFault(StrEnum):
    """Why a link opens nothing."""

    BROKEN = "broken"
    EXPIRED = "expired"
    USED = "used"
    REVOKED = "revoked"


LINK_SENTENCES: Final[dict[LinkFault, str]] = {
    LinkFault.BROKEN: "This link is not complete, or it was not made by us",
    LinkFault.EXPIRED: "This link is too old",
    LinkFault.USED: "This link has been used already, or a newer one took its place",
    LinkFault.REVOKED: "This invitation was taken back",
}


class DeadLink(Conflict):
    """A link that opens nothing.

    fault: why, so that a page can say what to do next.
    """

    def __init__(self, fault: LinkFault) -> None:
        super().__init__(LINK_SENTENCES[fault])
        self.fault = fault


class TooManyTries(Conflict):
    """Too many failed tries to sign in; the door is closed for a while."""

    def __init__(self) -> None:
        minutes = int(ATTEMPT_WINDOW.total_seconds() // 60)
        super().__init__(
            f"There were too many tries that did not fit. Wait {minutes} minutes, "
            "or set a new password by e-mail"
        )


@dataclass(frozen=True, slots=True)
class Link:
    """What a signed link speaks of.

    subject_id: the user's id, or the invitation's.
    serial: the user's ``link_serial`` when it was made; 0 for an invitation.
    """

    subject_id: UUID
    serial: int


def make_link(secret: str, *, purpose: LinkPurpose, subject_id: UUID, serial: int = 0) -> str:
    """Return the signed text of a link, safe in a path."""
    return _signer(secret, purpose).dumps([subject_id.hex, serial])


def read_link(secret: str, token: str, *, purpose: LinkPurpose) -> Link:
    """Return what a link speaks of; raises DeadLink when it is expired or not of this purpose.

    Whether it was used before is for the service to say: it compares the serial.
    """
    life = int(LINK_LIFE[purpose].total_seconds())
    try:
        subject, serial = _signer(secret, purpose).loads(token, max_age=life)
    except SignatureExpired:
        raise DeadLink(LinkFault.EXPIRED) from None
    except BadSignature:
        raise DeadLink(LinkFault.BROKEN) from None
    return Link(subject_id=UUID(subject), serial=serial)


def _signer(secret: str, purpose: LinkPurpose) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt=f"fairview:{purpose}")


def clean_email(text: str) -> str:
    """Return an e-mail address as we keep it: checked, normalised, lower case.

    Raises InvalidInput under ``email``. Addresses under ``.test`` pass: the demo lives there.
    """
    try:
        checked = validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        problem = "This is not an e-mail address. It looks like name@company.com."
        raise InvalidInput({"email": problem}) from None
    return checked.normalized.lower()


def clean_name(text: str, *, field: str = "name") -> str:
    """Return a name on one line without needless spaces; raises InvalidInput under ``field``."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if is_blank(name):
        raise InvalidInput({field: "A name is needed."})
    if len(name) > NAME_LENGTH_LIMIT:
        raise InvalidInput({field: f"A name has at most {NAME_LENGTH_LIMIT} characters."})
    if not can_be_shown(name):
        raise InvalidInput({field: "This name contains signs that cannot be shown."})
    return name


def clean_website(text: str) -> str:
    """Return a web address with its scheme, or nothing for nothing; raises InvalidInput."""
    address = text.strip()
    if not address:
        return ""
    if "://" not in address:
        address = f"https://{address}"
    problem = {"website": "This is not a web address. It looks like https://company.com."}
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        raise InvalidInput(problem) from None
    odd = any(sign.isspace() or not sign.isprintable() for sign in address)
    if parts.scheme not in {"http", "https"} or "." not in host.strip(".") or odd:
        raise InvalidInput(problem)
    return address


def clean_country(code: str) -> str:
    """Return an ISO 3166 code that we know; raises InvalidInput under ``country``."""
    if code.upper() not in countries():
        raise InvalidInput({"country": "Choose a country from the list."})
    return code.upper()


@cache
def countries() -> dict[str, str]:
    """Return ISO 3166 code -> English name of every country, ordered by name."""
    unions = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}
    names = {
        code: name
        for code, name in Locale("en").territories.items()
        if len(code) == 2 and code.isalpha() and code not in unions
    }
    return dict(sorted(names.items(), key=lambda item: item[1]))


def same_password(text: str) -> str:
    """Return a password as it is hashed: the same whatever keyboard composed its signs."""
    return unicodedata.normalize("NFKC", text.strip())


def check_new_password(password: str, *, email: str, name: str) -> None:
    """Refuse a password that is short or is the person's own data; raises InvalidInput.

    Length is what helps; we ask for no odd signs.
    """
    given = same_password(password).casefold()
    problem = None
    own = {email, email.partition("@")[0], name, name.replace(" ", "")}
    if len(given) < PASSWORD_LENGTH:
        problem = f"A password has at least {PASSWORD_LENGTH} characters."
    elif len(given) > PASSWORD_LENGTH_LIMIT:
        problem = f"A password has at most {PASSWORD_LENGTH_LIMIT} characters."
    elif given in {text.casefold() for text in own}:
        problem = "Your name or e-mail address is the first thing anybody would try."
    elif len(set(given)) < 4 or given in _COUNTED:
        problem = "This is one of the first passwords anybody would try."
    if problem is not None:
        raise InvalidInput({"password": problem})


_COUNTED: Final = frozenset(
    {"1234567890", "0123456789", "0987654321", "qwertyuiop", "password123", "passwordpassword"}
)


def is_local_path(path: str) -> bool:
    """True for a path of this site, false for anything a browser could take elsewhere."""
    if not path.startswith("/") or path.startswith("//") or "\\" in path:
        return False
    return all(sign.isprintable() and not sign.isspace() for sign in path)


def may_manage_team(role: Role | None) -> bool:
    """True for the role that invites, changes and removes members."""
    return role is Role.OWNER
