"""What a WSGI server serves: ``gunicorn wsgi:app``."""

from __future__ import annotations

from marketplace.app import start_app
from marketplace.config import Settings
from marketplace.kernel.collector import settle
from marketplace.matching import columns

app = start_app(Settings.from_env())
columns.stay_warm()
settle()
