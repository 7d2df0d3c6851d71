"""What a WSGI server serves: ``gunicorn wsgi:app``."""

from __future__ import annotations

import gc

from marketplace.app import start_app
from marketplace.config import Settings

app = start_app(Settings.from_env())

# What was loaded to get here stays for ever: the collector need not walk through it again and
# again, which would take a request some tenths of a second.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 10, 10)  # a page makes thousands of objects that end with it anyway
