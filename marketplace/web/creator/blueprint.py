"""The blueprint of these pages, and the guard before every one of them."""

from __future__ import annotations

from flask import Blueprint

from marketplace.web import access

bp = Blueprint("creator", __name__, url_prefix="/creator")
bp.before_request(access.creator_guard)
