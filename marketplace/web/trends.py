"""What brands and creators see alike of trends."""

from __future__ import annotations

from typing import Any

from flask import request
from sqlalchemy.orm import Session

from marketplace.trends import queries
from marketplace.trends.models import TrendKind
from marketplace.web import access


def list_of(session: Session) -> dict[str, Any]:
    """Return what the list of trends shows, as the address asks for it."""
    asked = request.args.get("kind", "")
    kind = TrendKind(asked) if asked in set(TrendKind) else None
    return {
        "page": queries.living(session, kind=kind, page=access.page_number()),
        "kind": kind,
        "kinds": list(TrendKind),
        "taken_on": queries.last_taken_on(session),
    }
