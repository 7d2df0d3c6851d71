"""The addresses of pages, each built once.

A page names some thirty, most of them those of its frame; building one means to look through the
routes. What an endpoint and its values lead to is the same while the product stays where it is
mounted.
"""

from __future__ import annotations

from functools import lru_cache

import flask
from flask import Flask, request

from marketplace.web.reader import REMEMBERED


def install(app: Flask) -> None:
    """Let every template take its addresses from here."""
    app.jinja_env.globals["url_for"] = url_for


def url_for(endpoint: str, **values: object) -> str:
    """Return the address of a page on this site, from its root, as Flask's own ``url_for`` does."""
    return _built(request.root_path, endpoint, tuple(values.items()))


@lru_cache(maxsize=REMEMBERED)
def _built(_root: str, endpoint: str, values: tuple[tuple[str, object], ...]) -> str:
    return flask.url_for(endpoint, **dict(values))  # type: ignore[arg-type]  # _anchor and the like
