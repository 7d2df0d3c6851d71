"""The blueprint of the pages that everybody may see."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("public", __name__)
