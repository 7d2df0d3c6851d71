"""No call to the outside while a transaction is open: its locks would be held for as long."""

from __future__ import annotations

from flask import has_app_context

from marketplace.store.session import in_transaction


def no_transaction_open() -> None:
    """Raise RuntimeError inside a transaction. First statement of every gateway method."""
    if has_app_context() and in_transaction():
        raise RuntimeError("an outside service was called while a transaction was open")
