"""What brands and creators see alike of trends."""

from __future__ import annotations

from typing import Any

from flask import request
from sqlalchemy.orm import Session

from marketplace.creators.rules.formats import BAND_WORDS, LengthBand
from marketplace.trends import queries
from marketplace.trends.models import SIGNS, Trend, TrendKind
from marketplace.web import access


def name_of(trend: Trend) -> str:
    """Return a trend's name for people: "#beans", a sound, or a band of lengths in words."""
    if trend.kind is TrendKind.FORMAT:
        return BAND_WORDS[LengthBand(trend.name)]
    return SIGNS[trend.kind] + trend.spelling


def list_of(session: Session) -> dict[str, Any]:
    """Return what the list of trends shows, as the address asks for it."""
    asked = request.args.get("kind", "")
    kind = TrendKind(asked) if asked in set(TrendKind) else None
    return {
        "page": queries.living(session, kind=kind, page=access.page_number()),
        "kind": kind,
        "kinds": list(TrendKind),
        "taken_on": queries.last_taken_on(session),
        "name_of": name_of,
    }
