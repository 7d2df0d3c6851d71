"""Ten kinds of visitors, and what each gets for what it asks of a market."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Final

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from werkzeug.test import TestResponse

from marketplace.kernel.actor import Actor
from marketplace.store.base import Base
from tests.conftest import sign_in

VISITORS: Final = (
    "nobody", "owner", "manager", "finance", "viewer", "creator", "other", "rival", "staff", "new",
)  # fmt: skip
"""Nobody is signed out; the four after it act for the brand Acme; the creator is Bea, whom
everything here concerns; another creator, the owner of a rival brand, staff, and somebody who has
signed up and is nothing yet."""

_PRINT: Final = """SELECT '{0}', count(*),
 md5(coalesce(string_agg(t::text, ' ' ORDER BY t::text), ''))
FROM {0} t"""


@dataclass(slots=True)
class World:
    """The visitors, and the ids of what there is.

    ids: the name of a thing -> what stands for it in an address or a form.
    """

    app: Flask
    connection: Connection
    people: dict[str, Actor] = field(default_factory=dict)
    emails: dict[str, str] = field(default_factory=dict)
    ids: dict[str, Any] = field(default_factory=dict)

    def client_of(self, visitor: str) -> FlaskClient:
        """Return a browser in which this visitor is signed in."""
        client = self.app.test_client()
        if visitor != "nobody":
            sign_in(client, self.people[visitor])
        return client

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Whatever the block changes is as it was afterwards."""
        savepoint = self.connection.begin_nested()
        try:
            yield
        finally:
            savepoint.rollback()

    def everything(self) -> dict[str, tuple[int, str]]:
        """Return the count and a print of the rows of every table: any change at all shows."""
        prints = (_PRINT.format(name) for name in sorted(Base.metadata.tables))
        found = self.connection.execute(text(" UNION ALL ".join(prints)))
        return {name: (count, rows) for name, count, rows in found}

    def ask(
        self, visitor: str, method: str, path: str, data: Mapping[str, Any] | None = None
    ) -> TestResponse:
        """Return what a visitor gets; the market is as it was before."""
        with self.undone():
            return self.client_of(visitor).open(path, method=method, data=data, buffered=True)


def refused(
    world: World,
    visitor: str,
    path: str,
    data: Mapping[str, Any] | None = None,
    *,
    method: str = "POST",
) -> TestResponse:
    """Return the answer to something that must not change anything, and look that it did not."""
    before = world.everything()
    with world.undone():
        answer = world.client_of(visitor).open(path, method=method, data=data, buffered=True)
        after = world.everything()
    assert {name for name in before if before[name] != after[name]} == set()
    return answer


def words(answer: TestResponse) -> str:
    """Return a page as its reader sees its signs."""
    return unescape(answer.text)
