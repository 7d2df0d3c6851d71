"""Signing up and in, and the links that go out by e-mail."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Final
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.accounts import queries
from marketplace.accounts.messages import (
    ConfirmationWanted,
    PasswordChanged,
    PasswordResetWanted,
    SignUpRepeated,
)
from marketplace.accounts.models import SignInAttempt, User
from marketplace.accounts.rules import (
    ATTEMPT_WINDOW,
    FAILURES_PER_ADDRESS,
    FAILURES_PER_EMAIL,
    LINK_PAUSE,
    DeadLink,
    Link,
    LinkFault,
    TooManyTries,
    check_new_password,
    clean_email,
    clean_name,
    same_password,
)
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from marketplace.kernel.ids import new_id
from marketplace.store.locks import lock_row
from marketplace.store.outbox import post

_HASHER: Final = PasswordHasher()
NO_PASSWORD: Final = ""
"""Kept for a person who has yet to set one; no password fits it."""

_ATTEMPTS_KEPT: Final = timedelta(days=1)


def sign_up(
    session: Session, *, email: str, name: str, password: str, now: datetime, address: str = ""
) -> User | None:
    """Make a person, and ask them to confirm their e-mail address.

    Returns None when the address has an account: its holder is told by e-mail, and whoever asked
    learns nothing here. Such tries count as failures of ``address``.
    Raises InvalidInput with every problem at once, TooManyTries.
    """
    problems: dict[str, str] = {}
    kept_email, kept_name = email.strip().lower(), name.strip()
    try:
        kept_email = clean_email(email)
    except InvalidInput as refusal:
        problems |= refusal.problems
    try:
        kept_name = clean_name(name)
    except InvalidInput as refusal:
        problems |= refusal.problems
    try:
        check_new_password(password, email=kept_email, name=kept_name)
    except InvalidInput as refusal:
        problems |= refusal.problems
    if problems:
        raise InvalidInput(problems)
    _refuse_after_too_many(session, email=kept_email, address=address, now=now)
    user_id = _insert_user(
        session, email=kept_email, name=kept_name, password_hash=_hashed(password), now=now
    )
    if user_id is None:
        _note_attempt(session, email=kept_email, address=address, succeeded=False, now=now)
        holder = queries.user_by_email(session, kept_email)
        if holder is not None and _may_send_link(session, holder, now=now):
            post(session, SignUpRepeated(user_id=holder.id))
        return None
    user = queries.user_by_id(session, user_id)
    user.link_asked_at = now
    post(session, ConfirmationWanted(user_id=user.id))
    return user


def check_password(
    session: Session, *, email: str, password: str, address: str, now: datetime
) -> User | None:
    """Return the person whose password this is, or None; either way the try is written down.

    An unknown address costs as long as a known one. A hash made with older parameters is renewed.
    address: of the network, for counting. Raises TooManyTries.
    """
    try:
        kept_email = clean_email(email)
    except InvalidInput:
        kept_email = email.strip().lower()[:254]
    _refuse_after_too_many(session, email=kept_email, address=address, now=now)
    user = queries.user_by_email(session, kept_email)
    known = user is not None and user.closed_at is None and user.password_hash != NO_PASSWORD
    fits = _fits(user.password_hash if user is not None and known else _decoy(), password)
    succeeded = known and fits
    _note_attempt(session, email=kept_email, address=address, succeeded=succeeded, now=now)
    if user is None or not succeeded:
        return None
    if _HASHER.check_needs_rehash(user.password_hash):
        user.password_hash = _hashed(password)
    return user


def confirm_email(session: Session, *, link: Link, now: datetime) -> User:
    """Believe that a person's address is theirs; the link, and every older one, is used up.

    Raises DeadLink.
    """
    user = _user_of(session, link)
    user.link_serial += 1
    user.email_confirmed_at = user.email_confirmed_at or now
    return user


def ask_confirmation(session: Session, *, actor: Actor, now: datetime) -> None:
    """Send the confirmation link again; nothing for a confirmed address or one just written to."""
    if actor.user_id is None:
        raise NotPermitted("ask for a link")
    user = queries.user_by_id(session, actor.user_id)
    if user.email_confirmed_at is None and _may_send_link(session, user, now=now):
        post(session, ConfirmationWanted(user_id=user.id))


def ask_password_reset(session: Session, *, email: str, now: datetime) -> None:
    """Send a link to set a new password; for an address without an account, nothing happens.

    Raises InvalidInput when it is no address at all.
    """
    user = queries.user_by_email(session, clean_email(email))
    if user is not None and user.closed_at is None and _may_send_link(session, user, now=now):
        post(session, PasswordResetWanted(user_id=user.id))


def check_link(session: Session, *, link: Link) -> User:
    """Return the person a link speaks of while it is good; raises DeadLink."""
    user = session.get(User, link.subject_id)
    if user is None or user.closed_at is not None:
        raise DeadLink(LinkFault.BROKEN)
    if user.link_serial != link.serial:
        raise DeadLink(LinkFault.USED)
    return user


def reset_password(session: Session, *, link: Link, password: str, now: datetime) -> User:
    """Set a new password: every session of the person ends, the link is used up.

    Whoever holds the link reads the person's mail, so their address is confirmed as well.
    Raises DeadLink, InvalidInput.
    """
    user = _user_of(session, link)
    check_new_password(password, email=user.email, name=user.name)
    user.password_hash = _hashed(password)
    user.link_serial += 1
    user.session_serial += 1
    user.email_confirmed_at = user.email_confirmed_at or now
    post(session, PasswordChanged(user_id=user.id))
    return user


def make_staff(
    session: Session, *, email: str, name: str, password: str | None, now: datetime
) -> User:
    """Make a person staff, and make the person where there is none.

    password: None sends a new person a link to set one; a person who exists keeps their own.
    Raises InvalidInput.
    """
    kept_email = clean_email(email)
    user = queries.user_by_email(session, kept_email)
    if user is not None and user.closed_at is not None:
        raise InvalidInput({"email": "This account is closed."})
    if user is None:
        kept_name = clean_name(name)
        if password is not None:
            check_new_password(password, email=kept_email, name=kept_name)
        password_hash = NO_PASSWORD if password is None else _hashed(password)
        user_id = _insert_user(
            session, email=kept_email, name=kept_name, password_hash=password_hash, now=now
        )
        if user_id is None:
            raise Conflict("This person signed up at the very moment, try again")
        user = queries.user_by_id(session, user_id)
        if password is None:
            post(session, PasswordResetWanted(user_id=user.id))
    user.is_staff = True
    user.email_confirmed_at = user.email_confirmed_at or now
    return user


def forget_attempts(session: Session, *, now: datetime) -> int:
    """Delete sign-in attempts that no limit counts any more; return how many."""
    old = delete(SignInAttempt).where(SignInAttempt.tried_at < now - _ATTEMPTS_KEPT)
    return len(session.scalars(old.returning(SignInAttempt.id)).all())


def _insert_user(
    session: Session, *, email: str, name: str, password_hash: str, now: datetime
) -> UUID | None:
    return session.scalar(
        insert(User)
        .values(id=new_id(), email=email, name=name, password_hash=password_hash, created_at=now)
        .on_conflict_do_nothing(index_elements=[User.email])
        .returning(User.id)
    )


def _may_send_link(session: Session, user: User, *, now: datetime) -> bool:
    user = lock_row(session, User, user.id)
    if user.link_asked_at is not None and user.link_asked_at > now - LINK_PAUSE:
        return False
    user.link_asked_at = now
    return True


def _user_of(session: Session, link: Link) -> User:
    try:
        lock_row(session, User, link.subject_id)
    except NotFound:
        raise DeadLink(LinkFault.BROKEN) from None
    return check_link(session, link=link)


def _refuse_after_too_many(session: Session, *, email: str, address: str, now: datetime) -> None:
    for column, value, limit in (
        (SignInAttempt.email, email, FAILURES_PER_EMAIL),
        (SignInAttempt.address, address, FAILURES_PER_ADDRESS),
    ):
        failures = session.scalar(
            select(func.count()).where(
                column == value,
                SignInAttempt.tried_at > now - ATTEMPT_WINDOW,
                SignInAttempt.succeeded.is_(False),
            )
        )
        if value and (failures or 0) >= limit:
            raise TooManyTries


def _note_attempt(
    session: Session, *, email: str, address: str, succeeded: bool, now: datetime
) -> None:
    session.add(
        SignInAttempt(id=new_id(), email=email, address=address, succeeded=succeeded, tried_at=now)
    )


def _hashed(password: str) -> str:
    return _HASHER.hash(same_password(password))


def _fits(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, same_password(password))
    except (VerificationError, InvalidHashError):
        return False


@cache
def _decoy() -> str:
    return _HASHER.hash("nobody has this password")
