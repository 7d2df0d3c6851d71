"""Is the process alive, and can it serve?"""

from __future__ import annotations

from flask import Blueprint, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from marketplace.store.session import reading

bp = Blueprint("health", __name__, url_prefix="/health")


@bp.get("/live")
def live() -> Response:
    """The process answers."""
    return Response("alive", mimetype="text/plain")


@bp.get("/ready")
def ready() -> Response:
    """The database answers as well."""
    try:
        with reading() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return Response("the database does not answer", status=503, mimetype="text/plain")
    return Response("ready", mimetype="text/plain")
