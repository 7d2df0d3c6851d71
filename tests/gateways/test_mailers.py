"""Mail on the wire and in a folder."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from flask import Flask

from marketplace.gateways.mail_folder import MailFolder
from marketplace.gateways.smtp_mailer import SmtpMailer
from marketplace.notifications.ports import MailerUnavailable, MailRefused
from marketplace.store.session import reading

SENDER = "Fairview <no-reply@fairview.test>"
TEXT = "Hello Noor,\n\nsee https://fairview.test/a?b=c\nThe cost is 5 €.\n"


class SmallMailServer(threading.Thread):
    """Speaks as much SMTP as one client needs, and keeps what it is given.

    answers: verb -> the line it says instead of its usual one.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.answers: dict[str, str] = {}
        self.envelopes: list[str] = []
        self.mails: list[EmailMessage] = []
        self.verbs: list[str] = []

    def run(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            # A client that does not like what it hears hangs up.
            with suppress(ConnectionError), connection, connection.makefile("rwb") as wire:
                self.talk(wire)

    def talk(self, wire) -> None:
        def say(line: str) -> None:
            wire.write(line.encode() + b"\r\n")
            wire.flush()

        say("220 small ESMTP")
        while line := wire.readline().decode("latin-1").strip():
            verb = line.split()[0].upper()
            self.verbs.append(verb)
            if verb in self.answers:
                say(self.answers[verb])
            elif verb == "DATA":
                say("354 go on")
                lines = []
                while (part := wire.readline()) != b".\r\n":
                    lines.append(part.removeprefix(b".") if part.startswith(b"..") else part)
                self.mails.append(message_from_bytes(b"".join(lines), policy=default))
                say("250 kept")
            elif verb == "AUTH":
                say("235 welcome")
            elif verb == "QUIT":
                say("221 bye")
                return
            else:
                if verb == "RCPT":
                    self.envelopes.append(line)
                say("250-small\r\n250 AUTH PLAIN" if verb == "EHLO" else "250 ok")


@pytest.fixture
def server() -> Iterator[SmallMailServer]:
    running = SmallMailServer()
    running.start()
    yield running
    running.listener.close()


@pytest.fixture(autouse=True)
def _in_the_product(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def send_by_smtp(server: SmallMailServer, *, login: str = "", **changes: str) -> None:
    mailer = SmtpMailer(f"smtp://{login}127.0.0.1:{server.port}", SENDER)
    mailer.send(**{"to": "noor@example.test", "subject": "An offer, 5 €", "text": TEXT} | changes)


def test_a_mail_reaches_the_server_whole(server: SmallMailServer) -> None:
    send_by_smtp(server)
    (mail,) = server.mails
    assert server.envelopes == ["rcpt TO:<noor@example.test>"]
    assert (mail["From"], mail["To"], mail["Subject"]) == (
        SENDER, "noor@example.test", "An offer, 5 €",
    )  # fmt: skip
    assert mail["Message-ID"].endswith("@fairview.test>")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().replace("\r\n", "\n") == TEXT


def test_a_login_is_made_where_one_is_set(server: SmallMailServer) -> None:
    send_by_smtp(server, login="us%40er:pa%2Fss@")
    assert "AUTH" in server.verbs
    assert len(server.mails) == 1


@pytest.mark.parametrize(
    ("verb", "answer", "raised"),
    [
        ("RCPT", "550 no such mailbox", MailRefused),
        ("RCPT", "451 try later", MailerUnavailable),
        ("DATA", "554 not this mail", MailRefused),
        ("DATA", "452 disk is full", MailerUnavailable),
        ("MAIL", "421 closing down", MailerUnavailable),
        ("MAIL", "553 not this sender", MailRefused),
        ("EHLO", "502 what", None),
        ("EHLO", "250-small\r\n250 STARTTLS", MailerUnavailable),
    ],
)
def test_an_answer_of_the_server_means_refused_or_later(
    server: SmallMailServer, verb: str, answer: str, raised: type[Exception] | None
) -> None:
    server.answers[verb] = answer
    if raised is None:
        send_by_smtp(server)
        assert len(server.mails) == 1
        return
    with pytest.raises(raised):
        send_by_smtp(server)
    assert server.mails == []


def test_a_wrong_login_is_no_fault_of_the_mail(server: SmallMailServer) -> None:
    server.answers["AUTH"] = "535 wrong password"
    with pytest.raises(MailerUnavailable, match="535"):
        send_by_smtp(server, login="user:wrong@")


def test_a_server_that_should_speak_tls_and_does_not_is_given_nothing(
    server: SmallMailServer,
) -> None:
    with pytest.raises(MailerUnavailable, match="no mail server"):
        SmtpMailer(f"smtps://user:word@127.0.0.1:{server.port}", SENDER).send(
            to="a@b.test", subject="s", text="t"
        )
    assert server.mails == []
    assert "AUTH" not in server.verbs


def test_where_nobody_listens_mail_waits() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(MailerUnavailable, match="no mail server"):
        SmtpMailer(f"smtp://127.0.0.1:{port}", SENDER).send(to="a@b.test", subject="s", text="t")


def test_a_password_goes_to_another_machine_over_tls_only(
    server: SmallMailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.create_connection

    def to_us(address, *rest, **more):
        return real(("127.0.0.1", address[1]), *rest, **more)

    monkeypatch.setattr(socket, "create_connection", to_us)
    mailer = SmtpMailer(f"smtp://user:word@mail.example.test:{server.port}", SENDER)
    with pytest.raises(MailerUnavailable, match="offers no TLS"):
        mailer.send(to="a@b.test", subject="s", text="t")
    assert "AUTH" not in server.verbs


@pytest.mark.parametrize("url", ["http://mail.test", "smtp://", "mail.test:25"])
def test_an_address_that_is_none_of_a_mail_server_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP_URL looks like"):
        SmtpMailer(url, SENDER)


@pytest.mark.parametrize("field", ["to", "subject"])
def test_a_header_cannot_smuggle_another_one_in(server: SmallMailServer, field: str) -> None:
    with pytest.raises(MailRefused):
        send_by_smtp(server, **{field: "a@b.test\r\nBcc: spy@evil.test"})
    assert server.mails == []


def test_the_folder_keeps_each_mail_in_a_file_that_sorts_by_time(tmp_path: Path) -> None:
    mailer = MailFolder(tmp_path / "mail", SENDER)
    for number in range(3):
        mailer.send(to="noor@example.test", subject=f"Mail {number}", text=TEXT)
    files = sorted((tmp_path / "mail").iterdir())
    kept = [message_from_bytes(path.read_bytes(), policy=default) for path in files]
    assert [path.suffix for path in files] == [".eml"] * 3
    assert [mail["Subject"] for mail in kept] == ["Mail 0", "Mail 1", "Mail 2"]
    assert kept[0].get_content().replace("\r\n", "\n") == TEXT


def test_a_folder_that_cannot_be_written_makes_mail_wait(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file where the folder should be")
    with pytest.raises(MailerUnavailable, match="cannot be written"):
        MailFolder(tmp_path / "mail", SENDER).send(to="a@b.test", subject="s", text="t")


def test_no_mail_is_sent_while_a_transaction_is_open(
    server: SmallMailServer, tmp_path: Path
) -> None:
    with reading(), pytest.raises(RuntimeError):
        send_by_smtp(server)
    with reading(), pytest.raises(RuntimeError):
        MailFolder(tmp_path, SENDER).send(to="a@b.test", subject="s", text="t")
    assert server.mails == []
    assert list(tmp_path.iterdir()) == []
