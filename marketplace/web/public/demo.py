"""The demo's own pages: step into a persona, read the mail that went out, see the parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from itertools import islice
from pathlib import Path
from typing import Final, Protocol

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries as accounts
from marketplace.kernel.clock import utc_now
from marketplace.store.session import reading
from marketplace.web import samples, sessions
from marketplace.web.public.blueprint import bp

MAILS_SHOWN: Final = 50


class DemoAccount(Protocol):
    """Somebody of the seeded market, in ``DEMO_ACCOUNTS``. what: what there is to see."""

    @property
    def persona(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def what(self) -> str: ...


@dataclass(frozen=True, slots=True)
class DemoMail:
    """One mail of the folder."""

    to: str
    subject: str
    sent_at: datetime
    paragraphs: list[str]


@bp.get("/demo")
def demo() -> ResponseReturnValue:
    _only_in_the_demo()
    return render_template("public/demo.html", accounts=_accounts(), now=utc_now())


@bp.post("/demo/sign-in")
def demo_sign_in() -> ResponseReturnValue:
    """Step into one of the demo's accounts without its password."""
    _only_in_the_demo()
    email = request.form.get("email", "")
    if email not in {account.email for account in _accounts()}:
        abort(404)
    with reading() as session:
        user = accounts.user_by_email(session, email)
    if user is None:
        flash("This account is not there. Start the demo afresh with make fresh.", "danger")
        return redirect(url_for("public.demo"), 303)
    sessions.begin(user)
    return redirect(url_for("public.home"), 303)


@bp.get("/demo/mail")
def demo_mail() -> ResponseReturnValue:
    _only_in_the_demo()
    folder = current_app.extensions["settings"].mail_folder
    return render_template("public/demo_mail.html", mails=_mails(Path(folder)) if folder else [])


@bp.get("/demo/styleguide")
def demo_styleguide() -> ResponseReturnValue:
    _only_in_the_demo()
    return render_template("public/styleguide.html", **samples.context(utc_now()))


def _only_in_the_demo() -> None:
    if not current_app.config["DEMO"]:
        abort(404)


def _accounts() -> Sequence[DemoAccount]:
    accounts: Sequence[DemoAccount] = current_app.config.get("DEMO_ACCOUNTS", ())
    return accounts


def _mails(folder: Path) -> list[DemoMail]:
    newest_first = sorted(folder.glob("*.eml"), reverse=True)
    return [_read(path) for path in islice(newest_first, MAILS_SHOWN)]


def _read(path: Path) -> DemoMail:
    message = message_from_bytes(path.read_bytes(), policy=default)
    body = message.get_body(preferencelist=("plain",))
    return DemoMail(
        to=str(message["To"]),
        subject=str(message["Subject"]),
        sent_at=message["Date"].datetime,
        paragraphs=_paragraphs(body.get_content() if body is not None else ""),
    )


def _paragraphs(text: str) -> list[str]:
    return "\n".join(text.strip().splitlines()).split("\n\n")
