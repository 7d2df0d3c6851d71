"""The five refusals as pages: one table from refusal to HTTP."""

from __future__ import annotations

from typing import Final

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException

from marketplace.kernel.errors import (
    Conflict,
    InvalidInput,
    InvalidTransition,
    MarketplaceError,
    NotFound,
    NotPermitted,
)
from marketplace.web.forms import NOT_KEPT, NUL
from marketplace.web.render import written

STATUS: Final[dict[type[MarketplaceError], int]] = {
    NotFound: 404,
    NotPermitted: 403,
    InvalidTransition: 409,
    Conflict: 409,
    InvalidInput: 422,
}

PAGES: Final = frozenset({400, 403, 404, 405, 409, 410, 413, 422, 429, 500})


def sentence(refusal: MarketplaceError) -> str:
    """Return the refusal as plain sentences for the person who asks."""
    match refusal:
        case NotFound():
            return f"There is no such {refusal.thing}, or it is not yours to see."
        case NotPermitted():
            return f"You are not allowed to {refusal.act}."
        case InvalidTransition():
            state = refusal.state.replace("_", " ")
            return f"This {refusal.thing} is {state} now, so that is not possible any more."
        case InvalidInput():
            return " ".join(written(text) for text in refusal.problems.values())
        case Conflict():
            return f"{written(refusal.reason)}."
        case _:
            raise AssertionError(refusal)


def status_of(refusal: MarketplaceError) -> int:
    """Return the HTTP status of a refusal."""
    return next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)


def _has_nul() -> bool:
    """Whether the request gives the one sign that PostgreSQL cannot keep in a text."""
    fields = (texts for each in (request.args, request.form) for _, texts in each.lists())
    return any(NUL in text for texts in fields for text in texts)


def install(app: Flask) -> None:
    """Turn refusals and HTTP errors into pages of our own."""

    def refused(refusal: MarketplaceError) -> ResponseReturnValue:
        code = status_of(refusal)
        return render_template(f"errors/{code}.html", message=sentence(refusal)), code

    def http(error: HTTPException) -> ResponseReturnValue:
        code = error.code or 500
        if code not in PAGES:
            return error
        return render_template(f"errors/{code}.html", message=""), code

    def not_kept(error: DataError) -> ResponseReturnValue:
        """Forms tell of it at the field; this is for what is read without one."""
        if not _has_nul():
            raise error
        return refused(InvalidInput({"": NOT_KEPT}))

    app.register_error_handler(DataError, not_kept)
    app.register_error_handler(MarketplaceError, refused)
    app.register_error_handler(HTTPException, http)
