"""Who is signed in: Flask-Login over a signed cookie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import flask
from flask import Flask, g, request, url_for
from flask_login import LoginManager, current_user, login_user, logout_user

from marketplace.accounts.models import User
from marketplace.accounts.rules import is_local_path
from marketplace.store.session import reading
from marketplace.web import access, menus
from marketplace.web.visitor import look_up

_WITHOUT_PERSON: Final = frozenset({"static", "other_static", "bootstrap.static"})
"""Endpoints that are the same for everybody, so nobody is looked up for them."""


@dataclass(frozen=True, slots=True)
class SignedInUser:
    """The person behind a request, as Flask-Login and the templates know them."""

    user_id: UUID
    name: str
    email: str
    is_staff: bool
    is_confirmed: bool
    session_serial: int

    is_authenticated = True
    is_active = True
    is_anonymous = False

    @classmethod
    def of(cls, user: User) -> SignedInUser:
        """Wrap a person's row."""
        return cls(
            user_id=user.id,
            name=user.name,
            email=user.email,
            is_staff=user.is_staff,
            is_confirmed=user.email_confirmed_at is not None,
            session_serial=user.session_serial,
        )

    def get_id(self) -> str:
        """Return what the cookie carries: the serial ends it when the password changes."""
        return f"{self.user_id}:{self.session_serial}"


def install(app: Flask) -> None:
    """Set Flask-Login up, and hand every template what the frame shows of the person."""
    manager = LoginManager()
    manager.login_view = "public.sign_in"
    manager.login_message = "Sign in to see that page."
    manager.login_message_category = "info"
    manager.user_loader(_load)
    manager.init_app(app)
    app.config.setdefault("SESSION_COOKIE_HTTPONLY", True)
    app.before_request(_know_who_asks)
    app.context_processor(_for_the_frame)


def begin(user: User) -> None:
    """Sign a person in; whatever the browser's session held before is gone."""
    flask.session.clear()
    g.pop("visitor", None)
    login_user(SignedInUser.of(user), remember=False)


def end() -> None:
    """Sign the person out; nothing of their session is left."""
    logout_user()
    flask.session.clear()
    g.pop("visitor", None)


def work_for(brand_id: UUID) -> None:
    """Remember for which brand the person works in this browser."""
    flask.session["brand_id"] = str(brand_id)
    g.pop("visitor", None)


def after_sign_in() -> str:
    """Return where to go on: the page asked for before signing in, if it is of this site."""
    asked_for = request.args.get("next", "")
    return asked_for if is_local_path(asked_for) else url_for("public.home")


def home_url() -> str:
    """Return the home of the person who asks: of their work, or the landing."""
    who = access.actor()
    if (audience := menus.audience_of(who)) is not None:
        return url_for(f"{audience}.home")
    return url_for("public.start") if who.user_id is not None else url_for("public.home")


def _load(carried: str) -> SignedInUser | None:
    user_id, _, serial = carried.partition(":")
    try:
        wanted = UUID(user_id)
    except ValueError:
        return None
    with reading() as session:
        found = look_up(session, wanted)
    if found is None or found.is_closed or str(found.session_serial) != serial:
        return None
    g.visitor = found
    return SignedInUser(
        user_id=wanted,
        name=found.name,
        email=found.email,
        is_staff=found.actor.is_staff,
        is_confirmed=found.is_confirmed,
        session_serial=found.session_serial,
    )


def _know_who_asks() -> None:
    """Look the person up before any view opens a transaction of its own."""
    if request.endpoint not in _WITHOUT_PERSON and "_user_id" in flask.session:
        access.actor()


def _for_the_frame() -> dict[str, Any]:
    found = access.visitor()
    if found is None:
        return {"unread_count": 0}
    return {
        "unread_count": found.unread_count,
        "notices_count": found.unread_count,
        "notices_url": url_for("public.notifications"),
        "home_url": url_for("public.home"),
        "user_name": found.name,
        "user_note": found.email,
        "user_links": _links(),
        "nav_items": menus.menu_for(found.actor),
    }


def _links() -> list[dict[str, str]]:
    who = access.actor()
    links = [{"label": "Your account", "url": url_for("public.account")}]
    if who.brands:
        links.append({"label": "Your brands", "url": url_for("brand.members", _anchor="brands")})
    if not current_user.is_confirmed:
        links.append({"label": "Confirm your e-mail", "url": url_for("public.confirmation")})
    return links
