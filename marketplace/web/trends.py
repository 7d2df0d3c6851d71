"""What brands and creators see alike of trends."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.orm import Session

from marketplace.trends import queries
from marketplace.trends.models import TrendKind
from marketplace.web import access
from marketplace.web.asked import Asked

ROWS: Final = 15
"""Trends on one page: what grows most stands first, and a phone shows three at once."""


def list_of(session: Session) -> dict[str, Any]:
    """Return what the list of trends shows, as the address asks for it."""
    asked = Asked()
    kind = asked.one_of("kind", TrendKind, "kind of trend")
    return {
        "page": queries.living(session, kind=kind, page=access.page_number(), size=ROWS),
        "kind": kind,
        "kinds": list(TrendKind),
        "problems": asked.problems,
        "taken_on": queries.last_taken_on(session),
    }
