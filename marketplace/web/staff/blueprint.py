"""The blueprint of these pages, and the guard before every one of them."""

from __future__ import annotations

from flask import Blueprint

from marketplace.web import access

bp = Blueprint("staff", __name__, url_prefix="/staff")
bp.before_request(access.staff_guard)
