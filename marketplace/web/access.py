"""Who is asking, and which door they may use."""

from __future__ import annotations

from typing import Any, Final, cast
from uuid import UUID

from flask import Response, abort, current_app, g, redirect, request, session, url_for
from flask_login import current_user

from marketplace.kernel.actor import NOBODY, Actor
from marketplace.store.session import reading
from marketplace.web.visitor import Visitor, look_up

LAST_PAGE: Final = 1_000_000
"""No list is longer; PostgreSQL cannot count as far as somebody can type."""


def visitor() -> Visitor | None:
    """Return the person who asks, looked up once a request; None for somebody signed out."""
    if "visitor" in g:
        return cast("Visitor | None", g.visitor)
    if not current_user.is_authenticated:
        return None
    if "visitor" not in g:  # they signed in just now; a cookie is turned into a visitor as it comes
        with reading() as db:
            g.visitor = look_up(db, current_user.user_id)
    return cast("Visitor | None", g.visitor)


def actor() -> Actor:
    """Return who is acting in this request."""
    found = visitor()
    return NOBODY if found is None else found.actor


def brand_id() -> UUID:
    """Return the brand the person is working for: the chosen one, else their first."""
    mine = actor().brands
    chosen = session.get("brand_id")
    if chosen is not None and UUID(chosen) in mine:
        return UUID(chosen)
    return min(mine)


def brand_name() -> str:
    """Return the name of the brand the person is working for."""
    found = visitor()
    if found is None:
        raise RuntimeError("the brand guard was passed by somebody signed out")
    return found.brand_names[brand_id()]


def creator_id() -> UUID:
    """Return the creator the person is; the creator guard has made sure that there is one."""
    mine = actor().creator_id
    if mine is None:
        raise RuntimeError("the creator guard was passed by somebody else")
    return mine


def creator_country() -> str | None:
    """Return where the creator lives that the person is, if they have said so."""
    found = visitor()
    return None if found is None else found.country


def user_id() -> UUID:
    """Return the signed-in person's id; every guard has made sure that there is one."""
    mine = actor().user_id
    if mine is None:
        raise RuntimeError("a guard was passed by somebody signed out")
    return mine


def brand_guard() -> Response | None:
    """Let members of a brand pass; send others to sign in or to make one."""
    if (turned_away := _sign_in_first()) is not None:
        return turned_away
    if actor().brands:
        return None
    if actor().creator_id is not None or actor().is_staff:
        abort(403)
    return cast(Response, redirect(url_for("public.create_brand")))


def creator_guard() -> Response | None:
    """Let creators pass; send others to sign in or to make a profile."""
    if (turned_away := _sign_in_first()) is not None:
        return turned_away
    if actor().creator_id is not None:
        return None
    if actor().brands or actor().is_staff:
        abort(403)
    return cast(Response, redirect(url_for("public.create_creator")))


def staff_guard() -> Response | None:
    """Let staff pass; for everybody else these pages do not exist."""
    if (turned_away := _sign_in_first()) is not None:
        return turned_away
    if not actor().is_staff:
        abort(404)
    return None


def _sign_in_first() -> Response | None:
    if current_user.is_authenticated:
        return None
    return cast(Response, current_app.login_manager.unauthorized())  # type: ignore[attr-defined]  # Flask-Login puts it there


def gateways() -> Any:
    """Return the gateways that ``app.py`` picked; see ``marketplace.app.Gateways``."""
    return current_app.extensions["gateways"]


def page_number() -> int:
    """Return the page asked for in the address, 1 when there is none or it makes no sense."""
    return min(max(1, request.args.get("page", default=1, type=int)), LAST_PAGE)
