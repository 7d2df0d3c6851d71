"""Styles and scripts: fetched once by each browser, and again when one of them has changed.

Their addresses begin with a mark of all of them together, Bootstrap's too, so that what a script
imports beside itself is of the same making, and nobody asks whether there is anything new.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from flask import Flask, Response

KEPT_FOR: Final = timedelta(days=365)
"""How long a browser keeps a file under its address."""


@cache
def url_path(folder: Path) -> str:
    """Return where the files of a folder are served, as they are when the process starts."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    made = sha256(
        b"".join(str(each.relative_to(folder)).encode() + each.read_bytes() for each in files)
    )
    return f"/static/{made.hexdigest()[:12]}"


def install(app: Flask) -> None:
    """Serve a page that was fetched before an upgrade the files of today, which nobody keeps."""

    def before(mark: str, filename: str) -> Response:  # noqa: ARG001  # any mark but today's
        response = app.send_static_file(filename)
        response.cache_control.max_age = None
        response.cache_control.no_cache = True
        return response

    app.add_url_rule("/static/<mark>/<path:filename>", "other_static", before)
