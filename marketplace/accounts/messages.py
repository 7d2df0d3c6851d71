"""Facts about accounts that somebody has to be told by e-mail."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.messages import Message


@dataclass(frozen=True, slots=True)
class ConfirmationWanted(Message):
    """A person should confirm that their e-mail address is theirs."""

    user_id: UUID


@dataclass(frozen=True, slots=True)
class SignUpRepeated(Message):
    """Somebody tried to sign up with the address of a person who has an account."""

    user_id: UUID


@dataclass(frozen=True, slots=True)
class PasswordResetWanted(Message):
    """A person asked for a link to set a new password."""

    user_id: UUID


@dataclass(frozen=True, slots=True)
class PasswordChanged(Message):
    """A person's password is another one now; they should know if it was not them."""

    user_id: UUID


@dataclass(frozen=True, slots=True)
class MemberInvited(Message):
    """A brand asked a person to join it."""

    invitation_id: UUID


@dataclass(frozen=True, slots=True)
class AccountClosed(Message):
    """A person has closed their account; they should know if it was not them.

    email, person: address and name as they were: the account does not have them any more.
    """

    email: str
    person: str
