"""What goes out by e-mail, and that its links open what they promise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.messages import (
    AccountClosed,
    ConfirmationWanted,
    MemberInvited,
    PasswordChanged,
    PasswordResetWanted,
    SignUpRepeated,
)
from marketplace.accounts.models import Brand
from marketplace.config import Settings
from marketplace.gateways.mail_folder import MailFolder
from marketplace.kernel.actor import Actor, Role
from marketplace.notifications.messages import NotificationWritten
from marketplace.notifications.models import Notification
from marketplace.notifications.ports import MailerUnavailable, MailRefused
from marketplace.notifications.service import tell
from tests.conftest import sign_in
from tests.factories.accounts import NOON, make_invitation, make_user
from workers import notifications as jobs
from workers.runtime import Run, TryLater


class DeadMailer:
    """A mail server that answers each mail in the same way."""

    def __init__(self, answer: Exception) -> None:
        self.answer = answer

    def send(self, *, to: str, subject: str, text: str) -> None:
        raise self.answer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "mail"


@pytest.fixture
def run(app: Flask, settings: Settings, folder: Path) -> Iterator[Run]:
    gateways = replace(app.extensions["gateways"], mailer=MailFolder(folder, settings.mail_sender))
    with app.app_context():
        yield Run(settings=settings, gateways=gateways, now=NOON)


def mails(folder: Path) -> list[EmailMessage]:
    files = sorted(folder.glob("*.eml")) if folder.is_dir() else []
    return [message_from_bytes(path.read_bytes(), policy=default) for path in files]


def path_in(mail: EmailMessage) -> str:
    found = re.search(r"http://localhost(/\S+)", mail.get_content())
    assert found is not None
    return found.group(1)


def test_the_confirmation_goes_out_until_the_address_is_confirmed(
    session: Session, run: Run, folder: Path, client: FlaskClient
) -> None:
    user = make_user(session, email="nia@example.test", email_confirmed_at=None)
    message = ConfirmationWanted(user_id=user.id)
    jobs.send_confirmation(message, run)
    jobs.send_confirmation(message, run)
    first, second = mails(folder)
    assert (first["To"], first["Subject"]) == ("nia@example.test", "Confirm your e-mail address")
    assert "Hello Nia Example," in first.get_content()

    page = client.get(path_in(first))
    assert page.status_code == 200
    assert "nia@example.test" in page.text
    session.refresh(user)
    assert user.email_confirmed_at is None  # looking at the page confirms nothing
    assert client.post(path_in(first)).status_code == 303
    assert client.post(path_in(second)).status_code == 410
    session.refresh(user)
    assert user.email_confirmed_at is not None

    jobs.send_confirmation(message, run)
    assert len(mails(folder)) == 2


def test_the_link_of_a_password_mail_opens_the_page_to_set_one(
    session: Session, run: Run, folder: Path, client: FlaskClient
) -> None:
    user = make_user(session, email="nia@example.test")
    jobs.send_password_reset(PasswordResetWanted(user_id=user.id), run)
    (mail,) = mails(folder)
    assert mail["Subject"] == "Set a new password"
    assert client.get(path_in(mail)).status_code == 200


@pytest.mark.parametrize(
    ("job", "message", "subject"),
    [
        (jobs.send_repeated_sign_up, SignUpRepeated, "You have an account already"),
        (jobs.send_password_changed, PasswordChanged, "Your password was changed"),
    ],
)
def test_the_links_of_a_warning_lead_to_pages_that_exist(
    session: Session, run: Run, folder: Path, client: FlaskClient, job, message, subject: str
) -> None:
    user = make_user(session)
    job(message(user_id=user.id), run)
    (mail,) = mails(folder)
    paths = re.findall(r"http://localhost(/\S+)", mail.get_content())
    assert mail["Subject"] == subject
    assert paths
    assert [client.get(path).status_code for path in paths] == [200] * len(paths)


def test_an_invitation_says_who_asks_and_for_what(
    session: Session, run: Run, folder: Path, client: FlaskClient, acme: Brand, alice: Actor
) -> None:
    invitation = make_invitation(
        session, brand=acme, invited_by=alice, email="new@example.test", role=Role.FINANCE
    )
    jobs.send_invitation(MemberInvited(invitation_id=invitation.id), run)
    (mail,) = mails(folder)
    assert mail["To"] == "new@example.test"
    assert mail["Subject"] == "Acme Kitchen invites you to its team"
    assert "Alice invites you to join Acme Kitchen at Fairview as finance." in mail.get_content()


def test_an_invitation_that_was_taken_back_or_ran_out_is_not_sent(
    session: Session, run: Run, folder: Path, acme: Brand, alice: Actor
) -> None:
    back = make_invitation(session, brand=acme, invited_by=alice, email="a@example.test")
    back.revoked_at = NOON
    old = make_invitation(
        session, brand=acme, invited_by=alice, email="b@example.test", expires_at=NOON
    )
    session.flush()
    for invitation in (back, old):
        jobs.send_invitation(MemberInvited(invitation_id=invitation.id), run)
    assert mails(folder) == []


def told(session: Session, who: Actor, **changes: str) -> Notification:
    given = {"title": "An offer\nwaits", "text": "Larch offers $650.00.", "path": "/creator/offers"}
    written = tell(session, user_id=who.user_id, kind="offer_made", now=NOON, **(given | changes))
    assert written is not None
    session.flush()
    return written


def test_a_notification_goes_out_once(session: Session, run: Run, folder: Path, bea: Actor) -> None:
    notice = told(session, bea)
    for later in (0, 5):
        at = replace(run, now=NOON + timedelta(minutes=later))
        jobs.send_notification(NotificationWritten(notification_id=notice.id), at)
    (mail,) = mails(folder)
    assert (mail["To"], mail["Subject"]) == ("bea@example.test", "An offer waits")
    assert path_in(mail) == "/creator/offers"
    session.refresh(notice)
    assert notice.emailed_at == NOON


def test_what_was_read_on_the_page_meanwhile_is_not_sent(
    session: Session, run: Run, folder: Path, bea: Actor, client: FlaskClient
) -> None:
    notice = told(session, bea)
    sign_in(client, bea)
    assert client.get(f"/notifications/{notice.id}").location == "/creator/offers"
    jobs.send_notification(NotificationWritten(notification_id=notice.id), run)
    assert mails(folder) == []


def test_when_there_is_no_mail_server_the_job_asks_to_come_back(
    session: Session, run: Run, bea: Actor
) -> None:
    notice = told(session, bea)
    dead = replace(run.gateways, mailer=DeadMailer(MailerUnavailable("gone")))
    with pytest.raises(TryLater, match="gone"):
        jobs.send_notification(
            NotificationWritten(notification_id=notice.id), replace(run, gateways=dead)
        )
    session.refresh(notice)
    assert notice.emailed_at is None


def test_a_mail_that_is_refused_for_good_is_not_tried_again(
    session: Session, run: Run, bea: Actor
) -> None:
    notice = told(session, bea)
    dead = replace(run.gateways, mailer=DeadMailer(MailRefused("no such mailbox")))
    jobs.send_notification(
        NotificationWritten(notification_id=notice.id), replace(run, gateways=dead)
    )
    unsent = select(Notification).where(Notification.emailed_at.is_(None))
    assert session.scalars(unsent.execution_options(populate_existing=True)).all() == []


def test_whoever_closed_an_account_hears_of_it_at_the_address_it_had(
    run: Run, folder: Path, client: FlaskClient
) -> None:
    jobs.send_account_closed(AccountClosed(email="nia@example.test", person="Nia"), run)

    (mail,) = mails(folder)
    assert (mail["To"], mail["Subject"]) == ("nia@example.test", "Your account is closed")
    assert "Hello Nia," in mail.get_content()
    assert client.get(path_in(mail)).status_code == 200
