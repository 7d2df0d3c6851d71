"""Everything that is said by e-mail: read what to say, send it, remember that it was said."""

from __future__ import annotations

import structlog

from marketplace.accounts import queries as accounts
from marketplace.accounts.messages import (
    AccountClosed,
    ConfirmationWanted,
    MemberInvited,
    PasswordChanged,
    PasswordResetWanted,
    SignUpRepeated,
)
from marketplace.accounts.rules import DeadLink, LinkPurpose, make_link
from marketplace.notifications import service as notifications
from marketplace.notifications.messages import NotificationWritten
from marketplace.notifications.ports import MailerUnavailable, MailRefused
from marketplace.notifications.rules import (
    Mail,
    account_closed_mail,
    confirmation_mail,
    invitation_mail,
    notification_mail,
    password_changed_mail,
    password_reset_mail,
    repeated_sign_up_mail,
)
from marketplace.store.session import reading, transaction
from workers.runtime import Run, TryLater

log = structlog.get_logger("workers.notifications")


def send_confirmation(message: ConfirmationWanted, run: Run) -> None:
    """Send the link that confirms an address; nothing once it is confirmed."""
    with reading() as session:
        user = accounts.user_by_id(session, message.user_id)
    if user.email_confirmed_at is not None:
        return
    token = make_link(
        run.settings.secret_key,
        purpose=LinkPurpose.CONFIRM_EMAIL,
        subject_id=user.id,
        serial=user.link_serial,
    )
    _send(run, confirmation_mail(to=user.email, name=user.name, url=_url(run, f"/confirm/{token}")))


def send_repeated_sign_up(message: SignUpRepeated, run: Run) -> None:
    """Tell a person that somebody signed up again with their address."""
    with reading() as session:
        user = accounts.user_by_id(session, message.user_id)
    mail = repeated_sign_up_mail(
        to=user.email,
        name=user.name,
        sign_in_url=_url(run, "/sign-in"),
        forgot_url=_url(run, "/forgot-password"),
    )
    _send(run, mail)


def send_password_reset(message: PasswordResetWanted, run: Run) -> None:
    """Send the link to set a new password."""
    with reading() as session:
        user = accounts.user_by_id(session, message.user_id)
    token = make_link(
        run.settings.secret_key,
        purpose=LinkPurpose.RESET_PASSWORD,
        subject_id=user.id,
        serial=user.link_serial,
    )
    url = _url(run, f"/reset-password/{token}")
    _send(run, password_reset_mail(to=user.email, name=user.name, url=url))


def send_password_changed(message: PasswordChanged, run: Run) -> None:
    """Tell a person that their password is another one now."""
    with reading() as session:
        user = accounts.user_by_id(session, message.user_id)
    url = _url(run, "/forgot-password")
    _send(run, password_changed_mail(to=user.email, name=user.name, forgot_url=url))


def send_account_closed(message: AccountClosed, run: Run) -> None:
    """Tell whoever closed an account that it is, at the address it had."""
    url = _url(run, "/start")
    _send(run, account_closed_mail(to=message.email, name=message.person, start_url=url))


def send_invitation(message: MemberInvited, run: Run) -> None:
    """Send an invitation to a brand's team; nothing once it is answered or taken back."""
    try:
        with reading() as session:
            card = accounts.invitation_card(
                session, invitation_id=message.invitation_id, now=run.now
            )
    except DeadLink:
        return
    token = make_link(run.settings.secret_key, purpose=LinkPurpose.JOIN_BRAND, subject_id=card.id)
    mail = invitation_mail(
        to=card.email,
        invited_by=card.invited_by,
        brand_name=card.brand_name,
        role=card.role,
        url=_url(run, f"/invitation/{token}"),
    )
    _send(run, mail)


def send_notification(message: NotificationWritten, run: Run) -> None:
    """Send a notification by e-mail, once."""
    with reading() as session:
        letter = notifications.letter_for(session, notification_id=message.notification_id)
    if letter is None:
        return
    mail = notification_mail(
        to=letter.to,
        name=letter.name,
        title=letter.title,
        text=letter.text,
        url=_url(run, letter.path),
    )
    _send(run, mail)
    with transaction() as session:
        notifications.record_emailed(session, notification_id=message.notification_id, now=run.now)


def _url(run: Run, path: str) -> str:
    return run.settings.base_url + path


def _send(run: Run, mail: Mail) -> None:
    """Hand a mail over; one that is refused for good is logged and not tried again."""
    try:
        run.gateways.mailer.send(to=mail.to, subject=mail.subject, text=mail.text)
    except MailerUnavailable as error:
        raise TryLater(str(error)) from error
    except MailRefused as error:
        log.warning("mail.refused", subject=mail.subject, reason=str(error))
