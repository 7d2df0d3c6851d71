"""Text that is kept encrypted: tokens of platforms, and nothing a query needs to read."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.fernet import Fernet, MultiFernet
from sqlalchemy import Text
from sqlalchemy.types import TypeDecorator


class _Ring:
    """The keys of this process, set once at start; the newest seals, all of them open."""

    keys: MultiFernet | None = None


def use_keys(keys: Sequence[str]) -> None:
    """Set the Fernet keys, newest first. Called once, when the product starts."""
    _Ring.keys = MultiFernet([Fernet(key) for key in keys])


def _ring() -> MultiFernet:
    if _Ring.keys is None:
        raise RuntimeError("no keys were set to seal with")
    return _Ring.keys


class SealedText(TypeDecorator[str]):
    """A text column whose content PostgreSQL never sees in the clear."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: object) -> str | None:
        return None if value is None else _ring().encrypt(value.encode()).decode("ascii")

    def process_result_value(self, value: str | None, _dialect: object) -> str | None:
        return None if value is None else _ring().decrypt(value.encode("ascii")).decode()
